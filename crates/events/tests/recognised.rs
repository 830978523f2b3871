//! What else real corpora say of their lines: which format they are in, when
//! they were written, by whom. The second table of `docs/events-fields.md` is
//! checked against this; with `UPDATE_DOCS` set it is written anew.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "common/page.rs"]
mod page;
#[path = "common/shared.rs"]
mod shared;

use std::path::Path;

use events::{Decoder, Event, Format, Names, Options, Reader};
use page::Score;

/// What stands above the table.
const HEAD: &str = "| corpus | lines | facts | right | share |\n|---|---|---|---|---|\n";

/// Wazuh's name of a decoder, and the format that it stands for.
const DECODERS: &[(&str, Format)] = &[
    ("sshd", Format::LinuxAuth),
    ("sudo", Format::LinuxAuth),
    ("su", Format::LinuxAuth),
    ("doas", Format::LinuxAuth),
    ("dropbear", Format::LinuxAuth),
    ("vsftpd", Format::LinuxAuth),
    ("auditd", Format::Auditd),
    ("cisco-asa", Format::Cisco),
    ("cisco-ftd", Format::Cisco),
    ("cisco-ios", Format::Cisco),
    ("pix", Format::Cisco),
    ("fortigate-firewall-v3", Format::Fortinet),
    ("fortigate-firewall-v4", Format::Fortinet),
    ("fortigate-firewall-v5", Format::Fortinet),
    ("fortigate-firewall-v6", Format::Fortinet),
    ("pf", Format::Filterlog),
    ("squid-accesslog", Format::Squid),
    ("apache-errorlog", Format::WebAccess),
    ("nginx-errorlog", Format::WebAccess),
    ("web-accesslog", Format::WebAccess),
    ("cef-fireeye", Format::Cef),
    ("json", Format::Json),
];

/// Folder or file of whole logs, the format of its records, and whether all say
/// when they were written.
const LOGS: &[(&str, &str, Format)] = &[
    ("IIS", "plaso-text-logs/iis", Format::W3c),
    ("Zeek, tab-separated and JSON", "zeek", Format::Zeek),
    ("Suricata EVE, honeypot and exercise", "suricata-eve", Format::Eve),
    ("Apache access log", "elastic-examples/apache_access.log.part1", Format::WebAccess),
];

fn options() -> Options {
    Options::new("2026-11-01T00:00:00Z".parse().unwrap())
}

#[test]
fn the_documented_facts_are_true() {
    let Some(root) = shared::shared("04-logs") else { return };
    let mut table = String::new();
    let mut add = |title: &str, score: Score| page::row(&mut table, title, &score);
    add("Wazuh's rule tests: the format", wazuh(&root.join("wazuh-ruleset-tests")));
    for (title, place, format) in LOGS {
        add(&format!("{title}: format, time"), logs(&root.join(place), *format));
    }
    add(
        "Syslog of seven writers: time, host, program",
        syslog(&root.join("plaso-text-logs/syslog")),
    );
    for (title, name, columns) in LOGHUB {
        add(title, loghub(&root.join("loghub-2k"), name, columns));
    }
    page::check(HEAD, &table);
}

/// Notes one fact.
fn note(score: &mut Score, right: bool, what: &str) {
    score.expected += 1;
    score.right += usize::from(right);
    if !right && std::env::var_os("SHOW_WRONG").is_some() {
        eprintln!("{}", what.chars().take(200).collect::<String>());
    }
}

/// `log 1 pass = …` lines, and `decoder = …` after them.
fn wazuh(folder: &Path) -> Score {
    let mut score = Score::default();
    let mut decoder = Decoder::new(Names::new(), &options());
    for path in shared::files(folder) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let mut lines: Vec<&str> = Vec::new();
        for line in text.lines() {
            if let Some((_, log)) = line.split_once(" pass = ").filter(|_| line.starts_with("log "))
            {
                lines.push(log);
            } else if let Some(name) = line.strip_prefix("decoder = ") {
                let known = DECODERS.iter().find(|(known, _)| *known == name.trim());
                for log in lines.drain(..).filter(|_| known.is_some()) {
                    let found = decoder.decode_record(log.as_bytes()).format();
                    score.lines += 1;
                    let right = is_in(found, known.unwrap().1);
                    note(&mut score, right, &format!("{name}: {} {log}", found.name()));
                }
            }
        }
    }
    score
}

