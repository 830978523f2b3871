//! Windows event log files (`.evtx`).
//!
//! Sources: [MS-EVEN6] for BinXML (§2.2.12 and following) and value types;
//! Joachim Metz, *Windows XML Event Log (EVTX) format* (libevtx documentation)
//! for the file, its 64 KiB chunks, and their checksums.
//!
//! A file is a 4 KiB header and chunks; a chunk stands alone (names and
//! templates are found by offset within it), so chunks are the blocks that
//! threads share out. The file header is not needed to read them.
//!
//! A record gives its fields under the names that Sigma uses: `EventID`,
//! `Channel`, `Computer`; an attribute is `Element_Attribute`
//! (`Provider_Name`, `Execution_ProcessID`, `Security_UserID`); `EventData`
//! and `UserData` elements stand under their own name, unnamed `Data` as
//! `Data`, once each.

mod bytes;
mod fill;
mod template;
mod value;

use std::ops::Range;

use diag::{Diagnostic, Place};

use self::{
    bytes::{offset_at, u32_at, u64_at},
    fill::{Filler, ValueAt},
    template::Plans,
};
use crate::{
    event::{Event, When},
    findings::Findings,
    format::Format,
};

/// Bytes of the file header, before the first chunk.
pub(crate) const FILE_HEADER: usize = 4096;
/// Bytes of a chunk.
pub(crate) const CHUNK: usize = 65536;
/// What a file starts with.
pub(crate) const FILE_MAGIC: &[u8] = b"ElfFile\0";
const CHUNK_MAGIC: &[u8] = b"ElfChnk\0";
const CHUNK_HEADER: usize = 512;
const RECORD_MAGIC: &[u8] = b"\x2a\x2a\0\0";
const RECORD_HEADER: usize = 24;

/// Reads the records of one chunk after another.
#[derive(Debug, Default)]
pub(crate) struct ChunkDecoder {
    chunk: Vec<u8>,
    /// Of the chunk in the file.
    offset: u64,
    at: usize,
    /// Where the header says that records end.
    free: usize,
    last_id: Option<u64>,
    plans: Plans,
    /// [`Names::generation`](crate::Names) that the plans' keys belong to.
    generation: u64,
    values: Vec<ValueAt>,
}

impl ChunkDecoder {
    /// Starts on a chunk: 64 KiB, or what is left of a file that was cut off.
    pub(crate) fn load(&mut self, chunk: Vec<u8>, offset: u64, findings: &mut Findings) {
        self.plans.clear();
        self.at = CHUNK_HEADER;
        self.last_id = None;
        self.offset = offset;
        self.chunk = chunk;
        self.free = 0;
        if self.chunk.iter().all(|byte| *byte == 0) {
            // Space that Windows has set aside.
            self.at = self.chunk.len();
        } else if self.chunk.starts_with(CHUNK_MAGIC) {
            self.check(findings);
        } else {
            // Its records may stand all the same.
            findings.push(Diagnostic::warning("events.evtx-chunk-damaged", Place::offset(offset)));
        }
    }

    fn check(&mut self, findings: &mut Findings) {
        if self.chunk.len() < CHUNK {
            let found = Diagnostic::warning("events.evtx-cut-off", Place::offset(self.offset));
            findings.push(found.with("bytes", self.chunk.len()));
        }
        self.free = offset_at(&self.chunk, 0x30).unwrap_or(0).clamp(CHUNK_HEADER, CHUNK);
        let stated = u32_at(&self.chunk, 0x34);
        let records = self.chunk.get(CHUNK_HEADER..self.free);
        if records.is_none_or(|records| Some(crc32fast::hash(records)) != stated) {
            findings.push(Diagnostic::warning("events.evtx-checksum", Place::offset(self.offset)));
        }
    }

    /// Decodes the next record; false at the end of the chunk.
    pub(crate) fn next(&mut self, event: &mut Event, findings: &mut Findings) -> bool {
        while let Some(range) = self.next_record(findings) {
            self.at = range.end;
            event.begin(Format::Evtx);
            if self.generation != event.names.generation() {
                self.plans.clear();
                self.generation = event.names.generation();
            }
            self.last_id = u64_at(&self.chunk, range.start + 8);
            let whole = self.decode(range.clone(), event);
            if whole {
                return true;
            }
            let place = Place::offset(self.offset + range.start as u64);
            findings.push(
                Diagnostic::error("events.evtx-record-damaged", place)
                    .with("record", self.last_id.unwrap_or_default()),
            );
            if !event.fields.is_empty() {
                return true;
            }
        }
        false
    }

    /// The next record's bytes. Damage is skipped up to the next record.
    fn next_record(&mut self, findings: &mut Findings) -> Option<Range<usize>> {
        if let Some(range) = self.record_at(self.at) {
            let beyond = range.start >= self.free;
            let follows = self
                .last_id
                .is_none_or(|last| u64_at(&self.chunk, range.start + 8) == last.checked_add(1));
            // A log that was not closed has records that its header does not
            // know yet; records of an earlier use of the chunk do not follow on.
            return (!beyond || follows).then_some(range);
        }
        if self.at >= self.free.min(self.chunk.len()) {
            return None;
        }
        let from = self.at + 4;
        let next = memchr::memmem::find_iter(self.chunk.get(from..)?, RECORD_MAGIC)
            .map(|found| from + found)
            .find(|at| self.record_at(*at).is_some());
        let place = Place::offset(self.offset + self.at as u64);
        findings.push(
            Diagnostic::error("events.evtx-bytes-skipped", place)
                .with("bytes", next.unwrap_or(self.chunk.len()) - self.at),
        );
        self.record_at(next?)
    }

    fn record_at(&self, at: usize) -> Option<Range<usize>> {
        if !self.chunk.get(at..)?.starts_with(RECORD_MAGIC) {
            return None;
        }
        let size = offset_at(&self.chunk, at + 4)?;
        let end = at.checked_add(size)?;
        (size > RECORD_HEADER + 4 && end <= self.chunk.len()).then_some(at..end)
    }

    /// Whether all of the record could be read.
    fn decode(&mut self, range: Range<usize>, event: &mut Event) -> bool {
        event.raw.extend_from_slice(&self.chunk[range.clone()]);
        event.record.offset = self.offset + range.start as u64;
        event.record.id = self.last_id.unwrap_or_default();
        let written = u64_at(&self.chunk, range.start + 16).unwrap_or_default();
        event.time = When::FileTime(written);
        self.values.clear();
        let out = std::mem::take(&mut event.text).into_bytes();
        let mut filler = Filler {
            chunk: &self.chunk,
            plans: &mut self.plans,
            values: &mut self.values,
            event,
            out,
            depth: 0,
        };
        let whole = filler.stream(range.start + RECORD_HEADER..range.end - 4).is_some();
        let out = filler.out;
        event.text = String::from_utf8(out)
            .unwrap_or_else(|bad| String::from_utf8_lossy(bad.as_bytes()).into_owned());
        whole
    }
}
