//! Microsoft programs on a host: Edge, Exchange, SQL Server, Office,
//! SharePoint, .NET, Visual Studio and kin.
//!
//! A program is judged where the inventory lists it with a version that the
//! vendor's can be compared with; else *unknown*. .NET Framework belongs to
//! Windows and is judged by its updates.

use std::{cmp::Ordering, collections::BTreeSet};

use super::{
    Finding, Verdict,
    rules::{self, Evidence, Proof, Reason, State},
    versions,
};
use crate::{
    facts::{CveId, Facts, ProductId},
    inventory::{Host, Software},
    products, text,
};

mod identify;

use identify::{Compare, Target, identify};

/// The products that are not Windows itself.
#[derive(Debug, Default)]
pub struct Index {
    /// Key and number of each, `.NET Framework … on Windows …` left out.
    programs: Vec<(String, ProductId)>,
    /// `.NET Framework … on <Windows>`: key of that Windows, and number.
    frameworks: Vec<(String, ProductId)>,
    cves: BTreeSet<CveId>,
}

impl Index {
    /// Gathers the products of the facts.
    pub fn new(facts: &Facts) -> Self {
        let mut index = Self::default();
        for (product, name) in (0..).zip(&facts.products) {
            if products::release_of_product(name).is_some() {
                continue;
            }
            let key = products::key(name);
            match key.rsplit_once(" on windows ") {
                Some((what, windows)) if what.contains(".net framework") => {
                    index.frameworks.push((format!("windows {windows}"), product));
                }
                _ => index.programs.push((key, product)),
            }
        }
        let windows: Vec<bool> =
            facts.products.iter().map(|p| products::release_of_product(p).is_some()).collect();
        let elsewhere: Vec<bool> = facts.products.iter().map(|p| is_elsewhere(p)).collect();
        let is_program = |p: ProductId| {
            windows.get(p as usize) == Some(&false) && elsewhere.get(p as usize) == Some(&false)
        };
        let rows = facts.rows.iter().filter(|r| is_program(r.product)).map(|r| r.cve);
        let no_fix = facts.no_fix.iter().filter(|n| is_program(n.product)).map(|n| n.cve);
        index.cves = rows.chain(no_fix).collect();
        index
    }

    /// The CVEs that list something else than Windows.
    pub fn cves(&self) -> impl Iterator<Item = CveId> + '_ {
        self.cves.iter().copied()
    }

    /// The CVEs of the .NET Framework that comes with a Windows.
    pub fn framework_cves<'a>(
        &'a self,
        facts: &'a Facts,
        windows: &str,
    ) -> impl Iterator<Item = CveId> + 'a {
        let key = products::key(windows);
        let own = self.frameworks.iter().filter(move |(of, _)| *of == key);
        own.flat_map(|(_, product)| rows_of(facts, *product)).map(|(_, fix)| fix.cve)
    }

    /// Judges the programs that the host lists.
    pub fn judge(&self, facts: &Facts, host: &Host, findings: &mut Vec<Finding>) {
        let software = host.software.as_deref().unwrap_or_default();
        let installed = installed(host);
        for (at, program) in (0..).zip(software) {
            let Some(target) = identify(program) else { continue };
            self.program(facts, &installed, (at, program), &target, findings);
        }
    }

    fn program(
        &self,
        facts: &Facts,
        installed: &BTreeSet<u32>,
        (at, program): (u32, &Software),
        target: &Target,
        findings: &mut Vec<Finding>,
    ) {
        let mut states: Vec<(CveId, usize, State)> = Vec::new();
        let mut others = Vec::new();
        for (key, product) in self.programs.iter().filter(|(key, _)| target.covers(key)) {
            let how = target.compared_with(key);
            for (row, fix) in rows_of(facts, *product) {
                let version = target.version.as_deref().unwrap_or(&program.version);
                match compare(how, version, at, fix.build) {
                    // The version that a list of programs shows often stays that of
                    // the last large update; a security update is listed by itself.
                    Compared::Told(State::Unsatisfied(rule, by)) => {
                        let state = by_update(installed, fix.kb, facts);
                        states.push((fix.cve, row, state.unwrap_or(State::Unsatisfied(rule, by))));
                    }
                    Compared::Told(state) => states.push((fix.cve, row, state)),
                    Compared::OtherLine => others.push(fix.cve),
                    Compared::Not => states.push((fix.cve, row, by_kb(installed, fix.kb, facts))),
                }
            }
        }
        let told: BTreeSet<CveId> = states.iter().map(|(cve, ..)| *cve).collect();
        others.retain(|cve| !told.contains(cve));
        findings.extend(
            others.into_iter().map(|cve| super::unknown(cve, Reason::VersionNotComparable)),
        );
        findings.extend(best_per_cve(states));
    }

    /// Judges the .NET Framework of a host's Windows. Fixed where its update is
    /// listed; elsewhere unknown, and only said where asked by name.
    pub fn judge_framework(
        &self,
        facts: &Facts,
        windows: &str,
        host: &Host,
        ask: &dyn Fn(CveId) -> bool,
        findings: &mut Vec<Finding>,
    ) {
        let key = products::key(windows);
        let installed = installed(host);
        let mut states: Vec<(CveId, usize, State)> = Vec::new();
        for (_, product) in self.frameworks.iter().filter(|(of, _)| *of == key) {
            for (row, fix) in rows_of(facts, *product).filter(|(_, fix)| ask(fix.cve)) {
                states.push((fix.cve, row, by_kb(&installed, fix.kb, facts)));
            }
        }
        findings.extend(best_per_cve(states));
    }
}