/// JSON of a known shape is still JSON.
fn is_in(found: Format, expected: Format) -> bool {
    let shapes = [Format::WindowsJson, Format::Eve, Format::Zeek, Format::Journald];
    found == expected || (expected == Format::Json && shapes.contains(&found))
}

fn each_event(path: &Path, mut ask: impl FnMut(&Event)) {
    let file = std::fs::File::open(path).unwrap();
    let mut reader = Reader::open("log", file, Names::new(), &options()).unwrap();
    while let Some(event) = reader.next() {
        ask(event);
    }
}

fn logs(place: &Path, format: Format) -> Score {
    let mut score = Score::default();
    let files = if place.is_file() { vec![place.to_owned()] } else { shared::files(place) };
    let is_log = |path: &&std::path::PathBuf| {
        path.extension().is_none_or(|end| end != "txt" && end != "intel")
    };
    for path in files.iter().filter(is_log) {
        each_event(path, |event| {
            score.lines += 1;
            let what =
                || format!("{}: {} {}", path.display(), event.format().name(), event.raw_text());
            note(&mut score, event.format() == format, &what());
            note(&mut score, event.time().is_some(), &what());
        });
    }
    score
}

fn syslog(folder: &Path) -> Score {
    let mut score = Score::default();
    for path in shared::files(folder) {
        each_event(&path, |event| {
            score.lines += 1;
            for there in
                [event.time().is_some(), event.host().is_some(), event.provider().is_some()]
            {
                note(&mut score, there, &format!("{}: {}", path.display(), event.raw_text()));
            }
        });
    }
    score
}

/// A column of loghub's own reading, and what of an event it is.
#[derive(Clone, Copy)]
enum Column {
    Other,
    /// `Jun`, `14` and `15:16:01` in columns of their own.
    Month,
    Day,
    Clock,
    /// `Sun Dec 04 04:47:44 2005`.
    Time,
    Host,
    Program,
    Pid,
}

use Column::{Clock, Day, Host, Month, Other, Pid, Program, Time};

const LOGHUB: &[(&str, &str, &[Column])] = &[
    (
        "Linux, as loghub reads it: time, host, program, process id",
        "Linux",
        &[Other, Month, Day, Clock, Host, Program, Pid],
    ),
    (
        "OpenSSH, as loghub reads it: time, host, process id",
        "OpenSSH",
        &[Other, Month, Day, Clock, Host, Pid],
    ),
    ("Apache errors, as loghub reads them: time", "Apache", &[Other, Time]),
];

fn loghub(folder: &Path, name: &str, columns: &[Column]) -> Score {
    let mut score = Score::default();
    let read = |ending: &str| {
        std::fs::read_to_string(folder.join(name).join(format!("{name}_2k.log{ending}"))).unwrap()
    };
    let (log, table) = (read(""), read("_structured.csv"));
    let mut decoder = Decoder::new(Names::new(), &options());
    for (line, row) in log.lines().zip(table.lines().skip(1)) {
        let event = decoder.decode_record(line.as_bytes());
        score.lines += 1;
        let at = event.time().map(|time| time.at.to_zoned(jiff::tz::TimeZone::UTC));
        let shown = |format: &str| {
            at.as_ref().map(|at| at.strftime(format).to_string()).unwrap_or_default()
        };
        for (column, expected) in columns.iter().zip(row.split(',')) {
            let pid = || event.field("log.syslog.procid").map(|v| v.text().into_owned());
            let found = match column {
                Month => shown("%b"),
                Day => shown("%-d"),
                Clock => shown("%H:%M:%S"),
                Time => shown("%a %b %d %H:%M:%S %Y"),
                Host => event.host().unwrap_or_default().to_owned(),
                Program => event.provider().unwrap_or_default().to_owned(),
                Pid => pid().unwrap_or_default(),
                Other => continue,
            };
            if !expected.is_empty() {
                note(&mut score, found == expected, &format!("{expected} not {found}: {line}"));
            }
        }
    }
    score
}
