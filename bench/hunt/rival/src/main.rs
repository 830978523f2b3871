//! `rival RULES FOLDER`: the crates `evtx` and `rsigma-eval`, put together as
//! well as their documentation allows: rules in one engine a log source, every
//! event flattened and given only to the engines of its channel and id.
//! `rival --floor FOLDER`: `evtx` alone, records to JSON text.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use rsigma_eval::{Engine, JsonEvent};
use rsigma_parser::parse_sigma_directory;
use serde_json::{Map, Value};

const SYSMON: &str = "Microsoft-Windows-Sysmon/Operational";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--floor", folder] => floor(Path::new(folder)),
        [rules, folder] => hunt(Path::new(rules), Path::new(folder)),
        _ => eprintln!("rival RULES FOLDER | rival --floor FOLDER"),
    }
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "evtx") {
            out.push(path);
        }
    }
}

fn floor(folder: &Path) {
    let mut paths = Vec::new();
    files(folder, &mut paths);
    let (mut records, mut bytes) = (0_u64, 0);
    for path in paths {
        let mut parser = evtx::EvtxParser::from_path(path).unwrap();
        for record in parser.records_json().flatten() {
            records += 1;
            bytes += record.data.len();
        }
    }
    println!("{records} records, {bytes} bytes of JSON");
}

fn hunt(rules: &Path, folder: &Path) {
    let started = Instant::now();
    let collection = parse_sigma_directory(rules).unwrap();
    let mut sorted: HashMap<String, Vec<_>> = HashMap::new();
    for rule in &collection.rules {
        let source = &rule.logsource;
        let key = source.category.clone().or(source.service.clone()).unwrap_or_default();
        sorted.entry(key).or_default().push(rule);
    }
    let mut engines: HashMap<String, Engine> = HashMap::new();
    for (key, rules) in sorted {
        let mut engine = Engine::new();
        engine.add_rules(rules);
        engines.insert(key, engine);
    }
    eprintln!("{} rules in {:.3} s", collection.rules.len(), started.elapsed().as_secs_f64());
    let mut paths = Vec::new();
    files(folder, &mut paths);
    let (mut records, mut found) = (0_u64, 0);
    for path in paths {
        let mut parser = evtx::EvtxParser::from_path(path).unwrap();
        for record in parser.records_json().flatten() {
            records += 1;
            let value: Value = serde_json::from_str(&record.data).unwrap();
            let (flat, channel, id) = flatten(&value);
            let event = JsonEvent::borrow(&flat);
            for key in keys(&channel, id) {
                if let Some(engine) = engines.get(*key) {
                    found += engine.evaluate(&event).len();
                }
            }
        }
    }
    println!("{records} records, {found} detections");
}

/// Sigma's field names at the top.
fn flatten(value: &Value) -> (Value, String, u64) {
    let mut flat = Map::new();
    let event = &value["Event"];
    for (name, value) in event["System"].as_object().into_iter().flatten() {
        match value {
            Value::Object(inner) => {
                if let Some(text) = inner.get("#text") {
                    flat.insert(name.clone(), text.clone());
                }
                for (key, value) in inner.get("#attributes").and_then(Value::as_object).into_iter().flatten() {
                    flat.insert(format!("{name}_{key}"), value.clone());
                }
            }
            value => drop(flat.insert(name.clone(), value.clone())),
        }
    }
    for part in ["EventData", "UserData"] {
        for (name, value) in event[part].as_object().into_iter().flatten() {
            flat.insert(name.clone(), value.clone());
        }
    }
    let channel = flat.get("Channel").and_then(Value::as_str).unwrap_or_default().to_owned();
    let id = flat.get("EventID").and_then(Value::as_u64).unwrap_or_default();
    (Value::Object(flat), channel, id)
}

fn keys(channel: &str, id: u64) -> &'static [&'static str] {
    match (channel, id) {
        (SYSMON, 1) => &["process_creation", "sysmon", ""],
        (SYSMON, 3) => &["network_connection", "sysmon", ""],
        (SYSMON, 6) => &["driver_load", "sysmon", ""],
        (SYSMON, 7) => &["image_load", "sysmon", ""],
        (SYSMON, 8) => &["create_remote_thread", "sysmon", ""],
        (SYSMON, 10) => &["process_access", "sysmon", ""],
        (SYSMON, 11) => &["file_event", "sysmon", ""],
        (SYSMON, 12) => &["registry_add", "registry_delete", "registry_event", "sysmon", ""],
        (SYSMON, 13) => &["registry_set", "registry_event", "sysmon", ""],
        (SYSMON, 15) => &["create_stream_hash", "sysmon", ""],
        (SYSMON, 17 | 18) => &["pipe_created", "sysmon", ""],
        (SYSMON, 22) => &["dns_query", "sysmon", ""],
        (SYSMON, 23 | 26) => &["file_delete", "sysmon", ""],
        (SYSMON, _) => &["sysmon", ""],
        ("Security", 4688) => &["process_creation", "security", ""],
        ("Security", _) => &["security", ""],
        ("System", _) => &["system", ""],
        ("Application", _) => &["application", ""],
        ("Microsoft-Windows-PowerShell/Operational", 4104) => &["ps_script", "powershell", ""],
        ("Microsoft-Windows-PowerShell/Operational", 4103) => &["ps_module", "powershell", ""],
        ("Microsoft-Windows-Windows Defender/Operational", _) => &["windefend", ""],
        ("Microsoft-Windows-TaskScheduler/Operational", _) => &["taskscheduler", ""],
        _ => &[""],
    }
}
