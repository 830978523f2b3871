//! Reading a whole file: recognise, decode, cut, find the header.

use diag::{Diagnostic, Place};
use encoding_rs::{UTF_16BE, UTF_16LE};

use crate::{
    Cells, FieldSpec, Findings, Format, Limits, Record, Records, Row, Source, Table,
    encoding::{Decoder, Decoding},
    header, sniff, workbook,
};

/// Rows that are looked at to find the header and the columns.
const HEAD: usize = 1000;

/// What a caller knows about a file before it is read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Bounds.
    pub limits: Limits,
    /// Fields that the caller looks for: they tell a header from a title, and
    /// the right sheet from the others.
    pub fields: Vec<FieldSpec>,
    /// The sheet to read, when a person chose one.
    pub sheet: Option<String>,
    /// The delimiter, when a person chose one; otherwise it is found.
    pub delimiter: Option<char>,
}

/// Reads a file whole. Never fails: what could not be read is in the
/// diagnostics, without a file name (the caller adds it with
/// [`Diagnostic::in_file`]).
pub fn read(bytes: &[u8], options: &Options) -> Table {
    let mut opened = open(bytes, options);
    let rows: Vec<Row> = opened.by_ref().collect();
    let mut table = opened.finish();
    table.rows = rows;
    table
}

/// Opens a file: the header is found and the first rows are looked at; the
/// rest is read row by row, so that a long list need not be held.
pub fn open<'b>(bytes: &'b [u8], options: &Options) -> Opened<'b> {
    if bytes.len() as u64 > options.limits.bytes {
        let format = Format::of(&bytes[..bytes.len().min(4)]);
        if format.is_err() || bytes.starts_with(b"PK") {
            let found = Diagnostic::error("tables.bytes-limit", Place::default());
            return failed(found.with("limit", options.limits.bytes), options);
        }
    }
    match Format::of(bytes) {
        Err(foreign) => {
            let found = Diagnostic::error("tables.unsupported", Place::default());
            failed(found.with("kind", foreign.0), options)
        }
        Ok(Some(format)) => {
            let (table, findings) = workbook::read(bytes, format, options);
            Opened::new(table, findings, None, options)
        }
        Ok(None) => open_text(bytes, options),
    }
}

fn failed(found: Diagnostic, options: &Options) -> Opened<'static> {
    let mut findings = Findings::new(options.limits.findings);
    findings.add(found);
    Opened::new(Table::default(), findings, None, options)
}

fn open_text<'b>(bytes: &'b [u8], options: &Options) -> Opened<'b> {
    let decoding = Decoding::of(bytes, true);
    let delimiter = options.delimiter.or_else(|| sniff::delimiter(&sample(bytes, decoding)));
    let mut records = Records::new(bytes, decoding, delimiter, options.limits);
    let mut findings = Findings::new(options.limits.findings);
    if decoding.guessed && ![UTF_16LE, UTF_16BE].contains(&decoding.encoding) {
        let found = Diagnostic::note("tables.encoding-guessed", Place::default());
        findings.add(found.with("encoding", decoding.encoding.name()));
    }
    let source = Source {
        format: if delimiter.is_some() { Format::Csv } else { Format::Lines },
        encoding: decoding.encoding.name().to_owned(),
        delimiter,
        ..Source::default()
    };
    let mut table = Table { source, ..Table::default() };
    while table.rows.len() < HEAD
        && let Some(record) = records.next()
    {
        if let Some(row) = take(record, &mut table, &mut findings) {
            table.rows.push(row);
        }
    }
    Opened::new(table, findings, Some(records), options)
}

/// The row of a record; whatever else it is goes into the table.
fn take(record: Record, table: &mut Table, findings: &mut Findings) -> Option<Row> {
    match record {
        Record::Row(row) => return Some(row),
        Record::Comment(row) => table.comments.push(row),
        Record::Blank => table.blank += 1,
        Record::Rejected(row, found) => {
            table.rejected.push(row);
            findings.add(found);
        }
    }
    None
}

/// A file whose header is known and whose rows are still to come.
pub struct Opened<'b> {
    table: Table,
    /// Rows already read, the first at the end.
    ready: Vec<Row>,
    records: Option<Records<&'b [u8]>>,
    findings: Findings,
    /// Columns that the header names; none where there is no header to differ from.
    named: Option<usize>,
    widest: usize,
    rows: usize,
}

impl<'b> Opened<'b> {
    fn new(
        mut table: Table,
        mut findings: Findings,
        records: Option<Records<&'b [u8]>>,
        options: &Options,
    ) -> Self {
        let named = find_header(&mut table, &mut findings, options);
        let named = named.filter(|_| table.source.format == Format::Csv);
        Self { table, ready: Vec::new(), records, findings, named, widest: 0, rows: 0 }
    }

    /// Header, source and the first rows; [`Opened::next`] gives these rows too.
    pub fn head(&self) -> &Table {
        &self.table
    }

    /// Whether the file cannot be read at all: it is of another kind, or broken.
    /// The findings say which.
    pub fn is_stopped(&self) -> bool {
        stopped(&self.findings)
    }

    /// What is left when all rows are taken: everything but the rows. Reads to
    /// the end first, so that nothing goes uncounted.
    pub fn finish(mut self) -> Table {
        while self.next().is_some() {}
        if let Some(records) = self.records {
            self.findings.extend(records.findings);
        }
        if self.rows == 0 && !stopped(&self.findings) {
            self.findings.add(Diagnostic::warning("tables.empty", Place::default()));
        }
        for at in self.table.header.len()..self.widest {
            self.table.header.push(letters(at));
        }
        self.table.diagnostics.extend(self.findings.into_list());
        self.table
    }

