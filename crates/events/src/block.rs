//! An input cut into blocks of whole records, for threads to share out.

use std::{
    io::{self, Read},
    sync::Arc,
};

use diag::{Diagnostic, Place};

use crate::{
    evtx,
    findings::Findings,
    format::Format,
    framing::Framing,
    input::Bomb,
    options::Options,
    sniff::{self, Sniffed},
};

/// Some whole records of one input. It can be decoded on any thread.
#[derive(Clone, Debug)]
pub struct Block {
    pub(crate) file: Arc<str>,
    pub(crate) bytes: Vec<u8>,
    /// Of the first byte in the file.
    pub(crate) offset: u64,
    /// Of the first record, from 1.
    pub(crate) first_line: u64,
    pub(crate) kind: Sniffed,
    /// Directive lines (`#fields …`) in force where the block begins.
    pub(crate) header: Arc<str>,
}

impl Block {
    /// How many bytes of the input it holds: for progress bars.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// Bytes that a block of text aims at.
const BLOCK: usize = 1 << 18;
/// Bytes of the longest record; what is longer is cut here.
pub(crate) const LONGEST_RECORD: usize = 1 << 24;

/// Cuts one input.
pub struct Blocks<'r> {
    source: Box<dyn Read + 'r>,
    file: Arc<str>,
    kind: Sniffed,
    /// Read, not yet given out.
    pending: Vec<u8>,
    ended: bool,
    offset: u64,
    line: u64,
    header: Arc<str>,
    findings: Findings,
}

impl<'r> Blocks<'r> {
    /// Starts on an input, and recognises its format from its first bytes.
    pub fn open(file: &str, source: impl Read + 'r, options: &Options) -> io::Result<Self> {
        let mut blocks = Self {
            source: Box::new(source),
            file: file.into(),
            kind: Sniffed::default(),
            pending: Vec::new(),
            ended: false,
            offset: 0,
            line: 1,
            header: "".into(),
            findings: Findings::default(),
        };
        blocks.fill(sniff::ENOUGH)?;
        blocks.decode_utf16()?;
        blocks.kind = sniff::sniff(&blocks.pending, options.format);
        blocks.skip_file_header()?;
        Ok(blocks)
    }

    /// The format that the input was recognised as.
    pub fn format(&self) -> Format {
        self.kind.format
    }

    /// What was wrong with the input so far, apart from its records.
    pub fn findings(&mut self) -> Vec<Diagnostic> {
        self.findings.take()
    }

    /// Text files of Windows are often UTF-16 with a byte order mark.
    fn decode_utf16(&mut self) -> io::Result<()> {
        match self.pending.get(..3) {
            Some([0xff, 0xfe, _] | [0xfe, 0xff, _]) => {}
            Some([0xef, 0xbb, 0xbf]) => {
                self.pending.drain(..3);
                self.offset = 3;
                return Ok(());
            }
            _ => return Ok(()),
        }
        let read = std::mem::take(&mut self.pending);
        let rest = std::mem::replace(&mut self.source, Box::new(io::empty()));
        self.source = Box::new(crate::utf16::Utf16Reader::new(io::Cursor::new(read).chain(rest)));
        self.ended = false;
        self.fill(sniff::ENOUGH)
    }

    fn skip_file_header(&mut self) -> io::Result<()> {
        if self.kind.framing == Framing::Chunk && self.pending.starts_with(evtx::FILE_MAGIC) {
            self.fill(evtx::FILE_HEADER)?;
            let header = evtx::FILE_HEADER.min(self.pending.len());
            self.pending.drain(..header);
            self.offset = header as u64;
        }
        Ok(())
    }

    /// Reads until this much is pending, or the input ends.
    fn fill(&mut self, enough: usize) -> io::Result<()> {
        while self.pending.len() < enough && !self.ended {
            let want = (enough - self.pending.len()) as u64;
            match self.source.by_ref().take(want).read_to_end(&mut self.pending) {
                Ok(0) => self.ended = true,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// The next block; `None` at the end. An input that can no longer be read
    /// ends there, with a finding.
    pub fn next_block(&mut self) -> Option<Block> {
        let enough = if self.kind.framing == Framing::Chunk { evtx::CHUNK } else { BLOCK };
        self.fill_or_report(enough);
        let mut cut = self.whole_records();
        while cut == 0 && !self.ended && self.pending.len() < LONGEST_RECORD {
            self.fill_or_report(self.pending.len() * 2);
            cut = self.whole_records();
        }
        if cut == 0 {
            cut = self.pending.len().min(LONGEST_RECORD);
            self.report_cut(cut);
        }
        (cut > 0).then(|| self.give(cut))
    }

    fn fill_or_report(&mut self, enough: usize) {
        let Err(error) = self.fill(enough) else { return };
        let place = Place::offset(self.offset);
        let found = match error.get_ref().and_then(|inner| inner.downcast_ref::<Bomb>()) {
            Some(bomb) => Diagnostic::error("events.archive-bomb", place)
                .with("member", &self.file)
                .with("bytes", bomb.0),
            None => Diagnostic::error("events.read-failed", place).with("reason", error),
        };
        self.findings.push(found);
    }

    fn report_cut(&mut self, cut: usize) {
        if cut == LONGEST_RECORD {
            let place = Place::offset(self.offset);
            self.findings.push(Diagnostic::warning("events.record-too-long", place));
        }
    }

    /// How many of the pending bytes are whole records.
    fn whole_records(&self) -> usize {
        if self.ended && self.kind.framing != Framing::Chunk {
            return self.pending.len().min(LONGEST_RECORD);
        }
        self.kind.framing.last_end(&self.pending)
    }

    fn give(&mut self, cut: usize) -> Block {
        let rest = self.pending.split_off(cut);
        let bytes = std::mem::replace(&mut self.pending, rest);
        let block = Block {
            file: self.file.clone(),
            offset: self.offset,
            first_line: self.line,
            kind: self.kind,
            header: self.header.clone(),
            bytes,
        };
        self.offset += cut as u64;
        if self.kind.framing != Framing::Chunk {
            self.line += memchr::memchr_iter(b'\n', &block.bytes).count() as u64;
        }
        if self.kind.directives {
            self.note_directives(&block.bytes);
        }
        block
    }

    /// Directive lines come in groups; the last group in a block holds from there on.
    fn note_directives(&mut self, bytes: &[u8]) {
        let mut group = String::new();
        let mut in_group = false;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let directive = line.first() == Some(&b'#');
            if directive {
                if !in_group {
                    group.clear();
                }
                group.push_str(&String::from_utf8_lossy(line));
                group.truncate(group.floor_char_boundary(1 << 16));
            }
            in_group = directive;
        }
        if !group.is_empty() {
            self.header = group.into();
        }
    }
}
