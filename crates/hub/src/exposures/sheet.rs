//! A sheet: the verdicts of a host at its patch level, without what is the
//! host's alone. Machines that were built and updated alike share one.

use diag::Diagnostic;
use patches::{
    facts::{Facts, Fix},
    inventory::Host,
    report,
    verdict::{Assessment, Finding, Judge, Question, Reason, Step, Verdict as Judged},
};
use serde::Serialize;

use super::Verdict;
use crate::store::bulk::Value;

/// Verdicts, ready to be written down.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    /// SHA-256 of its content.
    pub(super) id: String,
    pub(super) product: String,
    pub(super) plan: String,
    pub(super) rows: Vec<Row>,
}

/// A verdict of a sheet.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    cve: String,
    verdict: Verdict,
    reason: Option<String>,
    aside: bool,
    rule: u8,
    product: String,
    needed: String,
    severity: u8,
    cvss: u8,
}

/// A host judged: its sheet, and what is doubtful about the host itself.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) sheet: Sheet,
    pub(super) build: String,
    pub(super) warnings: Vec<Diagnostic>,
}

/// What every host is asked: everything, and by name what letters name.
pub(super) fn question(facts: &Facts) -> Question {
    let named = (0..).zip(&facts.cves).filter(|(_, cve)| !cve.named.is_empty());
    Question { by_name: named.map(|(at, _)| at).collect(), ..Question::everything(facts) }
}

/// Judges a host as it stood when its facts were collected.
pub(super) fn judge(judge: &Judge<'_>, question: &Question, host: &Host) -> Answer {
    let answer = judge.host(host, question);
    let facts = judge.facts();
    let product = answer.product.as_ref().map_or(String::new(), |product| product.name.clone());
    let plan: Vec<Step> = judge.plan(&answer);
    let rows = rows(facts, &answer);
    let plan = serde_json::to_string(&plan).unwrap_or_default();
    let content = serde_json::to_vec(&(&product, &plan, &rows)).unwrap_or_default();
    Answer {
        sheet: Sheet { id: proof::sha256_hex(&content), product, plan, rows },
        build: host.os.build_text(),
        warnings: report::warnings(facts, host, &answer),
    }
}

fn rows(facts: &Facts, answer: &Assessment) -> Vec<Row> {
    let aside = |cve: u32, reason: Reason| Row {
        aside: true,
        ..row(facts, &Finding { verdict: Judged::Unknown(reason), ..blank(cve) })
    };
    let mut rows: Vec<Row> = answer.findings.iter().map(|finding| row(facts, finding)).collect();
    rows.extend(answer.no_fix.iter().map(|cve| aside(*cve, Reason::NoVendorFix)));
    rows.extend(answer.not_collected.iter().map(|cve| aside(*cve, Reason::VersionNotCollected)));
    rows
}

fn blank(cve: u32) -> Finding {
    let by = patches::verdict::Evidence::None;
    let proof = patches::verdict::Proof { rule: 6, row: None, by };
    Finding { cve, verdict: Judged::NotAffected, proof }
}

fn row(facts: &Facts, finding: &Finding) -> Row {
    let cve = facts.cves.get(finding.cve as usize);
    let at = finding.proof.row.and_then(|at| facts.rows.get(at as usize));
    let product = at.and_then(|row| facts.products.get(row.product as usize));
    let severity = at.map(|row| row.severity as u8).filter(|severity| *severity > 0);
    let cvss = at.map(|row| row.cvss).filter(|cvss| *cvss > 0);
    let (verdict, reason) = verdict(finding.verdict);
    Row {
        cve: cve.map(|cve| cve.id.clone()).unwrap_or_default(),
        verdict,
        reason: reason.map(|reason| reason_name(reason).to_owned()),
        aside: false,
        rule: finding.proof.rule,
        product: product.cloned().unwrap_or_default(),
        needed: needed(facts, finding),
        severity: severity.or(cve.map(|cve| cve.severity as u8)).unwrap_or(0),
        cvss: cvss.or(cve.map(|cve| cve.cvss)).unwrap_or(0),
    }
}

/// The house's word for a verdict of the engine.
pub(super) fn verdict(verdict: Judged) -> (Verdict, Option<Reason>) {
    match verdict {
        Judged::Fixed => (Verdict::Fixed, None),
        Judged::Missing => (Verdict::Missing, None),
        Judged::NotAffected => (Verdict::NotAffected, None),
        Judged::Unknown(reason) => (Verdict::Unknown, Some(reason)),
    }
}

/// The engine's own name of a reason: `exposures.why.<name>` in the locales.
pub(super) fn reason_name(reason: Reason) -> &'static str {
    match reason {
        Reason::ProductNotMapped => "product_not_mapped",
        Reason::ProductNotListed => "product_not_listed",
        Reason::ProductLeft => "product_left",
        Reason::HotfixesNotCollected => "hotfixes_not_collected",
        Reason::HotfixListTruncated => "hotfix_list_truncated",
        Reason::UpdateNotInData => "update_not_in_data",
        Reason::OddFixedBuild => "odd_fixed_build",
        Reason::NoVendorFix => "no_vendor_fix",
        Reason::VersionNotCollected => "version_not_collected",
        Reason::VersionNotComparable => "version_not_comparable",
        Reason::UnderInvestigation => "under_investigation",
        Reason::BulletinIncomplete => "bulletin_incomplete",
        Reason::InventoryStale => "inventory_stale",
        Reason::NotInData => "not_in_data",
    }
}

/// The updates of which any is enough: `KB5032196 / KB5032249`, or the version
/// where the vendor gives no number.
fn needed(facts: &Facts, finding: &Finding) -> String {
    let fixes = finding.proof.row.map(|row| facts.alternatives(row)).unwrap_or_default();
    let mut names: Vec<String> =
        fixes.into_iter().map(name).filter(|name| !name.is_empty()).collect();
    names.dedup();
    names.join(" / ")
}

fn name(fix: &Fix) -> String {
    if fix.kb > 0 { format!("KB{}", fix.kb) } else { fix.build.clone() }
}

/// The columns of `sheets`.
pub(super) const HEAD: [&str; 7] =
    ["id", "product", "plan", "fixed", "missing", "unknown", "aside"];

/// The columns of `sheet_rows`.
pub(super) const COLUMNS: [&str; 10] = [
    "sheet_id", "cve", "verdict", "reason", "aside", "rule", "product", "needed", "severity",
    "cvss",
];

impl Sheet {
    /// Its head as it is kept.
    pub(super) fn head(&self) -> [Value; 7] {
        let count = |verdict: Verdict| {
            self.rows.iter().filter(|row| !row.aside && row.verdict == verdict).count() as i64
        };
        [
            self.id.as_str().into(),
            self.product.as_str().into(),
            self.plan.as_str().into(),
            count(Verdict::Fixed).into(),
            count(Verdict::Missing).into(),
            count(Verdict::Unknown).into(),
            (self.rows.iter().filter(|row| row.aside).count() as i64).into(),
        ]
    }

    /// Its rows as they are kept.
    pub(super) fn values(&self) -> impl Iterator<Item = [Value; 10]> + '_ {
        self.rows.iter().map(|row| {
            [
                self.id.as_str().into(),
                row.cve.as_str().into(),
                row.verdict.name().into(),
                row.reason.clone().into(),
                i64::from(row.aside).into(),
                i64::from(row.rule).into(),
                row.product.as_str().into(),
                row.needed.as_str().into(),
                i64::from(row.severity).into(),
                i64::from(row.cvss).into(),
            ]
        })
    }
}
