//! Blocks → events.

use std::sync::Arc;

use diag::{Diagnostic, Place};

use crate::{
    block::{Block, LONGEST_RECORD},
    directives::Directives,
    event::Event,
    evtx::ChunkDecoder,
    findings::Findings,
    format::Format,
    framing::Framing,
    line,
    names::Names,
    options::Options,
    sink::Sink,
    sniff::Sniffed,
    time::Reading,
};

/// Decodes blocks of any inputs, one after another, into one event: a thread
/// has one.
#[derive(Debug)]
pub struct Decoder {
    event: Event,
    chunk: ChunkDecoder,
    text: TextBlock,
    kind: Sniffed,
    insisted: Option<Format>,
    findings: Findings,
}

/// A block of text being decoded.
#[derive(Debug, Default)]
struct TextBlock {
    bytes: Vec<u8>,
    at: usize,
    offset: u64,
    line: u64,
    /// Lines counted up to here.
    counted: usize,
    directives: Directives,
}

impl Decoder {
    /// A decoder whose events speak of fields by these names.
    pub fn new(names: Names, options: &Options) -> Self {
        let mut event = Event::new(names);
        event.reading = Reading::from(options);
        Self {
            event,
            chunk: ChunkDecoder::default(),
            text: TextBlock::default(),
            kind: Sniffed::default(),
            insisted: options.format,
            findings: Findings::default(),
        }
    }

    /// Starts on a block; what was left of the last one is given up.
    pub fn load(&mut self, block: Block) {
        if *self.event.record.file != *block.file {
            self.event.record.file = Arc::clone(&block.file);
        }
        self.kind = block.kind;
        if block.kind.framing == Framing::Chunk {
            self.text.bytes.clear();
            self.text.at = 0;
            self.chunk.load(block.bytes, block.offset, &mut self.findings);
        } else {
            self.text.load(block);
        }
    }

    /// Decodes the next event of the block, for [`Decoder::event`]; false when
    /// the block is done.
    pub fn advance(&mut self) -> bool {
        if self.kind.framing == Framing::Chunk {
            self.chunk.next(&mut self.event, &mut self.findings)
        } else {
            self.next_text()
        }
    }

    /// Decodes one record that came by itself (a datagram, a queue's message),
    /// in the format of [`Options::format`] or whichever it seems to be in.
    /// Blocks loaded before are given up.
    pub fn decode_record(&mut self, record: &[u8]) -> &Event {
        let record = record.trim_ascii();
        let format = self.insisted;
        self.kind = Sniffed {
            format: format.unwrap_or_default(),
            forced: format.is_some(),
            ..Sniffed::default()
        };
        self.text = TextBlock::default();
        self.event.record.offset = 0;
        self.event.record.id = 1;
        if !decode_text(record, self.kind, &self.text.directives, &mut self.event) {
            self.report();
        }
        &self.event
    }

    /// The event decoded last.
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// What was wrong with the blocks so far.
    pub fn findings(&mut self) -> Vec<Diagnostic> {
        let file = Arc::clone(&self.event.record.file);
        self.findings.take().into_iter().map(|found| found.in_file(&file)).collect()
    }

    fn next_text(&mut self) -> bool {
        while let Some(range) = self.kind.framing.next(&self.text.bytes, self.text.at, true) {
            let line = self.text.line_at(range.start);
            self.text.at = range.end;
            if self.kind.framing == Framing::Line {
                self.text.line += 1;
                self.text.counted = range.end;
            }
            let bytes = self.text.bytes[range.clone()].trim_ascii();
            if bytes.is_empty() {
                continue;
            }
            self.event.record.offset = self.text.offset + range.start as u64;
            self.event.record.id = line;
            if self.kind.directives && bytes[0] == b'#' {
                self.text.directives.read(&String::from_utf8_lossy(bytes));
                continue;
            }
            let whole = decode_text(bytes, self.kind, &self.text.directives, &mut self.event);
            if !whole {
                self.report();
            }
            return true;
        }
        false
    }

    /// The event is still given out, with its raw text and what could be read.
    fn report(&mut self) {
        let record = &self.event.record;
        let place =
            Place { line: Some(record.id), offset: Some(record.offset), ..Place::default() };
        let found = Diagnostic::warning("events.not-understood", place)
            .with("format", self.kind.format.name())
            .with("text", self.event.raw_text());
        self.findings.push(found);
    }
}

impl TextBlock {
    fn load(&mut self, block: Block) {
        self.bytes = block.bytes;
        self.at = 0;
        self.offset = block.offset;
        self.line = block.first_line;
        self.counted = 0;
        self.directives = Directives::default();
        for line in block.header.lines() {
            self.directives.read(line);
        }
    }

    /// The line that an offset stands in; offsets come in order.
    fn line_at(&mut self, at: usize) -> u64 {
        if self.counted == at {
            return self.line;
        }
        let between = self.bytes.get(self.counted..at).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', between).count() as u64;
        self.counted = at;
        self.line
    }
}

/// Decodes one record of text. Whether it was what its input seemed to be.
fn decode_text(bytes: &[u8], kind: Sniffed, directives: &Directives, event: &mut Event) -> bool {
    let bytes = &bytes[..bytes.len().min(LONGEST_RECORD)];
    event.begin(kind.format);
    if let Ok(text) = std::str::from_utf8(bytes) {
        decode_str(text, kind, directives, event)
    } else {
        event.raw.extend_from_slice(bytes);
        let text = String::from_utf8_lossy(bytes);
        decode_str(&text, kind, directives, event)
    }
}

fn decode_str(text: &str, kind: Sniffed, directives: &Directives, event: &mut Event) -> bool {
    event.text.push_str(text);
    event.raw_text = text.len();
    event.text.push('\0');
    let mut sink = Sink::new(event, text);
    line::decode(text, kind, directives, &mut sink)
}
