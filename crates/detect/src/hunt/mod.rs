//! Hunting: files of logs through rules and indicators.
//!
//! [`run`] reads every file below the paths, a block at a time, on as many
//! threads as it is given, and hands every [`Detection`] to a [`Sink`] in the
//! order of the input whatever the number of threads. Memory does not grow
//! with the input. What could not be read, what no rule could see, and which
//! rules had nothing to look at is in the [`Outcome`], so that "no detections"
//! is never ambiguous.

mod blocks;
mod budget;
mod detection;
mod digest;
mod html;
mod inputs;
mod lines;
mod outcome;
mod prepare;
mod run;
mod table;
mod worker;

use std::path::PathBuf;

use events::Format as LogFormat;
use jiff::{Timestamp, tz::TimeZone};

pub use detection::{Detection, What};
pub use html::HtmlSink;
pub use lines::{CsvSink, JsonLinesSink};
pub use outcome::{Outcome, Stages, Unseen};
pub use prepare::Prepared;
pub use run::run;
pub use table::TableSink;

use crate::sigma::{Level, Placeholders, RuleFile};

/// What to hunt, where, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// Files and folders; archives (zip, 7z, gzip) are looked into.
    pub paths: Vec<PathBuf>,
    /// Rule files and folders.
    pub rules: Vec<PathBuf>,
    /// Rule files that were read before, from inside a binary or from an upload.
    pub rule_texts: Vec<RuleFile>,
    /// Files and folders of indicators and warning lists.
    pub indicators: Vec<PathBuf>,
    /// Rules below this level are left out.
    pub min_level: Level,
    /// Events before this are left out; those without a time are not.
    pub from: Option<Timestamp>,
    /// Events from this on are left out; those without a time are not.
    pub to: Option<Timestamp>,
    /// Threads that decode and match; at least one.
    pub threads: usize,
    /// Where rules are kept for the next start.
    pub cache: Option<PathBuf>,
    /// Values for placeholders in rules.
    pub placeholders: Placeholders,
    /// The format of the logs, where the caller insists.
    pub format: Option<LogFormat>,
    /// The zone of times that do not say one.
    pub zone: TimeZone,
    /// Now, or when the logs were collected.
    pub reference: Timestamp,
}

impl Options {
    /// Everything of every level, on one thread.
    pub fn new(paths: Vec<PathBuf>, reference: Timestamp) -> Self {
        Self {
            paths,
            rules: Vec::new(),
            rule_texts: Vec::new(),
            indicators: Vec::new(),
            min_level: Level::Informational,
            from: None,
            to: None,
            threads: 1,
            cache: None,
            placeholders: Placeholders::new(),
            format: None,
            zone: TimeZone::UTC,
            reference,
        }
    }
}

/// How much of a detection a sink uses; the rest is left out, for it costs
/// more than finding it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Rule, time, machine and record.
    Record,
    /// The fields that matched as well.
    Matched,
    /// The whole event as well.
    Event,
}

/// Takes detections as they come.
pub trait Sink {
    /// How much it uses.
    fn detail(&self) -> Detail;

    /// Takes one.
    ///
    /// # Errors
    /// What the output says; the hunt ends there.
    fn take(&mut self, prepared: &Prepared, detection: Detection) -> std::io::Result<()>;

    /// After the last one.
    ///
    /// # Errors
    /// What the output says.
    fn finish(&mut self, prepared: &Prepared, outcome: &Outcome) -> std::io::Result<()>;
}

/// How far a hunt is, for a progress bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the input done.
    pub done: u64,
    /// Bytes of the input, as far as files say.
    pub total: u64,
}
