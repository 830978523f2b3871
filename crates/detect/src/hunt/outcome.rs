//! What a hunt came to, so that silence can be understood.

use std::{collections::BTreeMap, fmt::Write};

use diag::Diagnostic;

use super::Prepared;
use crate::{compile::Coverage, sigma::LogSource};

/// What a hunt came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Files read, archives counted once.
    pub files: u64,
    /// Bytes decoded.
    pub bytes: u64,
    /// Records decoded.
    pub events: u64,
    /// Records without a time, of which nobody can say whether they are within `from` and `to`.
    pub without_time: u64,
    /// Detections given out.
    pub detections: u64,
    /// Indicator matches that a warning list took back.
    pub suppressed: u64,
    /// Detections that correlations could not count for want of room.
    pub uncounted: u64,
    /// Records by channel, and rules that had something to look at.
    pub coverage: Coverage,
    /// Rules that could be used.
    pub rules: u64,
    /// Rules that were refused.
    pub refused: u64,
    /// Indicators.
    pub indicators: u64,
    /// What was wrong with rules, indicators and inputs.
    pub found: Vec<Diagnostic>,
    /// Whether a file or a part of one could not be read.
    pub unreadable: bool,
    /// Seconds by stage.
    pub stages: Stages,
}

/// Seconds of the clock on the wall, by stage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stages {
    /// Reading rules.
    pub rules: f64,
    /// Reading indicators.
    pub indicators: f64,
    /// Decoding and matching.
    pub matching: f64,
    /// Counting correlations.
    pub correlating: f64,
}

/// Rules that had no record to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// The log source that no record of the input is.
    pub log_source: LogSource,
    /// How many rules.
    pub rules: u64,
    /// Whether the taxonomy knows what such records look like in Windows logs
    /// or mapped ones; where it does not, a decoder must name the source.
    pub known: bool,
}

impl Outcome {
    /// 0: nothing found, everything read; 1: found; 2: nothing found, but some
    /// input could not be read; 3: found, and some input could not be read.
    pub fn exit_code(&self) -> u8 {
        u8::from(self.detections > 0) + 2 * u8::from(self.unreadable)
    }

    /// Rules that at least one record was held against.
    pub fn eligible(&self) -> usize {
        self.coverage.eligible.iter().filter(|eligible| **eligible).count()
    }

    /// Rules that could not match this input, by log source, the most first.
    pub fn unseen(&self, prepared: &Prepared) -> Vec<Unseen> {
        let mut counts: BTreeMap<String, Unseen> = BTreeMap::new();
        let taxonomy = prepared.matcher.taxonomy();
        for (number, rule) in prepared.matcher.rules().rules.iter().enumerate() {
            if self.coverage.eligible.get(number).copied().unwrap_or(false) {
                continue;
            }
            let source = &rule.log_source;
            let unseen = counts.entry(source.to_string()).or_insert_with(|| Unseen {
                log_source: source.clone(),
                rules: 0,
                known: taxonomy.knows(source),
            });
            unseen.rules += 1;
        }
        let mut list: Vec<Unseen> = counts.into_values().collect();
        list.sort_by_key(|unseen| std::cmp::Reverse(unseen.rules));
        list
    }

    /// A few lines for people: what was looked at, and what could not be.
    pub fn summary(&self, prepared: &Prepared) -> String {
        let mut text = format!(
            "{} detections in {} records, {} files, {} bytes\n{} rules: {} had records of their log source, {} refused; {} indicators ({} matches taken back by warning lists)\n",
            self.detections,
            self.events,
            self.files,
            self.bytes,
            self.rules,
            self.eligible(),
            self.refused,
            self.indicators,
            self.suppressed,
        );
        // Writing to memory does not fail.
        for (name, records) in &self.coverage.records {
            let _ = writeln!(text, "  {records:>10} records  {name}");
        }
        let unseen = self.unseen(prepared);
        if !unseen.is_empty() {
            text.push_str("no record of these log sources (product/category/service), so their rules could not match:\n");
        }
        for one in unseen {
            let why = if one.known {
                ""
            } else {
                "  (no mapping: only a decoder that names this source feeds it)"
            };
            let _ = writeln!(text, "  {:>10} rules    {}{why}", one.rules, one.log_source);
        }
        text
    }
}
