//! One product's rows laid out for judging many hosts: built once per product.

use std::{collections::HashMap, ops::Range};

use crate::{
    closure::{self, Target, Update},
    facts::{CveId, Facts, Fix, FixId, Month, ProductId},
    products::{self, Release, family},
    text,
};

/// A fix, as the product sees it.
#[derive(Clone, Debug)]
pub struct FixView {
    /// The fix.
    pub fix: FixId,
    /// Its place among the product's updates.
    pub update: Update,
    /// Positions of the fixes that stand in for it, itself first.
    pub stand_ins: Vec<usize>,
}

/// One product's rows.
#[derive(Debug)]
pub struct View {
    /// The product.
    pub product: ProductId,
    /// Its rows by CVE, each a range of [`View::rows`].
    pub listed: Vec<(CveId, Range<usize>)>,
    /// Position in [`Facts::rows`], and position in [`View::fixes`].
    pub rows: Vec<(usize, usize)>,
    /// The distinct fixes.
    pub fixes: Vec<FixView>,
    /// CVEs that affect it and that nothing fixes.
    pub no_fix: Vec<CveId>,
    /// The last month whose bulletins list it.
    pub last_month: Month,
    /// KB numbers of its cumulative line, those it replaced included. Windows 10
    /// and later list only the newest of them.
    pub line_kbs: Vec<u32>,
    /// Up to this KB number no update of the product is unknown: its months
    /// are all loaded, and before Windows 10 nothing cumulative came between
    /// them. 0 where that cannot be said.
    pub settled_kb: u32,
}

impl View {
    /// Lays out the rows of a product.
    pub fn new(facts: &Facts, product: ProductId, kb_revisions: &KbRevisions) -> Self {
        let name = facts.products.get(product as usize).map_or("", String::as_str);
        let release = products::release_of_product(name);
        let first = facts.rows.partition_point(|r| r.product < product);
        let end = facts.rows.partition_point(|r| r.product <= product);
        let (rows, fix_ids) = rows_and_fixes(facts, first..end);
        let updates: Vec<Update> =
            fix_ids.iter().map(|id| update(facts, *id, release, kb_revisions)).collect();
        let stand_ins = closure::stand_ins(&updates);
        let line_kbs = line_kbs(&updates);
        let is_settled = release.is_some_and(|r| family(r.build).is_none()) && facts.is_unbroken();
        let newest = updates.iter().map(|u| u.kb).max().filter(|_| is_settled);
        let fixes = fix_ids.into_iter().zip(updates).zip(stand_ins);
        let no_fix = facts.no_fix.iter().filter(|n| n.product == product).map(|n| n.cve).collect();
        Self {
            product,
            listed: listed(facts, &rows),
            last_month: last_month(facts, &rows),
            rows,
            fixes: fixes
                .map(|((fix, update), stand_ins)| FixView { fix, update, stand_ins })
                .collect(),
            no_fix,
            line_kbs,
            settled_kb: newest.unwrap_or(0),
        }
    }
}

fn rows_and_fixes(facts: &Facts, range: Range<usize>) -> (Vec<(usize, usize)>, Vec<FixId>) {
    let mut at_of: HashMap<FixId, usize> = HashMap::new();
    let mut ids = Vec::new();
    let mut rows = Vec::with_capacity(range.len());
    for row in range {
        let Some(fix) = facts.rows.get(row).map(|r| r.fix) else { continue };
        let at = *at_of.entry(fix).or_insert_with(|| {
            ids.push(fix);
            ids.len() - 1
        });
        rows.push((row, at));
    }
    (rows, ids)
}

fn listed(facts: &Facts, rows: &[(usize, usize)]) -> Vec<(CveId, Range<usize>)> {
    let mut listed: Vec<(CveId, Range<usize>)> = Vec::new();
    for (at, (row, _)) in rows.iter().enumerate() {
        let Some(cve) = facts.rows.get(*row).map(|r| r.cve) else { continue };
        match listed.last_mut() {
            Some((last, range)) if *last == cve => range.end = at + 1,
            _ => listed.push((cve, at..at + 1)),
        }
    }
    listed
}

fn last_month(facts: &Facts, rows: &[(usize, usize)]) -> Month {
    let month = |row: &usize| {
        let cve = facts.rows.get(*row)?.cve;
        facts.cves.get(cve as usize).map(|c| c.month)
    };
    rows.iter().filter_map(|(row, _)| month(row)).max().unwrap_or_default()
}

fn line_kbs(updates: &[Update]) -> Vec<u32> {
    let line = updates.iter().filter(|u| u.on_line && u.target != Target::None);
    let mut kbs: Vec<u32> = line.flat_map(|u| u.supersedes.iter().copied().chain([u.kb])).collect();
    kbs.sort_unstable();
    kbs.dedup();
    kbs
}

fn update(
    facts: &Facts,
    id: FixId,
    release: Option<&Release>,
    kb_revisions: &KbRevisions,
) -> Update {
    let empty = Fix::default();
    let fix = facts.fixes.get(id as usize).unwrap_or(&empty);
    let line = release.and_then(|r| family(r.build));
    Update {
        kb: fix.kb,
        kind: fix.kind,
        target: line.map_or(Target::None, |line| target(fix, line, kb_revisions)),
        month: month_of(facts, fix),
        supersedes: fix.supersedes.clone(),
        on_line: line.is_some(),
    }
}

/// The month of the document that brought a fix.
pub(crate) fn month_of(facts: &Facts, fix: &Fix) -> Month {
    let source = facts.sources.get(usize::from(fix.source));
    source.and_then(|s| s.released).map(Month::of).unwrap_or_default()
}

/// Rule 3: a fixed build counts in the product's own family; elsewhere only its
/// KB's revision counts, and only where that KB has one in this family.
fn target(fix: &Fix, line: u32, kb_revisions: &KbRevisions) -> Target {
    match windows_build(&fix.build) {
        Some((build, revision)) if family(build) == Some(line) => Target::Revision(revision),
        odd => match kb_revisions.get(&(fix.kb, line)) {
            Some(revision) if fix.kb > 0 => Target::Revision(*revision),
            _ if odd.is_some() => Target::Misplaced,
            _ => Target::None,
        },
    }
}

/// Build and revision of `10.0.20348.2113`; nothing for what is no Windows 10 build.
fn windows_build(text: &str) -> Option<(u32, u32)> {
    let numbers = text::version(text)?;
    let [10, 0, build, revision] = numbers.as_slice() else { return None };
    let build = u32::try_from(*build).ok()?;
    let revision = u32::try_from(*revision).ok()?;
    family(build).is_some().then_some((build, revision))
}

/// The revision to which a KB brings a build family, by those of its rows
/// whose product is of that family.
pub type KbRevisions = HashMap<(u32, u32), u32>;

/// Gathers [`KbRevisions`] over all rows. Where rows differ, the highest counts.
pub fn kb_revisions(facts: &Facts) -> KbRevisions {
    let lines: Vec<Option<u32>> = facts
        .products
        .iter()
        .map(|p| products::release_of_product(p).and_then(|r| family(r.build)))
        .collect();
    let mut revisions = KbRevisions::new();
    for row in &facts.rows {
        let line = lines.get(row.product as usize).copied().flatten();
        let fix = facts.fixes.get(row.fix as usize);
        let (Some(line), Some(fix)) = (line, fix) else { continue };
        if let Some((build, revision)) = windows_build(&fix.build)
            && family(build) == Some(line)
        {
            let known = revisions.entry((fix.kb, line)).or_insert(revision);
            *known = revision.max(*known);
        }
    }
    revisions
}
