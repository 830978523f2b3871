//! Whose an address was at a moment: dated ranges, found fast.
//!
//! The law: the ranges that hold the address on that day answer. A range that
//! lies strictly inside another speaks for its part (a delegation), and the
//! evidence keeps the outer one. If what remains names two units, the answer
//! is both: nobody is blamed on a coin toss.

use std::{
    cmp::Ordering,
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    net::IpAddr,
};

use ipnet::IpNet;
use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{Address, address};

/// What a range is to its unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RangeKind {
    /// Its own on the Internet.
    #[default]
    Public,
    /// What its inside addresses look like from the Internet.
    Nat,
    /// Inside its own network, where others use the same numbers. Answers only
    /// where no public range does.
    Inside,
}

/// A range that belonged to a unit for a time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Range {
    /// First address.
    pub first: IpAddr,
    /// Last address, of the same family.
    pub last: IpAddr,
    /// The unit, by whatever names it for the caller.
    pub unit: String,
    /// First day; none: since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<civil::Date>,
    /// The day it ended: no longer the unit's on that day. None: still is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<civil::Date>,
    /// What it is to the unit.
    #[serde(default)]
    pub kind: RangeKind,
}

impl Range {
    /// A network that is the unit's without dates.
    pub fn network(net: IpNet, unit: impl Into<String>) -> Self {
        Self {
            first: net.network(),
            last: net.broadcast(),
            unit: unit.into(),
            from: None,
            to: None,
            kind: RangeKind::Public,
        }
    }

    /// First and last address as numbers of one space.
    pub fn span(&self) -> (u128, u128) {
        (address::number(self.first.to_canonical()), address::number(self.last.to_canonical()))
    }

    /// Whether it belonged to its unit on this day.
    pub fn holds_on(&self, day: civil::Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day < to)
    }
}

/// Whose an address was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// One unit's.
    Placed {
        /// The unit.
        unit: String,
    },
    /// No range held it on that day.
    Nobody,
    /// Several units' ranges held it, none inside another.
    Several {
        /// The units, in order.
        units: Vec<String>,
    },
}

/// A verdict and the ranges it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// Whose it was.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Ranges that decided, by their index in [`Index::ranges`].
    pub deciding: Vec<usize>,
    /// Wider ranges that a narrower one spoke for; not empty where a unit
    /// delegated a part.
    pub outer: Vec<usize>,
    /// Ranges that hold the address, but not on that day: whom to ask when
    /// nobody owns it.
    pub other_days: Vec<usize>,
}

/// Ranges of one instant window, ready to be asked.
#[derive(Clone, Debug)]
pub struct Index {
    ranges: Vec<Range>,
    /// The same ranges' spans and windows, as numbers.
    held: Vec<Held>,
    /// Prefix lengths in use, longest first, with ranges by masked address.
    levels: Vec<(u8, Level)>,
    zone: TimeZone,
}

/// Ranges by the masked address of one prefix length.
type Level = HashMap<u128, Vec<u32>, BuildHasherDefault<Spread>>;

