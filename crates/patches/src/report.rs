//! The answer, for people and programs: JSON, CSV, a table, a workbook; and
//! the exit code.

mod csv;
mod json;
mod table;
mod warnings;
mod xlsx;

use std::{borrow::Cow, io::Write};

pub use warnings::warnings;

use diag::Diagnostic;

use crate::{
    facts::{Facts, Fix},
    inventory::Host,
    verdict::{Assessment, Evidence, Finding, Question, Reason, Summary, Verdict, packages},
};

/// Every host's answer, with what it was made from.
#[derive(Debug)]
pub struct Report {
    /// The facts judged by.
    pub facts: Facts,
    /// The hosts.
    pub hosts: Vec<Host>,
    /// The answer for each host, in the same order.
    pub answers: Vec<Assessment>,
    /// What was asked.
    pub question: Question,
    /// The data do not reach as far as the question.
    pub incomplete: bool,
    /// What could not be read or had to be doubted.
    pub diagnostics: Vec<Diagnostic>,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Table,
    /// For programs.
    Json,
    /// A row a (host, CVE) that is missing or unknown.
    Csv,
    /// The same in a workbook, with a sheet of hosts.
    Xlsx,
}

impl Report {
    /// Writes the report.
    pub fn write(&self, format: Format, out: &mut dyn Write) -> std::io::Result<()> {
        match format {
            Format::Table => table::write(self, out),
            Format::Json => json::write(self, out),
            Format::Csv => csv::write(self, out),
            Format::Xlsx => xlsx::write(self, out),
        }
    }

    /// 0: nothing missing. 1: something missing. 2: something unknown and
    /// nothing missing, or the data do not reach as far as the question.
    pub fn exit_code(&self) -> u8 {
        let any = |is: fn(&Verdict) -> bool| {
            self.answers.iter().flat_map(|a| &a.findings).any(|f| is(&f.verdict))
        };
        if any(|v| matches!(v, Verdict::Missing)) {
            1
        } else if self.incomplete || any(|v| matches!(v, Verdict::Unknown(_))) {
            2
        } else {
            0
        }
    }

    /// Hosts by answer: all, without anything missing or unknown, with something missing.
    pub fn totals(&self) -> (usize, usize, usize) {
        let summaries: Vec<Summary> = self.answers.iter().map(Assessment::summary).collect();
        // Data that end before the question prove nobody handled.
        let is_handled = |s: &&Summary| !self.incomplete && s.missing == 0 && s.unknown == 0;
        let handled = summaries.iter().filter(is_handled).count();
        (summaries.len(), handled, summaries.iter().filter(|s| s.missing > 0).count())
    }

    fn cve(&self, finding: &Finding) -> &crate::facts::Cve {
        static NONE: std::sync::LazyLock<crate::facts::Cve> =
            std::sync::LazyLock::new(Default::default);
        self.facts.cves.get(finding.cve as usize).unwrap_or(&NONE)
    }

    /// The fixes that would do on the host at a position, of which any is enough.
    fn needed(&self, host: usize, finding: &Finding) -> Vec<Cow<'_, Fix>> {
        match finding.proof.row {
            Some(row) => self.facts.alternatives(row).into_iter().map(Cow::Borrowed).collect(),
            None => self.fixed_versions(host, finding),
        }
    }

    /// For a package: the versions that its vendor says are fixed.
    fn fixed_versions(&self, host: usize, finding: &Finding) -> Vec<Cow<'_, Fix>> {
        let Evidence::Software(at) = finding.proof.by else { return Vec::new() };
        let host = self.hosts.get(host);
        let software = host.and_then(|h| h.software.as_ref()).and_then(|s| s.get(at as usize));
        let (Some(package), Some(host)) = (software, host) else { return Vec::new() };
        let said = packages::fixed_versions(&self.facts, finding.cve, package, &host.os.name);
        said.map(|s| {
            let build = s.component.version.clone();
            Cow::Owned(Fix { build, source: s.source, ..Fix::default() })
        })
        .collect()
    }

    /// The severity in the host's product, else the highest in any.
    fn severity(&self, finding: &Finding) -> &'static str {
        let row = finding.proof.row.and_then(|at| self.facts.rows.get(at as usize));
        let own = row.map(|r| r.severity).filter(|s| *s != crate::facts::Severity::Unrated);
        own.unwrap_or(self.cve(finding).severity).word()
    }

    /// The CVSS base score in the host's product, else the highest in any.
    fn cvss(&self, finding: &Finding) -> Option<f64> {
        let row = finding.proof.row.and_then(|at| self.facts.rows.get(at as usize));
        let own = row.map(|r| r.cvss).filter(|c| *c > 0);
        let tenths = own.unwrap_or(self.cve(finding).cvss);
        (tenths > 0).then(|| f64::from(tenths) / 10.0)
    }

    fn is_kev(&self, finding: &Finding) -> bool {
        let today = self.question.as_of.map(|t| t.to_zoned(jiff::tz::TimeZone::UTC).date());
        crate::campaign::in_kev(self.cve(finding), today)
    }

    /// A reason in words that a log or a spreadsheet can hold.
    fn reason(&self, reason: Reason) -> String {
        let ends = || self.facts.data_ends().map(|d| d.to_string()).unwrap_or_default();
        match reason {
            Reason::ProductNotMapped => "product not mapped".to_owned(),
            Reason::ProductNotListed => "product not listed in the loaded bulletins".to_owned(),
            Reason::ProductLeft => "product no longer listed by this month's bulletins".to_owned(),
            Reason::HotfixesNotCollected => "neither revision nor hotfixes collected".to_owned(),
            Reason::HotfixListTruncated => "hotfix list truncated".to_owned(),
            Reason::UpdateNotInData => {
                format!("an installed update is newer than the data (data ends at {})", ends())
            }
            Reason::OddFixedBuild => "odd FixedBuild and no KB".to_owned(),
            Reason::NoVendorFix => "affected, and the vendor lists no fix".to_owned(),
            Reason::VersionNotCollected => "product version not collected".to_owned(),
            Reason::VersionNotComparable => "product version not comparable".to_owned(),
            Reason::UnderInvestigation => "vendor still investigating".to_owned(),
            Reason::BulletinIncomplete => "a row of the bulletin names no product".to_owned(),
            Reason::InventoryStale => "stale inventory".to_owned(),
            Reason::NotInData => format!("not in the loaded data (data ends at {})", ends()),
        }
    }
}

/// The name of an update for people: `KB5032196`, or nothing.
fn kb_text(kb: u32) -> String {
    if kb > 0 { format!("KB{kb}") } else { String::new() }
}
