//! The report as a workbook: a sheet of hosts, a sheet of what is open.

use std::io::{self, Write};

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use super::{Report, csv};

/// Rows that a sheet can hold, the header left out.
const SHEET_ROWS: usize = 1_048_575;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let bytes = build(report).map_err(io::Error::other)?;
    out.write_all(&bytes)
}

fn build(report: &Report) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    hosts(report, book.add_worksheet().set_name("hosts")?)?;
    let mut rows = (0..report.hosts.len()).flat_map(|at| csv::rows(report, at)).peekable();
    let mut sheets = 1;
    loop {
        let name = if sheets == 1 { "open".to_owned() } else { format!("open {sheets}") };
        open(&mut rows.by_ref().take(SHEET_ROWS), book.add_worksheet().set_name(name)?)?;
        sheets += 1;
        if rows.peek().is_none() {
            return book.save_to_buffer();
        }
    }
}

fn hosts(report: &Report, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let head = [
        "host",
        "product",
        "build",
        "collected at",
        "listed",
        "fixed",
        "missing",
        "unknown",
        "not affected",
    ];
    sheet.write_row(0, 0, head)?;
    for (row, (host, answer)) in (1..).zip(report.hosts.iter().zip(&report.answers)) {
        let s = answer.summary();
        let product = answer.product.as_ref().map_or("", |p| p.name.as_str());
        let collected = host.collected_at().map(|t| t.to_string()).unwrap_or_default();
        sheet.write_row(
            row,
            0,
            [host.name.as_str(), product, &host.os.build_text(), &collected],
        )?;
        let counts = [s.listed, s.fixed, s.missing, s.unknown, s.not_affected];
        sheet.write_row(row, 4, counts.map(|n| u32::try_from(n).unwrap_or(u32::MAX)))?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn open(
    rows: &mut dyn Iterator<Item = [String; 11]>,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    sheet.write_row(0, 0, csv::COLUMNS)?;
    for (at, row) in (1..).zip(rows) {
        sheet.write_row(at, 0, row)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}
