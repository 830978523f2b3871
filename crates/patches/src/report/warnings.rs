//! What is doubtful about one host's answer, for reports and for callers that
//! judge by themselves.

use diag::{Diagnostic, Place};
use jiff::tz::TimeZone;

use super::Report;
use crate::{
    facts::Facts,
    inventory::Host,
    products::Unmapped,
    verdict::{Assessment, Evidence, Reason, Verdict},
};

impl Report {
    /// The warnings of the host at a position: its inventory's own, then those
    /// that judging added.
    pub fn warnings(&self, at: usize) -> Vec<Diagnostic> {
        let (Some(host), Some(answer)) = (self.hosts.get(at), self.answers.get(at)) else {
            return Vec::new();
        };
        let mut found = warnings(&self.facts, host, answer);
        let place = Place::file(host.origins.first().map_or("", |o| o.file.as_str()));
        self.time(host, &place, &mut |warning| found.push(warning));
        found
    }

    /// A host is judged as it stood when it was collected: by data that reach
    /// so far, and from a day that is known.
    fn time(&self, host: &Host, place: &Place, warn: &mut dyn FnMut(Diagnostic)) {
        let collected = host.collected_at();
        let is_open = self.question.as_of.is_none() && self.question.by_name.is_empty();
        let day = collected.filter(|_| is_open).map(|t| t.to_zoned(TimeZone::UTC).date());
        let is_blind = matches!((day, self.facts.blind_from()), (Some(d), Some(b)) if d >= b);
        if let (true, Some(ends)) = (self.incomplete || is_blind, self.facts.data_ends()) {
            warn(Diagnostic::warning("patches.data-ends", place.clone()).with("day", ends));
        }
        if self.question.as_of.is_some() && collected.is_none() {
            warn(Diagnostic::note("patches.collected-unknown", place.clone()));
        }
    }
}

/// What is doubtful about one host's answer: its inventory's own warnings, then
/// those that judging added.
pub fn warnings(facts: &Facts, host: &Host, answer: &Assessment) -> Vec<Diagnostic> {
    let mut found = host.warnings.clone();
    let place = || Place::file(host.origins.first().map_or("", |o| o.file.as_str()));
    let mut warn = |code: Diagnostic| found.push(code);
    product(host, answer, &place(), &mut warn);
    if answer.findings.iter().any(|f| f.verdict == Verdict::Unknown(Reason::InventoryStale)) {
        let when = host.collected_at().map(|t| t.to_string()).unwrap_or_default();
        warn(Diagnostic::warning("patches.inventory-stale", place()).with("collected", when));
    }
    if is_restart_pending(facts, host, answer) {
        warn(Diagnostic::warning("patches.restart-pending", place()));
    }
    if !answer.no_fix.is_empty() {
        warn(Diagnostic::warning("patches.no-fix", place()).with("cves", answer.no_fix.len()));
    }
    if !answer.not_collected.is_empty() {
        let cves = answer.not_collected.len();
        warn(Diagnostic::note("patches.software-not-collected", place()).with("cves", cves));
    }
    found
}

fn product(host: &Host, answer: &Assessment, place: &Place, warn: &mut dyn FnMut(Diagnostic)) {
    match &answer.product {
        Ok(product) => {
            if product.assumed_arch {
                warn(Diagnostic::warning("patches.arch-assumed", place.clone()));
            }
            if product.renamed {
                let renamed = Diagnostic::note("patches.product-renamed", place.clone());
                warn(renamed.with("name", &host.os.name).with("product", &product.name));
            }
            let unlisted = |r: Reason| matches!(r, Reason::ProductNotListed | Reason::ProductLeft);
            if answer
                .findings
                .iter()
                .any(|f| matches!(f.verdict, Verdict::Unknown(r) if unlisted(r)))
            {
                let code = Diagnostic::warning("patches.product-not-listed", place.clone());
                warn(code.with("product", &product.name));
            }
        }
        Err(Unmapped::NotWindows) => {}
        Err(_) => {
            let code = Diagnostic::warning("patches.os-unknown", place.clone());
            warn(code.with("name", &host.os.name).with("build", host.os.build_text()));
        }
    }
}

/// An update is listed and the revision is still below what it brings: it
/// waits for a restart.
fn is_restart_pending(facts: &Facts, host: &Host, answer: &Assessment) -> bool {
    let Some(list) = &host.hotfixes else { return false };
    answer.findings.iter().any(|f| {
        let row = f.proof.row.and_then(|at| facts.rows.get(at as usize));
        let fix = row.and_then(|r| facts.fixes.get(r.fix as usize));
        f.verdict == Verdict::Missing
            && matches!(f.proof.by, Evidence::Revision(_))
            && fix.is_some_and(|fix| list.kbs.binary_search(&fix.kb).is_ok())
    })
}