    fn read_row(&mut self) -> Option<Row> {
        if !self.table.rows.is_empty() {
            self.ready = std::mem::take(&mut self.table.rows);
            self.ready.reverse();
        }
        if let Some(row) = self.ready.pop() {
            return Some(row);
        }
        let records = self.records.as_mut()?;
        records.find_map(|record| take(record, &mut self.table, &mut self.findings))
    }
}

impl From<Table> for Opened<'static> {
    /// A table whose header is known already, row by row.
    fn from(mut table: Table) -> Self {
        let mut findings = Findings::new(Limits::default().findings);
        findings.extend(std::mem::take(&mut table.diagnostics));
        Self { table, ready: Vec::new(), records: None, findings, named: None, widest: 0, rows: 0 }
    }
}

impl Iterator for Opened<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let row = self.read_row()?;
        self.rows += 1;
        self.widest = self.widest.max(row.cells.len());
        if let Some(named) = self.named.filter(|named| row.cells.len() != *named) {
            let found = Diagnostic::warning("tables.ragged", Place::line(row.line));
            self.findings.add(found.with("cells", row.cells.len()).with("columns", named));
        }
        Some(row)
    }
}

/// A whole text as UTF-8 without NULs, by the name of its encoding as
/// [`Source::encoding`] gives it. What is no text becomes U+FFFD.
pub fn decode(bytes: &[u8], encoding: &str) -> String {
    let encoding =
        encoding_rs::Encoding::for_label(encoding.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    let mut decoder = Decoder::new(bytes, Decoding { encoding, guessed: false }, u64::MAX);
    let mut text = Vec::new();
    while decoder.fill(&mut text).unwrap_or(false) {}
    String::from_utf8(text).unwrap_or_default()
}

fn sample(bytes: &[u8], decoding: Decoding) -> String {
    let start = &bytes[..bytes.len().min(64 << 10)];
    let mut text = Vec::new();
    let mut decoder = Decoder::new(start, decoding, u64::MAX);
    while decoder.fill(&mut text).unwrap_or(false) {}
    let text = String::from_utf8(text).unwrap_or_default();
    if start.len() == bytes.len() {
        return text;
    }
    // The last line of a sample is cut and would be counted wrongly.
    text.rsplit_once('\n').map_or(text.clone(), |(whole, _)| whole.to_owned())
}

/// Finds the header in rows that a caller cut out of something else (a page,
/// a letter) and names the columns.
pub fn with_header(mut table: Table, options: &Options) -> Opened<'static> {
    let mut findings = Findings::new(options.limits.findings);
    findings.extend(std::mem::take(&mut table.diagnostics));
    Opened::new(table, findings, None, options)
}

/// Takes the header out of the rows and names the columns; returns how many
/// the header names.
fn find_header(table: &mut Table, findings: &mut Findings, options: &Options) -> Option<usize> {
    let delimiter = table.source.delimiter;
    let found = header::find(&table.rows, &table.comments, &options.fields, delimiter);
    let names = match found {
        Some(header::At::Row(at)) => {
            let rows = table.rows.split_off(at + 1);
            table.preamble = std::mem::replace(&mut table.rows, rows);
            table.preamble.pop().map(|row| (row.line, row.cells))
        }
        Some(header::At::Comment(line, cells)) => Some((line, cells)),
        None => None,
    };
    if let (Some((line, _)), false) = (&names, table.preamble.is_empty()) {
        let found = Diagnostic::note("tables.header-below", Place::line(*line));
        findings.add(found.with("line", line));
    }
    let width = table.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    table.source.header_line = names.as_ref().map(|(line, _)| *line);
    let count = names.as_ref().map(|(_, cells)| cells.len());
    let cells = names.map(|(_, cells)| cells).unwrap_or_default();
    table.header = column_names(&cells, width, findings);
    count
}

fn stopped(findings: &Findings) -> bool {
    [
        "tables.bytes-limit",
        "tables.inflated-limit",
        "tables.workbook-broken",
        "tables.sheet-missing",
        "tables.unsupported",
    ]
    .iter()
    .any(|code| findings.count(code) > 0)
}

/// Names for all columns: as written, made unique; letters where nothing is.
fn column_names(cells: &Cells, width: usize, findings: &mut Findings) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for at in 0..width.max(cells.len()) {
        let written =
            cells.get(at).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let name = if written.is_empty() { letters(at) } else { written };
        let unique = unique(&name, &names);
        if unique != name {
            let found =
                Diagnostic::warning("tables.column-twice", Place::default().in_column(name));
            findings.add(found.with("now", &unique));
        }
        names.push(unique);
    }
    names
}

fn unique(name: &str, names: &[String]) -> String {
    if !names.iter().any(|other| other == name) {
        return name.to_owned();
    }
    let numbered = (2..).map(|n| format!("{name} ({n})"));
    numbered.into_iter().find(|n| !names.contains(n)).unwrap_or_default()
}

/// `A`, `B`, … `Z`, `AA`: how a spreadsheet calls a column that has no name.
pub(crate) fn letters(mut at: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'A' + u8::try_from(at % 26).unwrap_or(0)));
        if at < 26 {
            return name;
        }
        at = at / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_without_a_name_are_called_as_in_a_spreadsheet() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
