//! Correlations: detections that together mean more than each alone.
//!
//! A detection that some correlation counts becomes a [`Contribution`]: what
//! it adds to which group, small enough to keep by the million and to sort by
//! time. A [`Correlator`] takes contributions in the order of their times and
//! gives out what [`Fired`]. Its memory is bounded by the thresholds of the
//! rules and [`MAX_GROUPS`], not by the number of events.

mod contribute;
mod numbers;
mod pile;
#[cfg(test)]
mod tests;
mod window;

use events::RecordRef;
use jiff::Timestamp;
use rustc_hash::FxHashMap;

pub use contribute::{Contribution, Contributors};
pub use pile::Pile;
use window::{Seen, Window};

use crate::sigma::{
    RuleSet,
    correlation::{Correlation, CorrelationKind, Threshold},
};

/// Groups that a correlation keeps at a time. Beyond it the stale ones go
/// first; what could not be counted is reported in [`Correlator::overflowed`].
pub const MAX_GROUPS: usize = 100_000;
/// Records shown with what fired.
const MAX_RECORDS: usize = 20;
/// Correlations of correlations of correlations.
const MAX_CHAIN: usize = 8;

/// A correlation that fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// Its number in [`RuleSet::correlations`].
    pub correlation: u32,
    /// Time of the first detection that counted.
    pub first: Timestamp,
    /// Time of the one that made it fire.
    pub last: Timestamp,
    /// Detections, distinct values, or rules, as the correlation counts.
    pub count: u64,
    /// The values of `group-by`, in its order.
    pub group: Vec<String>,
    /// Some of the records, first ones first.
    pub records: Vec<RecordRef>,
}

/// Counts contributions.
#[derive(Debug)]
pub struct Correlator<'r> {
    correlations: &'r [Correlation],
    groups: Vec<FxHashMap<Vec<String>, Window>>,
    /// By correlation: the correlations that count it, and its place among their rules.
    parents: Vec<Vec<(u32, u32)>>,
    overflowed: u64,
}

impl<'r> Correlator<'r> {
    /// Nothing counted yet.
    pub fn new(rules: &'r RuleSet) -> Self {
        let correlations = rules.correlations.as_slice();
        let parents = correlations
            .iter()
            .map(|child| contribute::counted_by(correlations, &child.meta))
            .collect();
        let groups = correlations.iter().map(|_| FxHashMap::default()).collect();
        Self { correlations, groups, parents, overflowed: 0 }
    }

    /// Counts one. Times must not go back by more than a window, or what is
    /// older is counted as if it came late.
    pub fn push(&mut self, contribution: &Contribution) -> Vec<Fired> {
        let mut fired = Vec::new();
        self.count(contribution, 0, &mut fired);
        fired
    }

    /// What only the end of a window decides (`lt`, `lte`, `eq`, `neq`).
    pub fn finish(&mut self) -> Vec<Fired> {
        let mut fired = Vec::new();
        for (number, groups) in (0..).zip(&mut self.groups) {
            let Some(correlation) = self.correlations.get(number as usize) else { continue };
            let Some(threshold) = closed(&correlation.kind) else { continue };
            for (group, window) in std::mem::take(groups) {
                if let Some(seen) = window.close(&correlation.kind, threshold) {
                    fired.push(report(number, group, seen));
                }
            }
        }
        fired.sort_by(|a, b| (a.first, &a.group).cmp(&(b.first, &b.group)));
        fired
    }

    /// Detections that were not counted because there were too many groups.
    pub fn overflowed(&self) -> u64 {
        self.overflowed
    }

    fn count(&mut self, one: &Contribution, depth: usize, fired: &mut Vec<Fired>) {
        let number = one.correlation;
        let Some(correlation) = self.correlations.get(number as usize) else { return };
        let Some(groups) = self.groups.get_mut(number as usize) else { return };
        if groups.len() >= MAX_GROUPS && !groups.contains_key(&one.group) {
            let oldest = window::since(one.time, correlation.timespan);
            groups.retain(|_, window| window.touched() >= oldest);
            if groups.len() >= MAX_GROUPS {
                self.overflowed += 1;
                return;
            }
        }
        let group = one.group.clone();
        let window = groups.entry(group.clone()).or_insert_with(Window::new);
        let Some(seen) = window.add(correlation, one) else { return };
        let found = report(number, group, seen);
        self.raise(&found, depth, fired);
        fired.push(found);
    }

    /// A correlation that fired counts for those that refer to it.
    fn raise(&mut self, found: &Fired, depth: usize, fired: &mut Vec<Fired>) {
        if depth >= MAX_CHAIN {
            return;
        }
        for (parent, place) in
            self.parents.get(found.correlation as usize).cloned().unwrap_or_default()
        {
            let child = self.correlations.get(found.correlation as usize);
            let Some((child, above)) = child.zip(self.correlations.get(parent as usize)) else {
                continue;
            };
            let value = |name: &String| {
                let field = above.field_of(name, &child.meta);
                let at = child.group_by.iter().position(|own| own == field)?;
                found.group.get(at).cloned()
            };
            let Some(group) = above.group_by.iter().map(value).collect() else { continue };
            let counted = contribute::counted_fields(above).iter().map(value).collect();
            let record = found.records.last().cloned().unwrap_or_default();
            let time = found.last;
            let one = Contribution { correlation: parent, place, time, group, counted, record };
            self.count(&one, depth + 1, fired);
        }
    }
}

fn report(correlation: u32, group: Vec<String>, seen: Seen) -> Fired {
    let Seen { first, last, count, records } = seen;
    Fired { correlation, first, last, count, group, records }
}

/// The threshold of a kind that only the end of a window decides.
fn closed(kind: &CorrelationKind) -> Option<&Threshold> {
    let threshold = match kind {
        CorrelationKind::EventCount(threshold)
        | CorrelationKind::Temporal(threshold)
        | CorrelationKind::ValueCount { threshold, .. }
        | CorrelationKind::Metric { threshold, .. } => threshold,
        CorrelationKind::TemporalOrdered => return None,
    };
    Some(threshold).filter(|threshold| !threshold.is_open())
}
