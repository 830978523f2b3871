//! `thapcanh botnet` on the sample province's files.

use std::{collections::BTreeSet, path::Path};

use sample::Step;
use serde_json::Value;

use crate::support::{province, run, text};

/// The sample's lists and networks in a folder.
fn lists(folder: &Path) -> Vec<String> {
    let province = province();
    std::fs::write(folder.join("networks.csv"), &province.networks_csv).unwrap();
    let lists = province.files.iter().filter(|file| matches!(file.step, Step::List { .. }));
    lists
        .map(|file| {
            std::fs::write(folder.join(&file.name), &file.bytes).unwrap();
            text(&folder.join(&file.name)).to_owned()
        })
        .collect()
}

fn arguments<'a>(lists: &'a [String], networks: &'a str) -> Vec<&'a str> {
    let mut all = vec!["botnet"];
    all.extend(lists.iter().map(String::as_str));
    all.extend(["--networks", networks, "--as-of", "2024-02-07T02:00:00Z"]);
    all
}

/// Every path of names in a value, with the kind of thing that stands there.
fn shape(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(all) => {
            all.iter().for_each(|(name, inner)| shape(inner, &format!("{at}.{name}"), found));
        }
        Value::Array(all) => all.iter().for_each(|inner| shape(inner, &format!("{at}[]"), found)),
        Value::String(_) => drop(found.insert(format!("{at}: text"))),
        Value::Number(_) => drop(found.insert(format!("{at}: number"))),
        Value::Bool(_) => drop(found.insert(format!("{at}: bool"))),
        Value::Null => {}
    }
}

#[test]
fn the_json_has_the_agreed_shape_and_every_row_is_accounted_for() {
    let folder = tempfile::tempdir().unwrap();
    let lists = lists(folder.path());
    let networks = folder.path().join("networks.csv");
    let mut arguments = arguments(&lists, text(&networks));
    arguments.push("--json");
    let said = run(&arguments);
    // Some rows of the sample are bad, and one address belongs to nobody.
    assert_eq!(said.code, 1, "{}", said.err);
    let object: Value = serde_json::from_str(&said.out).unwrap();
    let mut found = BTreeSet::new();
    shape(&object, "", &mut found);
    let agreed = [
        ".lists[].path: text",
        ".lists[].format: text",
        ".lists[].rows: number",
        ".lists[].bad: number",
        ".lists[].duplicates: number",
        ".units[].code: text",
        ".units[].name: text",
        ".units[].sightings[].ip: text",
        ".units[].sightings[].family: text",
        ".units[].sightings[].first_seen: text",
        ".units[].sightings[].last_seen: text",
        ".units[].sightings[].rows: number",
        ".units[].sightings[].ports[]: number",
        ".units[].sightings[].destinations[]: text",
        ".unplaced[].ip: text",
        ".unplaced[].reason: text",
        ".unplaced[].rows: number",
        ".diagnostics[].file: text",
        ".diagnostics[].line: number",
        ".diagnostics[].code: text",
        ".diagnostics[].message: text",
    ];
    let missing: Vec<&str> = agreed.into_iter().filter(|path| !found.contains(*path)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let mut figures: Vec<String> =
        object["lists"].as_array().unwrap().iter().map(figures).collect();
    let count = |name: &str| object[name].as_array().unwrap().len();
    figures.push(format!("units {}, unplaced {}", count("units"), count("unplaced")));
    insta::assert_snapshot!(figures.join("\n"));
}

fn figures(list: &Value) -> String {
    let path = list["path"].as_str().unwrap().rsplit('/').next().unwrap();
    let number = |name: &str| list[name].as_u64().unwrap();
    let (rows, bad, twice) = (number("rows"), number("bad"), number("duplicates"));
    format!("{path}: {} rows {rows}, bad {bad}, duplicates {twice}", list["format"])
}

#[test]
fn the_folder_has_rows_and_a_notice_for_each_unit() {
    let folder = tempfile::tempdir().unwrap();
    let lists = lists(folder.path());
    let (networks, out) = (folder.path().join("networks.csv"), folder.path().join("out"));
    let mut arguments = arguments(&lists, text(&networks));
    arguments.extend(["--out", text(&out)]);
    let said = run(&arguments);
    assert_eq!(said.code, 1, "{}", said.err);
    for name in ["summary.csv", "summary.xlsx", "unplaced.csv", "bad-rows.csv"] {
        assert!(out.join(name).metadata().unwrap().len() > 20, "{name}");
    }
    let summary = std::fs::read_to_string(out.join("summary.csv")).unwrap();
    let codes: BTreeSet<&str> =
        summary.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    let names: Vec<String> = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let with = |end: &str| {
        names.iter().filter(|name| name.starts_with("unit-") && name.ends_with(end)).count()
    };
    assert_eq!((with(".csv"), with(".txt")), (codes.len(), codes.len()));
    let notice = names.iter().find(|name| name.ends_with(".txt")).unwrap();
    let notice = std::fs::read_to_string(out.join(notice)).unwrap();
    assert!(notice.starts_with("DRAFT\n") && !notice.contains(['{', '[']), "{notice}");
}

#[test]
fn a_list_that_is_not_there_is_said_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let said = run(&["botnet", "no.csv", "--networks", "no.csv", "--out", text(&out)]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("no.csv") && !out.exists(), "{}", said.err);
}
