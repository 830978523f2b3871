//! What the logs of two machines say of a bad night: files as a responder
//! brings them back, for rules to find something in.

use jiff::{Timestamp, civil::date};
use serde_json::{Value, json};

use crate::{
    Error,
    calendar::at,
    hosts::{self, Host},
    networks, systems, units,
};

/// A log as it is brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Code of the unit whose machine wrote it.
    pub unit: &'static str,
    /// Name of the file.
    pub name: String,
    /// Windows records as a tool exports them, one JSON object a line.
    pub bytes: Vec<u8>,
    /// When it was brought back.
    pub received_at: Timestamp,
}

/// What a record says: event, and the fields that matter.
type Said = (u32, &'static str);

/// A machine on which somebody is at work who should not be.
const BREAK_IN: [Said; 4] = [
    (4688, "powershell.exe -nop -w hidden -enc dABoAHUALQBuAGcAaABpAGUAbQA="),
    (4688, "vssadmin.exe delete shadows /all /quiet"),
    (4688, "wevtutil.exe cl Application"),
    (1102, ""),
];
/// A machine whose administrator tidied up.
const TIDYING: [Said; 2] = [(4688, "notepad.exe ghi-chu.txt"), (1102, "")];

/// The logs that come with the province of `seed`.
pub fn logs(seed: u64) -> Result<Vec<Log>, Error> {
    let units = units::all()?;
    let plan = networks::plan(&units);
    let hosts = hosts::all(seed, &units, &systems::all(seed, &units), &plan);
    let of = |unit: &str| hosts.iter().find(|host| host.unit == unit && !host.is_device());
    let both = [("SYT", &BREAK_IN[..], 5), ("STC", &TIDYING[..], 6)];
    let brought = both.into_iter().filter_map(|(unit, said, day)| Some((of(unit)?, said, day)));
    Ok(brought.map(|(host, said, day)| log(host, said, day)).collect())
}

fn log(host: &Host, said: &[Said], day: i8) -> Log {
    let lines =
        (1_i8..).zip(said).map(|(number, one)| format!("{}\n", record(host, day, number, *one)));
    Log {
        unit: host.unit,
        name: format!("{}-Security.jsonl", host.name),
        bytes: lines.collect::<String>().into_bytes(),
        received_at: at(date(2024, 2, day), 8, 0),
    }
}

fn record(host: &Host, day: i8, number: i8, (event, command): Said) -> Value {
    let time = at(date(2024, 2, day - 1), 22, number);
    let mut record = json!({ "System": {
        "Provider": { "#attributes": { "Name": "Microsoft-Windows-Security-Auditing" } },
        "EventID": event, "EventRecordID": 4000 + i32::from(number), "Channel": "Security",
        "TimeCreated": { "#attributes": { "SystemTime": time.to_string() } }, "Computer": host.name,
    } });
    if command.is_empty() {
        record["UserData"] = json!({ "LogFileCleared": { "SubjectUserName": "quan.tri.mau" } });
    } else {
        let image = command.split(' ').next().unwrap_or_default();
        record["EventData"] = json!({ "CommandLine": command, "SubjectUserName": "van.thu.mau",
            "NewProcessName": format!(r"C:\Windows\System32\{image}"),
            "ParentProcessName": r"C:\Windows\System32\cmd.exe" });
    }
    json!({ "Event": record })
}
