//! Small changes, made as fast as they can be.

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use house_tests::{
    server::{PASSWORD, Server, binary},
    session::{read, sign_in},
};

/// How often it is killed. Each round lives a different while.
const ROUNDS: u64 = 12;

#[test]
fn what_was_acknowledged_survives_a_kill() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..ROUNDS {
        let mut server = Server::serve(folder.path())?;
        let missing = missing(&server.address, &acknowledged)?;
        assert!(missing.is_empty(), "round {round} lost {missing:?}");
        let stop = Arc::new(AtomicBool::new(false));
        let writer = {
            let (address, stop) = (server.address.clone(), Arc::clone(&stop));
            std::thread::spawn(move || write_until_killed(&address, round, &stop))
        };
        std::thread::sleep(Duration::from_millis(150 + 130 * round));
        server.kill();
        stop.store(true, Ordering::SeqCst);
        acknowledged.extend(writer.join().unwrap());
        let verified = Command::new(binary()?)
            .args(["verify", "audit", "--data"])
            .arg(folder.path())
            .output()?;
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    }
    println!("{} acknowledged changes survived {ROUNDS} kills", acknowledged.len());
    assert!(
        acknowledged.len() > 20,
        "too few changes to have tried anything: {}",
        acknowledged.len()
    );
    Ok(())
}

/// Makes tokens as fast as it can; gives the names of those acknowledged.
fn write_until_killed(address: &str, round: u64, stop: &AtomicBool) -> Vec<String> {
    let mut made = Vec::new();
    let Ok((agent, csrf)) = sign_in(address, PASSWORD) else { return made };
    for number in 0.. {
        let name = format!("r{round}n{number}");
        let form = [("csrf", csrf.as_str()), ("name", &name), ("days", "1"), ("scope", "read")];
        let sent = agent.post(format!("{address}/account/tokens")).send_form(form);
        match sent {
            Ok(_) => made.push(name),
            Err(_) => break,
        }
        if stop.load(Ordering::SeqCst) {
            break;
        }
    }
    made
}

fn missing(address: &str, names: &[String]) -> Result<Vec<String>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let (agent, _) = sign_in(address, PASSWORD)?;
    let page = read(&agent, &format!("{address}/account"))?;
    Ok(names.iter().filter(|name| !page.contains(&format!(">{name}<"))).cloned().collect())
}
