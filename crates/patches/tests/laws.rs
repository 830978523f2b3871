//! What must hold for any host: adding an update never makes it worse, older
//! inventories never yield more *fixed*, and nothing becomes *fixed* by
//! leaving data out. On real bulletins when they are there, else on the pack.

#![allow(clippy::unwrap_used, reason = "a test may fail aloud")]

mod common;

use std::sync::LazyLock;

use jiff::{Timestamp, ToSpan};
use patches::{
    facts::{CveId, Facts},
    inventory::{Host, Origin, Software},
    verdict::{Judge, Question, Reason, Verdict},
};
use proptest::prelude::*;

static FACTS: LazyLock<Facts> = LazyLock::new(common::pack);
static JUDGE: LazyLock<Judge<'static>> = LazyLock::new(|| Judge::new(&FACTS));

const HOSTS: &[(&str, &str)] = &[
    ("Microsoft Windows 10 Pro", "10.0.19045"),
    ("Microsoft Windows 10 Enterprise", "10.0.10240"),
    ("Microsoft Windows 11 Pro", "10.0.22621"),
    ("Microsoft Windows 11 Pro", "10.0.22631"),
    ("Microsoft Windows Server 2012 R2 Standard", "6.3.9600"),
    ("Microsoft Windows Server 2008 R2 Standard", "6.1.7601"),
    ("Microsoft Windows Server 2016 Standard", "10.0.14393"),
    ("Microsoft Windows Server 2019 Standard", "10.0.17763"),
    ("Microsoft Windows Server 2022 Standard", "10.0.20348"),
    ("Microsoft Windows XP Professional", "5.1.2600"),
];

/// A program, the version line within which it is updated, and where its last
/// part begins.
const PROGRAMS: &[(&str, &str, u32)] = &[
    ("Microsoft Exchange Server 2019 Cumulative Update 13", "15.2.1258", 10),
    ("Microsoft Exchange Server 2016 Cumulative Update 23", "15.1.2507", 10),
    ("Microsoft Edge", "119.0.2151", 30),
    ("Visual Studio Community 2022", "17.4", 0),
    ("Microsoft .NET Runtime", "6.0", 10),
];

/// KB numbers of the bulletins, and some that no bulletin knows.
fn kb() -> impl Strategy<Value = u32> {
    let known: Vec<u32> = FACTS
        .fixes
        .iter()
        .flat_map(|f| f.supersedes.iter().copied().chain([f.kb]))
        .filter(|kb| *kb > 0)
        .collect();
    prop_oneof![8 => prop::sample::select(known), 1 => 5_025_000..5_035_000_u32]
}

fn host() -> impl Strategy<Value = Host> {
    let level = prop::option::of(1..6500_u32);
    let kbs = prop::option::of(prop::collection::vec(kb(), 0..6));
    (0..HOSTS.len(), level, kbs, any::<bool>()).prop_map(|(at, ubr, kbs, truncated)| {
        let (name, version) = HOSTS[at];
        let mut host = common::host(name, version, kbs.as_deref());
        host.os.ubr = ubr.filter(|_| host.os.build.unwrap() >= 10240);
        if let Some(list) = &mut host.hotfixes {
            list.truncated = truncated;
        }
        host
    })
}

fn verdicts(host: &Host, as_of: Option<Timestamp>) -> Vec<Verdict> {
    let question = Question { as_of, ..Question::everything(&FACTS) };
    let answer = JUDGE.host(host, &question);
    let all = CveId::try_from(FACTS.cves.len()).unwrap();
    (0..all).map(|cve| answer.finding(cve).map_or(Verdict::NotAffected, |f| f.verdict)).collect()
}

