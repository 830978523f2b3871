//! What a group has seen within the timespan.

use std::collections::VecDeque;

use events::RecordRef;
use jiff::{SignedDuration, Timestamp};

use super::{Contribution, MAX_RECORDS, bounded};
use crate::sigma::correlation::{Correlation, CorrelationKind, Threshold};

/// Most times or values kept, whatever a threshold asks for.
const MAX_KEPT: u64 = 100_000;

/// What is reported of a window.
#[derive(Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    pub(super) count: u64,
    pub(super) records: Vec<RecordRef>,
}

/// A detection in the window.
#[derive(Debug)]
struct Mark {
    time: Timestamp,
    /// What is told apart: a value, or which rule; empty for plain counting.
    what: Vec<String>,
    place: u32,
    /// Where the way to it began: itself, unless order counts.
    start: Timestamp,
    /// The records of that way, its own last.
    records: Vec<RecordRef>,
}

/// A group's window.
///
/// The window keeps no more than the threshold needs: that the last N
/// detections (or the last times of N distinct values) lie within the timespan
/// is all that "at least N" asks. It fires when that becomes true, and again
/// only after it was false in between: one finding a burst.
#[derive(Debug)]
pub(super) struct Window {
    marks: VecDeque<Mark>,
    /// For an upper bound: everything in the fixed window, which may be more than is kept.
    total: u64,
    is_holding: bool,
    touched: Timestamp,
}

impl Window {
    pub(super) fn new() -> Self {
        Self { marks: VecDeque::new(), total: 0, is_holding: false, touched: Timestamp::MIN }
    }

    pub(super) fn touched(&self) -> Timestamp {
        self.touched
    }

    /// Takes one in; what is to be reported, if it made the window fire.
    pub(super) fn add(&mut self, correlation: &Correlation, one: &Contribution) -> Option<Seen> {
        self.touched = self.touched.max(one.time);
        if let Some(threshold) = bounded(&correlation.kind) {
            return self.add_bounded(correlation, threshold, one);
        }
        match &correlation.kind {
            CorrelationKind::EventCount(threshold) => {
                self.keep(mark(one, Vec::new()), correlation.timespan, threshold.min, false);
                self.fire(threshold.min)
            }
            CorrelationKind::ValueCount { threshold, .. } => {
                let what = one.counted.clone()?;
                self.keep(mark(one, what), correlation.timespan, threshold.min, true);
                self.fire(threshold.min)
            }
            CorrelationKind::Temporal => {
                let wanted = correlation.rules.len() as u64;
                let what = vec![one.place.to_string()];
                self.keep(mark(one, what), correlation.timespan, wanted, true);
                self.fire(wanted)
            }
            CorrelationKind::TemporalOrdered => self.add_ordered(correlation, one),
        }
    }

    fn keep(&mut self, new: Mark, timespan: i64, wanted: u64, distinct: bool) {
        let oldest = since(new.time, timespan);
        self.marks.retain(|mark| mark.time >= oldest && !(distinct && mark.what == new.what));
        self.marks.push_back(new);
        while self.marks.len() as u64 > wanted.clamp(1, MAX_KEPT) {
            self.marks.pop_front();
        }
    }

    fn fire(&mut self, wanted: u64) -> Option<Seen> {
        let holds = self.marks.len() as u64 >= wanted.min(MAX_KEPT);
        let fires = holds && !self.is_holding;
        self.is_holding = holds;
        fires.then(|| self.seen(self.marks.len() as u64)).flatten()
    }

    /// Every rule after the one before it, the whole within the timespan: of
    /// every beginning only the latest way to get that far matters.
    fn add_ordered(&mut self, correlation: &Correlation, one: &Contribution) -> Option<Seen> {
        let oldest = since(one.time, correlation.timespan);
        let length = correlation.rules.len();
        let mut new = mark(one, Vec::new());
        if let Some(before) = one.place.checked_sub(1) {
            let reaches = |m: &&Mark| m.place == before && m.start >= oldest && m.time <= one.time;
            let way = self.marks.iter().rfind(reaches)?;
            new.start = way.start;
            new.records.splice(0..0, way.records.iter().cloned());
        }
        if one.place as usize + 1 < length {
            self.marks.retain(|mark| mark.place != one.place && mark.start >= oldest);
            self.marks.push_back(new);
            return None;
        }
        self.marks.clear();
        let Mark { start: first, records, .. } = new;
        Some(Seen { first, last: one.time, count: length as u64, records })
    }

    /// A fixed window from its first detection; decided when it is over.
    fn add_bounded(
        &mut self,
        correlation: &Correlation,
        threshold: Threshold,
        one: &Contribution,
    ) -> Option<Seen> {
        let start = self.marks.front().map(|mark| mark.time);
        let is_over = start.is_some_and(|start| start < since(one.time, correlation.timespan));
        let seen = if is_over {
            let done = std::mem::replace(self, Window::new());
            self.touched = done.touched;
            done.close(threshold)
        } else {
            None
        };
        let distinct = matches!(correlation.kind, CorrelationKind::ValueCount { .. });
        let what = if distinct { one.counted.clone().unwrap_or_default() } else { Vec::new() };
        let is_new = !distinct || self.marks.iter().all(|mark| mark.what != what);
        self.total += u64::from(is_new);
        if is_new && (self.marks.len() as u64) < MAX_KEPT.min(threshold.max.saturating_add(2)) {
            self.marks.push_back(mark(one, what));
        }
        seen
    }

    /// What the window came to.
    pub(super) fn close(&self, threshold: Threshold) -> Option<Seen> {
        threshold.holds(self.total).then(|| self.seen(self.total)).flatten()
    }

    fn seen(&self, count: u64) -> Option<Seen> {
        let first = self.marks.iter().map(|mark| mark.time).min()?;
        let last = self.marks.iter().map(|mark| mark.time).max()?;
        let records = self.marks.iter().flat_map(|m| m.records.clone()).take(MAX_RECORDS).collect();
        Some(Seen { first, last, count, records })
    }
}

fn mark(one: &Contribution, what: Vec<String>) -> Mark {
    let records = vec![one.record.clone()];
    Mark { time: one.time, what, place: one.place, start: one.time, records }
}

/// The beginning of a window that ends at `time`.
pub(super) fn since(time: Timestamp, seconds: i64) -> Timestamp {
    time.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MIN)
}
