//! The seven rules, each a function of values.
//!
//! 1. [`exact_product`]: only vendor-fix rows, joined on the exact name.
//! 2. [`host_facts`]: what the host's own facts can carry.
//! 3. [`build_family`]: fixed iff the revision is reached, inside the family.
//! 4. [`kb_closure`]: fixed iff the update or one that stands in is installed.
//! 5. [`alternatives`]: any satisfied one is enough.
//! 6. [`outcome`]: four verdicts; doubt is never turned into *fixed*.
//! 7. [`Proof`]: each verdict says by which rule, row and fact.

use serde::{Deserialize, Serialize};

use super::view::{FixView, View};
use crate::{
    closure::Target,
    facts::{Facts, ProductId},
    inventory::Host,
    products::{self, Product, Unmapped},
};

/// Why a verdict is *unknown*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The host could not be put under a product name.
    ProductNotMapped,
    /// No loaded bulletin lists the host's product (its support may have ended).
    ProductNotListed,
    /// The bulletins stopped listing the host's product before this CVE.
    ProductLeft,
    /// Neither revision nor list of updates was collected.
    HotfixesNotCollected,
    /// The list of updates is cut.
    HotfixListTruncated,
    /// An installed update that the data do not know may contain the fix.
    UpdateNotInData,
    /// The fixed build is odd and there is no KB to go by.
    OddFixedBuild,
    /// The vendor lists the product as affected and names no update.
    NoVendorFix,
    /// Whether, and in which version, the product is installed was not collected.
    VersionNotCollected,
    /// The version could not be compared with the vendor's.
    VersionNotComparable,
    /// The vendor is still investigating.
    UnderInvestigation,
    /// A row of the bulletin could not be placed on a product.
    BulletinIncomplete,
    /// The inventory is too old for the question.
    InventoryStale,
    /// No loaded document holds this CVE.
    NotInData,
}

/// The answer for one host and one CVE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The fix is on the host.
    Fixed,
    /// The fix is not on the host.
    Missing,
    /// The host's product is not listed, or the vendor says it never had it.
    NotAffected,
    /// It cannot be known, and this is why.
    Unknown(Reason),
}

/// The fact of the host that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// No fact was needed, or none was there.
    None,
    /// The host's revision inside its build family.
    Revision(u32),
    /// This installed update.
    Kb(u32),
    /// A program's version: position in the host's list of software.
    Software(u32),
}

/// Why a verdict is what it is (rule 7). With the facts' and the host's hashes
/// it can be walked back to raw bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Number of the rule that decided.
    pub rule: u8,
    /// Position in [`Facts::rows`] of the deciding row, if one did.
    pub row: Option<u32>,
    /// The host's fact.
    pub by: Evidence,
}

/// The state of one fix on one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is there.
    Satisfied(u8, Evidence),
    /// It is not there.
    Unsatisfied(u8, Evidence),
    /// It cannot be told.
    Undecided(Reason),
}

/// What a host brings to the rules.
#[derive(Clone, Debug)]
pub struct Known<'h> {
    /// Its revision, when collected.
    pub ubr: Option<u32>,
    /// Its updates, ascending, when collected.
    pub kbs: Option<&'h [u32]>,
    /// The list of updates is cut.
    pub truncated: bool,
    /// The highest installed KB that no loaded document knows and that may be a
    /// cumulative update; 0 when there is none.
    pub unknown_kb: u32,
}

/// Rule 1: the product whose name is exactly the host's. Server Core counts as
/// the full installation where the bulletins have no rows of its own.
pub fn exact_product(
    find: &dyn Fn(&str) -> Option<ProductId>,
    product: &Product,
) -> Option<ProductId> {
    let full = || product.name.strip_suffix(" (Server Core installation)").and_then(find);
    find(&product.name).or_else(full)
}

