//! Beside an independent tool on the same definitions and the same hosts:
//! every difference falls under a reason that is written down here.

#![allow(clippy::unwrap_used, reason = "a test may fail aloud")]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
};

use patches::{
    bulletins,
    facts::{Builder, Facts},
    inventory::{self, Found},
    products,
    verdict::{Judge, Question, Verdict},
};
use serde_json::Value;

/// Why the two differ on a (host, CVE).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    /// It hides an update as soon as another one supersedes it, installed or
    /// not, and with it CVEs that only the hidden update's rows name.
    HidesSuperseded,
    /// It takes rows of any product whose name contains the host's: .NET,
    /// Internet Explorer, Edge "on Windows …".
    SubstringProduct,
    /// We find an installed update that stands in for the fix.
    StandIn,
    /// We cannot tell, and say so: the list is cut, or holds an update that the
    /// definitions do not know.
    WeSayUnknown,
    /// It lists under a KB that another row of the same CVE makes good (any
    /// alternative is enough for us).
    Alternative,
    /// It composes a product name that is in no bulletin ("Version 1507"), or
    /// one without the service pack.
    WrongProduct,
    /// Nobody knows: must not happen.
    Unexplained,
}

#[test]
fn differences_from_wesng_are_explained() {
    let Some(folder) = common::shared("10-reference-results") else { return };
    let Some(definitions) = common::shared("01-msrc/wesng/definitions_20230930.zip") else {
        return;
    };
    let Some(hosts) = common::shared("05-inventory/systeminfo") else { return };
    let reference: BTreeMap<String, Value> =
        serde_json::from_slice(&fs::read(folder.join("wes_missing_kb_defs20230929.json")).unwrap())
            .unwrap();
    let mut builder = Builder::default();
    bulletins::read("definitions.zip", &fs::read(definitions).unwrap(), &mut builder);
    let facts = builder.finish();
    let judge = Judge::new(&facts);
    let superseded: BTreeSet<u32> =
        facts.fixes.iter().flat_map(|f| f.supersedes.iter().copied()).collect();

    let mut table: BTreeMap<Why, (usize, usize)> = BTreeMap::new();
    let (mut agreed, mut unexplained) = (0, Vec::new());
    for (name, theirs) in &reference {
        if !theirs["missing"].is_object() {
            continue; // it failed on this host
        }
        let Some((ours, product)) = ours(&facts, &judge, &hosts, name) else { continue };
        let same_product = theirs["os"] == product.as_str();
        let theirs: BTreeSet<&str> = theirs["missing"]
            .as_object()
            .into_iter()
            .flat_map(|kbs| kbs.values())
            .flat_map(|cves| cves.as_array().unwrap().iter().map(|c| c.as_str().unwrap()))
            .collect();
        let rows = kbs_of(&facts, &product);
        for (cve, verdict) in &ours {
            let listed = theirs.contains(cve);
            match (verdict, listed) {
                (Verdict::Missing, true) | (Verdict::Fixed, false) => agreed += 1,
                (Verdict::Missing, false) => {
                    let hidden = rows[cve].iter().all(|kb| superseded.contains(kb));
                    let why = match (hidden, same_product) {
                        (true, _) => Why::HidesSuperseded,
                        (false, false) => Why::WrongProduct,
                        (false, true) => Why::Unexplained,
                    };
                    table.entry(why).or_default().0 += 1;
                    if why == Why::Unexplained {
                        unexplained.push(format!("{name} {cve}: ours only {:?}", rows[cve]));
                    }
                }
                (Verdict::Unknown(_), listed) => {
                    let entry = table.entry(Why::WeSayUnknown).or_default();
                    if listed { entry.1 += 1 } else { entry.0 += 1 }
                }
                (Verdict::Fixed, true) => {
                    let why = if rows[cve].len() > 1 { Why::Alternative } else { Why::StandIn };
                    table.entry(why).or_default().1 += 1;
                }
                (Verdict::NotAffected, _) => {}
            }
        }
        let known: BTreeSet<&str> = ours.iter().map(|(c, _)| *c).collect();
        for cve in theirs.iter().filter(|c| !known.contains(**c)) {
            let why = match (rows.contains_key(cve), same_product) {
                (false, _) => Why::SubstringProduct,
                (true, false) => Why::WrongProduct,
                (true, true) => Why::Unexplained,
            };
            table.entry(why).or_default().1 += 1;
            if why == Why::Unexplained {
                unexplained.push(format!("{name} {cve}: theirs only"));
            }
        }
    }
    eprintln!("agreed on {agreed}; differences (ours only, theirs only):");
    for (why, (ours, theirs)) in &table {
        eprintln!("  {why:?}: {ours}, {theirs}");
    }
    assert!(agreed > 1000);
    assert!(
        unexplained.is_empty(),
        "{}:\n{}",
        unexplained.len(),
        unexplained[..unexplained.len().min(20)].join("\n")
    );
}

type Ours<'f> = (Vec<(&'f str, Verdict)>, String);

fn ours<'f>(
    facts: &'f Facts,
    judge: &Judge<'_>,
    folder: &std::path::Path,
    name: &str,
) -> Option<Ours<'f>> {
    let file = format!("{name}.txt");
    let mut found = Found::default();
    inventory::read(&file, &fs::read(folder.join(&file)).ok()?, &mut found);
    let host = found.hosts.first()?;
    let product = products::of_host(&host.os).ok()?.name;
    let answer = judge.host(host, &Question::everything(facts));
    let verdicts = answer
        .findings
        .iter()
        .map(|f| (facts.cves[f.cve as usize].id.as_str(), f.verdict))
        .collect();
    Some((verdicts, product))
}

/// The KBs by CVE that the definitions give a product.
fn kbs_of<'f>(facts: &'f Facts, product: &str) -> HashMap<&'f str, Vec<u32>> {
    let key = products::key(product);
    let same: Vec<bool> = facts.products.iter().map(|p| products::key(p) == key).collect();
    let mut found: HashMap<&str, Vec<u32>> = HashMap::new();
    for row in &facts.rows {
        if same[row.product as usize] {
            let cve = facts.cves[row.cve as usize].id.as_str();
            found.entry(cve).or_default().push(facts.fixes[row.fix as usize].kb);
        }
    }
    found
}
