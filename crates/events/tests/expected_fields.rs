//! How many of the ECS fields that others expect of real lines are got right,
//! by format: the table in `docs/events-fields.md` is checked against this.
//!
//! Counted are fields that ECS defines ([`events::ecs::FIELDS`]). Not counted:
//! texts (`message`, `event.original`), placeholders (`-`, `N/A`, `0.0.0.0`), and
//! values of `event.category`, `event.type` and `event.outcome` that ECS does not
//! allow. Equal are times of the same millisecond, addresses whatever their
//! notation, and hashes, protocols and transports whatever their case.
//!
//! Whatever else is not as expected counts as wrong. How many of those
//! expectations cannot be what ECS defines the field to be ([`against_ecs`])
//! stands in a column of its own.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "common/page.rs"]
mod page;
#[path = "common/shared.rs"]
mod shared;

use std::{collections::BTreeSet, fmt::Write, path::Path};

use page::share;

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
const HEAD: &str = "| format | lines | expected fields | right | share | wrong against ECS | share where ECS agrees |\n|---|---|---|---|---|---|---|\n";

#[derive(Default)]
struct Score {
    counted: page::Score,
    /// Wrong, but no expectation that ECS would share.
    apart: usize,
}

#[test]
fn the_documented_shares_are_true() {
    let Some(root) = shared::shared("04-logs/sekoia-intake") else { return };
    let mut table = String::new();
    let mut sum = Score::default();
    for (title, folder, format) in FOLDERS {
        let score = score(&root.join(folder), *format);
        row(&mut table, title, &score);
        sum.counted.lines += score.counted.lines;
        sum.counted.expected += score.counted.expected;
        sum.counted.right += score.counted.right;
        sum.apart += score.apart;
    }
    row(&mut table, "**all**", &sum);
    page::check(HEAD, &table);
}

fn row(table: &mut String, title: &str, score: &Score) {
    let page::Score { lines, expected, right } = score.counted;
    let (all, agreed) = (share(right, expected), share(right, expected - score.apart));
    writeln!(
        table,
        "| {title} | {lines} | {expected} | {right} | {all} | {} | {agreed} |",
        score.apart
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
        score.counted.lines += 1;
        for (name, values) in expected(&case["expected"]) {
            let ours = found.all(&name).filter(|value| !is_placeholder(value));
            let ours: BTreeSet<String> = ours.map(|value| plain(&name, value)).collect();
            score.counted.expected += 1;
            if ours == values {
                score.counted.right += 1;
                continue;
            }
            let apart = against_ecs(&name, &values, &case["expected"]);
            score.apart += usize::from(apart);
            if std::env::var_os("SHOW_WRONG").is_some() && !apart {
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
    for (_, values) in &mut found {
        let real = values.iter().any(|value| !is_placeholder(value));
        values.retain(|value| !real || !is_placeholder(value));
    }
    found.retain(|(name, values)| {
        ecs::FIELDS.iter().any(|field| field.name == name)
            && !matches!(name.as_str(), "message" | "event.original")
            && allowed(name)
                .is_none_or(|allowed| values.iter().all(|v| allowed.contains(&v.as_str())))
            && values.iter().any(|value| !is_placeholder(value))
    });
    found
}

/// What is written where there is no value.
fn is_placeholder(value: &str) -> bool {
    matches!(value, "" | "-" | "N/A" | "{}" | "0.0.0.0" | "::")
}

/// Whether a value cannot be what ECS 8.17 defines the field to be.
fn against_ecs(name: &str, values: &BTreeSet<String>, whole: &Value) -> bool {
    let any = |is: fn(&str) -> bool| values.iter().any(|value| is(value));
    let is_ip = |value: &str| value.parse::<std::net::IpAddr>().is_ok();
    match name {
        // Names of hosts: an address has fields of its own.
        "source.domain" | "destination.domain" | "url.domain" | "related.hosts" => any(is_ip),
        // The application protocol; the transport has a field of its own.
        "network.protocol" => any(|value| matches!(value, "tcp" | "udp" | "icmp")),
        // A name in lower case.
        "network.transport" => any(|v| v.bytes().all(|b| b.is_ascii_digit()) || v == "http"),
        // What runs over the network layer.
        "network.type" => !any(|v| matches!(v, "ipv4" | "ipv6" | "ipsec" | "pim")),
        "dns.question.class" => !any(|v| matches!(v, "IN" | "CH" | "HS" | "NONE" | "ANY")),
        "dns.question.type" => any(|value| value == "IN"),
        "host.os.type" => {
            !any(|v| matches!(v, "linux" | "macos" | "unix" | "windows" | "ios" | "android"))
        }
        // Hexadecimal digits of a file's content.
        _ if name.contains(".hash.") || name == "related.hash" => {
            !any(|value| value.bytes().all(|b| b.is_ascii_hexdigit()))
        }
        // Where the process worked, not where its program lies.
        "process.working_directory" => is_folder_of(&whole["process"], values),
        "process.parent.working_directory" => is_folder_of(&whole["process"]["parent"], values),
        _ => false,
    }
}

/// Whether the folder is only that of the program.
fn is_folder_of(process: &Value, folder: &BTreeSet<String>) -> bool {
    let Some(program) = process["executable"].as_str() else { return false };
    let end = program.rfind('\\').map_or(0, |at| at + 1);
    folder.iter().all(|folder| folder.eq_ignore_ascii_case(&program[..end]))
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
