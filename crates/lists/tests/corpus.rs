//! Real lists, when they are at hand: every row of every file is accounted for.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::path::{Path, PathBuf};

use lists::{Context, Format, List, Rulebook, Settings};

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
    let rulebook = Rulebook::built_in().unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let context = Context {
        file_name: name,
        now: "2026-11-22T00:00:00Z".parse().unwrap(),
        list_date: None,
        settings: &Settings::default(),
        limits: tables::Limits::default(),
        rulebook: &rulebook,
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

#[test]
fn every_feed_sample_has_a_result_for_each_row() {
    let Some(root) = shared() else { return };
    for folder in ["intelmq-feed-samples", "feodo-tracker", "ipsum"] {
        for path in files(&root.join(folder)) {
            let (list, _) = read(&path);
            println!("{}", summary(&path, &list));
            for entry in list.entries.iter().take(2) {
                println!(
                    "      {} {:?} {:?} {} {:?}",
                    entry.address, entry.port, entry.family, entry.seen_at, entry.seen_from
                );
            }
            for found in list.diagnostics.iter().take(3) {
                println!("      {found}");
            }
            assert!(list.counts.add_up(), "{}", path.display());
        }
    }
}
