//! All events of all inputs in the order of time, in bounded memory.
//!
//! An external merge sort: rows are kept until they fill the memory allowed,
//! sorted, and written to a temporary file; at the end the files are merged.
//! Events of one instant stay in the order in which they came; events without
//! a legible time come last, for they must not be lost.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, Write},
    path::{Path, PathBuf},
};

use crate::{
    event::Event,
    time::Zone,
    to_json::{push_fields, push_json},
};

/// What a line of the timeline looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// RFC 4180, with a header line: [`COLUMNS`].
    Csv,
    /// One JSON object a line, as [`push_json`] writes it.
    JsonLines,
}

/// Columns of the CSV. `zone` is how the time's zone is known: `stated`,
/// `format` or `assumed`, with `+year` where the year was assumed too;
/// `event` holds the source's own fields as JSON.
pub const COLUMNS: &[&str] = &[
    "time", "zone", "host", "format", "channel", "provider", "event_id", "message", "source",
    "record", "offset", "event",
];

/// Files merged at once; more are merged in several passes.
const MOST_OPEN: usize = 64;

/// Collects events and writes them out in order.
#[derive(Debug)]
pub struct Timeline {
    layout: Layout,
    folder: PathBuf,
    memory: usize,
    /// The lines kept, one after another.
    lines: Vec<u8>,
    /// Where each is.
    rows: Vec<Row>,
    runs: Vec<File>,
    line: String,
    count: u64,
}

/// A line kept in memory.
#[derive(Clone, Copy, Debug)]
struct Row {
    /// Nanoseconds since 1970.
    time: i64,
    start: usize,
    len: usize,
}

impl Timeline {
    /// A timeline that keeps at most about `memory` bytes, and the rest in
    /// temporary files in `folder`.
    pub fn new(layout: Layout, folder: &Path, memory: usize) -> Self {
        Self {
            layout,
            folder: folder.to_owned(),
            memory,
            lines: Vec::new(),
            rows: Vec::new(),
            runs: Vec::new(),
            line: String::new(),
            count: 0,
        }
    }

    /// Adds an event.
    pub fn push(&mut self, event: &Event) -> io::Result<()> {
        let time = event.time().and_then(|time| i64::try_from(time.at.as_nanosecond()).ok());
        self.line.clear();
        match self.layout {
            Layout::Csv => push_csv(&mut self.line, event),
            Layout::JsonLines => push_json(&mut self.line, event),
        }
        let row =
            Row { time: time.unwrap_or(i64::MAX), start: self.lines.len(), len: self.line.len() };
        self.lines.extend_from_slice(self.line.as_bytes());
        self.rows.push(row);
        self.count += 1;
        if self.lines.len() + self.rows.len() * size_of::<Row>() > self.memory {
            self.spill()?;
        }
        Ok(())
    }

    /// Writes what is in memory to a file, in order.
    fn spill(&mut self) -> io::Result<()> {
        self.rows.sort_by_key(|row| row.time);
        let mut out = BufWriter::new(tempfile::tempfile_in(&self.folder)?);
        for row in &self.rows {
            write_row(&mut out, row.time, &self.lines[row.start..row.start + row.len])?;
        }
        self.runs.push(out.into_inner().map_err(io::IntoInnerError::into_error)?);
        self.rows.clear();
        self.lines.clear();
        Ok(())
    }

    /// Writes the timeline. Answers how many events it has.
    pub fn finish(mut self, out: &mut dyn Write) -> io::Result<u64> {
        if self.layout == Layout::Csv {
            writeln!(out, "{}", COLUMNS.join(","))?;
        }
        if self.runs.is_empty() {
            self.rows.sort_by_key(|row| row.time);
            for row in &self.rows {
                out.write_all(&self.lines[row.start..row.start + row.len])?;
                out.write_all(b"\n")?;
            }
            return Ok(self.count);
        }
        self.spill()?;
        self.lines = Vec::new();
        while self.runs.len() > MOST_OPEN {
            self.merge_pass()?;
        }
        merge(std::mem::take(&mut self.runs), &mut |_, line| {
            out.write_all(line)?;
            out.write_all(b"\n")
        })?;
        Ok(self.count)
    }

