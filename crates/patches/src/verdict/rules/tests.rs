//! Each rule by a table of its own.

use super::*;
use crate::{
    closure::{self, Update},
    facts::{Builder, Fix, Kind, Month, NoFix, Row, Severity},
    inventory::{Hotfixes, Os},
    verdict::{Judge, Question, view},
};

fn update(kb: u32, target: Target, kind: Kind, month: u32) -> Update {
    let on_line = kind != Kind::MonthlyRollup && kind != Kind::SecurityOnly;
    Update { kb, kind, target, month: Month(month), supersedes: vec![kb - 1], on_line }
}

fn view(updates: Vec<Update>) -> View {
    let stand_ins = closure::stand_ins(&updates);
    let mut line_kbs: Vec<u32> =
        updates.iter().filter(|u| u.on_line).flat_map(|u| [u.kb - 1, u.kb]).collect();
    line_kbs.sort_unstable();
    let fixes = (0..).zip(updates).zip(stand_ins);
    View {
        product: 0,
        listed: Vec::new(),
        rows: Vec::new(),
        fixes: fixes.map(|((fix, update), stand_ins)| FixView { fix, update, stand_ins }).collect(),
        no_fix: Vec::new(),
        last_month: Month(202_311),
        line_kbs,
        settled_kb: 0,
    }
}

/// May misplaced, June and July on the line, July's hotpatch.
fn line() -> View {
    view(vec![
        update(5_000_010, Target::Misplaced, Kind::Update, 202_305),
        update(5_000_020, Target::Revision(2000), Kind::Update, 202_306),
        update(5_000_030, Target::Revision(3000), Kind::Update, 202_307),
        update(5_000_040, Target::Revision(2990), Kind::Hotpatch, 202_307),
    ])
}

fn known(ubr: Option<u32>, kbs: Option<&[u32]>) -> Known<'_> {
    Known { ubr, kbs, truncated: false, unknown_kb: 0 }
}

#[test]
fn rule_1_the_exact_product() {
    let core =
        |name: &str| Product { name: name.into(), build: 0, assumed_arch: false, renamed: false };
    let products = [
        "Windows Server 2022",
        "Windows Server 2019 (Server Core installation)",
        "Windows Server 2019",
    ];
    let find = |name: &str| (0..).zip(products).find(|(_, p)| *p == name).map(|(at, _)| at);
    for (name, expect) in [
        ("Windows Server 2022", Some(0)),
        ("Windows Server 2022 (Server Core installation)", Some(0)),
        ("Windows Server 2019 (Server Core installation)", Some(1)),
        ("Windows Server 2022, 23H2 Edition (Server Core installation)", None),
        ("Windows Server", None),
    ] {
        assert_eq!(exact_product(&find, &core(name)), expect, "{name}");
    }
}

#[test]
fn rule_2_the_facts_of_a_host() {
    let view = line();
    let is_known = |kb: u32| kb < 5_000_100;
    for (kbs, unknown_kb) in [
        (vec![], 0),
        (vec![5_000_030], 0),
        (vec![5_000_777], 5_000_777),
        // A known cumulative update is the newest there is.
        (vec![5_000_020, 5_000_777], 0),
        (vec![5_000_019, 5_000_777], 0),
        (vec![5_000_555, 5_000_777], 5_000_777),
    ] {
        let list = Hotfixes::whole(kbs.clone());
        let host = Host {
            hotfixes: Some(list),
            os: Os { ubr: Some(7), ..Os::default() },
            ..Host::default()
        };
        let facts = host_facts(&host, &view, &is_known);
        assert_eq!(
            (facts.unknown_kb, facts.ubr, facts.kbs.map(<[u32]>::len)),
            (unknown_kb, Some(7), Some(kbs.len())),
            "{kbs:?}"
        );
    }
}

#[test]
fn rule_3_the_build_family() {
    let view = line();
    for (ubr, fix, expect) in [
        (Some(2000), 1, Some(State::Satisfied(3, Evidence::Revision(2000)))),
        (Some(1999), 1, Some(State::Unsatisfied(3, Evidence::Revision(1999)))),
        (Some(2990), 3, Some(State::Satisfied(3, Evidence::Revision(2990)))),
        (Some(9999), 0, None),
        (None, 1, None),
    ] {
        assert_eq!(build_family(&known(ubr, None), &view.fixes[fix]), expect, "{ubr:?} {fix}");
    }
}

