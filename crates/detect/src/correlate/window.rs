//! What a group has seen within the timespan.

use std::collections::VecDeque;

use events::RecordRef;
use jiff::{SignedDuration, Timestamp};

use super::{Contribution, MAX_RECORDS, closed, numbers::Numbers};
use crate::sigma::correlation::{Correlation, CorrelationKind, Threshold};

/// Most times or values kept, whatever a threshold asks for.
const MAX_KEPT: u64 = 100_000;
/// Most numbers kept for a metric: each new one is put in its place among them.
const MAX_NUMBERS: usize = 20_000;

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
    /// For a metric.
    number: f64,
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
    /// Of a metric, those of the marks.
    numbers: Numbers,
    /// For an upper bound: everything in the fixed window, which may be more than is kept.
    total: u64,
    is_holding: bool,
    touched: Timestamp,
}

impl Window {
    pub(super) fn new() -> Self {
        Self {
            marks: VecDeque::new(),
            numbers: Numbers::default(),
            total: 0,
            is_holding: false,
            touched: Timestamp::MIN,
        }
    }

    pub(super) fn touched(&self) -> Timestamp {
        self.touched
    }

    /// Takes one in; what is to be reported, if it made the window fire.
    pub(super) fn add(&mut self, correlation: &Correlation, one: &Contribution) -> Option<Seen> {
        self.touched = self.touched.max(one.time);
        if let Some(threshold) = closed(&correlation.kind) {
            return self.add_closed(correlation, threshold, one);
        }
        let (span, mark) = (correlation.timespan, distinguished(&correlation.kind, one)?);
        match &correlation.kind {
            CorrelationKind::EventCount(threshold) => {
                self.keep(mark, span, threshold.lowest(), false);
                self.fire(threshold.lowest())
            }
            CorrelationKind::ValueCount { threshold, .. }
            | CorrelationKind::Temporal(threshold) => {
                self.keep(mark, span, threshold.lowest(), true);
                self.fire(threshold.lowest())
            }
            CorrelationKind::Metric { metric, threshold, .. } => {
                self.keep_number(mark, span);
                let holds = self.numbers.metric(*metric).is_some_and(|n| threshold.holds(n));
                self.fire_when(holds)
            }
            CorrelationKind::TemporalOrdered => self.add_ordered(correlation, mark),
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

    fn keep_number(&mut self, new: Mark, timespan: i64) {
        let oldest = since(new.time, timespan);
        self.numbers.add(new.number);
        self.marks.push_back(new);
        while let Some(first) = self.marks.front()
            && (first.time < oldest || self.marks.len() > MAX_NUMBERS)
        {
            self.numbers.remove(first.number);
            self.marks.pop_front();
        }
    }

    fn fire(&mut self, wanted: u64) -> Option<Seen> {
        self.fire_when(self.marks.len() as u64 >= wanted.min(MAX_KEPT))
    }

    fn fire_when(&mut self, holds: bool) -> Option<Seen> {
        let fires = holds && !self.is_holding;
        self.is_holding = holds;
        fires.then(|| self.seen(self.marks.len() as u64)).flatten()
    }

    /// Every rule after the one before it, the whole within the timespan: of
    /// every beginning only the latest way to get that far matters.
    fn add_ordered(&mut self, correlation: &Correlation, mut new: Mark) -> Option<Seen> {
        let oldest = since(new.time, correlation.timespan);
        let length = correlation.rules.len();
        if let Some(before) = new.place.checked_sub(1) {
            let reaches = |m: &&Mark| m.place == before && m.start >= oldest && m.time <= new.time;
            let way = self.marks.iter().rfind(reaches)?;
            new.start = way.start;
            new.records.splice(0..0, way.records.iter().cloned());
        }
        if new.place as usize + 1 < length {
            self.marks.retain(|mark| mark.place != new.place && mark.start >= oldest);
            self.marks.push_back(new);
            return None;
        }
        self.marks.clear();
        let Mark { start: first, time: last, records, .. } = new;
        Some(Seen { first, last, count: length as u64, records })
    }

    /// A fixed window from its first detection; decided when it is over.
    fn add_closed(
        &mut self,
        correlation: &Correlation,
        threshold: &Threshold,
        one: &Contribution,
    ) -> Option<Seen> {
        let kind = &correlation.kind;
        let start = self.marks.front().map(|mark| mark.time);
        let is_over = start.is_some_and(|start| start < since(one.time, correlation.timespan));
        let seen = if is_over {
            let done = std::mem::replace(self, Window::new());
            self.touched = done.touched;
            done.close(kind, threshold)
        } else {
            None
        };
        let Some(new) = distinguished(kind, one) else { return seen };
        let is_number = matches!(kind, CorrelationKind::Metric { .. });
        let is_new = new.what.is_empty() || self.marks.iter().all(|mark| mark.what != new.what);
        self.total += u64::from(is_new);
        let most = threshold.highest().filter(|_| !is_number).map_or(MAX_KEPT as f64, |n| n + 2.0);
        let room = if is_number { MAX_NUMBERS } else { self.marks.len() + 1 };
        if is_new
            && (self.marks.len() as f64) < most.min(MAX_KEPT as f64)
            && self.marks.len() < room
        {
            if is_number {
                self.numbers.add(new.number);
            }
            self.marks.push_back(new);
        }
        seen
    }

    /// What the window came to.
    pub(super) fn close(&self, kind: &CorrelationKind, threshold: &Threshold) -> Option<Seen> {
        let number = match kind {
            CorrelationKind::Metric { metric, .. } => self.numbers.metric(*metric)?,
            _ => self.total as f64,
        };
        threshold.holds(number).then(|| self.seen(self.total)).flatten()
    }

    fn seen(&self, count: u64) -> Option<Seen> {
        let first = self.marks.iter().map(|mark| mark.time).min()?;
        let last = self.marks.iter().map(|mark| mark.time).max()?;
        let records = self.marks.iter().flat_map(|m| m.records.clone()).take(MAX_RECORDS).collect();
        Some(Seen { first, last, count, records })
    }
}

/// The mark that a detection leaves, with what tells it from others; `None` if
/// the field that is counted is missing or holds no number where one is needed.
fn distinguished(kind: &CorrelationKind, one: &Contribution) -> Option<Mark> {
    let what = match kind {
        CorrelationKind::ValueCount { .. } => one.counted.clone()?,
        CorrelationKind::Temporal(_) => vec![one.place.to_string()],
        _ => Vec::new(),
    };
    let number = match kind {
        CorrelationKind::Metric { .. } => {
            let text = one.counted.as_ref()?.first()?;
            text.trim().parse().ok().filter(|number: &f64| number.is_finite())?
        }
        _ => 0.0,
    };
    let records = vec![one.record.clone()];
    Some(Mark { time: one.time, what, place: one.place, number, start: one.time, records })
}

/// The beginning of a window that ends at `time`.
pub(super) fn since(time: Timestamp, seconds: i64) -> Timestamp {
    time.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MIN)
}
