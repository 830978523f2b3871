//! What a hunt came to, so that silence can be understood.

use std::{collections::BTreeMap, fmt::Display};

use diag::Diagnostic;
use words::Lang;

use super::Prepared;
use crate::{
    compile::{Coverage, OTHER_CHANNELS},
    sigma::LogSource,
};

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
    pub fn summary(&self, prepared: &Prepared, lang: Lang) -> String {
        let mut lines = vec![self.headline(lang), self.rules_line(lang)];
        for (name, records) in &self.coverage.records {
            let others = lang.t("hunt.summary.others");
            let channel = if name == OTHER_CHANNELS { &*others } else { name.as_str() };
            let n = format!("{:>12}", lang.number(*records));
            let values: [(&str, &dyn Display); 2] = [("n", &n), ("channel", &channel)];
            lines.push(format!("  {}", lang.fill("hunt.summary.records", &values)));
        }
        for (key, n) in [
            ("hunt.summary.undated", self.without_time),
            ("hunt.summary.uncounted", self.uncounted),
        ] {
            if n > 0 {
                lines.push(lang.fill(key, &[("n", &lang.number(n))]));
            }
        }
        if self.unreadable {
            lines.push(lang.t("hunt.summary.unread").into_owned());
        }
        lines.extend(self.unseen_lines(prepared, lang));
        lines.push(String::new());
        lines.join("\n")
    }

    fn headline(&self, lang: Lang) -> String {
        let key = if self.detections > 0 { "hunt.summary.found" } else { "hunt.summary.none" };
        let number = |n| lang.number(n);
        lang.fill(
            key,
            &[
                ("detections", &number(self.detections)),
                ("events", &number(self.events)),
                ("files", &number(self.files)),
                ("bytes", &number(self.bytes)),
            ],
        )
    }

    fn rules_line(&self, lang: Lang) -> String {
        let number = |n| lang.number(n);
        lang.fill(
            "hunt.summary.rules",
            &[
                ("rules", &number(self.rules)),
                ("eligible", &number(self.eligible() as u64)),
                ("refused", &number(self.refused)),
                ("indicators", &number(self.indicators)),
                ("suppressed", &number(self.suppressed)),
            ],
        )
    }

    fn unseen_lines(&self, prepared: &Prepared, lang: Lang) -> Vec<String> {
        let unseen = self.unseen(prepared);
        let head = (!unseen.is_empty()).then(|| lang.t("hunt.summary.unseen").into_owned());
        let line = |one: &Unseen| {
            let key = if one.known { "hunt.summary.source" } else { "hunt.summary.unmapped" };
            let n = format!("{:>6}", lang.number(one.rules));
            format!("  {}", lang.fill(key, &[("n", &n), ("source", &one.log_source)]))
        };
        head.into_iter().chain(unseen.iter().map(line)).collect()
    }
}
