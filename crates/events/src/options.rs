//! What the caller knows and the input does not say.

use jiff::{Timestamp, tz::TimeZone};

use crate::format::Format;

/// How to read an input.
#[derive(Clone, Debug)]
pub struct Options {
    /// The format, where the caller insists (`--as`); recognised otherwise.
    pub format: Option<Format>,
    /// The zone of times that do not say one.
    pub zone: TimeZone,
    /// No record is later than this by more than a day: chooses the year of
    /// times that leave it out. The time of collection, or now.
    pub reference: Timestamp,
}

impl Options {
    /// Recognise the format; times without a zone are UTC.
    pub fn new(reference: Timestamp) -> Self {
        Self { format: None, zone: TimeZone::UTC, reference }
    }
}
