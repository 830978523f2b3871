//! The sample province's inventories, written by a crate that knows no reader:
//! each is read as it was meant, and together they show every answer.

#![allow(clippy::unwrap_used, reason = "a test may fail aloud")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use patches::{
    facts::{Facts, Kind},
    inventory::{self, Found, Host},
    report::Report,
    updates,
    verdict::{Question, Reason, Verdict},
};
use sample::{Inventory, Said, Update};

fn handed_over(facts: &Facts) -> Vec<Update> {
    let windows = updates::of_windows(facts).into_iter();
    let plain = windows
        .filter(|u| matches!(u.kind, Kind::Update | Kind::MonthlyRollup | Kind::SecurityOnly));
    plain
        .map(|u| Update {
            build: u.build,
            month: (
                i16::try_from(u.month.0 / 100).unwrap(),
                i8::try_from(u.month.0 % 100).unwrap(),
            ),
            kb: u.kb,
            revision: u.revision,
            cumulative: u.kind.is_cumulative(),
            replaces: u.supersedes,
        })
        .collect()
}

fn made(facts: &Facts) -> Vec<Inventory> {
    sample::inventories(sample::SEED, &handed_over(facts)).unwrap()
}

fn read(file: &Inventory) -> Found {
    let mut found = Found::default();
    inventory::read(&file.name, &file.bytes, &mut found);
    inventory::gather(found)
}

/// What a reader made of a machine, in the sample's own words.
fn as_said(host: &Host) -> Said {
    let list = host.hotfixes.as_ref();
    Said {
        name: host.name.clone(),
        system: host.os.name.clone(),
        build: host.os.build,
        revision: host.os.ubr,
        hotfixes: list.map(|l| l.kbs.clone()),
        is_cut: list.is_some_and(|l| l.truncated),
        collected: host.collected_at().map(|t| t.to_zoned(jiff::tz::TimeZone::UTC).date()),
        programs: host.software.as_ref().map_or(0, Vec::len),
    }
}

#[test]
fn each_file_is_read_as_it_was_meant() {
    let facts = common::pack();
    let files = made(&facts);
    assert!(files.len() > 50, "{} files", files.len());
    let mut machines = BTreeSet::new();
    for file in &files {
        let found = read(file);
        let strays = found.diagnostics.iter().filter(|d| d.severity > diag::Severity::Note);
        assert_eq!(strays.count(), file.strays, "{}: {:?}", file.name, found.diagnostics);
        let mut got: Vec<Said> = found.hosts.iter().map(as_said).collect();
        let mut meant = file.said.clone();
        got.sort_by(|a, b| a.name.cmp(&b.name));
        meant.sort_by(|a, b| a.name.cmp(&b.name));
        for (got, meant) in got.iter().zip(&meant) {
            assert_eq!(got, meant, "{}", file.name);
        }
        assert_eq!(got.len(), meant.len(), "{}: {got:?}", file.name);
        machines.extend(meant.into_iter().map(|said| said.name));
    }
    assert!(machines.len() > 500, "{} machines", machines.len());
}

#[test]
fn the_same_seed_gives_the_same_files() {
    let facts = common::pack();
    assert_eq!(made(&facts), made(&facts));
}

#[test]
fn together_they_show_every_answer_and_units_differ() {
    let facts = common::pack();
    let question =
        Question { as_of: "2024-02-07T02:00:00Z".parse().ok(), ..Question::everything(&facts) };
    let (mut verdicts, mut warnings) = (BTreeSet::new(), BTreeSet::new());
    let mut share: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for file in made(&facts) {
        let hosts = read(&file).hosts;
        let answers = patches::exposures::judge(&facts, &hosts, &question);
        let handled = |a: &&patches::verdict::Assessment| {
            let s = a.summary();
            s.missing + s.unknown == 0
        };
        share.insert(file.unit, (answers.iter().filter(handled).count(), answers.len()));
        for answer in &answers {
            verdicts.extend(answer.findings.iter().map(|f| format!("{:?}", f.verdict)));
        }
        let report = Report {
            facts: facts.clone(),
            hosts,
            answers,
            question: question.clone(),
            incomplete: false,
            diagnostics: Vec::new(),
        };
        let all = (0..report.hosts.len()).flat_map(|at| report.warnings(at));
        warnings.extend(all.map(|w| w.code.to_string()));
    }
    for expect in [
        Verdict::Fixed,
        Verdict::Missing,
        Verdict::Unknown(Reason::ProductNotMapped),
        Verdict::Unknown(Reason::ProductNotListed),
        Verdict::Unknown(Reason::HotfixesNotCollected),
        Verdict::Unknown(Reason::HotfixListTruncated),
        Verdict::Unknown(Reason::UpdateNotInData),
        Verdict::Unknown(Reason::VersionNotCollected),
        Verdict::Unknown(Reason::InventoryStale),
    ] {
        assert!(verdicts.contains(&format!("{expect:?}")), "{expect:?} not among {verdicts:?}");
    }
    for code in [
        "arch-assumed",
        "product-renamed",
        "product-not-listed",
        "os-unknown",
        "inventory-stale",
        "restart-pending",
        "hotfix-list-truncated",
        "hotfixes-not-collected",
        "software-not-collected",
        "no-fix",
    ] {
        assert!(warnings.contains(&format!("patches.{code}")), "{code} not among {warnings:?}");
    }
    let shares: BTreeSet<usize> = share.values().map(|(h, n)| h * 10 / n.max(&1)).collect();
    assert!(shares.len() > 4, "units are too alike: {share:?}");
}
