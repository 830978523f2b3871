//! Text cut into records: one physical line at a time, joined only while a
//! quote is open, so that no line and no forgotten quote can take more memory
//! than [`Limits`] allow.

use std::{io::Read, sync::Arc};

use diag::{Diagnostic, Place};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::{
    Cells, Limits, Rejected, Row,
    encoding::{Decoder, Decoding},
    sniff,
};

/// How much of a row that could not be used is kept to show.
const SHOWN: usize = 4 << 10;

/// One record of a text file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A row of cells.
    Row(Row),
    /// A remark.
    Comment(Row),
    /// A line with nothing in it.
    Blank,
    /// A row that could not be used; the finding says why.
    Rejected(Rejected, Diagnostic),
}

/// Reads records from a stream of bytes, in memory bounded by [`Limits`]
/// whatever the stream holds.
pub struct Records<R> {
    decoder: Decoder<R>,
    limits: Limits,
    delimiter: Option<char>,
    buffer: Vec<u8>,
    at: usize,
    line: u64,
    rows: usize,
    ended: bool,
    quotes_off: bool,
    recoveries: usize,
    /// A line met while looking for a closing quote, to be given at its turn.
    pending: Option<(u64, Record)>,
    /// What was doubtful about the text as a whole; complete at its end.
    pub findings: Vec<Diagnostic>,
}

/// A physical line: where it stands in the buffer, or that it was too long.
enum Line {
    Whole(usize, usize),
    TooLong(String),
}

impl<R: Read> Records<R> {
    /// Reads text in this encoding with this delimiter; without one, each line
    /// is a row of one cell.
    pub fn new(from: R, decoding: Decoding, delimiter: Option<char>, limits: Limits) -> Self {
        Self {
            decoder: Decoder::new(from, decoding, limits.bytes),
            limits,
            delimiter,
            buffer: Vec::new(),
            at: 0,
            line: 0,
            rows: 0,
            ended: false,
            quotes_off: false,
            recoveries: 0,
            pending: None,
            findings: Vec::new(),
        }
    }

    /// The next physical line without its end. Lines end with LF, CRLF or CR.
    fn next_line(&mut self) -> Option<Line> {
        let mut searched = self.at;
        loop {
            if let Some(end) = find_newline(&self.buffer[searched..]).map(|n| searched + n) {
                let lone_cr = self.buffer[end] == b'\r' && end + 1 < self.buffer.len();
                if self.buffer[end] == b'\n' || (lone_cr && self.buffer[end + 1] != b'\n') {
                    return Some(self.take_line(end, end + 1));
                }
                if lone_cr {
                    return Some(self.take_line(end, end + 2));
                }
                searched = end;
            } else {
                searched = self.buffer.len();
            }
            if searched - self.at > self.limits.line {
                return Some(self.skip_long_line());
            }
            let offset = searched - self.at;
            if !self.fill() {
                return self.take_rest();
            }
            searched = self.at + offset;
        }
    }

    fn take_line(&mut self, end: usize, next: usize) -> Line {
        let start = self.at;
        self.at = next;
        if end - start > self.limits.line {
            return Line::TooLong(shown(&self.buffer[start..end]));
        }
        Line::Whole(start, end)
    }

    fn take_rest(&mut self) -> Option<Line> {
        if self.at >= self.buffer.len() {
            return None;
        }
        let end = self.buffer.len() - usize::from(self.buffer.ends_with(b"\r"));
        Some(self.take_line(end, self.buffer.len()))
    }

    /// Drops the rest of a line that is longer than allowed, a chunk at a time.
    fn skip_long_line(&mut self) -> Line {
        let start = shown(&self.buffer[self.at..]);
        loop {
            if let Some(end) = find_newline(&self.buffer[self.at..]) {
                self.at += end + 1;
                break;
            }
            self.at = self.buffer.len();
            if !self.fill() {
                break;
            }
        }
        Line::TooLong(start)
    }

    fn fill(&mut self) -> bool {
        if self.at > 0 {
            self.buffer.drain(..self.at);
            self.at = 0;
        }
        match self.decoder.fill(&mut self.buffer) {
            Ok(more) => more,
            Err(stopped) => {
                let found = Diagnostic::error("tables.read-failed", Place::line(self.line));
                self.findings.push(found.with("reason", stopped));
                false
            }
        }
    }