proptest! {
    #[test]
    fn adding_an_update_never_makes_a_host_worse(host in host(), added in kb()) {
        prop_assume!(host.hotfixes.is_some());
        let mut better = host.clone();
        let list = better.hotfixes.as_mut().unwrap();
        list.kbs.push(added);
        list.kbs.sort_unstable();
        list.kbs.dedup();
        for (before, after) in verdicts(&host, None).into_iter().zip(verdicts(&better, None)) {
            prop_assert!(before != Verdict::Fixed || after == Verdict::Fixed, "{before:?} -> {after:?}");
            // What was unknown may turn out missing; what was not listed stays so.
            let was_unknown = matches!(before, Verdict::Unknown(_));
            prop_assert!(after != Verdict::Missing || before == Verdict::Missing || was_unknown, "{before:?} -> {after:?}");
        }
    }

    #[test]
    fn a_higher_revision_never_makes_a_host_worse(host in host(), more in 1..3000_u32) {
        prop_assume!(host.os.ubr.is_some());
        let mut better = host.clone();
        better.os.ubr = host.os.ubr.map(|u| u + more);
        for (before, after) in verdicts(&host, None).into_iter().zip(verdicts(&better, None)) {
            prop_assert!(before != Verdict::Fixed || after == Verdict::Fixed);
            prop_assert!(after != Verdict::Missing || before == Verdict::Missing);
        }
    }

    #[test]
    fn leaving_data_out_never_makes_anything_fixed(host in host(), what in 0..6_u8) {
        let mut less = host.clone();
        match what {
            0 => less.os.ubr = None,
            1 => less.hotfixes = None,
            2 => less.os.build = None,
            3 => less.os.name.clear(),
            4 => less.hotfixes.iter_mut().for_each(|list| list.kbs.truncate(list.kbs.len() / 2)),
            _ => less.hotfixes.iter_mut().for_each(|list| list.truncated = true),
        }
        for (before, after) in verdicts(&host, None).into_iter().zip(verdicts(&less, None)) {
            // A host that waits for a restart shows its listed update once its
            // revision is left out: the list is a fact of its own.
            let by_list = what == 0 && host.hotfixes.is_some();
            if !by_list {
                prop_assert!(after != Verdict::Fixed || before == Verdict::Fixed, "{before:?} -> {after:?}");
            }
            prop_assert!(!matches!(before, Verdict::Unknown(_)) || after != Verdict::Fixed);
        }
    }

    #[test]
    fn an_older_inventory_never_yields_more_fixed(host in host(), days in 0..400_i64, older in 0..400_i64) {
        let now: Timestamp = "2024-01-15T00:00:00Z".parse().unwrap();
        let at = |days: i64| {
            let mut host = host.clone();
            let collected = now.checked_sub((days * 24).hours()).unwrap();
            host.origins = vec![Origin { collected_at: Some(collected), ..Origin::default() }];
            verdicts(&host, Some(now))
        };
        let count = |v: &[Verdict]| v.iter().filter(|v| **v == Verdict::Fixed).count();
        prop_assert!(count(&at(days + older)) <= count(&at(days)));
    }

    #[test]
    fn a_newer_program_never_makes_a_host_worse(at in 0..PROGRAMS.len(), build in 0..40_u32, more in 1..40_u32) {
        let (name, line, first) = PROGRAMS[at];
        let on = |build: u32| {
            let mut host = common::host("Microsoft Windows Server 2019 Standard", "10.0.17763.5122", Some(&[]));
            let version = format!("{line}.{}", first + build);
            host.software = Some(vec![Software { name: name.to_owned(), version, ..Software::default() }]);
            verdicts(&host, None)
        };
        for (before, after) in on(build).into_iter().zip(on(build + more)) {
            prop_assert!(before != Verdict::Fixed || after == Verdict::Fixed, "{before:?} -> {after:?}");
            prop_assert!(after != Verdict::Missing || before == Verdict::Missing, "{before:?} -> {after:?}");
        }
    }

    #[test]
    fn fewer_bulletins_never_make_anything_fixed(host in host(), keep in 0..7_usize) {
        let mut fewer = FACTS.clone();
        fewer.rows.retain(|r| usize::from(fewer.fixes[r.fix as usize].source) != keep);
        let judge = Judge::new(&fewer);
        let question = Question::everything(&fewer);
        let (less, all) = (judge.host(&host, &question), verdicts(&host, None));
        for finding in less.findings.iter().filter(|f| f.verdict == Verdict::Fixed) {
            prop_assert_eq!(all[finding.cve as usize], Verdict::Fixed);
        }
    }
}

#[test]
fn a_stale_inventory_proves_nothing() {
    let mut host = common::host("Microsoft Windows Server 2019 Standard", "10.0.17763.5122", None);
    host.origins =
        vec![Origin { collected_at: "2023-06-01T00:00:00Z".parse().ok(), ..Origin::default() }];
    let question =
        Question { as_of: "2024-01-15T00:00:00Z".parse().ok(), ..Question::everything(&FACTS) };
    let answer = JUDGE.host(&host, &question);
    assert!(!answer.findings.is_empty());
    assert!(answer.findings.iter().all(|f| f.verdict == Verdict::Unknown(Reason::InventoryStale)));
}
