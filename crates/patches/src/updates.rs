//! What Microsoft published for each release of Windows, month by month: the
//! levels at which a machine can stand. For people who ask "which build is
//! November?", and for whoever invents machines.

use std::collections::BTreeMap;

use crate::{
    facts::{Facts, Kind, Month},
    products::{self, family},
    verdict::view,
};

/// One update of one release of Windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The release by its build, 19045; a client and a server of one build share it.
    pub build: u32,
    /// The month of the bulletin.
    pub month: Month,
    /// Its KB number.
    pub kb: u32,
    /// The revision it brings, where the release has a line of revisions and
    /// the bulletin's own is of that line.
    pub revision: Option<u32>,
    /// What kind of update it is.
    pub kind: Kind,
    /// KB numbers that it replaces, by the vendor's word.
    pub supersedes: Vec<u32>,
}

/// Every update of Windows itself, by build, month and KB.
pub fn of_windows(facts: &Facts) -> Vec<Update> {
    let revisions = view::kb_revisions(facts);
    let mut found = BTreeMap::new();
    for row in &facts.rows {
        let name = facts.products.get(row.product as usize);
        let release = name.and_then(|name| products::release_of_product(name));
        let fix = facts.fixes.get(row.fix as usize).filter(|fix| fix.kb > 0);
        let (Some(release), Some(fix)) = (release, fix) else { continue };
        let (build, month) = (release.build, view::month_of(facts, fix));
        let revision = family(build).and_then(|line| revisions.get(&(fix.kb, line)).copied());
        let supersedes = fix.supersedes.clone();
        let update = Update { build, month, kb: fix.kb, revision, kind: fix.kind, supersedes };
        found.insert((build, month, fix.kb), update);
    }
    found.into_values().collect()
}
