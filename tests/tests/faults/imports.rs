//! Killed while a list comes in, by page, by API or by the command line, the
//! house has the whole list or nothing of it; what it acknowledged is there, the
//! chain holds, and the same file again adds nothing twice.

use std::{
    fmt::Write,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use house_tests::server::{Server, binary};
use serde_json::Value;

use crate::client::Client;

/// How often it is killed, each way.
const ROUNDS: u32 = 10;
/// Rows of a list: enough that a kill mostly finds it under way.
const ROWS: usize = 2_000;

/// List number `n`: other addresses than any other.
fn list(n: u32) -> String {
    let mut text = "ip,time,family\n".to_owned();
    for row in 0..ROWS {
        let (high, low) = (row / 250, row % 250);
        writeln!(text, "10.{n}.{high}.{low},2024-01-05 08:00:00,example-bot").unwrap();
    }
    text
}

/// Where in the time that an import takes a round is killed: all over it, and a
/// little beyond.
fn moment(round: u32, whole: Duration) -> Duration {
    whole * (round * 37 % 23) / 20
}

fn make_feed(client: &Client) -> Result<()> {
    let feed = r#"{"code":"thu","name":"Nguồn thử"}"#;
    client.post("/api/v1/feeds", "application/json", feed.as_bytes())?;
    Ok(())
}

/// The lists that are in.
fn lists(client: &Client) -> Result<Vec<Value>> {
    Ok(client.json("/api/v1/lists")?["items"].as_array().cloned().unwrap_or_default())
}

/// The lists that are in, each of them whole.
fn whole_lists(client: &Client) -> Result<Vec<Value>> {
    let lists = lists(client)?;
    for list in &lists {
        let id = list["id"].as_str().context("id")?;
        let rows = client.json(&format!("/api/v1/lists/{id}/rows?limit=5000"))?;
        let rows = rows.as_array().map_or(0, Vec::len);
        assert_eq!(list["tally"]["entries"], ROWS, "{list}");
        assert_eq!(rows, ROWS, "half of a list is there: {list}");
    }
    Ok(lists)
}

fn verified(data: &Path) -> Result<()> {
    let said = Command::new(binary()?).args(["verify", "audit", "--data"]).arg(data).output()?;
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
    Ok(())
}

/// Sends a list and waits for what comes of it; the identifier of the list.
fn send(client: &Client, n: u32) -> Result<String> {
    let work = client.post(&path_of(n), "application/octet-stream", list(n).as_bytes())?;
    let work = work["id"].as_str().context("no work")?.to_owned();
    let ended = client.json(&format!("/api/v1/works/{work}?wait=60"))?;
    if ended["state"] != "done" {
        bail!("{ended}");
    }
    Ok(ended["subject"].as_str().context("no list")?.to_owned())
}

fn path_of(n: u32) -> String {
    format!("/api/v1/lists?feed=thu&name=list-{n}.csv&from=2024-01-01&to=2024-01-31")
}

#[test]
fn a_killed_server_has_a_list_whole_or_not_at_all() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut server = Server::serve(folder.path())?;
    let mut client = Client::sign_in(&server.address)?;
    make_feed(&client)?;
    let begun = Instant::now();
    let mut acknowledged = vec![send(&client, 0)?];
    let whole = begun.elapsed();
    let (mut n, mut killed) = (1, 0);
    for round in 0..ROUNDS {
        let sender = {
            let client = client.clone();
            std::thread::spawn(move || send(&client, n).ok())
        };
        std::thread::sleep(moment(round, whole));
        server.kill();
        let done = sender.join().unwrap();
        killed += usize::from(done.is_none());
        acknowledged.extend(done);
        verified(folder.path())?;
        server = Server::serve(folder.path())?;
        client = client.at(&server.address);
        let there = whole_lists(&client)?;
        let ids: Vec<&str> = there.iter().filter_map(|list| list["id"].as_str()).collect();
        assert!(acknowledged.iter().all(|id| ids.contains(&id.as_str())), "lost: {acknowledged:?}");
        // Whatever the kill left, the same file again is in once.
        let id = send(&client, n)?;
        assert_eq!(id, send(&client, n)?);
        assert_eq!(lists(&client)?.len(), n as usize + 1);
        acknowledged.push(id);
        n += 1;
    }
    println!("{killed} of {ROUNDS} kills found the list under way");
    assert!(killed > 2, "only {killed} kills found the list under way");
    Ok(())
}

#[test]
fn a_killed_upload_is_there_whole_if_it_was_acknowledged() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut server = Server::serve(folder.path())?;
    let mut client = Client::sign_in(&server.address)?;
    let begun = Instant::now();
    let mut drafts = vec![client.upload("/lists/import", "list.csv", list(0).as_bytes())?];
    let whole = begun.elapsed();
    for round in 1..=ROUNDS {
        let sender = {
            let (client, text) = (client.clone(), list(round));
            std::thread::spawn(move || client.upload("/lists/import", "list.csv", text.as_bytes()))
        };
        std::thread::sleep(moment(round, whole));
        server.kill();
        drafts.extend(sender.join().unwrap());
        verified(folder.path())?;
        server = Server::serve(folder.path())?;
        client = client.at(&server.address);
        for draft in &drafts {
            client.page(draft).with_context(|| format!("round {round} lost {draft}"))?;
        }
        drafts.push(client.upload("/lists/import", "list.csv", list(round).as_bytes())?);
    }
    Ok(())
}

#[test]
fn a_killed_command_leaves_nothing_half() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut server = Server::serve(folder.path())?;
    let client = Client::sign_in(&server.address)?;
    make_feed(&client)?;
    server.kill();
    let command = |n: u32| -> Result<Command> {
        let file = folder.path().join(format!("list-{n}.csv"));
        std::fs::write(&file, list(n))?;
        let mut command = Command::new(binary()?);
        command.args(["import", "list"]).arg(file).args(["--feed", "thu", "--data"]);
        command.arg(folder.path()).args(["--from", "2024-01-01", "--to", "2024-01-31"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Ok(command)
    };
    let begun = Instant::now();
    assert!(command(0)?.status()?.success());
    let whole = begun.elapsed();
    for round in 1..=ROUNDS {
        let mut process = command(round)?.spawn()?;
        std::thread::sleep(moment(round, whole));
        process.kill()?;
        process.wait()?;
        verified(folder.path())?;
        assert!(command(round)?.status()?.success(), "round {round}");
    }
    let server = Server::serve(folder.path())?;
    let there = whole_lists(&client.at(&server.address))?;
    assert_eq!(there.len(), ROUNDS as usize + 1);
    Ok(())
}
