//! Packages on a host against vendors' statements (CSAF, VEX).
//!
//! A statement counts only for a package of the same name, of the same kind
//! and, where the vendor says whose, of the same distribution: Debian's fixed
//! version says nothing about Ubuntu's package.

use std::{cmp::Ordering, collections::HashMap};

use super::{
    Finding, Verdict,
    rules::{Evidence, Proof, Reason},
    versions,
};
use crate::{
    facts::{CveId, Facts, Statement, Status},
    inventory::{Host, Software},
    products,
};

/// The statements by package name.
#[derive(Debug, Default)]
pub struct Index {
    by_name: HashMap<String, Vec<usize>>,
}

impl Index {
    /// Gathers the statements of the facts.
    pub fn new(facts: &Facts) -> Self {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, statement) in facts.statements.iter().enumerate() {
            by_name.entry(statement.component.name.to_lowercase()).or_default().push(at);
        }
        Self { by_name }
    }

    /// Judges the packages that the host lists.
    pub fn judge(&self, facts: &Facts, host: &Host, findings: &mut Vec<Finding>) {
        if self.by_name.is_empty() {
            return;
        }
        let distribution = products::flat(&host.os.name);
        for (at, package) in (0..).zip(host.software.as_deref().unwrap_or_default()) {
            let about = self.about(facts, package, &distribution);
            findings.extend(verdicts(package, at, &about));
        }
    }

    fn about<'f>(
        &self,
        facts: &'f Facts,
        package: &Software,
        distribution: &str,
    ) -> Vec<&'f Statement> {
        let names = [&package.name, &package.source].map(|n| n.to_lowercase());
        let at =
            names.iter().filter(|n| !n.is_empty()).filter_map(|n| self.by_name.get(n)).flatten();
        at.filter_map(|at| facts.statements.get(*at))
            .filter(|s| concerns(s, package, distribution))
            .collect()
    }
}

/// What vendors say about a package's fixed versions for a CVE.
pub(crate) fn fixed_versions<'f>(
    facts: &'f Facts,
    cve: CveId,
    package: &'f Software,
    system: &str,
) -> impl Iterator<Item = &'f Statement> {
    let distribution = products::flat(system);
    facts.statements.iter().filter(move |s| {
        let named =
            [&package.name, &package.source].iter().any(|n| n.to_lowercase() == s.component.name);
        s.cve == cve && s.status == Status::Fixed && named && concerns(s, package, &distribution)
    })
}

fn concerns(statement: &Statement, package: &Software, distribution: &str) -> bool {
    let component = &statement.component;
    if component.ecosystem.is_empty() || package.ecosystem.is_empty() {
        return component.ecosystem == package.ecosystem;
    }
    component.ecosystem == package.ecosystem
        && is_of(&component.namespace, distribution)
        && same_release(&component.version, &package.version)
}

/// Whether a purl namespace is the host's distribution. A host that does not
/// say what it is gets no verdict from anyone's statement.
fn is_of(namespace: &str, distribution: &str) -> bool {
    let words: &[&str] = match namespace {
        "redhat" => &["red hat", "rhel"],
        "opensuse" | "suse" => &["suse"],
        "almalinux" => &["alma"],
        "rocky-linux" | "rocky" => &["rocky"],
        "" => return true,
        other => return distribution.contains(other),
    };
    words.iter().any(|w| distribution.contains(w))
}

/// RPM releases carry the distribution's release (`.el8`); another one's is
/// another package.
fn same_release(left: &str, right: &str) -> bool {
    match (release_tag(left), release_tag(right)) {
        (Some(left), Some(right)) => left == right,
        _ => true,
    }
}

fn release_tag(version: &str) -> Option<&str> {
    let at = [".el", ".fc"].iter().find_map(|mark| version.rfind(mark))?;
    let tag = version.get(at + 1..)?;
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
    tag.get(..end)
}

fn verdicts(package: &Software, at: u32, about: &[&Statement]) -> Vec<Finding> {
    let mut cves: Vec<CveId> = about.iter().map(|s| s.cve).collect();
    cves.sort_unstable();
    cves.dedup();
    let of = |cve: CveId| about.iter().filter(move |s| s.cve == cve).copied();
    cves.into_iter()
        .map(|cve| Finding {
            cve,
            verdict: verdict(package, &of(cve).collect::<Vec<_>>()),
            proof: Proof { rule: 3, row: None, by: Evidence::Software(at) },
        })
        .collect()
}