/// The updates that a host lists, those among its programs included:
/// `Security Update for Microsoft Office 2016 (KB5002497)`.
fn installed(host: &Host) -> BTreeSet<u32> {
    let list = host.hotfixes.iter().flat_map(|l| l.kbs.iter().copied());
    let programs = host.software.iter().flatten().filter(|p| p.ecosystem.is_empty());
    list.chain(programs.flat_map(|p| text::kb_numbers(&p.name))).collect()
}

/// Whether a product runs on other systems alone, so that no Windows machine
/// can have it.
fn is_elsewhere(name: &str) -> bool {
    let name = products::key(name);
    let marks = [
        "mariner",
        "azure linux",
        " for android",
        " for ios",
        " for mac",
        " on linux",
        " on macos",
    ];
    marks.iter().any(|m| name.contains(m))
}

struct RowFix<'f> {
    cve: CveId,
    kb: u32,
    build: &'f str,
}

fn rows_of(facts: &Facts, product: ProductId) -> impl Iterator<Item = (usize, RowFix<'_>)> {
    let first = facts.rows.partition_point(|r| r.product < product);
    let rows =
        facts.rows.iter().enumerate().skip(first).take_while(move |(_, r)| r.product == product);
    rows.filter_map(|(at, row)| {
        let fix = facts.fixes.get(row.fix as usize)?;
        let fix = RowFix { cve: row.cve, kb: fix.kb, build: &fix.build };
        Some((at, fix))
    })
}

/// One finding a CVE, by the best of its alternatives (rule 5).
fn best_per_cve(mut states: Vec<(CveId, usize, State)>) -> Vec<Finding> {
    states.sort_by_key(|(cve, row, _)| (*cve, *row));
    let groups = states.chunk_by(|a, b| a.0 == b.0);
    groups
        .filter_map(|group| {
            let cve = group.first()?.0;
            let best = rules::alternatives(group.iter().map(|(_, row, state)| (*row, *state)))?;
            let (verdict, rule, by) = rules::outcome(best.1);
            Some(Finding { cve, verdict, proof: rules::proof(rule, Some(best.0), by) })
        })
        .collect()
}

/// What a comparison of versions told.
enum Compared {
    /// The state.
    Told(State),
    /// The row is for another line of the same program.
    OtherLine,
    /// One of them is no version, or the version does not move with updates.
    Not,
}

fn compare(how: Compare, installed: &str, at: u32, fixed: &str) -> Compared {
    let by = Evidence::Software(at);
    let (Some(left), Some(right)) = (text::version(installed), text::version(fixed)) else {
        return Compared::Not;
    };
    let same_line = match how {
        Compare::ByUpdate => return Compared::Not,
        Compare::Rolling => true,
        Compare::FirstParts(parts) => left.get(..parts) == right.get(..parts),
        Compare::SqlServer => sql_line(&left) == sql_line(&right),
    };
    if !same_line {
        return Compared::OtherLine;
    }
    match versions::dotted(installed, fixed) {
        Some(Ordering::Less) => Compared::Told(State::Unsatisfied(3, by)),
        Some(_) => Compared::Told(State::Satisfied(3, by)),
        None => Compared::Not,
    }
}

/// SQL Server ships two lines of each version: GDR (security alone) and CU.
/// The build tells them apart; the bounds are the first CU builds.
fn sql_line(version: &[u64]) -> Option<(u64, u64)> {
    let [major, _, build, ..] = *version else { return None };
    let line = match major {
        12 => u64::from(build >= 6200) + u64::from(build >= 6000),
        13 => u64::from(build >= 6300) + u64::from(build >= 7000),
        14 => u64::from(build >= 3000),
        15 | 16 => u64::from(build >= 4000),
        _ => return None,
    };
    Some((major, line))
}

/// Without a version to compare, the update's own number is the only proof;
/// where the vendor gives none, nothing is.
fn by_kb(installed: &BTreeSet<u32>, kb: u32, facts: &Facts) -> State {
    let reason = if kb == 0 { Reason::VersionNotComparable } else { Reason::VersionNotCollected };
    by_update(installed, kb, facts).unwrap_or(State::Undecided(reason))
}

/// Whether the update, or one that replaces it, is listed.
fn by_update(installed: &BTreeSet<u32>, kb: u32, facts: &Facts) -> Option<State> {
    if installed.is_empty() || kb == 0 {
        return None;
    }
    let found = above(facts, kb).into_iter().find(|kb| installed.contains(kb))?;
    Some(State::Satisfied(4, Evidence::Kb(found)))
}

/// The updates that the vendor says replace this one, and theirs.
fn above(facts: &Facts, kb: u32) -> Vec<u32> {
    let mut found = vec![kb];
    let mut next = 0;
    while let Some(&old) = found.get(next).filter(|kb| **kb > 0) {
        for fix in facts.fixes.iter().filter(|f| f.kb > 0 && f.supersedes.contains(&old)) {
            if !found.contains(&fix.kb) {
                found.push(fix.kb);
            }
        }
        next += 1;
    }
    found
}

/// Whether a finding rests on a program's version, for the report.
pub fn is_program(finding: &Finding) -> bool {
    matches!(
        finding,
        Finding {
            verdict: Verdict::Fixed | Verdict::Missing,
            proof: Proof { by: Evidence::Software(_), .. },
            ..
        }
    )
}
