//! Reading a whole file: recognise, decode, cut, find the header.

use diag::{Diagnostic, Place};
use encoding_rs::{UTF_16BE, UTF_16LE};

use crate::{
    Cells, FieldSpec, Findings, Format, Limits, Record, Records, Source, Table,
    encoding::{Decoder, Decoding},
    header, sniff, workbook,
};

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

/// Reads a file. Never fails: what could not be read is in the diagnostics,
/// without a file name (the caller adds it with [`Diagnostic::in_file`]).
pub fn read(bytes: &[u8], options: &Options) -> Table {
    if bytes.len() as u64 > options.limits.bytes {
        let format = Format::of(&bytes[..bytes.len().min(4)]);
        if format.is_err() || bytes.starts_with(b"PK") {
            let found = Diagnostic::error("tables.bytes-limit", Place::default());
            return failed(found.with("limit", options.limits.bytes));
        }
    }
    match Format::of(bytes) {
        Err(foreign) => {
            let found = Diagnostic::error("tables.unsupported", Place::default());
            failed(found.with("kind", foreign.0))
        }
        Ok(Some(format)) => workbook::read(bytes, format, options),
        Ok(None) => read_text(bytes, options),
    }
}

fn failed(found: Diagnostic) -> Table {
    Table { diagnostics: vec![found], ..Table::default() }
}

fn read_text(bytes: &[u8], options: &Options) -> Table {
    let decoding = Decoding::of(bytes, true);
    let delimiter = options.delimiter.or_else(|| sniff::delimiter(&sample(bytes, decoding)));
    let mut records = Records::new(bytes, decoding, delimiter, options.limits);
    let mut table = Table::default();
    let mut findings = Findings::new(options.limits.findings);
    if decoding.guessed && ![UTF_16LE, UTF_16BE].contains(&decoding.encoding) {
        let found = Diagnostic::note("tables.encoding-guessed", Place::default());
        findings.add(found.with("encoding", decoding.encoding.name()));
    }
    for record in records.by_ref() {
        match record {
            Record::Row(row) => table.rows.push(row),
            Record::Comment(row) => table.comments.push(row),
            Record::Blank => table.blank += 1,
            Record::Rejected(row, found) => {
                table.rejected.push(row);
                findings.add(found);
            }
        }
    }
    findings.extend(records.findings);
    table.source = Source {
        format: if delimiter.is_some() { Format::Csv } else { Format::Lines },
        encoding: decoding.encoding.name().to_owned(),
        delimiter,
        ..Source::default()
    };
    finish(table, findings, options)
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

/// Takes the header out of the rows and checks the shape of the rest.
pub(crate) fn finish(mut table: Table, mut findings: Findings, options: &Options) -> Table {
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
    if let Some((line, cells)) = &names {
        table.source.header_line = Some(*line);
        if table.source.format == Format::Csv {
            report_ragged(&table, cells.len(), &mut findings);
        }
    }
    let cells = names.map(|(_, cells)| cells).unwrap_or_default();
    table.header = column_names(&cells, width, &mut findings);
    if table.rows.is_empty() && !findings_stop(&findings) {
        findings.add(Diagnostic::warning("tables.empty", Place::default()));
    }
    table.diagnostics = findings.into_list();
    table
}

fn findings_stop(findings: &Findings) -> bool {
    [
        "tables.bytes-limit",
        "tables.inflated-limit",
        "tables.workbook-broken",
        "tables.sheet-missing",
    ]
    .iter()
    .any(|code| findings.count(code) > 0)
}

fn report_ragged(table: &Table, named: usize, findings: &mut Findings) {
    for row in table.rows.iter().filter(|row| row.cells.len() != named) {
        let found = Diagnostic::warning("tables.ragged", Place::line(row.line));
        findings.add(found.with("cells", row.cells.len()).with("columns", named));
    }
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