    /// Merges neighbours, so that events of one instant keep their order.
    fn merge_pass(&mut self) -> io::Result<()> {
        let mut merged = Vec::new();
        let mut runs = std::mem::take(&mut self.runs);
        while !runs.is_empty() {
            let rest = runs.split_off(runs.len().min(MOST_OPEN));
            let mut out = BufWriter::new(tempfile::tempfile_in(&self.folder)?);
            merge(runs, &mut |time, line| write_row(&mut out, time, line))?;
            merged.push(out.into_inner().map_err(io::IntoInnerError::into_error)?);
            runs = rest;
        }
        self.runs = merged;
        Ok(())
    }
}

fn write_row(out: &mut impl Write, time: i64, line: &[u8]) -> io::Result<()> {
    let len = u32::try_from(line.len()).map_err(io::Error::other)?;
    out.write_all(&time.to_le_bytes())?;
    out.write_all(&len.to_le_bytes())?;
    out.write_all(line)
}

/// A file being merged.
struct Run {
    source: BufReader<File>,
    line: Vec<u8>,
}

impl Run {
    /// The time of the next line, which is then in `line`; `None` at the end.
    fn next(&mut self) -> io::Result<Option<i64>> {
        let mut head = [0; 12];
        match self.source.read_exact(&mut head) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let [time @ .., a, b, c, d] = head;
        let len = u32::from_le_bytes([a, b, c, d]);
        self.line.clear();
        self.source.by_ref().take(u64::from(len)).read_to_end(&mut self.line)?;
        Ok(Some(i64::from_le_bytes(time)))
    }
}

/// Gives the lines of all files in order; of one instant, the earlier file's first.
fn merge(files: Vec<File>, give: &mut dyn FnMut(i64, &[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut runs = Vec::new();
    let mut next = BinaryHeap::new();
    for mut file in files {
        file.rewind()?;
        let mut run = Run { source: BufReader::new(file), line: Vec::new() };
        if let Some(time) = run.next()? {
            next.push(Reverse((time, runs.len())));
        }
        runs.push(run);
    }
    while let Some(Reverse((time, at))) = next.pop() {
        give(time, &runs[at].line)?;
        if let Some(time) = runs[at].next()? {
            next.push(Reverse((time, at)));
        }
    }
    Ok(())
}

fn push_csv(out: &mut String, event: &Event) {
    let time = event.time();
    let record = event.record();
    column(out, &time.map(|time| time.at.to_string()).unwrap_or_default());
    let zone = time.map_or("", |time| match (time.zone, time.year_assumed) {
        (Zone::Stated, _) => "stated",
        (Zone::Format, _) => "format",
        (Zone::Assumed, false) => "assumed",
        (Zone::Assumed, true) => "assumed+year",
    });
    column(out, zone);
    column(out, event.host().unwrap_or_default());
    column(out, event.format().name());
    column(out, event.channel().unwrap_or_default());
    column(out, event.provider().unwrap_or_default());
    column(out, &event.event_id().map(|id| id.to_string()).unwrap_or_default());
    column(out, event.message());
    column(out, &record.file);
    column(out, &record.id.to_string());
    column(out, &record.offset.to_string());
    let mut fields = String::new();
    push_fields(&mut fields, event);
    column(out, &fields);
}

/// Quoted where needed. A line feed would break tools that read by line, and a
/// spreadsheet would run a text that begins like a formula.
fn column(out: &mut String, text: &str) {
    if !out.is_empty() {
        out.push(',');
    }
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if !formula && !text.contains(['"', ',', '\n', '\r']) {
        out.push_str(text);
        return;
    }
    out.push('"');
    if formula {
        out.push('\'');
    }
    for c in text.chars() {
        match c {
            '"' => out.push_str("\"\""),
            '\n' | '\r' => out.push(' '),
            _ => out.push(c),
        }
    }
    out.push('"');
}