fn verdict(package: &Software, about: &[&Statement]) -> Verdict {
    let with = |status: Status| about.iter().filter(move |s| s.status == status);
    if package.version.is_empty() {
        return Verdict::Unknown(Reason::VersionNotCollected);
    }
    if with(Status::NotAffected).any(|s| names_version(s, package)) {
        return Verdict::NotAffected;
    }
    let mut fixed = with(Status::Fixed).filter(|s| !s.component.version.is_empty()).peekable();
    if fixed.peek().is_some() {
        let reached =
            |s: &&Statement| compare(package, &s.component.version) != Some(Ordering::Less);
        let comparable = |s: &&Statement| compare(package, &s.component.version).is_some();
        return match (fixed.clone().any(|s| comparable(s) && reached(s)), fixed.any(comparable)) {
            (true, _) => Verdict::Fixed,
            (false, true) => Verdict::Missing,
            _ => Verdict::Unknown(Reason::VersionNotComparable),
        };
    }
    if with(Status::Affected).any(|s| names_version(s, package)) {
        return Verdict::Missing;
    }
    if with(Status::Investigating).next().is_some() {
        return Verdict::Unknown(Reason::UnderInvestigation);
    }
    Verdict::Unknown(Reason::VersionNotComparable)
}

fn compare(package: &Software, version: &str) -> Option<Ordering> {
    match package.ecosystem.as_str() {
        "deb" => Some(versions::debian(&package.version, version)),
        "rpm" => Some(versions::rpm(&package.version, version)),
        _ if package.version == version => Some(Ordering::Equal),
        _ => versions::dotted(&package.version, version),
    }
}

/// Whether a statement is about this very version: every version, this one, or
/// a range that holds it.
fn names_version(statement: &Statement, package: &Software) -> bool {
    let component = &statement.component;
    if !component.range.is_empty() {
        return in_range(&component.range, package);
    }
    component.version.is_empty() || compare(package, &component.version) == Some(Ordering::Equal)
}

/// `vers:deb/>=1.0|<1.5`, `<2.0`, `<= 3.1`: every bound must hold. A range that
/// cannot be read holds nothing.
fn in_range(range: &str, package: &Software) -> bool {
    let bounds =
        range.strip_prefix("vers:").and_then(|r| r.split_once('/')).map_or(range, |(_, b)| b);
    !bounds.is_empty() && bounds.split('|').all(|bound| holds(bound.trim(), package))
}

fn holds(bound: &str, package: &Software) -> bool {
    if bound == "*" {
        return true;
    }
    let at = bound.find(|c: char| !"<>=!".contains(c)).unwrap_or(bound.len());
    let (sign, version) = bound.split_at(at);
    let Some(order) = compare(package, version.trim()) else { return false };
    match sign {
        "<" => order == Ordering::Less,
        "<=" => order != Ordering::Greater,
        ">" => order == Ordering::Greater,
        ">=" => order != Ordering::Less,
        "=" | "" => order == Ordering::Equal,
        "!=" => order != Ordering::Equal,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Component;

    fn deb(version: &str) -> Software {
        Software {
            name: "gzip".into(),
            version: version.into(),
            ecosystem: "deb".into(),
            ..Software::default()
        }
    }

    fn says(status: Status, version: &str, range: &str) -> Statement {
        let component = Component {
            ecosystem: "deb".into(),
            namespace: "ubuntu".into(),
            name: "gzip".into(),
            version: version.into(),
            range: range.into(),
        };
        Statement { cve: 0, component, status, source: 0 }
    }

    #[test]
    fn statements_and_versions() {
        let unknown = |reason| Verdict::Unknown(reason);
        for (statement, version, expect) in [
            (says(Status::Fixed, "1.10-2", ""), "1.10-2", Verdict::Fixed),
            (says(Status::Fixed, "1.10-2", ""), "1.10-1", Verdict::Missing),
            (says(Status::NotAffected, "", ""), "1.10-1", Verdict::NotAffected),
            (says(Status::NotAffected, "1.9", ""), "1.10-1", unknown(Reason::VersionNotComparable)),
            (says(Status::Affected, "", "vers:deb/>=1.0|<1.11"), "1.10-1", Verdict::Missing),
            (
                says(Status::Affected, "", "vers:deb/<1.0"),
                "1.10-1",
                unknown(Reason::VersionNotComparable),
            ),
            (says(Status::Investigating, "", ""), "1.10-1", unknown(Reason::UnderInvestigation)),
            (says(Status::Fixed, "1.10-2", ""), "", unknown(Reason::VersionNotCollected)),
        ] {
            assert_eq!(verdict(&deb(version), &[&statement]), expect, "{statement:?} {version}");
        }
    }

    #[test]
    fn another_distribution_is_another_package() {
        let statement = says(Status::Fixed, "1.10-2", "");
        assert!(concerns(&statement, &deb("1"), "ubuntu 22.04.3 lts"));
        assert!(!concerns(&statement, &deb("1"), "debian gnu/linux 12"));
        assert!(!concerns(&statement, &deb("1"), ""));
        assert!(!same_release("4.18.0-348.el8_5", "4.18.0-1.el7"));
        assert!(same_release("4.18.0-348.el8", "4.18.0-1.el8"));
    }
}
