//! Where an event comes from: the file and place, and the kind of log.

use std::{fmt, sync::Arc};

/// The record that an event was decoded from, so that anybody can look again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RecordRef {
    /// The file as the person named it, an archive's member after `!`.
    pub file: Arc<str>,
    /// Bytes from the start of the file to the start of the record; of its text,
    /// as UTF-8, where the file is UTF-16.
    pub offset: u64,
    /// The source's own number of the record (EVTX `EventRecordID`), or the
    /// line from 1 for formats made of lines.
    pub id: u64,
}

impl fmt::Display for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}@{}", self.file, self.id, self.offset)
    }
}

/// The kind of log, in the terms of Sigma's logsource taxonomy where it has
/// one. Empty text is "not said".
///
/// For Windows event logs `product` is `windows` and the rest is empty: what
/// service or category a record belongs to follows from
/// [`Event::channel`](crate::Event::channel) and
/// [`Event::event_id`](crate::Event::event_id), and a record may belong to
/// several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LogSource {
    /// Whose log: `windows`, `linux`, `cisco`, `fortigate`, `zeek`, …
    pub product: &'static str,
    /// Which log of it: `auditd`, `sshd`, `dns`, `asa`, …
    pub service: &'static str,
    /// What it is about whoever made it: `webserver`, `firewall`, `proxy`, `dns`, …
    pub category: &'static str,
}
