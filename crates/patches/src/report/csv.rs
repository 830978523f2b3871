//! The report as CSV: a row for each (host, CVE) that is missing or unknown.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use super::{Report, kb_text};
use crate::{
    facts::Fix,
    verdict::{Finding, Verdict},
};

/// The columns, shared with the workbook.
pub(super) const COLUMNS: [&str; 11] = [
    "host", "product", "build", "cve", "verdict", "severity", "cvss", "kev", "needed", "reason",
    "url",
];

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for at in 0..report.hosts.len() {
        for row in rows(report, at) {
            writer.write_record(&row)?;
        }
    }
    writer.flush()
}

/// The rows of the host at a position.
pub(super) fn rows(report: &Report, at: usize) -> impl Iterator<Item = [String; 11]> + '_ {
    let answer = report.answers.get(at);
    let findings = answer.map_or(&[][..], |a| &a.findings);
    let open = |f: &&Finding| matches!(f.verdict, Verdict::Missing | Verdict::Unknown(_));
    findings.iter().filter(open).map(move |finding| row(report, at, finding))
}

fn row(report: &Report, at: usize, finding: &Finding) -> [String; 11] {
    let host = report.hosts.get(at);
    let product =
        report.answers.get(at).and_then(|a| a.product.as_ref().ok()).map(|p| p.name.clone());
    let needed = report.needed(at, finding);
    let names = |fix: &Cow<'_, Fix>| if fix.kb > 0 { kb_text(fix.kb) } else { fix.build.clone() };
    let (verdict, reason) = match finding.verdict {
        Verdict::Unknown(reason) => ("unknown", report.reason(reason)),
        _ => ("missing", String::new()),
    };
    [
        host.map(|h| tables::held(&h.name).into_owned()).unwrap_or_default(),
        product.unwrap_or_default(),
        host.map(|h| h.os.build_text()).unwrap_or_default(),
        report.cve(finding).id.clone(),
        verdict.to_owned(),
        report.severity(finding).to_owned(),
        report.cvss(finding).map(|c| format!("{c:.1}")).unwrap_or_default(),
        if report.is_kev(finding) { "yes" } else { "no" }.to_owned(),
        needed.iter().map(names).collect::<Vec<_>>().join(" or "),
        reason,
        needed.first().map(|fix| report.facts.url(fix, finding.cve)).unwrap_or_default(),
    ]
}
