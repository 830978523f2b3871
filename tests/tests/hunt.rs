//! From a log to an alert, by the real binary: hunt, tell the hub, look at the page.

#![allow(missing_docs, clippy::unwrap_used, reason = "a test says what is wrong by stopping")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use anyhow::Result;
use house_tests::{
    server::{PASSWORD, Server, binary},
    session::{api_token, read, sign_in},
};
use serde_json::json;

/// A record of a Windows event log, as exports to JSON have it.
fn record(id: u32, event: u32, user: &str) -> String {
    let record = json!({ "Event": {
        "System": {
            "Provider": { "#attributes": { "Name": "Microsoft-Windows-Eventlog" } },
            "EventID": event, "EventRecordID": id, "Channel": "Security",
            "TimeCreated": { "#attributes": { "SystemTime": format!("2024-01-10T02:00:{id:02}.000000Z") } },
            "Computer": "SYT-SRV01.syt.example",
        },
        "UserData": { "LogFileCleared": { "SubjectUserName": user } },
    } });
    format!("{record}\n")
}

/// Two records for which a rule in the binary fires, one for which none does.
fn log() -> String {
    [record(7, 1102, "<b>quan.tri"), record(9, 1102, "quan.tri"), record(11, 4634, "")].concat()
}

struct Field {
    folder: tempfile::TempDir,
    server: Server,
}

impl Field {
    /// A hub with one unit and one machine; a log, and a token in a file.
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let server = Server::serve(&data)?;
        let files = [
            ("units.csv", "Mã đơn vị,Tên đơn vị\nSYT,Sở Y tế\n".to_owned()),
            ("hosts.csv", "Tên máy,Đơn vị,Địa chỉ IP\nSYT-SRV01,SYT,192.0.2.18\n".to_owned()),
            ("security.jsonl", log()),
            ("token", api_token(&server.address, PASSWORD)?),
            ("no-token", "tc_khong-phai-ma".to_owned()),
        ];
        for (name, text) in files {
            fs::write(folder.path().join(name), text)?;
        }
        let field = Self { folder, server };
        for kind in ["units", "hosts"] {
            let done = field.run(&["import", kind, &format!("{kind}.csv"), "--data", "data"])?;
            assert!(done.status.success(), "{done:?}");
        }
        Ok(field)
    }

    fn run(&self, arguments: &[&str]) -> Result<Output> {
        let folder: &Path = self.folder.path();
        let cache = folder.join("cache");
        let mut run = Command::new(binary()?);
        run.args(arguments).current_dir(folder).env("XDG_CACHE_HOME", cache);
        Ok(run.output()?)
    }

    fn hunt(&self, token: &str, more: &[&str]) -> Result<Output> {
        let to = ["--to-hub", &self.server.address, "--token-file", token, "--format", "jsonl"];
        self.run(&[&["hunt", "security.jsonl"], &to[..], more].concat())
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_a_hunt_finds_becomes_an_alert_once() -> Result<()> {
    let field = Field::new()?;
    let more = ["--unit", "SYT", "--case", "SC-2024-01"];
    let first = field.hunt("token", &more)?;
    assert_eq!(first.status.code(), Some(1), "{}", said(&first));
    assert_eq!(String::from_utf8_lossy(&first.stdout).lines().count(), 2, "shown as ever");
    assert!(said(&first).contains("lập 1 cảnh báo, gộp thêm 1 phát hiện"), "{}", said(&first));
    let again = field.hunt("token", &more)?;
    assert!(
        said(&again).contains("lập 0 cảnh báo, gộp thêm 0 phát hiện, đã có 2"),
        "{}",
        said(&again)
    );

    let (agent, _) = sign_in(&field.server.address, PASSWORD)?;
    let list = read(&agent, &format!("{}/alerts", field.server.address))?;
    let id = list.split("href=\"/alerts/").nth(1).unwrap().split('"').next().unwrap();
    let page = read(&agent, &format!("{}/alerts/{id}", field.server.address))?;
    for shown in ["Security log cleared", "T1070.001", "SC-2024-01", "Sở Y tế", "SYT-SRV01", "1102"]
    {
        assert!(page.contains(shown), "{shown} is not in {page}");
    }
    assert!(page.contains("&lt;b&gt;quan.tri") && !page.contains("<b>quan.tri"), "{page}");
    Ok(())
}

#[test]
fn a_hub_that_does_not_take_it_is_said_before_the_hunt() -> Result<()> {
    let field = Field::new()?;
    for (token, more, why) in [
        ("no-token", &[][..], "HTTP 401"),
        ("missing", &[][..], "missing"),
        ("token", &["--unit", "KHONG-CO"][..], "HTTP 422"),
    ] {
        let run = field.hunt(token, more)?;
        assert_eq!(run.status.code(), Some(4), "{}", said(&run));
        assert!(said(&run).contains(why) && run.stdout.is_empty(), "{}", said(&run));
        assert!(!said(&run).contains("tc_"), "no token where others read: {}", said(&run));
    }
    Ok(())
}
