//! A hunt from files to results.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot read")]

use std::{fmt::Write as _, fs, io::Write as _, path::Path};

use detect::hunt::{
    CsvSink, HtmlSink, JsonLinesSink, Options, Outcome, Prepared, Sink, TableSink, run,
};
use words::Lang;

const RULES: &str = "title: Log cleared
id: 5a1f0c6e-0000-4000-8000-000000000001
author: Somebody
license: DRL-1.1
level: high
tags: [attack.t1070.001]
logsource: {product: windows, service: security}
detection: {s: {EventID: 1102}, condition: s}
---
title: Never
level: low
logsource: {product: linux, service: auditd}
detection: {s: {type: EXECVE}, condition: s}
---
title: Failed
name: failed
level: informational
logsource: {product: windows, service: security}
detection: {s: {EventID: 4625}, condition: s}
---
title: Many failed
level: high
correlation:
  type: event_count
  rules: [failed]
  group-by: [IpAddress]
  timespan: 5m
  condition: {gte: 3}
";

fn event(id: u32, second: u32) -> String {
    format!(
        "{{\"Channel\":\"Security\",\"EventID\":{id},\"Computer\":\"pc.example\",\
         \"TimeCreated\":\"2026-03-02T08:30:{second:02}Z\",\"IpAddress\":\"203.0.113.9\"}}\n"
    )
}

fn options(folder: &Path) -> Options {
    fs::write(folder.join("rules.yml"), RULES).unwrap();
    Options {
        rules: vec![folder.join("rules.yml")],
        ..Options::new(vec![folder.join("logs")], "2026-11-22T00:00:00Z".parse().unwrap())
    }
}

fn hunt(options: &Options) -> (Outcome, Vec<serde_json::Value>) {
    let prepared = Prepared::new(options).unwrap();
    let mut bytes = Vec::new();
    let mut sink = JsonLinesSink(&mut bytes);
    let outcome = run(options, &prepared, &mut sink, &mut |_| {}).unwrap();
    let lines = String::from_utf8(bytes).unwrap();
    (outcome, lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn a_detection_says_why_and_whose_rule_it_is() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    fs::write(folder.path().join("logs/a.json"), event(1102, 1) + &event(4624, 2)).unwrap();
    let (outcome, lines) = hunt(&options(folder.path()));
    assert_eq!((outcome.events, outcome.exit_code(), lines.len()), (2, 1, 1));
    let line = &lines[0];
    for (pointer, expected) in [
        ("/rule/title", "Log cleared"),
        ("/rule/author", "Somebody"),
        ("/rule/license", "DRL-1.1"),
        ("/rule/level", "high"),
        ("/rule/tags/0", "attack.t1070.001"),
        ("/host", "pc.example"),
        ("/channel", "Security"),
        ("/event/IpAddress", "203.0.113.9"),
    ] {
        assert_eq!(line.pointer(pointer).unwrap(), expected, "{pointer}");
    }
    assert_eq!(line["rule"]["sha256"].as_str().unwrap().len(), 64);
    assert!(line["source"]["path"].as_str().unwrap().ends_with("a.json"));
}

#[test]
fn silence_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    fs::write(folder.path().join("logs/a.json"), event(4624, 2)).unwrap();
    let options = options(folder.path());
    let prepared = Prepared::new(&options).unwrap();
    let mut text = Vec::new();
    let outcome =
        run(&options, &prepared, &mut TableSink::new(&mut text, Lang::Vi), &mut |_| {}).unwrap();
    assert_eq!((outcome.exit_code(), outcome.eligible()), (0, 2));
    assert_eq!(outcome.coverage.records["Security"], 1);
    let unseen = outcome.unseen(&prepared);
    assert_eq!((unseen.len(), unseen[0].log_source.to_string().as_str()), (1, "linux/-/auditd"));
    assert!(String::from_utf8(text).unwrap().contains("linux/-/auditd"));
}

#[test]
fn correlations_and_indicators_take_part() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    // Out of order, and over two files.
    fs::write(folder.path().join("logs/a.json"), event(4625, 30) + &event(4625, 10)).unwrap();
    fs::write(folder.path().join("logs/b.json"), event(4625, 20)).unwrap();
    fs::write(folder.path().join("list.txt"), "203.0.113.0/24 # botnet\n").unwrap();
    let options =
        Options { indicators: vec![folder.path().join("list.txt")], ..options(folder.path()) };
    let (_, lines) = hunt(&options);
    let titles: Vec<&str> = lines.iter().map(|l| l["rule"]["title"].as_str().unwrap()).collect();
    let net = "net: 203.0.113.0/24";
    assert_eq!(titles, [net, net, net, "Many failed"]);
    assert_eq!(lines[0]["indicator"]["label"], "botnet");
    assert_eq!(lines[0]["matched"]["IpAddress"], "203.0.113.9");
    assert_eq!(lines[3]["correlation"]["count"], 3);
    assert_eq!(lines[3]["correlation"]["first"], "2026-03-02T08:30:10Z");
}