    fn text(&self, start: usize, end: usize) -> &str {
        // The decoder writes whole characters only; lines end at ASCII.
        std::str::from_utf8(&self.buffer[start..end]).unwrap_or_default()
    }

    fn record(&mut self, start: usize, end: usize) -> Record {
        let text = self.text(start, end);
        if text.trim().is_empty() {
            return Record::Blank;
        }
        if sniff::is_comment(text, self.delimiter) {
            let cells = [text].into_iter().collect();
            return Record::Comment(Row { line: self.line, cells, raw: text.into() });
        }
        let Some(delimiter) = self.delimiter else {
            let (line, raw) = (self.line, Arc::from(text));
            let cells = std::iter::once(tidy(text.trim())).collect();
            return self.checked(Row { line, cells, raw });
        };
        let (quoting, first) = (!self.quotes_off, self.line);
        let cut = split(text, delimiter, quoting);
        if cut.open {
            let raw = text.to_owned();
            return self.join_lines(raw, delimiter, first);
        }
        let raw = Arc::from(text);
        self.checked(Row { line: first, cells: cut.cells, raw })
    }

    /// A quote is open at the end of the line: the cell goes on in the next.
    /// When it never closes, the line is taken as it stands, without quoting,
    /// and reading goes on behind it: one forgotten quote costs one line.
    fn join_lines(&mut self, first: String, delimiter: char, line: u64) -> Record {
        let mut raw = first.clone();
        let mut taken = Vec::new();
        while raw.len() <= self.limits.line {
            let more = match self.next_line() {
                Some(Line::Whole(start, end)) => self.text(start, end).to_owned(),
                Some(Line::TooLong(start)) => {
                    self.pending = Some(self.too_long(self.line + 1, start));
                    break;
                }
                None => break,
            };
            self.line += 1;
            raw.push('\n');
            raw.push_str(&more);
            if !stays_open(&more, delimiter) {
                let cells = split(&raw, delimiter, true).cells;
                return self.checked(Row { line, cells, raw: raw.into() });
            }
            taken.push(more);
        }
        self.give_back(&taken, line);
        let found = Diagnostic::warning("tables.quote-open", Place::line(line));
        self.findings.push(found);
        let cells = split(&first, delimiter, false).cells;
        self.checked(Row { line, cells, raw: first.into() })
    }

    fn too_long(&self, line: u64, raw: String) -> (u64, Record) {
        let found = Diagnostic::error("tables.line-limit", Place::line(line))
            .with("limit", self.limits.line);
        (line, Record::Rejected(Rejected { line, raw }, found))
    }

    fn give_back(&mut self, taken: &[String], line: u64) {
        let mut back = Vec::new();
        for text in taken {
            back.extend_from_slice(text.as_bytes());
            back.push(b'\n');
        }
        back.extend_from_slice(&self.buffer[self.at..]);
        self.buffer = back;
        self.at = 0;
        self.line = line;
        self.recoveries += 1;
        self.quotes_off = self.recoveries >= 100;
    }

    fn checked(&mut self, row: Row) -> Record {
        let line = Place::line(row.line);
        if row.cells.len() > self.limits.columns {
            let found = Diagnostic::error("tables.columns-limit", line)
                .with("columns", row.cells.len())
                .with("limit", self.limits.columns);
            return Record::Rejected(rejected(&row), found);
        }
        let widest = row.cells.iter().map(str::len).max().unwrap_or(0);
        if widest > self.limits.cell {
            let found = Diagnostic::error("tables.cell-limit", line)
                .with("bytes", widest)
                .with("limit", self.limits.cell);
            return Record::Rejected(rejected(&row), found);
        }
        Record::Row(row)
    }

    fn end(&mut self) {
        self.ended = true;
        let decoder = &self.decoder;
        if decoder.nuls > 0 {
            let found = Diagnostic::warning("tables.nul-stripped", Place::default());
            self.findings.push(found.with("count", decoder.nuls));
        }
        if let Some(offset) = decoder.first_broken {
            let found = Diagnostic::warning("tables.encoding-broken", Place::offset(offset));
            self.findings.push(found.with("count", decoder.broken));
        }
        if decoder.cut {
            let found = Diagnostic::error("tables.bytes-limit", Place::line(self.line));
            self.findings.push(found.with("limit", self.limits.bytes));
        }
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        if self.ended {
            return None;
        }
        if let Some((line, record)) = self.pending.take_if(|(line, _)| *line == self.line + 1) {
            self.line = line;
            return Some(record);
        }
        let Some(line) = self.next_line() else {
            self.end();
            return None;
        };
        self.line += 1;
        self.rows += 1;
        if self.rows > self.limits.rows {
            let found = Diagnostic::error("tables.rows-limit", Place::line(self.line));
            self.findings.push(found.with("limit", self.limits.rows));
            self.end();
            return None;
        }
        Some(match line {
            Line::Whole(start, end) => self.record(start, end),
            Line::TooLong(raw) => self.too_long(self.line, raw).1,
        })
    }
}

