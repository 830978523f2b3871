//! Columns of a table that has no header: judged by what is in them.

use jiff::tz::TimeZone;
use tables::{Mapping, Table, value};

use crate::address;

/// The first column that mostly holds addresses, and the first that mostly
/// holds times.
pub(crate) fn by_content(table: &Table) -> Mapping {
    let mut mapping = Mapping::default();
    let is_address = |cell: &str| address::read(cell).is_ok();
    let is_time = |cell: &str| cell.len() >= 8 && value::moment(cell, &TimeZone::UTC).is_ok();
    if let Some(column) = first_column(table, is_address) {
        mapping = mapping.with("address", column);
    }
    if let Some(column) = first_column(table, is_time) {
        mapping = mapping.with("time", column);
    }
    mapping
}

fn first_column(table: &Table, is: impl Fn(&str) -> bool) -> Option<&str> {
    let sample = &table.rows[..table.rows.len().min(200)];
    let share = |at: usize| {
        let filled =
            sample.iter().filter_map(|row| row.cells.get(at)).filter(|cell| !cell.is_empty());
        let (all, fitting) =
            filled.fold((0, 0), |(all, fit), cell| (all + 1, fit + usize::from(is(cell))));
        all > 0 && fitting * 2 > all && fitting * 3 > sample.len()
    };
    (0..table.header.len()).find(|at| share(*at)).map(|at| table.header[at].as_str())
}
