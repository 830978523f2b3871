//! Which updates stand in for which: the upward closure of supersedence, and
//! the rule that a later cumulative update contains the earlier ones.
//!
//! Both stay inside one product. MSRC's chains cross products by mistake
//! (October 2023 for Windows 10 1507 claims to replace Server 2016's update)
//! and break often (a fifth of the rows name no predecessor).

use std::collections::HashMap;

use crate::facts::{Kind, Month};

/// Where an update stands on its product's line of revisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// It brings the product to this revision of its own build family.
    Revision(u32),
    /// A Windows build of another family: the revision is not to be trusted,
    /// but the update is one of the cumulative line.
    Misplaced,
    /// Odd (`1.001`, empty), or a product whose revisions say nothing.
    None,
}

/// An update of one product, as far as standing in is concerned.
#[derive(Clone, Debug)]
pub struct Update {
    /// KB number; 0 when it has none.
    pub kb: u32,
    /// What kind it is.
    pub kind: Kind,
    /// Its place on the line.
    pub target: Target,
    /// The month it came out.
    pub month: Month,
    /// KB numbers it replaces, by the vendor's word.
    pub supersedes: Vec<u32>,
    /// Whether the product has a line of revisions (Windows 10 and later).
    pub on_line: bool,
}

/// For each update, the positions of those that stand in for it, itself first.
pub fn stand_ins(updates: &[Update]) -> Vec<Vec<usize>> {
    let superseders = superseders(updates);
    (0..updates.len()).map(|at| stand_ins_of(at, updates, &superseders)).collect()
}

fn superseders(updates: &[Update]) -> HashMap<u32, Vec<usize>> {
    let mut by_old: HashMap<u32, Vec<usize>> = HashMap::new();
    for (at, update) in updates.iter().enumerate() {
        for old in update.supersedes.iter().filter(|old| **old != update.kb) {
            by_old.entry(*old).or_default().push(at);
        }
    }
    by_old
}

fn stand_ins_of(
    at: usize,
    updates: &[Update],
    superseders: &HashMap<u32, Vec<usize>>,
) -> Vec<usize> {
    let mut found = vec![at];
    let mut next = 0;
    while let Some(update) = found.get(next).and_then(|a| updates.get(*a)) {
        let above = superseders.get(&update.kb).into_iter().flatten().copied();
        let contained =
            (0..updates.len()).filter(|a| updates.get(*a).is_some_and(|u| contains(u, update)));
        for other in above.chain(contained).collect::<Vec<_>>() {
            if !found.contains(&other) {
                found.push(other);
            }
        }
        next += 1;
    }
    found
}

/// Whether a later cumulative update contains an earlier one of the same product.
pub fn contains(later: &Update, earlier: &Update) -> bool {
    if later.on_line {
        return on_the_line(later, earlier);
    }
    match (later.kind, earlier.kind) {
        // A rollup holds what came out beside it in parts.
        (Kind::MonthlyRollup, Kind::SecurityOnly | Kind::IeCumulative) => {
            later.month >= earlier.month
        }
        (Kind::MonthlyRollup, Kind::MonthlyRollup) | (Kind::IeCumulative, Kind::IeCumulative) => {
            later.month > earlier.month
        }
        _ => false,
    }
}

fn on_the_line(later: &Update, earlier: &Update) -> bool {
    match (later.target, earlier.target) {
        (Target::Revision(later), Target::Revision(earlier)) => later > earlier,
        (Target::Revision(_), Target::Misplaced) => {
            later.kind == Kind::Update && later.month > earlier.month
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rollup(kb: u32, kind: Kind, month: u32, supersedes: &[u32]) -> Update {
        let (target, supersedes) = (Target::None, supersedes.to_vec());
        Update { kb, kind, target, month: Month(month), supersedes, on_line: false }
    }

    fn lcu(kb: u32, target: Target, month: u32, supersedes: &[u32]) -> Update {
        let update = rollup(kb, Kind::Update, month, supersedes);
        Update { target, on_line: true, ..update }
    }

    fn kbs(updates: &[Update], of: usize) -> Vec<u32> {
        let mut kbs: Vec<u32> = stand_ins(updates)[of].iter().map(|a| updates[*a].kb).collect();
        kbs.sort_unstable();
        kbs
    }

    #[test]
    fn a_chain_is_followed_upward_only() {
        let line = [
            lcu(1, Target::None, 202_305, &[]),
            lcu(2, Target::None, 202_306, &[1]),
            lcu(3, Target::None, 202_307, &[2]),
        ];
        assert_eq!(kbs(&line, 0), [1, 2, 3]);
        assert_eq!(kbs(&line, 2), [3]);
    }

    #[test]
    fn a_ring_of_supersedence_ends() {
        let ring = [lcu(1, Target::None, 202_305, &[2]), lcu(2, Target::None, 202_306, &[1])];
        assert_eq!(kbs(&ring, 0), [1, 2]);
    }

    #[test]
    fn a_broken_chain_is_bridged_by_revision() {
        let line = [
            lcu(1, Target::Revision(100), 202_305, &[]),
            lcu(2, Target::Revision(200), 202_306, &[]),
        ];
        assert_eq!(kbs(&line, 0), [1, 2]);
        assert_eq!(kbs(&line, 1), [2]);
    }

    #[test]
    fn a_misplaced_build_is_covered_by_a_later_month_and_covers_nothing() {
        let line =
            [lcu(1, Target::Misplaced, 202_305, &[]), lcu(2, Target::Revision(1848), 202_306, &[])];
        assert_eq!(kbs(&line, 0), [1, 2]);
        assert_eq!(kbs(&line, 1), [2]);
    }

    #[test]
    fn security_only_covers_nothing_and_is_covered_by_any_rollup_since() {
        let months = [
            rollup(1, Kind::SecurityOnly, 202_305, &[]),
            rollup(2, Kind::MonthlyRollup, 202_305, &[]),
            rollup(3, Kind::SecurityOnly, 202_306, &[]),
            rollup(4, Kind::MonthlyRollup, 202_306, &[]),
        ];
        assert_eq!(kbs(&months, 0), [1, 2, 4]);
        assert_eq!(kbs(&months, 1), [2, 4]);
        assert_eq!(kbs(&months, 2), [3, 4]);
    }
}
