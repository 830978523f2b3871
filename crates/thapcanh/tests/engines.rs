//! The engines through the real binary, on invented inputs.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot read")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

fn thapcanh(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_thapcanh"))
        .args(arguments)
        .current_dir(folder)
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .output()
        .unwrap()
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// An invented Windows 10 22H2.
fn machine(name: &str, hotfixes: &str) -> String {
    format!(
        "Host Name:                 {name}\r\n\
         OS Name:                   Microsoft Windows 10 Pro\r\n\
         OS Version:                10.0.19045 N/A Build 19045\r\n\
         System Type:               x64-based PC\r\n\
         {hotfixes}"
    )
}

/// Patched in June 2023 and never again.
const JUNE: &str = "Hotfix(s):                 1 Hotfix(s) Installed.\r\n                           [01]: KB5027215\r\n";

#[test]
fn a_machine_without_the_last_fixes_is_said_to_miss_them() {
    let folder = folder(&[("pc-cu.txt", &machine("PC-CU", JUNE))]);
    let arguments = ["exposures", "--inventory", "pc-cu.txt", "--format", "json"];
    let run = thapcanh(folder.path(), &arguments);
    assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
    let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    let host = &report["hosts"][0];
    assert_eq!(host["host"], "PC-CU");
    assert!(host["summary"]["fixed"].as_u64().unwrap() > 0, "June's fixes are there: {host}");
    let missing = host["missing"].as_array().unwrap();
    assert_eq!(host["summary"]["missing"].as_u64().unwrap(), missing.len() as u64);
    assert!(!missing.is_empty());
    assert!(missing.iter().all(|cve| !cve["needed"].as_array().unwrap().is_empty()), "{missing:?}");
}

#[test]
fn a_machine_whose_fixes_nobody_listed_is_unknown_and_never_clean() {
    let folder = folder(&[("pc.txt", &machine("PC-CHUA-RO", ""))]);
    let run = thapcanh(folder.path(), &["exposures", "--inventory", "pc.txt"]);
    assert_eq!(run.status.code(), Some(2), "{}", text(&run.stdout));
}

#[test]
fn words_that_no_command_understands_are_not_an_answer() {
    let folder = folder(&[]);
    for (arguments, code) in [
        (&["exposures"][..], 3),
        (&["exposures", "--inventory", "pc.txt", "--severity", "terrible"], 3),
        (&["exposures", "--inventory", "pc.txt", "--format", "pdf"], 3),
        (&["exposures", "--inventory", "pc.txt", "--as-of", "yesterday"], 3),
        (&["nothing-known"], 3),
        (&["hunt"], 4),
        (&["exposures", "--help"], 0),
    ] {
        assert_eq!(thapcanh(folder.path(), arguments).status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn a_question_that_lost_its_file_is_not_another_question() {
    let folder = folder(&[("pc.txt", &machine("PC-CU", JUNE))]);
    for lost in ["--cves", "--letter", "--bulletins", "--pack"] {
        let arguments = ["exposures", "--inventory", "pc.txt", lost, "lost.txt"];
        let run = thapcanh(folder.path(), &arguments);
        assert_eq!(run.status.code(), Some(3), "{lost}: {}", text(&run.stdout));
        assert!(text(&run.stderr).contains("lost.txt"), "{lost}: {}", text(&run.stderr));
    }
}

#[test]
fn an_inventory_that_cannot_be_read_is_named_and_keeps_the_answer_from_being_clean() {
    // Two CVEs of May: June's cumulative update closes them.
    let pc = machine("PC-CU", JUNE);
    let folder = folder(&[("pc.txt", &pc), ("cves.txt", "CVE-2023-24932, CVE-2023-29325\n")]);
    let asked = |inventory: &[&str]| {
        let arguments = [&["exposures", "--cves", "cves.txt", "--inventory"], inventory].concat();
        thapcanh(folder.path(), &arguments)
    };
    let whole = asked(&["pc.txt"]);
    assert_eq!(whole.status.code(), Some(0), "{}", text(&whole.stdout));
    let partly = asked(&["pc.txt", "lost.txt"]);
    assert_eq!(partly.status.code(), Some(2), "{}", text(&partly.stdout));
    assert!(text(&partly.stderr).contains("lost.txt"));
}

const CLEARED: &str = "{\"Channel\":\"Security\",\"EventID\":1102,\"Computer\":\"may-01.example\",\"Provider_Name\":\"Microsoft-Windows-Eventlog\",\"TimeCreated\":\"2026-03-02T08:30:00Z\"}\n";
const LOGOFF: &str = "{\"Channel\":\"Security\",\"EventID\":4634,\"Computer\":\"may-02.example\",\"TimeCreated\":\"2026-03-02T08:00:00Z\"}\n";
const RULE: &str = "title: Log cleared
id: 5a1f0c6e-0000-4000-8000-000000000001
author: Somebody
level: high
logsource: {product: windows, service: security}
detection: {s: {EventID: 1102}, condition: s}
";

#[test]
fn the_rules_in_the_binary_hunt_without_any_flag() {
    let folder = folder(&[("log.json", CLEARED)]);
    let run = thapcanh(folder.path(), &["hunt", "log.json", "--format", "jsonl"]);
    assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
    let lines = text(&run.stdout);
    let line: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(line["host"], "may-01.example");
    assert!(line["rule"]["path"].as_str().unwrap().starts_with("rules/sigma/"), "{line}");
}

#[test]
fn the_exit_code_of_a_hunt_says_found_and_unreadable_apart() {
    let folder = folder(&[("cleared.json", CLEARED), ("logoff.json", LOGOFF), ("rule.yml", RULE)]);
    for (arguments, code) in [
        (&["cleared.json"][..], 1),
        (&["logoff.json"][..], 0),
        (&["logoff.json", "lost.json"][..], 2),
        (&["cleared.json", "lost.json"][..], 3),
        (&["cleared.json", "--min-level", "critical"][..], 0),
        (&["cleared.json", "--to", "2026-03-02T08:30:00Z"][..], 0),
        (&["cleared.json", "--zone", "Nowhere/Land"][..], 4),
    ] {
        let run = thapcanh(folder.path(), &[&["hunt", "--rules", "rule.yml"], arguments].concat());
        assert_eq!(run.status.code(), Some(code), "{arguments:?}: {}", text(&run.stderr));
    }
}

#[test]
fn every_form_of_a_hunt_is_written_to_its_file() {
    let folder = folder(&[("log.json", CLEARED), ("rule.yml", RULE)]);
    for (format, holds) in [
        ("table", "Log cleared [Somebody]"),
        ("jsonl", "\"author\":\"Somebody\""),
        ("csv", "high,Log cleared,"),
        ("html", "</html>"),
    ] {
        let arguments =
            ["hunt", "log.json", "--rules", "rule.yml", "--format", format, "--out", "answer"];
        assert_eq!(thapcanh(folder.path(), &arguments).status.code(), Some(1));
        let answer = fs::read_to_string(folder.path().join("answer")).unwrap();
        assert!(answer.contains(holds), "{format}: {answer}");
    }
}

#[test]
fn a_timeline_is_in_the_order_of_time_across_files() {
    let folder = folder(&[("a.json", CLEARED), ("b.json", LOGOFF)]);
    let run = thapcanh(folder.path(), &["timeline", "a.json", "b.json", "--format", "jsonl"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let lines = text(&run.stdout);
    let order: Vec<bool> = lines.lines().map(|line| line.contains("may-02.example")).collect();
    assert_eq!(order, [true, false], "{lines}");
    let partly = thapcanh(folder.path(), &["timeline", ".", "lost.json", "--out", "all.csv"]);
    assert_eq!(partly.status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("all.csv")).unwrap().lines().count(), 3);
}

#[test]
fn the_name_of_the_file_says_the_form_of_a_timeline() {
    let folder = folder(&[("a.json", CLEARED)]);
    for (name, begins) in
        [("t.csv", "time,"), ("t.jsonl", "{"), ("t.parquet", "PAR1"), ("t", "time,")]
    {
        let run = thapcanh(folder.path(), &["timeline", "a.json", "--out", name]);
        assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
        let bytes = fs::read(folder.path().join(name)).unwrap();
        assert!(bytes.starts_with(begins.as_bytes()), "{name}: {}", text(&bytes));
    }
}

#[test]
fn a_rule_that_cannot_be_used_is_named_with_its_line() {
    let broken = RULE.replace("condition: s}", "condition: t}");
    let folder = folder(&[("good.yml", RULE), ("rule.yml", &broken)]);
    assert_eq!(thapcanh(folder.path(), &["rules", "check", "good.yml"]).status.code(), Some(0));
    let run = thapcanh(folder.path(), &["rules", "check", "."]);
    assert_eq!(run.status.code(), Some(1));
    assert!(text(&run.stderr).contains("rule.yml:6"), "{}", text(&run.stderr));
    assert_eq!(thapcanh(folder.path(), &["rules", "check", "lost"]).status.code(), Some(3));
}

#[test]
fn a_case_that_goes_wrong_is_named_with_its_line() {
    let right = format!("# rule.yml\n\n## Fires: cleared\n```json\n{CLEARED}```\n");
    let wrong = format!("# rule.yml\n\n## Silent: cleared\n```json\n{CLEARED}```\n");
    let folder =
        folder(&[("rule.yml", RULE), ("right.md", &right), ("wrong.md", &wrong), ("none.md", "")]);
    for (file, code) in [("right.md", 0), ("wrong.md", 1), ("none.md", 1), ("lost.md", 3)] {
        let run = thapcanh(folder.path(), &["rules", "test", file]);
        assert_eq!(run.status.code(), Some(code), "{file}: {}", text(&run.stderr));
    }
    let run = thapcanh(folder.path(), &["rules", "test", "wrong.md"]);
    assert!(text(&run.stdout).contains("wrong.md:3 rule.yml: "), "{}", text(&run.stdout));
}

#[test]
fn rules_read_once_are_read_from_the_cache_and_again_when_they_change() {
    let folder = folder(&[("log.json", CLEARED), ("rule.yml", RULE)]);
    let found =
        || thapcanh(folder.path(), &["hunt", "log.json", "--rules", "rule.yml"]).status.code();
    assert_eq!(found(), Some(1));
    assert!(folder.path().join("cache/thapcanh/sigma-rules").is_file());
    assert_eq!(found(), Some(1));
    fs::write(folder.path().join("rule.yml"), RULE.replace("1102", "9")).unwrap();
    assert_eq!(found(), Some(0));
}

const BULLETIN: &str = r#"<cvrf:cvrfdoc xmlns:cvrf="http://www.icasi.org/CVRF/schema/cvrf/1.1"/>"#;

#[test]
fn a_pack_is_signed_checked_and_found_altered() {
    let built_in = packs::Packs::embedded();
    let bytes = built_in.read("bulletins/msrc-2023-05_11.pack").unwrap();
    let folder = folder(&[("no.xml", BULLETIN)]);
    let file = folder.path().join("a.pack");
    fs::write(&file, bytes).unwrap();
    let (key, other) = (proof::key_from_random(&[7; 32]), proof::key_from_random(&[8; 32]));
    proof::save_key(&folder.path().join("key.pem"), &key).unwrap();
    for (name, key) in [("key.pub", key), ("other.pub", other)] {
        let pem = proof::public_pem(&key.verifying_key()).unwrap();
        fs::write(folder.path().join(name), pem).unwrap();
    }
    let code = |arguments: &[&str]| {
        let run = thapcanh(folder.path(), &[&["packs"], arguments].concat());
        (run.status.code(), text(&run.stdout) + &text(&run.stderr))
    };
    let expect = |arguments: &[&str], expected| {
        let (code, said) = code(arguments);
        assert_eq!(code, Some(expected), "{arguments:?}: {said}");
    };
    expect(&["list"], 0);
    expect(&["check", "a.pack"], 0);
    expect(&["check", "a.pack", "--key", "key.pub"], 1);
    expect(&["sign", "a.pack", "--key", "key.pem"], 0);
    expect(&["check", "a.pack", "--key", "key.pub"], 0);
    expect(&["check", "a.pack", "--key", "other.pub"], 1);
    let mut altered = fs::read(&file).unwrap();
    *altered.last_mut().unwrap() ^= 1;
    fs::write(&file, altered).unwrap();
    expect(&["check", "a.pack"], 1);
    expect(&["build", "no.xml", "--out", "b.pack"], 3);
    assert!(!folder.path().join("b.pack").exists());
}
