//! Reads sample files back, with nothing shared with whoever wrote them.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use sample::SampleFile;

/// Rows as text; a date of a workbook as its serial number.
pub(crate) fn rows(file: &SampleFile) -> Vec<Vec<String>> {
    // A workbook is a zip archive.
    if file.bytes.starts_with(b"PK") { workbook(&file.bytes) } else { csv(&file.bytes) }
}

/// Rows beneath the header, which is the row that begins with `first`.
pub(crate) fn under(file: &SampleFile, first: &str) -> Vec<Vec<String>> {
    let rows = rows(file);
    let header = rows.iter().position(|row| row[0] == first).expect("a header row");
    rows[header + 1..].to_vec()
}

/// Text of a CSV, whatever its encoding.
pub(crate) fn text(bytes: &[u8]) -> String {
    use unicode_normalization::UnicodeNormalization;
    let encoding = if bytes.starts_with(b"\xFF\xFE") {
        encoding_rs::UTF_16LE
    } else if std::str::from_utf8(bytes).is_ok() {
        encoding_rs::UTF_8
    } else {
        encoding_rs::WINDOWS_1258
    };
    let (text, _, damaged) = encoding.decode(bytes);
    assert!(!damaged);
    text.nfc().collect()
}

fn csv(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = text(bytes);
    let header = text.lines().next().expect("a header");
    let delimiter = [b';', b'\t', b','].into_iter().find(|&d| header.contains(char::from(d)));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter.expect("a delimiter"))
        .from_reader(text.as_bytes());
    let record = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    reader.records().map(|row| record(row.expect("a row"))).collect()
}

fn workbook(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut book = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let sheet = book.worksheet_range_at(0).expect("a sheet").expect("its cells");
    sheet.rows().map(|row| row.iter().map(cell).collect()).collect()
}

fn cell(data: &Data) -> String {
    match data {
        Data::DateTime(at) => at.as_f64().to_string(),
        other => other.to_string(),
    }
}
