//! All events of all inputs in the order of time, in bounded memory.
//!
//! Events of one instant stay in the order in which they came; events without
//! a legible time come last, for they must not be lost.

use std::{
    io::{self, Write},
    path::Path,
};

use crate::{event::Event, row::Row, sorter::Sorter, to_json::push_json};

/// What a line of the timeline looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// RFC 4180, with a header line: [`COLUMNS`](crate::COLUMNS).
    Csv,
    /// One JSON object a line, as [`push_json`] writes it.
    JsonLines,
    /// No line but a [`Row`], for whoever writes columns.
    Rows,
}

/// Collects events and gives them out in order.
#[derive(Debug)]
pub struct Timeline {
    layout: Layout,
    sorter: Sorter,
    line: String,
    row: Vec<u8>,
}

impl Timeline {
    /// A timeline that keeps at most about `memory` bytes, and the rest in
    /// temporary files in `folder`.
    pub fn new(layout: Layout, folder: &Path, memory: usize) -> Self {
        let sorter = Sorter::new(folder, memory);
        Self { layout, sorter, line: String::new(), row: Vec::new() }
    }

    /// Adds an event.
    pub fn push(&mut self, event: &Event) -> io::Result<()> {
        let time = event.time().and_then(|time| i64::try_from(time.at.as_nanosecond()).ok());
        self.line.clear();
        let row = match self.layout {
            Layout::Csv => {
                Row::of(event, &mut String::new(), |row| row.push_csv(&mut self.line));
                self.line.as_bytes()
            }
            Layout::JsonLines => {
                push_json(&mut self.line, event);
                self.line.as_bytes()
            }
            Layout::Rows => {
                self.row.clear();
                Row::of(event, &mut self.line, |row| row.encode(&mut self.row));
                &self.row
            }
        };
        self.sorter.push(time.unwrap_or(i64::MAX), row)
    }

    /// Writes the timeline line by line. Answers how many events it has.
    pub fn finish(self, out: &mut dyn Write) -> io::Result<u64> {
        let count = self.sorter.count();
        if self.layout == Layout::Csv {
            writeln!(out, "{}", crate::COLUMNS.join(","))?;
        }
        self.sorter.finish(&mut |_, line| {
            out.write_all(line)?;
            out.write_all(b"\n")
        })?;
        Ok(count)
    }

    /// Gives the rows of a timeline of [`Layout::Rows`], in order.
    pub fn rows(self, give: &mut dyn FnMut(Row<'_>) -> io::Result<()>) -> io::Result<u64> {
        let count = self.sorter.count();
        self.sorter.finish(&mut |_, row| Row::decode(row).map_or(Ok(()), &mut *give))?;
        Ok(count)
    }
}
