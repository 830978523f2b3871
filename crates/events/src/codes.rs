//! The findings of this crate.

/// Every diagnostic code, each with a text in both locales.
pub const CODES: &[&str] = &[
    "events.archive-bomb",
    "events.archive-damaged",
    "events.archive-too-deep",
    "events.changed-while-read",
    "events.evtx-bytes-skipped",
    "events.evtx-checksum",
    "events.evtx-chunk-damaged",
    "events.evtx-cut-off",
    "events.evtx-record-damaged",
    "events.more-of-the-same",
    "events.not-understood",
    "events.read-failed",
    "events.record-too-long",
];
