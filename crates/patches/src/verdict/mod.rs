//! Hosts against facts: for each (host, CVE) one of four verdicts with its proof.
//!
//! A [`Judge`] holds the facts laid out for judging and is shared by threads.
//! [`Judge::host`] answers a [`Question`] for one host; nothing of one host
//! touches another.

pub mod apps;
pub mod packages;
mod plan;
pub mod rules;
pub mod versions;
pub mod view;

use std::{collections::HashMap, sync::OnceLock};

use jiff::Timestamp;

pub use plan::{Kb, Step};
pub use rules::{Evidence, Proof, Reason, Verdict};
use rules::{Known, State};
use view::{KbRevisions, View};

use crate::{
    facts::{CveId, Facts, Month, ProductId},
    inventory::Host,
    products::{self, Product, Unmapped},
};

/// An inventory older than this many days, as seen from the question's day,
/// proves nothing any more: three rounds of monthly updates have passed.
pub const STALE_AFTER_DAYS: i64 = 90;

/// What is asked of every host.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// For each CVE of the facts, whether it is asked about.
    pub asked: Vec<bool>,
    /// CVEs asked for by name. Each gets an answer for each host, even when no
    /// known product of the host is listed.
    pub by_name: Vec<CveId>,
    /// The day for which the answer is wanted; `None` takes every inventory as
    /// it stood when it was collected.
    pub as_of: Option<Timestamp>,
}

impl Question {
    /// Everything the facts hold.
    pub fn everything(facts: &Facts) -> Self {
        Self { asked: vec![true; facts.cves.len()], ..Self::default() }
    }

    fn asks(&self, cve: CveId) -> bool {
        self.asked.get(cve as usize).copied().unwrap_or(false)
    }
}

/// The answer for one CVE on one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The CVE.
    pub cve: CveId,
    /// The answer.
    pub verdict: Verdict,
    /// Why.
    pub proof: Proof,
}

/// Everything found out about one host. A CVE that was asked about and stands
/// in none of the lists is *not affected*: its rows name other products.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The host under MSRC's name, or why it has none.
    pub product: Result<Product, Unmapped>,
    /// Fixed, missing and unknown, by CVE.
    pub findings: Vec<Finding>,
    /// Affected by the vendor's word, and no update exists to be missing.
    pub no_fix: Vec<CveId>,
    /// CVEs of programs of which the inventory does not say whether they are
    /// installed. Not clean: not looked at.
    pub not_collected: Vec<CveId>,
    /// How many CVEs were asked about.
    pub asked: usize,
}

/// Distinct CVEs by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// CVEs that concern the host: fixed, missing and unknown together.
    pub listed: usize,
    /// Fixed.
    pub fixed: usize,
    /// Missing.
    pub missing: usize,
    /// Unknown.
    pub unknown: usize,
    /// Not affected.
    pub not_affected: usize,
}

impl Assessment {
    /// Distinct CVEs by verdict.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for finding in &self.findings {
            match finding.verdict {
                Verdict::Fixed => summary.fixed += 1,
                Verdict::Missing => summary.missing += 1,
                Verdict::Unknown(_) => summary.unknown += 1,
                Verdict::NotAffected => {}
            }
        }
        summary.listed = summary.fixed + summary.missing + summary.unknown;
        let apart = self.no_fix.len() + self.not_collected.len();
        summary.not_affected = self.asked.saturating_sub(summary.listed + apart);
        summary
    }

    /// The finding for a CVE, if it is in none of the quiet lists.
    pub fn finding(&self, cve: CveId) -> Option<&Finding> {
        self.findings
            .binary_search_by_key(&cve, |f| f.cve)
            .ok()
            .and_then(|at| self.findings.get(at))
    }
}

