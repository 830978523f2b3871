//! The decisions of the room, as functions of values.

use patches::facts::{Cve, Month};

use super::{Doubt, Standing, Verdict, bulletins::Grew};
use crate::checks::Proof;

/// The CVEs of a campaign on one host, by verdict. What was set aside (programs
/// that the inventory does not list) is in none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Fixed.
    pub fixed: u64,
    /// Missing, accepted ones included.
    pub missing: u64,
    /// Unknown.
    pub unknown: u64,
    /// Missing, and accepted until a day.
    pub accepted: u64,
}

/// Where a host stands, and why it cannot be said where it cannot.
///
/// | what is known | standing |
/// |---|---|
/// | no inventory; one that is too old | unknown |
/// | something missing that nobody accepted | missing |
/// | something unknown, nothing else missing | unknown |
/// | something missing, all of it accepted | accepted |
/// | something fixed, and nothing else | handled |
/// | nothing at all | not affected |
pub fn standing(tally: Option<Tally>, is_stale: bool) -> (Standing, Option<Doubt>) {
    let Some(tally) = tally else { return (Standing::Unknown, Some(Doubt::NoInventory)) };
    if is_stale {
        return (Standing::Unknown, Some(Doubt::Stale));
    }
    match tally {
        Tally { missing, accepted, .. } if missing > accepted => (Standing::Missing, None),
        Tally { unknown: 1.., .. } => (Standing::Unknown, Some(Doubt::Verdict)),
        Tally { missing: 1.., .. } => (Standing::Accepted, None),
        Tally { fixed: 1.., .. } => (Standing::Handled, None),
        _ => (Standing::NotAffected, None),
    }
}

/// The hosts of a unit, by where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    /// Everything that concerns them is fixed.
    pub handled: u64,
    /// Something is missing.
    pub missing: u64,
    /// What is missing was accepted.
    pub accepted: u64,
    /// A verdict is unknown.
    pub unknown: u64,
    /// The inventory is too old.
    pub stale: u64,
    /// There is none.
    pub unread: u64,
    /// Nothing concerns them.
    pub not_affected: u64,
}

impl Hosts {
    /// Counts `n` more hosts of a standing.
    pub fn add(&mut self, (standing, doubt): (Standing, Option<Doubt>), n: u64) {
        let count = match (standing, doubt) {
            (Standing::Handled, _) => &mut self.handled,
            (Standing::Missing, _) => &mut self.missing,
            (Standing::Accepted, _) => &mut self.accepted,
            (Standing::NotAffected, _) => &mut self.not_affected,
            (Standing::Unknown, Some(Doubt::NoInventory)) => &mut self.unread,
            (Standing::Unknown, Some(Doubt::Stale)) => &mut self.stale,
            (Standing::Unknown, _) => &mut self.unknown,
        };
        *count += n;
    }

    /// Hosts that count: those that something concerns, or of which it is not known.
    pub fn total(&self) -> u64 {
        self.handled + self.open() + self.doubtful()
    }

    /// All hosts.
    pub fn all(&self) -> u64 {
        self.total() + self.not_affected
    }

    /// Hosts with something missing, accepted or not.
    pub fn open(&self) -> u64 {
        self.missing + self.accepted
    }

    /// Hosts of which it cannot be said.
    pub fn doubtful(&self) -> u64 {
        self.unknown + self.stale + self.unread
    }
}

/// What is known about the question as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ground {
    /// The campaign takes in no CVE of the data: no letter names one, or none is loaded.
    pub asks_nothing: bool,
    /// The data end before the months that the campaign asks about.
    pub is_short: bool,
}

/// The proof for a unit.
///
/// | what is known | proof |
/// |---|---|
/// | the campaign takes in nothing | unknown: `nothing-asked` |
/// | the unit has no host in the register | unknown: `no-host` |
/// | something missing, or unknown beside something handled | partly or unmet |
/// | nothing missing, nothing handled, something unknown | unknown, by the commonest doubt |
/// | the data end too early | unknown: `bulletins-end` |
/// | a delivered machine waits to be placed | unknown: `machine-open` |
/// | else | met |
pub fn prove(ground: Ground, hosts: &Hosts, unplaced: u64) -> Proof {
    let unknown = |reason: &str| Proof::Unknown { reason: reason.to_owned() };
    let (handled, total) = (hosts.handled, hosts.total());
    if ground.asks_nothing {
        return unknown("nothing-asked");
    }
    if hosts.all() == 0 {
        return unknown("no-host");
    }
    if hosts.open() + hosts.doubtful() > 0 {
        return match (handled, hosts.open()) {
            (0, 0) => unknown(commonest(hosts).name()),
            (0, _) => Proof::Unmet { total },
            _ => Proof::Partly { handled, total },
        };
    }
    if ground.is_short {
        return unknown("bulletins-end");
    }
    if unplaced > 0 {
        return unknown("machine-open");
    }
    Proof::Met { total }
}

