//! Real lists, when they are at hand: every row of every file is accounted for.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::{
    path::{Path, PathBuf},
    sync::LazyLock,
};

use lists::{Context, Format, List, Rulebook, Settings};

static RULEBOOK: LazyLock<Rulebook> = LazyLock::new(|| Rulebook::built_in().unwrap());

fn shared() -> Option<PathBuf> {
    let root = std::env::var("THAPCANH_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").to_owned());
    let lists = Path::new(&root).join("data/03-ip-lists");
    if lists.is_dir() {
        return Some(lists);
    }
    println!("SKIPPED: no real lists at {}", lists.display());
    None
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> (List, Vec<u8>) {
    let bytes = std::fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let context = Context {
        file_name: name,
        now: "2026-11-22T00:00:00Z".parse().unwrap(),
        list_date: None,
        settings: &Settings::default(),
        limits: tables::Limits::default(),
        rulebook: &RULEBOOK,
    };
    (lists::read(&bytes, &context), bytes)
}

fn summary(path: &Path, list: &List) -> String {
    let counts = list.counts;
    format!(
        "{:60} {:?} rows {} accepted {} rejected {} skipped {} entries {} duplicates {}",
        path.file_name().unwrap().to_string_lossy(),
        list.format,
        counts.rows,
        counts.accepted,
        counts.rejected,
        counts.skipped.total(),
        counts.entries,
        counts.duplicates,
    )
}

#[test]
fn every_shadowserver_report_gives_an_entry_for_each_row() {
    let Some(root) = shared() else { return };
    for path in files(&root.join("shadowserver-reports")) {
        let (list, bytes) = read(&path);
        println!("{}", summary(&path, &list));
        assert_eq!(list.format, Format::Shadowserver, "{}", path.display());
        assert!(list.counts.add_up());
        let records = csv_records(&bytes);
        assert_eq!(list.counts.rows - list.counts.skipped.blank, records, "{}", path.display());
        // One row of all these has an address with five parts.
        let bad = u64::from(path.ends_with("event4_honeypot_ddos_amp.csv"));
        assert_eq!(
            list.counts.accepted,
            records - bad,
            "{}: {:?}",
            path.display(),
            list.diagnostics
        );
        assert_eq!(list.rejected.len() as u64, bad);
        for entry in &list.entries {
            assert!(entry.classification.kind != "undetermined" || path.ends_with("device_id.csv"));
        }
    }
}

/// Rows by an independent reader.
fn csv_records(bytes: &[u8]) -> u64 {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    reader.byte_records().map(Result::unwrap).count() as u64
}

/// Every folder of lists that is not a Shadowserver report's.
fn samples(root: &Path) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let others = folders.filter(|path| path.is_dir() && !path.ends_with("shadowserver-reports"));
    others.flat_map(|folder| files(&folder)).collect()
}

#[test]
fn every_feed_sample_has_a_result_for_each_row() {
    let Some(root) = shared() else { return };
    let all = samples(&root);
    assert!(all.len() > 100, "only {} samples", all.len());
    for path in all {
        let (list, bytes) = read(&path);
        assert!(list.counts.add_up(), "{}", summary(&path, &list));
        let text = String::from_utf8_lossy(&bytes);
        if list.format == Format::Text && !text.contains("</") {
            let lines = text.lines().count() as u64;
            assert_eq!(list.counts.rows, lines, "{}", summary(&path, &list));
        }
        // What a plain look finds, the reader must not pass over in silence.
        let named = list.counts.entries > 0 || list.counts.rejected > 0;
        assert!(named || !names_an_address(&text), "{}", summary(&path, &list));
        let kept = list.entries.len() + list.repeated.len();
        assert_eq!(list.counts.entries, kept as u64, "{}", summary(&path, &list));
        assert_eq!(list.counts.rejected, list.rejected.len() as u64, "{}", path.display());
    }
}

/// Whether a line outside remarks has an IPv4 address for a word.
fn names_an_address(text: &str) -> bool {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with(['#', ';', '/']));
    let apart = |c: char| !(c.is_ascii_digit() || c == '.');
    lines
        .flat_map(|line| line.split(apart))
        .any(|word| word.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| !ip.is_unspecified()))
}