/// The facts, laid out for judging.
#[derive(Debug)]
pub struct Judge<'f> {
    facts: &'f Facts,
    products: HashMap<String, ProductId>,
    views: Vec<OnceLock<View>>,
    kb_revisions: KbRevisions,
    known_kbs: Vec<u32>,
    /// For each CVE, whether Windows itself is listed.
    windows: Vec<bool>,
    /// For each CVE, whether any loaded document says something of it.
    documented: Vec<bool>,
    /// The last month that is loaded whole.
    last_month: Option<Month>,
    apps: apps::Index,
    packages: packages::Index,
}

impl<'f> Judge<'f> {
    /// Lays the facts out.
    pub fn new(facts: &'f Facts) -> Self {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let named = facts.products.iter().enumerate();
        Self {
            facts,
            products: named.map(|(at, name)| (products::key(name), number(at))).collect(),
            views: facts.products.iter().map(|_| OnceLock::new()).collect(),
            kb_revisions: view::kb_revisions(facts),
            known_kbs: known_kbs(facts),
            windows: windows_cves(facts),
            documented: documented(facts),
            last_month: facts.months().last().copied(),
            apps: apps::Index::new(facts),
            packages: packages::Index::new(facts),
        }
    }

    /// The facts it judges by.
    pub fn facts(&self) -> &'f Facts {
        self.facts
    }

    /// Judges one host.
    pub fn host(&self, host: &Host, question: &Question) -> Assessment {
        let product = rules::product_of(host);
        let mut findings = self.windows_findings(&product, host, question);
        self.program_findings(&product, host, question, &mut findings);
        self.packages.judge(self.facts, host, &mut findings);
        let mut answer = Assessment {
            no_fix: self.no_fix(&product),
            not_collected: self.not_collected(&product, host),
            findings: worst_per_cve(findings),
            asked: question.asked.iter().filter(|a| **a).count(),
            product,
        };
        answer.findings.retain(|f| question.asks(f.cve));
        self.set_apart(&mut answer, question);
        if is_stale(host, question) {
            forget(&mut answer.findings);
        }
        answer
    }

    /// The product row of a host, if the bulletins have one.
    pub fn product_id(&self, product: &Product) -> Option<ProductId> {
        rules::exact_product(&|name| self.products.get(&products::key(name)).copied(), product)
    }

    fn view(&self, product: ProductId) -> Option<&View> {
        let cell = self.views.get(product as usize)?;
        Some(cell.get_or_init(|| View::new(self.facts, product, &self.kb_revisions)))
    }

    /// The view of a host's Windows, if any bulletin lists it.
    fn windows_view(&self, product: &Result<Product, Unmapped>) -> Option<&View> {
        let product = product.as_ref().ok()?;
        let view = self.view(self.product_id(product)?)?;
        (!view.rows.is_empty() || !view.no_fix.is_empty()).then_some(view)
    }

    fn windows_findings(
        &self,
        product: &Result<Product, Unmapped>,
        host: &Host,
        question: &Question,
    ) -> Vec<Finding> {
        if *product == Err(Unmapped::NotWindows) {
            return Vec::new();
        }
        if product.is_err() {
            return self.all_windows(question, Reason::ProductNotMapped, Month::default());
        }
        let Some(view) = self.windows_view(product) else {
            return self.all_windows(question, Reason::ProductNotListed, Month::default());
        };
        let mut findings = self.all_windows(question, Reason::ProductLeft, self.left(view));
        findings.extend(self.unplaced(view));
        findings.extend(self.listed(view, host, question));
        findings
    }

    /// The month from which the bulletins no longer list a product; none comes
    /// when the last whole month still does.
    fn left(&self, view: &View) -> Month {
        let is_current = self.last_month.is_some_and(|last| view.last_month >= last);
        if is_current { Month(u32::MAX) } else { view.last_month.next() }
    }

    /// One *unknown* for each Windows CVE of a month or later.
    fn all_windows(&self, question: &Question, reason: Reason, from: Month) -> Vec<Finding> {
        let cves = (0..).zip(&self.windows).filter(|(_, windows)| **windows).map(|(cve, _)| cve);
        let asked = cves.filter(|cve: &CveId| question.asks(*cve));
        let later =
            asked.filter(|cve| self.facts.cves.get(*cve as usize).is_some_and(|c| c.month >= from));
        later.map(|cve| unknown(cve, reason)).collect()
    }

    /// CVEs with a row that no product could be found for: the host's may be it.
    fn unplaced<'a>(&'a self, view: &'a View) -> impl Iterator<Item = Finding> + 'a {
        let listed = |cve: CveId| view.listed.binary_search_by_key(&cve, |(c, _)| *c).is_ok();
        let unplaced = (0..).zip(&self.facts.cves).filter(|(_, c)| c.unplaced);
        unplaced
            .filter(move |(cve, _)| !listed(*cve))
            .map(|(cve, _)| unknown(cve, Reason::BulletinIncomplete))
    }

    fn listed(&self, view: &View, host: &Host, question: &Question) -> Vec<Finding> {
        let known = rules::host_facts(host, view, &|kb| self.known_kbs.binary_search(&kb).is_ok());
        let states: Vec<State> = view.fixes.iter().map(|fix| state(&known, fix, view)).collect();
        let asked = view.listed.iter().filter(|(cve, _)| question.asks(*cve));
        asked
            .filter_map(|(cve, range)| {
                let rows = view.rows.get(range.clone())?.iter();
                let best = rules::alternatives(
                    rows.filter_map(|(row, fix)| Some((*row, *states.get(*fix)?))),
                );
                Some(finding(*cve, best?))
            })
            .collect()
    }

    fn program_findings(
        &self,
        product: &Result<Product, Unmapped>,
        host: &Host,
        question: &Question,
        findings: &mut Vec<Finding>,
    ) {
        self.apps.judge(self.facts, host, findings);
        // .NET Framework comes with Windows: its update in the list is proof, its absence is none.
        if let Some(name) = product.as_ref().ok().map(|p| p.name.as_str()) {
            let ask = |cve: CveId| question.by_name.contains(&cve);
            self.apps.judge_framework(self.facts, name, host, &ask, findings);
        }
    }

    fn no_fix(&self, product: &Result<Product, Unmapped>) -> Vec<CveId> {
        self.windows_view(product).map(|v| v.no_fix.clone()).unwrap_or_default()
    }

    /// CVEs of programs alone: all of them when the inventory says nothing of
    /// programs; else those of .NET Framework, whose version no list of
    /// programs tells.
    fn not_collected(&self, product: &Result<Product, Unmapped>, host: &Host) -> Vec<CveId> {
        if *product == Err(Unmapped::NotWindows) {
            return Vec::new();
        }
        let is_windows = |cve: &CveId| self.windows.get(*cve as usize) == Some(&true);
        let apart =
            |cves: &mut dyn Iterator<Item = CveId>| cves.filter(|cve| !is_windows(cve)).collect();
        match (&host.software, product) {
            (None, _) => apart(&mut self.apps.cves()),
            (Some(_), Ok(windows)) => {
                apart(&mut self.apps.framework_cves(self.facts, &windows.name))
            }
            (Some(_), Err(_)) => Vec::new(),
        }
    }

    /// Keeps the quiet lists to what was asked and not found, and moves what
    /// was asked for by name out of them: a question by name gets its answer.
    fn set_apart(&self, answer: &mut Assessment, question: &Question) {
        let named = |cve: &CveId| question.by_name.contains(cve);
        let found: std::collections::HashSet<CveId> =
            answer.findings.iter().map(|f| f.cve).collect();
        for list in [&mut answer.no_fix, &mut answer.not_collected] {
            list.retain(|cve| question.asks(*cve) && !found.contains(cve));
        }
        let quiet = &answer.no_fix;
        answer.not_collected.retain(|cve| !quiet.contains(cve));
        let reasons = [Reason::NoVendorFix, Reason::VersionNotCollected];
        for (list, reason) in
            [&mut answer.no_fix, &mut answer.not_collected].into_iter().zip(reasons)
        {
            answer
                .findings
                .extend(list.iter().copied().filter(named).map(|cve| unknown(cve, reason)));
            list.retain(|cve| !named(cve));
        }
        let absent = |cve: &&CveId| self.documented.get(**cve as usize) == Some(&false);
        answer.findings.extend(
            question.by_name.iter().filter(absent).map(|cve| unknown(*cve, Reason::NotInData)),
        );
        answer.findings.sort_unstable_by_key(|f| f.cve);
        answer.findings.dedup_by_key(|f| f.cve);
    }
}