#[test]
fn the_order_is_that_of_the_input_whatever_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    for file in 0..5 {
        let lines: String = (0..3000).map(|n| event(1102, n % 60)).collect();
        fs::write(folder.path().join(format!("logs/{file}.json")), lines).unwrap();
    }
    let one = options(folder.path());
    let many = Options { threads: 4, ..one.clone() };
    assert_eq!(hunt(&one).1, hunt(&many).1);
    let from = Options { from: Some("2026-03-02T08:30:30Z".parse().unwrap()), ..one };
    assert_eq!(hunt(&from).0.detections, 7500);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    let mut zip = zip::ZipWriter::new(fs::File::create(folder.path().join("logs/b.zip")).unwrap());
    zip.start_file("in/a.json", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(event(1102, 1).as_bytes()).unwrap();
    zip.finish().unwrap();
    fs::write(folder.path().join("logs/a.7z"), b"7z\xbc\xaf\x27\x1c\0\0\0\0").unwrap();
    let mut options = options(folder.path());
    options.paths.push(folder.path().join("nothing-here"));
    let (outcome, lines) = hunt(&options);
    assert_eq!((outcome.exit_code(), lines.len()), (3, 1));
    assert!(lines[0]["source"]["path"].as_str().unwrap().ends_with("b.zip!in/a.json"));
    let codes: Vec<&str> = outcome.found.iter().map(|found| found.code.as_ref()).collect();
    assert_eq!(codes, ["events.archive-damaged", "events.read-failed"]);
}

#[test]
fn pages_and_tables_hold_what_an_attacker_wrote() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    let mut line = String::new();
    let host = "</script><b>";
    write!(line, "{}", event(1102, 1).replace("pc.example", host)).unwrap();
    fs::write(folder.path().join("logs/a.json"), line.replace("Log", "=cmd")).unwrap();
    let options = options(folder.path());
    let prepared = Prepared::new(&options).unwrap();
    let (mut html, mut csv) = (Vec::new(), Vec::new());
    run(&options, &prepared, &mut HtmlSink::new(&mut html, Lang::Vi), &mut |_| {}).unwrap();
    let page = String::from_utf8(html).unwrap();
    assert!(!page.contains(host) && page.contains("Log cleared") && !page.contains("src="));
    assert!(!page.contains("{{"), "a text is missing");
    {
        let mut sink = CsvSink::new(&mut csv).unwrap();
        run(&options, &prepared, &mut sink as &mut dyn Sink, &mut |_| {}).unwrap();
    }
    assert!(String::from_utf8(csv).unwrap().contains("Log cleared"));
}

#[test]
fn a_cache_gives_the_same_rules() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    fs::write(folder.path().join("logs/a.json"), event(1102, 1)).unwrap();
    let options = Options { cache: Some(folder.path().join("cache")), ..options(folder.path()) };
    let first = hunt(&options).1;
    assert!(Prepared::new(&options).unwrap().from_cache);
    assert_eq!(hunt(&options).1, first);
    fs::write(folder.path().join("rules.yml"), RULES.replace("1102", "1")).unwrap();
    assert!(!Prepared::new(&options).unwrap().from_cache);
}

#[test]
fn a_file_that_changes_while_it_is_read_is_named() {
    struct Growing(std::path::PathBuf, Vec<u8>);
    impl Sink for Growing {
        fn detail(&self) -> detect::hunt::Detail {
            detect::hunt::Detail::Event
        }
        fn take(&mut self, _: &Prepared, found: detect::hunt::Detection) -> std::io::Result<()> {
            self.1.extend_from_slice(found.sha256.as_bytes());
            let mut file = fs::OpenOptions::new().append(true).open(&self.0)?;
            file.write_all(b"\n")
        }
        fn finish(&mut self, _: &Prepared, _: &Outcome) -> std::io::Result<()> {
            Ok(())
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("logs/a.json");
    fs::create_dir(folder.path().join("logs")).unwrap();
    // Enough that the first detection comes before the last block is read.
    let line = event(1102, 1).replace("pc.example", &"x".repeat(2_000));
    fs::write(&log, line.repeat(8_000)).unwrap();
    let options = options(folder.path());
    let prepared = Prepared::new(&options).unwrap();
    let mut sink = Growing(log, Vec::new());
    let outcome = run(&options, &prepared, &mut sink, &mut |_| {}).unwrap();
    assert!(outcome.found.iter().any(|found| found.code == "events.changed-while-read"));
    assert!(outcome.detections >= 8_000);
    assert!(sink.1.chunks(64).all(|digest| digest == &sink.1[..64]), "one digest a file");
}
