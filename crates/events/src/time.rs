//! When something happened, and how sure we are of it.

use jiff::Timestamp;

/// A time with its zone resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// The instant.
    pub at: Timestamp,
    /// How the text became an instant.
    pub zone: Zone,
    /// Whether the record left the year out and the reader chose it.
    pub year_assumed: bool,
}

/// Where a time's zone comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// The record says it (an offset, `Z`, seconds since 1970).
    Stated,
    /// The format's definition says it (EVTX and IIS are UTC).
    Format,
    /// Nobody says it; the reader was told what to assume.
    Assumed,
}