#[test]
fn rule_4_the_closure() {
    let view = line();
    let (kb, revision) = (
        |kb| State::Satisfied(4, Evidence::Kb(kb)),
        |r| State::Satisfied(4, Evidence::Revision(r)),
    );
    let undecided = State::Undecided;
    for (facts, fix, expect) in [
        (known(None, Some(&[5_000_010])), 0, kb(5_000_010)),
        (known(None, Some(&[5_000_020])), 0, kb(5_000_020)),
        (known(None, Some(&[5_000_040])), 1, kb(5_000_040)),
        (known(Some(2500), None), 0, revision(2500)),
        (known(Some(1999), None), 0, undecided(Reason::HotfixesNotCollected)),
        (known(Some(1999), Some(&[])), 0, State::Unsatisfied(4, Evidence::None)),
        (known(None, None), 1, undecided(Reason::HotfixesNotCollected)),
        (known(None, Some(&[5_000_010])), 1, State::Unsatisfied(4, Evidence::None)),
        (
            Known { truncated: true, ..known(None, Some(&[])) },
            1,
            undecided(Reason::HotfixListTruncated),
        ),
        (
            Known { unknown_kb: 5_000_025, ..known(None, Some(&[])) },
            1,
            undecided(Reason::UpdateNotInData),
        ),
        (
            Known { unknown_kb: 5_000_025, ..known(None, Some(&[])) },
            2,
            State::Unsatisfied(4, Evidence::None),
        ),
    ] {
        assert_eq!(kb_closure(&facts, &view.fixes[fix], &view), expect, "{facts:?} {fix}");
    }
}

#[test]
fn rule_5_alternatives() {
    let yes = State::Satisfied(4, Evidence::Kb(1));
    let no = State::Unsatisfied(4, Evidence::None);
    let doubt = State::Undecided(Reason::HotfixListTruncated);
    for (states, expect) in [
        (vec![no, yes], Some(yes)),
        (vec![doubt, yes], Some(yes)),
        (vec![no, doubt], Some(doubt)),
        (vec![no, no], Some(no)),
        (vec![], None),
    ] {
        let best = alternatives(states.iter().copied().enumerate()).map(|(_, state)| state);
        assert_eq!(best, expect, "{states:?}");
    }
}

#[test]
fn rule_6_four_outcomes() {
    for (state, expect) in [
        (State::Satisfied(3, Evidence::Revision(1)), (Verdict::Fixed, 3, Evidence::Revision(1))),
        (State::Unsatisfied(4, Evidence::None), (Verdict::Missing, 4, Evidence::None)),
        (
            State::Undecided(Reason::OddFixedBuild),
            (Verdict::Unknown(Reason::OddFixedBuild), 6, Evidence::None),
        ),
    ] {
        assert_eq!(outcome(state), expect);
    }
}

#[test]
fn rule_7_the_proof_leads_back_to_its_row() {
    let mut builder = Builder::default();
    let (fixed, open) = (builder.cve("CVE-2023-0001"), builder.cve("CVE-2023-0002"));
    let product = builder.product("Windows Server 2019");
    let fix = builder.fix(Fix { kb: 5_032_196, build: "10.0.17763.5122".into(), ..Fix::default() });
    builder.row(Row { cve: fixed, product, fix, severity: Severity::Critical, cvss: 98 });
    builder.affected(NoFix { cve: open, product, source: 0 });
    let facts = builder.finish();
    let mut os = Os { name: "Windows Server 2019".into(), ..Os::default() };
    os.set_version("10.0.17763.5122");
    let answer =
        Judge::new(&facts).host(&Host { os, ..Host::default() }, &Question::everything(&facts));
    let finding = answer.finding(fixed).unwrap();
    assert_eq!(
        (finding.verdict, finding.proof.rule, finding.proof.by),
        (Verdict::Fixed, 3, Evidence::Revision(5122))
    );
    assert_eq!(row_product(&facts, &finding.proof), Some("Windows Server 2019"));
    assert_eq!(answer.no_fix, [open]);
}

#[test]
fn a_revision_of_another_family_counts_only_where_the_same_kb_has_it_at_home() {
    let target = |builds: &[&str]| {
        let mut builder = Builder::default();
        let product = builder.product("Windows 11 Version 22H2 for x64-based Systems");
        for build in builds {
            let cve = builder.cve(build);
            let fix = builder.fix(Fix { kb: 5_026_372, build: (*build).into(), ..Fix::default() });
            builder.row(Row { cve, product, fix, severity: Severity::Unrated, cvss: 0 });
        }
        let facts = builder.finish();
        let view = View::new(&facts, product, &view::kb_revisions(&facts));
        view.fixes.iter().map(|f| f.update.target).collect::<Vec<_>>()
    };
    assert_eq!(target(&["10.0.22000.1702"]), [Target::Misplaced]);
    assert_eq!(target(&["10.0.22000.1702", "10.0.22621.1702"]), [Target::Revision(1702); 2]);
    assert_eq!(target(&["10.0.22631.1702"]), [Target::Revision(1702)]);
    assert_eq!(target(&["1.001"]), [Target::None]);
}