fn state(known: &Known<'_>, fix: &view::FixView, view: &View) -> State {
    rules::build_family(known, fix).unwrap_or_else(|| rules::kb_closure(known, fix, view))
}

fn finding(cve: CveId, (row, state): (usize, State)) -> Finding {
    let (verdict, rule, by) = rules::outcome(state);
    Finding { cve, verdict, proof: rules::proof(rule, Some(row), by) }
}

fn unknown(cve: CveId, reason: Reason) -> Finding {
    let proof = Proof { rule: 6, row: None, by: Evidence::None };
    Finding { cve, verdict: Verdict::Unknown(reason), proof }
}

/// One finding a CVE: where Windows and programs answer, the worst counts.
fn worst_per_cve(mut findings: Vec<Finding>) -> Vec<Finding> {
    let rank = |verdict: Verdict| match verdict {
        Verdict::Missing => 0,
        Verdict::Unknown(_) => 1,
        Verdict::Fixed => 2,
        Verdict::NotAffected => 3,
    };
    findings.sort_by_key(|f| (f.cve, rank(f.verdict)));
    findings.dedup_by_key(|f| f.cve);
    findings
}

/// Whether the inventory is too old for the question.
fn is_stale(host: &Host, question: &Question) -> bool {
    let (Some(as_of), Some(collected)) = (question.as_of, host.collected_at()) else {
        return false;
    };
    as_of.as_second() - collected.as_second() > STALE_AFTER_DAYS * 86_400
}