/// Spreads masked addresses over the table by one multiplication. The ranges
/// are the province's own, so nobody picks them to collide.
#[derive(Clone, Copy, Debug, Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u128(u128::from(*byte));
        }
    }

    fn write_u128(&mut self, number: u128) {
        #[expect(clippy::cast_possible_truncation, reason = "the two halves of the number")]
        let [high, low] = [number >> 64, number].map(|half| half as u64);
        let mixed = (self.0 ^ high.rotate_left(23) ^ low).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[derive(Clone, Copy, Debug)]
struct Held {
    span: (u128, u128),
    from: Timestamp,
    to: Timestamp,
    inside: bool,
    unit: u32,
}

impl Index {
    /// Prepares the ranges. Days begin and end in `zone`. A range whose last
    /// address is before its first, or of the other family, never answers.
    pub fn new(ranges: Vec<Range>, zone: &TimeZone) -> Self {
        let mut units = HashMap::new();
        let held: Vec<Held> = ranges.iter().map(|range| hold(range, zone, &mut units)).collect();
        let mut levels: HashMap<u8, Level> = HashMap::new();
        for (at, range) in ranges.iter().enumerate() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            for net in address::networks(range.first.to_canonical(), range.last.to_canonical()) {
                let (start, _) = address::span_of(&net);
                let length = net.prefix_len() + if matches!(net, IpNet::V4(_)) { 96 } else { 0 };
                levels.entry(length).or_default().entry(start).or_default().push(at);
            }
        }
        let mut levels: Vec<_> = levels.into_iter().collect();
        levels.sort_unstable_by_key(|(length, _)| std::cmp::Reverse(*length));
        Self { ranges, held, levels, zone: zone.clone() }
    }

    /// The ranges, as given.
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }

    /// The zone in which days begin.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whose the address was at that moment. A network is placed when one
    /// unit's range holds all of it and nobody else's a part of it.
    pub fn place(&self, whose: &Address, at: Timestamp) -> Placement {
        let (first, last) = whose.span();
        let mut touching = self.holding(first);
        if first != last {
            touching = self.overlapping(first, last);
        }
        let (now, other_days): (Vec<u32>, Vec<u32>) =
            touching.into_iter().partition(|at_range| self.at(*at_range).holds(at));
        let public = now.iter().any(|range| !self.at(*range).inside);
        let asked = now.into_iter().filter(|range| !(public && self.at(*range).inside));
        let (outer, deciding) = self.innermost(asked.collect(), (first, last));
        let verdict = self.verdict(&deciding, (first, last));
        let wide = |ranges: Vec<u32>| ranges.into_iter().map(|range| range as usize).collect();
        Placement {
            verdict,
            deciding: wide(deciding),
            outer: wide(outer),
            other_days: wide(other_days),
        }
    }

    fn at(&self, range: u32) -> &Held {
        &self.held[range as usize]
    }

    /// Ranges that hold one address, on whatever day.
    fn holding(&self, number: u128) -> Vec<u32> {
        let mut found = Vec::new();
        for (length, nets) in &self.levels {
            let mask = u128::MAX.checked_shl(128 - u32::from(*length)).unwrap_or(0);
            if let Some(ranges) = nets.get(&(number & mask)) {
                found.extend_from_slice(ranges);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Ranges that hold any part of a network. Lists name few networks, so
    /// this may look at every range.
    fn overlapping(&self, first: u128, last: u128) -> Vec<u32> {
        let overlaps = |held: &Held| held.span.0 <= last && first <= held.span.1;
        let all = self.held.iter().enumerate().filter(|(_, held)| overlaps(held));
        all.filter_map(|(at, _)| u32::try_from(at).ok()).collect()
    }

    /// Splits into ranges that a narrower one speaks for, and the rest. For a
    /// network, a narrower range speaks only if it holds all of it.
    fn innermost(&self, ranges: Vec<u32>, asked: (u128, u128)) -> (Vec<u32>, Vec<u32>) {
        let speaks_for = |inner: &Held, outer: &Held| {
            inner.span != outer.span && within(inner.span, outer.span) && within(asked, inner.span)
        };
        let spans: Vec<Held> = ranges.iter().map(|range| *self.at(*range)).collect();
        ranges
            .into_iter()
            .partition(|range| spans.iter().any(|inner| speaks_for(inner, self.at(*range))))
    }

    fn verdict(&self, deciding: &[u32], asked: (u128, u128)) -> Verdict {
        let covered = deciding.iter().any(|range| within(asked, self.at(*range).span));
        let mut units: Vec<u32> = deciding.iter().map(|range| self.at(*range).unit).collect();
        units.sort_unstable();
        units.dedup();
        let name = |range: &u32| self.ranges[*range as usize].unit.clone();
        match (units.len(), deciding.first()) {
            (1, Some(range)) if covered => Verdict::Placed { unit: name(range) },
            (0, _) | (_, None) => Verdict::Nobody,
            _ => {
                let mut names: Vec<String> = deciding.iter().map(name).collect();
                names.sort();
                names.dedup();
                Verdict::Several { units: names }
            }
        }
    }
}

impl Held {
    fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

fn within(inner: (u128, u128), outer: (u128, u128)) -> bool {
    outer.0.cmp(&inner.0) != Ordering::Greater && inner.1 <= outer.1
}

fn hold<'r>(range: &'r Range, zone: &TimeZone, units: &mut HashMap<&'r str, u32>) -> Held {
    let start = |day: civil::Date| day.to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
    let next = u32::try_from(units.len()).unwrap_or(u32::MAX);
    Held {
        span: range.span(),
        from: range.from.and_then(|day| start(day).ok()).unwrap_or(Timestamp::MIN),
        to: range.to.and_then(|day| start(day).ok()).unwrap_or(Timestamp::MAX),
        inside: range.kind == RangeKind::Inside,
        unit: *units.entry(&range.unit).or_insert(next),
    }
}
