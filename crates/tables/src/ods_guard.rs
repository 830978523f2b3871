//! An ODS cell says "repeat me 16,384 times" in a few bytes, and so does a
//! row. The library that reads ODS obeys; so the claims are added up first.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::Limits;

/// Cells with a value that all repetitions may add up to.
const CELLS: u64 = 4_000_000;

/// Refuses a document whose repeated cells and rows would not fit.
pub(crate) fn check(bytes: &[u8], limits: &Limits) -> Result<(), String> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let member = zip.by_name("content.xml").map_err(|e| e.to_string())?;
    let mut text = Vec::new();
    member.take(limits.inflated).read_to_end(&mut text).map_err(|e| e.to_string())?;
    let text = String::from_utf8_lossy(&text);
    let cost: u64 = text.split("<table:table ").map(cost_of_sheet).sum();
    if cost > CELLS { Err(format!("{cost} repeated cells")) } else { Ok(()) }
}

/// Cells that a sheet unrolls to. Empty rows at its end cost nothing; between
/// filled rows they are unrolled like others.
fn cost_of_sheet(sheet: &str) -> u64 {
    let (mut cost, mut pending, mut widest) = (0_u64, 0_u64, 1_u64);
    for row in sheet.split("<table:table-row").skip(1) {
        let (tag, rest) = row.split_once('>').unwrap_or((row, ""));
        let times = repeated(tag, "number-rows-repeated=\"").min(1 << 20);
        let (width, bytes) = width(rest);
        widest = widest.max(width);
        if bytes == 0 {
            pending = pending.saturating_add(times);
        } else {
            let unrolled = times.saturating_mul(width.max(bytes / 64));
            cost = cost.saturating_add(unrolled).saturating_add(pending.saturating_mul(widest));
            pending = 0;
        }
    }
    cost
}

/// Columns of a row up to its last filled cell, and bytes of text when the
/// repeated cells are written out.
fn width(row: &str) -> (u64, u64) {
    let (mut columns, mut filled, mut bytes) = (0_u64, 0_u64, 0_u64);
    for cell in row
        .split("<table:")
        .filter(|part| part.starts_with("table-cell") || part.starts_with("covered"))
    {
        let times = repeated(cell, "number-columns-repeated=\"").min(1 << 14);
        columns = columns.saturating_add(times);
        let has_value = cell.contains("office:value")
            || cell.contains("-value=")
            || cell.contains("text:p")
            || cell.contains("formula=");
        if has_value {
            filled = columns;
            bytes = bytes.saturating_add(times.saturating_mul(cell.len() as u64));
        }
    }
    (filled, bytes)
}

fn repeated(tag: &str, attribute: &str) -> u64 {
    let Some((_, rest)) = tag.split_once(attribute) else { return 1 };
    rest.split('"').next().and_then(|n| n.parse().ok()).unwrap_or(1)
}
