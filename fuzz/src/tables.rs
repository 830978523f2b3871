//! Spreadsheets: any bytes are a table or a diagnostic.

use tables::{Limits, Options};

use crate::Target;

pub(crate) const TARGETS: &[Target] = &[Target { name: "tables-read", seeds: &[], run: read }];

/// What a workbook may unpack to while it is fuzzed.
pub(crate) fn limits() -> Limits {
    Limits { inflated: 8 << 20, ..Limits::default() }
}

fn read(bytes: &[u8]) {
    tables::read(bytes, &Options { limits: limits(), ..Options::default() });
}
