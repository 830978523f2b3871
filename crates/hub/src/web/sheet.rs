//! Tables as files: CSV and XLSX, with their as-of time.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::{Error, Result};

/// A cell of an exported table.
#[derive(Clone, Debug, PartialEq)]
pub enum CellText {
    /// Words.
    Text(String),
    /// A number, to be summed in a spreadsheet.
    Number(f64),
}

impl From<String> for CellText {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for CellText {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for CellText {
    fn from(number: i64) -> Self {
        Self::Number(number as f64)
    }
}

/// A table ready to be written.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Title in the first line.
    pub title: String,
    /// "As of …", in the second.
    pub as_of: String,
    /// Column titles.
    pub header: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<CellText>>,
}

/// The sheet as XLSX.
pub fn xlsx_file(sheet: &Sheet) -> Result<Vec<u8>> {
    xlsx_book(&[("1", sheet)])
}

/// Several sheets as one XLSX workbook, each with its name on the tab.
pub fn xlsx_book(sheets: &[(&str, &Sheet)]) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    for (name, sheet) in sheets {
        let page = book.add_worksheet();
        page.set_name(*name).map_err(Error::internal)?;
        write(page, sheet).map_err(Error::internal)?;
    }
    book.save_to_buffer().map_err(Error::internal)
}

fn write(page: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    page.write_with_format(0, 0, &sheet.title, &bold)?;
    page.write(1, 0, &sheet.as_of)?;
    for (column, title) in (0..).zip(&sheet.header) {
        page.write_with_format(3, column, title, &bold)?;
    }
    for (line, row) in (4..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(row) {
            match cell {
                // As a string, never as a formula: a cell may hold what an attacker wrote.
                CellText::Text(text) => page.write_string(line, column, text)?,
                CellText::Number(number) => page.write_number(line, column, *number)?,
            };
        }
    }
    page.set_freeze_panes(4, 0)?;
    page.set_autofit_max_width(400);
    page.autofit();
    Ok(())
}

/// The rows as CSV in UTF-8 with a byte order mark, as spreadsheets want it.
pub fn csv_file(sheet: &Sheet) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(&sheet.header).map_err(Error::internal)?;
    for row in &sheet.rows {
        writer.write_record(row.iter().map(csv_cell)).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}

fn csv_cell(cell: &CellText) -> String {
    match cell {
        CellText::Number(number) => number.to_string(),
        CellText::Text(text) => tables::held(text).into_owned(),
    }
}

/// Bytes as a file to be saved. The name is ours, in plain letters.
pub fn attachment(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_csv_cell_is_never_a_formula() {
        let sheet = Sheet {
            title: String::new(),
            as_of: String::new(),
            header: vec!["A".into()],
            rows: vec![vec!["=HYPERLINK(\"x\")".into()], vec!["a,b".into()], vec![12.into()]],
        };
        let text = String::from_utf8(csv_file(&sheet).unwrap()).unwrap();
        assert_eq!(text, "\u{feff}A\r\n\"'=HYPERLINK(\"\"x\"\")\"\r\n\"a,b\"\r\n12\r\n");
    }
}
