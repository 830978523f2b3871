//! How much of a file is read before we stop and say so.

use serde::{Deserialize, Serialize};

/// Bounds on one file. Nothing in this crate holds more than these allow, so a
/// hostile file costs memory in proportion to them and not to its claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Bytes of the file, before any unpacking.
    pub bytes: u64,
    /// Bytes of all members of a workbook, unpacked.
    pub inflated: u64,
    /// Data rows kept.
    pub rows: usize,
    /// Columns of one row.
    pub columns: usize,
    /// Bytes of one cell, as UTF-8.
    pub cell: usize,
    /// Bytes of one row, as UTF-8.
    pub line: usize,
    /// Merged areas of a sheet that are looked at.
    pub merged: usize,
    /// Findings of one kind that are listed one by one; the rest are counted.
    pub findings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 128 << 20,
            inflated: 256 << 20,
            rows: 1_000_000,
            columns: 1_000,
            cell: 64 << 10,
            line: 1 << 20,
            merged: 10_000,
            findings: 100,
        }
    }
}
