//! What the lists mean for each unit.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use diag::Diagnostic;
use jiff::Timestamp;
use serde::Serialize;
use tables::Rejected;

use crate::{
    Address, Counts, Entry, Format, List, family_key,
    ownership::{Index, Placement, Verdict},
};

/// The whole answer.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Each list, in the order given.
    pub lists: Vec<ListSummary>,
    /// Units with at least one infected address.
    pub units: Vec<UnitReport>,
    /// Whose are these?
    pub unplaced: Vec<Unplaced>,
    /// Everything that was doubtful or wrong, in all files.
    pub diagnostics: Vec<Diagnostic>,
    #[serde(skip)]
    names: BTreeMap<String, String>,
    #[serde(skip)]
    seen: BTreeMap<(String, Address, String), Seen>,
    #[serde(skip)]
    asked: BTreeMap<(Address, Whose), Unplaced>,
}

/// One list.
#[derive(Clone, Debug, Serialize)]
pub struct ListSummary {
    /// The file.
    pub path: String,
    /// What kind of list it is.
    pub format: Format,
    /// Shadowserver report, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// Rows in the file.
    pub rows: u64,
    /// Rows that gave no entry and should have.
    pub bad: u64,
    /// Entries that an earlier row had given.
    pub duplicates: u64,
    /// All counts.
    pub counts: Counts,
    /// The bad rows themselves.
    pub rejected: Vec<Rejected>,
}

/// A unit and what was seen of it.
#[derive(Clone, Debug, Serialize)]
pub struct UnitReport {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What was seen, by address and family.
    pub sightings: Vec<Seen>,
}

/// One address with one family, over all lists.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// The address.
    pub ip: Address,
    /// The family as the first list writes it; empty when none does.
    pub family: String,
    /// Earliest time.
    pub first_seen: Timestamp,
    /// Latest time.
    pub last_seen: Timestamp,
    /// Entries.
    pub rows: u64,
    /// Source ports, which undo NAT.
    pub ports: BTreeSet<u16>,
    /// Where it went, as `host:port`: what to look for in a firewall's log.
    pub destinations: BTreeSet<String>,
    /// RSIT types.
    pub types: BTreeSet<String>,
    /// Whether a unit's range inside another's decided.
    pub delegated: bool,
}

/// Why an address has no unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// No range held it then.
    Nobody,
    /// Ranges of these units did.
    Several(Vec<String>),
}

/// An address whose unit a person must decide.
#[derive(Clone, Debug, Serialize)]
pub struct Unplaced {
    /// The address.
    pub ip: Address,
    /// Why.
    pub reason: Whose,
    /// Entries.
    pub rows: u64,
    /// Earliest time.
    pub first_seen: Timestamp,
    /// Latest time.
    pub last_seen: Timestamp,
    /// Units that held it on other days.
    pub held_before_or_after: BTreeSet<String>,
}

impl Report {
    pub(crate) fn new(names: BTreeMap<String, String>, diagnostics: Vec<Diagnostic>) -> Self {
        Self { diagnostics, names, ..Self::default() }
    }

    /// Adds an entry to whoever owned its address.
    pub(crate) fn place(&mut self, entry: &Entry, index: &Index) {
        let placement = index.place(&entry.address, entry.seen_at);
        match &placement.verdict {
            Verdict::Placed { unit } => self.placed(unit, entry, !placement.outer.is_empty()),
            Verdict::Nobody => self.unplaced(Whose::Nobody, entry, &placement, index),
            Verdict::Several { units } => {
                self.unplaced(Whose::Several(units.clone()), entry, &placement, index);
            }
        }
    }

    /// Adds what is to be said of a whole list.
    pub(crate) fn add(&mut self, path: &str, list: List) {
        self.diagnostics.extend(list.diagnostics);
        self.lists.push(ListSummary {
            path: path.to_owned(),
            format: list.format,
            report: list.report,
            rows: list.counts.rows,
            bad: list.counts.rejected,
            duplicates: list.counts.duplicates,
            counts: list.counts,
            rejected: list.rejected,
        });
    }

    fn placed(&mut self, unit: &str, entry: &Entry, delegated: bool) {
        let family = entry.family.as_deref().unwrap_or_default();
        let key = (unit.to_owned(), entry.address, family_key(family));
        let seen = self.seen.entry(key).or_insert_with(|| Seen {
            ip: entry.address,
            family: family.to_owned(),
            first_seen: entry.seen_at,
            last_seen: entry.seen_at,
            rows: 0,
            ports: BTreeSet::new(),
            destinations: BTreeSet::new(),
            types: BTreeSet::new(),
            delegated,
        });
        seen.rows += 1;
        seen.first_seen = seen.first_seen.min(entry.seen_at);
        seen.last_seen = seen.last_seen.max(entry.seen_at);
        seen.ports.extend(entry.port);
        seen.destinations.extend(destination(entry));
        if !seen.types.contains(&entry.classification.kind) {
            seen.types.insert(entry.classification.kind.clone());
        }
        seen.delegated |= delegated;
    }

    fn unplaced(&mut self, reason: Whose, entry: &Entry, placement: &Placement, index: &Index) {
        let key = (entry.address, reason.clone());
        let asked = self.asked.entry(key).or_insert_with(|| Unplaced {
            ip: entry.address,
            reason,
            rows: 0,
            first_seen: entry.seen_at,
            last_seen: entry.seen_at,
            held_before_or_after: BTreeSet::new(),
        });
        asked.rows += 1;
        asked.first_seen = asked.first_seen.min(entry.seen_at);
        asked.last_seen = asked.last_seen.max(entry.seen_at);
        let others = placement.other_days.iter().map(|at| index.ranges()[*at].unit.clone());
        asked.held_before_or_after.extend(others);
    }

    pub(crate) fn sorted(mut self) -> Self {
        for ((unit, ..), seen) in std::mem::take(&mut self.seen) {
            if self.units.last().is_none_or(|last| last.code != unit) {
                let name = self.names.get(&unit).cloned().unwrap_or_else(|| unit.clone());
                self.units.push(UnitReport { code: unit, name, sightings: Vec::new() });
            }
            if let Some(last) = self.units.last_mut() {
                last.sightings.push(seen);
            }
        }
        self.unplaced = std::mem::take(&mut self.asked).into_values().collect();
        self
    }
}

fn destination(entry: &Entry) -> Option<String> {
    let to = &entry.destination;
    let host = to.fqdn.as_deref().map(str::to_owned).or_else(|| to.ip.map(|ip| ip.to_string()))?;
    let is_v6 = host.parse::<IpAddr>().is_ok_and(|ip| ip.is_ipv6());
    let host = if is_v6 { format!("[{host}]") } else { host };
    Some(to.port.map_or(host.clone(), |port| format!("{host}:{port}")))
}