fn forget(findings: &mut [Finding]) {
    for finding in
        findings.iter_mut().filter(|f| matches!(f.verdict, Verdict::Fixed | Verdict::Missing))
    {
        finding.verdict = Verdict::Unknown(Reason::InventoryStale);
    }
}

fn known_kbs(facts: &Facts) -> Vec<u32> {
    let mut kbs: Vec<u32> =
        facts.fixes.iter().flat_map(|f| f.supersedes.iter().copied().chain([f.kb])).collect();
    kbs.sort_unstable();
    kbs.dedup();
    kbs
}

fn windows_cves(facts: &Facts) -> Vec<bool> {
    let is_windows: Vec<bool> =
        facts.products.iter().map(|p| products::release_of_product(p).is_some()).collect();
    let listed = facts.rows.iter().map(|r| (r.cve, r.product));
    let affected = facts.no_fix.iter().map(|n| (n.cve, n.product));
    let mut windows = vec![false; facts.cves.len()];
    for (cve, product) in listed.chain(affected) {
        if is_windows.get(product as usize) == Some(&true)
            && let Some(flag) = windows.get_mut(cve as usize)
        {
            *flag = true;
        }
    }
    windows
}

fn documented(facts: &Facts) -> Vec<bool> {
    let mut known: Vec<bool> = facts.cves.iter().map(|c| c.unplaced).collect();
    let rows = facts.rows.iter().map(|r| r.cve);
    let others = facts.no_fix.iter().map(|n| n.cve).chain(facts.statements.iter().map(|s| s.cve));
    for cve in rows.chain(others) {
        if let Some(flag) = known.get_mut(cve as usize) {
            *flag = true;
        }
    }
    known
}
