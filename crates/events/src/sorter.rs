//! Rows in the order of time, in bounded memory.
//!
//! An external merge sort: rows are kept until they fill the memory allowed,
//! sorted, and written to a temporary file; at the end the files are merged.
//! Rows of one instant stay in the order in which they came.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, Write},
    path::{Path, PathBuf},
};

/// Files merged at once; more are merged in several passes.
const MOST_OPEN: usize = 64;

/// Takes a row and its time.
type Give<'g> = dyn FnMut(i64, &[u8]) -> io::Result<()> + 'g;

/// Puts rows in order.
#[derive(Debug)]
pub struct Sorter {
    folder: PathBuf,
    memory: usize,
    /// The rows kept, one after another.
    bytes: Vec<u8>,
    /// Where each is.
    rows: Vec<Kept>,
    runs: Vec<File>,
    count: u64,
}

/// A row kept in memory.
#[derive(Clone, Copy, Debug)]
struct Kept {
    time: i64,
    start: usize,
    len: usize,
}

impl Sorter {
    /// Keeps at most about `memory` bytes, and the rest in temporary files in
    /// `folder`.
    pub fn new(folder: &Path, memory: usize) -> Self {
        Self {
            folder: folder.to_owned(),
            memory,
            bytes: Vec::new(),
            rows: Vec::new(),
            runs: Vec::new(),
            count: 0,
        }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// What the disk says.
    pub fn push(&mut self, time: i64, row: &[u8]) -> io::Result<()> {
        self.rows.push(Kept { time, start: self.bytes.len(), len: row.len() });
        self.bytes.extend_from_slice(row);
        self.count += 1;
        if self.bytes.len() + self.rows.len() * size_of::<Kept>() > self.memory {
            self.spill()?;
        }
        Ok(())
    }

    /// How many rows there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Writes what is in memory to a file, in order.
    fn spill(&mut self) -> io::Result<()> {
        self.rows.sort_by_key(|row| row.time);
        let mut out = BufWriter::new(tempfile::tempfile_in(&self.folder)?);
        for row in &self.rows {
            write_row(&mut out, row.time, &self.bytes[row.start..row.start + row.len])?;
        }
        self.runs.push(out.into_inner().map_err(io::IntoInnerError::into_error)?);
        self.rows.clear();
        self.bytes.clear();
        Ok(())
    }

    /// Gives every row with its time, the earliest first.
    ///
    /// # Errors
    /// What the disk or `give` says.
    pub fn finish(mut self, give: &mut Give<'_>) -> io::Result<()> {
        if self.runs.is_empty() {
            self.rows.sort_by_key(|row| row.time);
            for row in &self.rows {
                give(row.time, &self.bytes[row.start..row.start + row.len])?;
            }
            return Ok(());
        }
        self.spill()?;
        self.bytes = Vec::new();
        while self.runs.len() > MOST_OPEN {
            self.merge_pass()?;
        }
        merge(std::mem::take(&mut self.runs), give)
    }

    /// Merges neighbours, so that rows of one instant keep their order.
    fn merge_pass(&mut self) -> io::Result<()> {
        let mut merged = Vec::new();
        let mut runs = std::mem::take(&mut self.runs);
        while !runs.is_empty() {
            let rest = runs.split_off(runs.len().min(MOST_OPEN));
            let mut out = BufWriter::new(tempfile::tempfile_in(&self.folder)?);
            merge(runs, &mut |time, row| write_row(&mut out, time, row))?;
            merged.push(out.into_inner().map_err(io::IntoInnerError::into_error)?);
            runs = rest;
        }
        self.runs = merged;
        Ok(())
    }
}

fn write_row(out: &mut impl Write, time: i64, row: &[u8]) -> io::Result<()> {
    let len = u32::try_from(row.len()).map_err(io::Error::other)?;
    out.write_all(&time.to_le_bytes())?;
    out.write_all(&len.to_le_bytes())?;
    out.write_all(row)
}

/// A file being merged.
struct Run {
    source: BufReader<File>,
    row: Vec<u8>,
}

impl Run {
    /// The time of the next row, which is then in `row`; `None` at the end.
    fn next(&mut self) -> io::Result<Option<i64>> {
        let mut head = [0; 12];
        match self.source.read_exact(&mut head) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let [time @ .., a, b, c, d] = head;
        let len = u32::from_le_bytes([a, b, c, d]);
        self.row.clear();
        self.source.by_ref().take(u64::from(len)).read_to_end(&mut self.row)?;
        Ok(Some(i64::from_le_bytes(time)))
    }
}

/// Gives the rows of all files in order; of one instant, the earlier file's first.
fn merge(files: Vec<File>, give: &mut Give<'_>) -> io::Result<()> {
    let mut runs = Vec::new();
    let mut next = BinaryHeap::new();
    for mut file in files {
        file.rewind()?;
        let mut run = Run { source: BufReader::new(file), row: Vec::new() };
        if let Some(time) = run.next()? {
            next.push(Reverse((time, runs.len())));
        }
        runs.push(run);
    }
    while let Some(Reverse((time, at))) = next.pop() {
        give(time, &runs[at].row)?;
        if let Some(time) = runs[at].next()? {
            next.push(Reverse((time, at)));
        }
    }
    Ok(())
}
