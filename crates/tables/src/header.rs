//! Which row is the header: an official letter writes its name, its number
//! and a title above the table, and a feed hides the column names in a remark.

use crate::{Cells, FieldSpec, Row, fold, mapping, records::split, sniff, value};

/// How far down a header is looked for.
const DEPTH: usize = 40;

/// Where the header was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// Among the rows, at this index.
    Row(usize),
    /// In a remark, at this line, cut into these names.
    Comment(u64, Cells),
}

/// Finds the row that names most of the wanted fields; without wanted fields,
/// the first row that looks like names above values.
pub(crate) fn find(
    rows: &[Row],
    comments: &[Row],
    fields: &[FieldSpec],
    delimiter: Option<char>,
) -> Option<At> {
    let width = modal_width(rows);
    named(rows, fields, width)
        .map(At::Row)
        .or_else(|| in_comment(rows, comments, fields, delimiter, width))
        .or_else(|| looks_like(rows, width).map(At::Row))
}

fn named(rows: &[Row], fields: &[FieldSpec], width: usize) -> Option<usize> {
    let mut best = None;
    for (at, row) in rows.iter().take(DEPTH).enumerate() {
        let score = mapping::exact_matches(row.cells.iter(), fields);
        let enough = score >= 2 || (score == 1 && (width <= 2 || filled(&row.cells) >= 2));
        let held = best.map_or(0, |(held, _)| held);
        if enough && score > held && row.cells.iter().all(|c| is_label_or(c, fields)) {
            best = Some((score, at));
        }
    }
    best.map(|(_, at)| at)
}

fn in_comment(
    rows: &[Row],
    comments: &[Row],
    fields: &[FieldSpec],
    delimiter: Option<char>,
    width: usize,
) -> Option<At> {
    let first = rows.first()?.line;
    let delimiter = delimiter?;
    comments.iter().filter(|c| c.line < first).rev().find_map(|comment| {
        let text = comment.raw.trim_start_matches(['#', ';', '/', ' ', '\t']);
        let text = text.rsplit_once(": ").map_or(text, |(_, names)| names);
        let cells = split(text, delimiter, true).cells;
        let fits = cells.len() == width && mapping::exact_matches(cells.iter(), fields) >= 1;
        fits.then_some(At::Comment(comment.line, cells))
    })
}

fn looks_like(rows: &[Row], width: usize) -> Option<usize> {
    if width < 2 {
        return None;
    }
    let labels = |row: &Row| row.cells.iter().all(is_label) && filled(&row.cells) * 10 >= width * 6;
    let at = rows.iter().take(DEPTH).position(labels)?;
    let distinct: std::collections::BTreeSet<_> =
        rows[at].cells.iter().map(fold::fold).filter(|c| !c.is_empty()).collect();
    (distinct.len() == filled(&rows[at].cells) && rows.len() > at + 1).then_some(at)
}

fn modal_width(rows: &[Row]) -> usize {
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    for row in rows.iter().take(1000) {
        *counts.entry(row.cells.len()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(width, count)| (*count, *width)).map_or(0, |(width, _)| width)
}

fn filled(cells: &Cells) -> usize {
    cells.iter().filter(|cell| !cell.is_empty()).count()
}

fn is_label_or(cell: &str, fields: &[FieldSpec]) -> bool {
    is_label(cell) || mapping::exact_matches([cell], fields) > 0
}

/// Whether a cell could be the name of a column: short words, not a value.
fn is_label(cell: &str) -> bool {
    let is_value = || {
        let address = cell.split('/').next().unwrap_or(cell);
        address.parse::<std::net::IpAddr>().is_ok()
            || cell.contains("://")
            || cell.contains('@')
            || value::integer(cell).is_ok()
            || value::date(cell).is_ok()
    };
    cell.is_empty()
        || (cell.chars().count() <= 80 && !sniff::is_comment(cell, None) && !is_value())
        || cell == "#"
}