fn commonest(hosts: &Hosts) -> Doubt {
    let doubts = [
        (hosts.unread, Doubt::NoInventory),
        (hosts.stale, Doubt::Stale),
        (hosts.unknown, Doubt::Verdict),
    ];
    doubts.into_iter().max_by_key(|(n, _)| *n).map_or(Doubt::Verdict, |(_, doubt)| doubt)
}

/// Which of some packs are no longer in force: a later one holds all their
/// months and its data do not end earlier. Later ones stand later in the slice.
pub fn outdated(packs: &[(Vec<Month>, Option<jiff::civil::Date>)]) -> Vec<bool> {
    let replaced = |at: usize| {
        let (months, ends) = &packs[at];
        packs.iter().enumerate().any(|(other, (more, later))| {
            let newer = later > ends || (later == ends && other > at);
            other != at && newer && months.iter().all(|month| more.contains(month))
        })
    };
    (0..packs.len()).map(replaced).collect()
}

/// What is remembered of a CVE from basis to basis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gravity {
    /// The vendor's highest severity, 0 to 4.
    pub severity: i64,
    /// Exploited by the vendor's word.
    pub exploited: bool,
    /// The day it entered CISA's catalogue, if it did by then.
    pub kev: Option<jiff::civil::Date>,
}

impl From<&Cve> for Gravity {
    fn from(cve: &Cve) -> Self {
        Self {
            severity: cve.severity as i64,
            exploited: cve.exploited,
            kev: cve.kev.map(|kev| kev.added),
        }
    }
}

/// What grew graver from one basis to the next. A CVE that is new with the
/// basis grew nothing: it is judged like any other.
pub fn grew(before: &Gravity, after: &Gravity) -> Vec<Grew> {
    let mut found = Vec::new();
    if after.severity > before.severity {
        found.push(Grew::Severity);
    }
    if after.exploited && !before.exploited {
        found.push(Grew::Exploited);
    }
    if after.kev.is_some() && before.kev.is_none() {
        found.push(Grew::Kev);
    }
    found
}