/// Rule 2: the facts of a host that count for its product: revision, updates,
/// and the highest update that may hide what the data cannot see.
pub fn host_facts<'h>(host: &'h Host, view: &View, is_known_kb: &dyn Fn(u32) -> bool) -> Known<'h> {
    let list = host.hotfixes.as_ref();
    let kbs = list.map(|l| l.kbs.as_slice());
    let installed = kbs.unwrap_or_default();
    // Windows 10 and later list only the newest cumulative update: when it is
    // one we know, no unknown one is above it.
    let newest_is_known = installed.iter().any(|kb| view.line_kbs.binary_search(kb).is_ok());
    let may_hide = |kb: &u32| *kb > view.settled_kb && !is_known_kb(*kb);
    let unknown = installed.iter().rev().copied().find(may_hide);
    Known {
        ubr: host.os.ubr,
        kbs,
        truncated: list.is_some_and(|l| l.truncated),
        unknown_kb: unknown.filter(|_| !newest_is_known).unwrap_or(0),
    }
}

/// Rule 3: inside the build family, fixed iff the host's revision is at least
/// the fixed one. `None` where there is nothing to compare.
pub fn build_family(known: &Known<'_>, fix: &FixView) -> Option<State> {
    let (Some(ubr), Target::Revision(needed)) = (known.ubr, fix.update.target) else { return None };
    let by = Evidence::Revision(ubr);
    Some(if ubr >= needed { State::Satisfied(3, by) } else { State::Unsatisfied(3, by) })
}

/// Rule 4: fixed iff the update, or one that stands in for it, is installed;
/// a host's revision says of its cumulative line what a list would.
pub fn kb_closure(known: &Known<'_>, fix: &FixView, view: &View) -> State {
    let stand_ins = || fix.stand_ins.iter().filter_map(|at| view.fixes.get(*at));
    let listed = |kb: u32| kb > 0 && known.kbs.is_some_and(|kbs| kbs.binary_search(&kb).is_ok());
    if let Some(found) = stand_ins().find(|f| listed(f.update.kb)) {
        return State::Satisfied(4, Evidence::Kb(found.update.kb));
    }
    if let Some(ubr) = known.ubr
        && stand_ins().any(|f| matches!(f.update.target, Target::Revision(r) if ubr >= r))
    {
        return State::Satisfied(4, Evidence::Revision(ubr));
    }
    absent(known, fix.update.kb)
}

/// An update that is not in the list: is the list good enough to say so?
fn absent(known: &Known<'_>, kb: u32) -> State {
    match known.kbs {
        None => State::Undecided(Reason::HotfixesNotCollected),
        Some(_) if kb == 0 => State::Undecided(Reason::OddFixedBuild),
        Some(_) if known.truncated => State::Undecided(Reason::HotfixListTruncated),
        Some(_) if known.unknown_kb > kb => State::Undecided(Reason::UpdateNotInData),
        Some(_) => State::Unsatisfied(4, Evidence::None),
    }
}

/// Rule 5: of several fixes for one CVE, the best state counts: any satisfied
/// one is enough, and a doubtful one keeps the rest from being called missing.
pub fn alternatives(states: impl Iterator<Item = (usize, State)>) -> Option<(usize, State)> {
    let rank = |state: &State| match state {
        State::Satisfied(3, _) => 0,
        State::Satisfied(..) => 1,
        State::Undecided(_) => 2,
        State::Unsatisfied(..) => 3,
    };
    states.min_by_key(|(_, state)| rank(state))
}

/// Rule 6: a state becomes one of four verdicts; doubt stays doubt.
pub fn outcome(state: State) -> (Verdict, u8, Evidence) {
    match state {
        State::Satisfied(rule, by) => (Verdict::Fixed, rule, by),
        State::Unsatisfied(rule, by) => (Verdict::Missing, rule, by),
        State::Undecided(reason) => (Verdict::Unknown(reason), 6, Evidence::None),
    }
}

/// Rule 7: the proof of a verdict.
pub fn proof(rule: u8, row: Option<usize>, by: Evidence) -> Proof {
    Proof { rule, row: row.and_then(|r| u32::try_from(r).ok()), by }
}

/// The product name of a host, or why it has none.
pub fn product_of(host: &Host) -> Result<Product, Unmapped> {
    products::of_host(&host.os)
}

/// Whether a CVE's row of the product is in the facts, for tests and callers
/// that walk a proof back.
pub fn row_product<'f>(facts: &'f Facts, proof: &Proof) -> Option<&'f str> {
    let row = facts.rows.get(proof.row? as usize)?;
    facts.products.get(row.product as usize).map(String::as_str)
}

#[cfg(test)]
mod tests;
