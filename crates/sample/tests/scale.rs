//! The benchmark's files hold together at any size.

#![expect(clippy::expect_used, reason = "a helper of a test fails as the test does")]

use std::collections::{BTreeMap, BTreeSet};

use ipnet::Ipv4Net;
use jiff::civil::Date;
use sample::{Error, Scale};

fn rows(write: impl FnOnce(&mut Vec<u8>) -> Result<(), Error>) -> Vec<csv::StringRecord> {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("a file");
    csv::Reader::from_reader(&bytes[..]).records().map(|row| row.expect("a row")).collect()
}

fn small() -> Scale {
    sample::scale(7, 20, 500, 1000, 90)
}

#[test]
fn each_file_has_its_rows_and_always_the_same() {
    let sizes = [
        rows(|out| small().units(out)).len(),
        rows(|out| small().systems(out)).len(),
        rows(|out| small().hosts(out)).len(),
        rows(|out| small().sinkhole(out)).len(),
    ];
    assert_eq!(sizes, [20, 40, 500, 1000]);
    assert_eq!(rows(|out| small().sinkhole(out)), rows(|out| small().sinkhole(out)));
    assert_ne!(
        rows(|out| small().sinkhole(out)),
        rows(|out| sample::scale(8, 20, 500, 1000, 90).sinkhole(out))
    );
}

#[test]
fn a_machine_belongs_to_its_systems_owner() {
    let systems = rows(|out| small().systems(out));
    let owners: BTreeMap<&str, &str> = systems.iter().map(|row| (&row[0], &row[2])).collect();
    let hosts = rows(|out| small().hosts(out));
    assert!(hosts.iter().all(|row| owners[&row[2]] == &row[1]));
    let names: BTreeSet<&str> = hosts.iter().map(|row| &row[0]).collect();
    assert_eq!(names.len(), hosts.len());
}

#[test]
fn a_range_has_one_owner_a_day() {
    let mut spans: BTreeMap<Ipv4Net, Vec<(Date, Option<Date>)>> = BTreeMap::new();
    for row in rows(|out| small().plain_networks(out)) {
        let day = |text: &str| text.parse::<Date>().ok();
        let from = day(&row[3]).expect("a first day");
        spans.entry(row[2].parse().expect("a range")).or_default().push((from, day(&row[4])));
    }
    assert_eq!(spans.len(), 90);
    let ranges: Vec<&Ipv4Net> = spans.keys().collect();
    assert!(ranges.windows(2).all(|pair| !pair[0].contains(pair[1])));
    for held in spans.values() {
        assert!(held.windows(2).all(|pair| pair[0].1.is_some_and(|last| last < pair[1].0)));
    }
    assert!(spans.values().any(|held| held.len() == 2));
}

#[test]
fn nearly_every_sighting_has_an_owner_and_none_a_real_address() {
    let ranges: Vec<Ipv4Net> = rows(|out| small().plain_networks(out))
        .iter()
        .map(|row| row[2].parse().expect("a range"))
        .collect();
    let block: Ipv4Net = "198.18.0.0/15".parse().expect("a block");
    assert!(ranges.iter().all(|range| block.contains(range)));
    let sightings = rows(|out| small().sinkhole(out));
    let owned = |row: &&csv::StringRecord| {
        let address = row[2].parse().expect("an address");
        assert!(block.contains::<&std::net::Ipv4Addr>(&address));
        ranges.iter().any(|range| range.contains::<&std::net::Ipv4Addr>(&address))
    };
    let owned = sightings.iter().filter(owned).count();
    assert!((950..1000).contains(&owned), "{owned}");
}