/// Whether a unit hears again of a CVE that grew graver, by what is known of it
/// on one of its hosts: whoever has it, whoever may have it, and whoever had it
/// accepted while it was less grave; nobody else.
pub fn hears(verdict: Verdict, aside: bool) -> bool {
    matches!(verdict, Verdict::Missing | Verdict::Unknown) && !aside
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn tally(fixed: u64, missing: u64, unknown: u64, accepted: u64) -> Tally {
        Tally { fixed, missing, unknown, accepted }
    }

    #[test]
    fn where_a_host_stands() {
        use Standing as S;
        for (known, stale, expected) in [
            (None, false, (S::Unknown, Some(Doubt::NoInventory))),
            (Some(tally(9, 0, 0, 0)), true, (S::Unknown, Some(Doubt::Stale))),
            (Some(tally(0, 9, 0, 0)), true, (S::Unknown, Some(Doubt::Stale))),
            (Some(tally(9, 1, 0, 0)), false, (S::Missing, None)),
            (Some(tally(9, 2, 1, 1)), false, (S::Missing, None)),
            (Some(tally(9, 2, 1, 2)), false, (S::Unknown, Some(Doubt::Verdict))),
            (Some(tally(9, 2, 0, 2)), false, (S::Accepted, None)),
            (Some(tally(9, 0, 1, 0)), false, (S::Unknown, Some(Doubt::Verdict))),
            (Some(tally(9, 0, 0, 0)), false, (S::Handled, None)),
            (Some(tally(0, 0, 0, 0)), false, (S::NotAffected, None)),
        ] {
            assert_eq!(standing(known, stale), expected, "{known:?} {stale}");
        }
    }

    fn hosts(handled: u64, missing: u64, unknown: u64, unread: u64) -> Hosts {
        Hosts { handled, missing, unknown, unread, ..Hosts::default() }
    }

    #[test]
    fn the_table_of_proofs() {
        let unknown = |reason: &str| Proof::Unknown { reason: reason.into() };
        let good = Ground::default();
        let none = Ground { asks_nothing: true, is_short: false };
        let short = Ground { asks_nothing: false, is_short: true };
        let clean = Hosts { not_affected: 3, ..Hosts::default() };
        let accepted = Hosts { handled: 2, accepted: 1, ..Hosts::default() };
        let stale = Hosts { stale: 3, unread: 1, ..Hosts::default() };
        for (ground, hosts, unplaced, expected) in [
            (none, hosts(2, 0, 0, 0), 0, unknown("nothing-asked")),
            (good, Hosts::default(), 0, unknown("no-host")),
            (good, hosts(2, 0, 0, 0), 0, Proof::Met { total: 2 }),
            (good, clean, 0, Proof::Met { total: 0 }),
            (good, hosts(2, 0, 0, 0), 1, unknown("machine-open")),
            (short, hosts(2, 0, 0, 0), 0, unknown("bulletins-end")),
            (short, clean, 0, unknown("bulletins-end")),
            (short, hosts(2, 1, 0, 0), 0, Proof::Partly { handled: 2, total: 3 }),
            (good, hosts(0, 3, 0, 0), 0, Proof::Unmet { total: 3 }),
            (good, hosts(0, 3, 1, 1), 0, Proof::Unmet { total: 5 }),
            (good, hosts(2, 1, 1, 1), 0, Proof::Partly { handled: 2, total: 5 }),
            (good, hosts(2, 0, 0, 1), 0, Proof::Partly { handled: 2, total: 3 }),
            (good, hosts(0, 0, 0, 4), 0, unknown("no-inventory")),
            (good, hosts(0, 0, 2, 1), 0, unknown("verdict-unknown")),
            (good, stale, 0, unknown("inventory-stale")),
            (good, accepted, 0, Proof::Partly { handled: 2, total: 3 }),
        ] {
            assert_eq!(prove(ground, &hosts, unplaced), expected, "{ground:?} {hosts:?}");
        }
    }

    proptest! {
        #[test]
        fn unknown_and_accepted_never_become_clean(
            handled in 0..4u64, missing in 0..3u64, accepted in 0..3u64, unknown in 0..3u64,
            stale in 0..3u64, unread in 0..3u64, not_affected in 0..3u64, unplaced in 0..2u64,
            asks_nothing: bool, is_short: bool,
        ) {
            let hosts = Hosts { handled, missing, accepted, unknown, stale, unread, not_affected };
            let ground = Ground { asks_nothing, is_short };
            if let Proof::Met { total } = prove(ground, &hosts, unplaced) {
                prop_assert_eq!(missing + accepted + unknown + stale + unread + unplaced, 0);
                prop_assert!(!asks_nothing && !is_short && total == handled && hosts.all() > 0);
            }
        }
    }

    #[test]
    fn a_pack_gives_way_to_a_later_one_with_all_its_months() {
        let pack = |months: &[u32], day: i8| {
            let months = months.iter().copied().map(Month).collect::<Vec<_>>();
            (months, Some(date(2023, 12, day)))
        };
        for (packs, expected) in [
            (vec![pack(&[202_305, 202_306], 1)], vec![false]),
            (vec![pack(&[202_305], 1), pack(&[202_305, 202_306], 2)], vec![true, false]),
            (vec![pack(&[202_305], 1), pack(&[202_305], 1)], vec![true, false]),
            (vec![pack(&[202_305], 2), pack(&[202_305], 1)], vec![false, true]),
            (vec![pack(&[202_305, 202_306], 1), pack(&[202_306, 202_307], 2)], vec![false, false]),
        ] {
            assert_eq!(outdated(&packs), expected, "{packs:?}");
        }
    }

    #[test]
    fn what_grew_graver() {
        let was = Gravity { severity: 3, exploited: false, kev: None };
        let kev = Some(date(2024, 1, 10));
        for (now, expected) in [
            (was.clone(), vec![]),
            (Gravity { severity: 2, ..was.clone() }, vec![]),
            (Gravity { severity: 4, ..was.clone() }, vec![Grew::Severity]),
            (Gravity { kev, ..was.clone() }, vec![Grew::Kev]),
            (
                Gravity { severity: 4, exploited: true, kev },
                vec![Grew::Severity, Grew::Exploited, Grew::Kev],
            ),
        ] {
            assert_eq!(grew(&was, &now), expected, "{now:?}");
        }
        assert!(grew(&Gravity { severity: 4, exploited: true, kev }, &was).is_empty());
    }

    #[test]
    fn who_hears_again() {
        for (verdict, aside, expected) in [
            (Verdict::Missing, false, true),
            (Verdict::Unknown, false, true),
            (Verdict::Unknown, true, false),
            (Verdict::Fixed, false, false),
            (Verdict::NotAffected, false, false),
        ] {
            assert_eq!(hears(verdict, aside), expected, "{verdict:?} {aside}");
        }
    }
}