fn find_newline(bytes: &[u8]) -> Option<usize> {
    memchr::memchr2(b'\n', b'\r', bytes)
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]).into_owned()
}

fn rejected(row: &Row) -> Rejected {
    Rejected { line: row.line, raw: shown(row.raw.as_bytes()) }
}

/// A cell as it is stored: NFC, without the blanks around it.
fn tidy(cell: &str) -> std::borrow::Cow<'_, str> {
    if cell.is_ascii() || is_nfc_quick(cell.chars()) == IsNormalized::Yes {
        return cell.into();
    }
    cell.nfc().collect::<String>().into()
}

pub(crate) struct Split {
    pub(crate) cells: Cells,
    /// Whether a quote was open at the end.
    pub(crate) open: bool,
}

/// Cuts one record into cells by RFC 4180: a cell that begins with a quote
/// runs to the closing quote, doubled quotes stand for one; a quote anywhere
/// else is a letter like others.
pub(crate) fn split(text: &str, delimiter: char, quoting: bool) -> Split {
    let mut cells = Cells::with_room(text.len());
    let mut rest = text;
    loop {
        let lead = rest.trim_start_matches(|c| c == ' ' && c != delimiter);
        if quoting && lead.starts_with('"') {
            let Some((cell, after)) = quoted(&lead[1..], delimiter) else {
                return Split { cells, open: true };
            };
            cells.push(&tidy(cell.trim()));
            match after {
                Some(after) => rest = after,
                None => return Split { cells, open: false },
            }
        } else if let Some((cell, after)) = cut_at(rest, delimiter) {
            cells.push(&tidy(cell.trim()));
            rest = after;
        } else {
            cells.push(&tidy(rest.trim()));
            return Split { cells, open: false };
        }
    }
}

/// Whether a quote that is open before this line is still open after it, or
/// another one is.
fn stays_open(line: &str, delimiter: char) -> bool {
    match quoted(line, delimiter) {
        None => true,
        Some((_, after)) => after.is_some_and(|after| split(after, delimiter, true).open),
    }
}

/// The text up to the closing quote, and what follows the next delimiter.
/// `None` when the quote never closes.
fn quoted(text: &str, delimiter: char) -> Option<(std::borrow::Cow<'_, str>, Option<&str>)> {
    let end = text.bytes().position(|b| b == b'"')?;
    if !text[end + 1..].starts_with('"') {
        let (tail, after) = to_delimiter(&text[end + 1..], delimiter);
        let plain = tail.trim().is_empty();
        let cell =
            if plain { text[..end].into() } else { format!("{}{tail}", &text[..end]).into() };
        return Some((cell, after));
    }
    let mut cell = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('"')?;
        cell.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        if let Some(after) = rest.strip_prefix('"') {
            cell.push('"');
            rest = after;
        } else {
            let (tail, after) = to_delimiter(rest, delimiter);
            if !tail.trim().is_empty() {
                cell.push_str(tail);
            }
            return Some((cell.into(), after));
        }
    }
}

/// Splits at the delimiter. Cells are short, so a plain look at each byte is
/// faster than a searcher that has to be set up.
fn cut_at(text: &str, delimiter: char) -> Option<(&str, &str)> {
    let Ok(byte) = u8::try_from(delimiter) else { return text.split_once(delimiter) };
    if !byte.is_ascii() {
        return text.split_once(delimiter);
    }
    let at = text.bytes().position(|b| b == byte)?;
    Some((&text[..at], &text[at + 1..]))
}

fn to_delimiter(text: &str, delimiter: char) -> (&str, Option<&str>) {
    match cut_at(text, delimiter) {
        Some((tail, after)) => (tail, Some(after)),
        None => (text, None),
    }
}
