//! How many of the ECS fields that others expect of real lines are got right,
//! by format: the table in `docs/events-fields.md` is checked against this.
//!
//! Counted are fields that ECS defines ([`events::ecs::FIELDS`]). Not counted:
//! texts (`message`, `event.original`), placeholders (`-`, `N/A`), and values of
//! `event.category`, `event.type` and `event.outcome` that ECS does not allow.
//! Equal are times of the same millisecond, addresses whatever their notation,
//! and hashes, protocols and transports whatever their case.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "common/shared.rs"]
mod shared;

use std::{collections::BTreeSet, fmt::Write, path::Path};

use events::{Decoder, Format, Names, Options, ecs};
use serde_json::Value;

/// Folder, and the format to insist on where lines lack their header.
const FOLDERS: &[(&str, &str, Option<Format>)] = &[
    ("Windows events, NXLog JSON", "Windows/windows", None),
    ("Windows events, Winlogbeat", "Beats/winlogbeat", None),
    ("Auditbeat JSON", "Beats/auditbeat", None),
    ("Suricata EVE", "Suricata/suricata", None),
    ("FortiGate", "Fortinet/fortigate", None),
    ("CEF", "CEF/cef", None),
    ("Palo Alto", "Palo_Alto_Networks/paloalto-ngfw", None),
    ("Cisco ASA and FTD", "Cisco/cisco-secure-firewall", Some(Format::Cisco)),
    ("pf filterlog", "OpenBSD/openbsd-packet-filter", None),
    ("OpenSSH", "OpenSSH/openssh", Some(Format::LinuxAuth)),
    ("Postfix", "Postfix/postfix", Some(Format::Postfix)),
    ("Apache", "Apache/apache", None),
    ("nginx", "NGINX/nginx", None),
    ("BIND", "BIND/bind", Some(Format::DnsQuery)),
    ("Kaspersky", "Kaspersky/kaspersky_endpoint_security", None),
];

/// What stands above the table.
const HEAD: &str = "|---|---|---|---|---|\n";

#[derive(Default)]
struct Score {
    lines: usize,
    expected: usize,
    right: usize,
}

#[test]
fn the_documented_shares_are_true() {
    let Some(root) = shared::shared("04-logs/sekoia-intake") else { return };
    let mut table = String::new();
    let mut sum = Score::default();
    for (title, folder, format) in FOLDERS {
        let score = score(&root.join(folder), *format);
        row(&mut table, title, &score);
        sum.lines += score.lines;
        sum.expected += score.expected;
        sum.right += score.right;
    }
    row(&mut table, "**all**", &sum);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/events-fields.md");
    let text = std::fs::read_to_string(&page).unwrap_or_default();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let start = text.find(HEAD).unwrap() + HEAD.len();
        let end = text[start..].find("\n\n").map_or(text.len(), |end| start + end + 1);
        let written = format!("{}{table}{}", &text[..start], &text[end..]);
        return std::fs::write(&page, written).unwrap();
    }
    assert!(text.contains(&table), "{} must have this table:\n{table}", page.display());
}

fn row(table: &mut String, title: &str, score: &Score) {
    let share = 100.0 * score.right as f64 / score.expected.max(1) as f64;
    writeln!(
        table,
        "| {title} | {} | {} | {} | {share:.1} % |",
        score.lines, score.expected, score.right
    )
    .unwrap();
}

fn score(folder: &Path, format: Option<Format>) -> Score {
    let mut options = Options::new("2026-11-01T00:00:00Z".parse().unwrap());
    options.format = format;
    let mut decoder = Decoder::new(Names::new(), &options);
    let mut score = Score::default();
    for path in shared::files(folder) {
        let case: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let record = with_header(&case["input"]);
        let event = decoder.decode_record(record.as_bytes());
        let found = ecs::Ecs::of(event);
        score.lines += 1;
        for (name, values) in expected(&case["expected"]) {
            let ours: BTreeSet<String> =
                found.all(&name).map(|value| plain(&name, value)).collect();
            score.expected += 1;
            if ours == values {
                score.right += 1;
            } else if std::env::var_os("SHOW_WRONG").is_some() {
                eprintln!("{} {name}: expected {values:?}, got {ours:?}", path.display());
            }
        }
    }
    score
}

/// The line as it stood before somebody took its syslog header away.
fn with_header(input: &Value) -> String {
    let message = input["message"].as_str().unwrap();
    match input["log"]["syslog"]["appname"].as_str() {
        Some(program) => format!("<22>1 - - {program} - - - {message}"),
        None => message.to_owned(),
    }
}

/// The fields that count, flat.
fn expected(value: &Value) -> Vec<(String, BTreeSet<String>)> {
    let mut found = Vec::new();
    flatten(value, "", &mut found);
    found.retain(|(name, values)| {
        ecs::FIELDS.iter().any(|field| field.name == name)
            && !matches!(name.as_str(), "message" | "event.original")
            && allowed(name)
                .is_none_or(|allowed| values.iter().all(|v| allowed.contains(&v.as_str())))
            && values.iter().any(|value| !matches!(value.as_str(), "" | "-" | "N/A" | "{}"))
    });
    found
}

/// The values that ECS allows, for fields where it says so.
fn allowed(name: &str) -> Option<&'static [&'static str]> {
    match name {
        "event.category" => Some(&[
            "api",
            "authentication",
            "configuration",
            "database",
            "driver",
            "email",
            "file",
            "host",
            "iam",
            "intrusion_detection",
            "library",
            "malware",
            "network",
            "package",
            "process",
            "registry",
            "session",
            "threat",
            "vulnerability",
            "web",
        ]),
        "event.type" => Some(&[
            "access",
            "admin",
            "allowed",
            "change",
            "connection",
            "creation",
            "deletion",
            "denied",
            "device",
            "end",
            "error",
            "group",
            "indicator",
            "info",
            "installation",
            "protocol",
            "start",
            "user",
        ]),
        "event.outcome" => Some(&["success", "failure", "unknown"]),
        _ => None,
    }
}

fn flatten(value: &Value, path: &str, found: &mut Vec<(String, BTreeSet<String>)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(value, &path, found);
            }
        }
        Value::Array(values) if values.iter().any(Value::is_object) => {
            let mut inner = Vec::new();
            for value in values {
                flatten(value, path, &mut inner);
            }
            for (name, values) in inner {
                match found.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, known)) => known.extend(values),
                    None => found.push((name, values)),
                }
            }
        }
        Value::Array(values) => {
            let values = values.iter().map(|value| plain(path, &text(value))).collect();
            found.push((path.to_owned(), values));
        }
        Value::Null => {}
        _ => found.push((path.to_owned(), BTreeSet::from([plain(path, &text(value))]))),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(n) if n.as_f64().is_some_and(|f| f.fract() == 0.0) && n.is_f64() => {
            format!("{:.0}", n.as_f64().unwrap())
        }
        other => other.to_string(),
    }
}

/// The same value has one form.
fn plain(name: &str, value: &str) -> String {
    let date = ecs::FIELDS.iter().any(|f| f.name == name && f.kind == ecs::Kind::Date);
    if date && let Ok(at) = value.parse::<jiff::Timestamp>() {
        let millis = (at.as_nanosecond() + 500_000).div_euclid(1_000_000);
        return millis.to_string();
    }
    if let Ok(ip) = value.parse::<std::net::IpAddr>() {
        return ip.to_canonical().to_string();
    }
    let any_case = name.contains("hash") || name.starts_with("network.");
    if any_case { value.to_ascii_lowercase() } else { value.to_owned() }
}
