//! What reading a file gives back.

use std::sync::Arc;

use diag::Diagnostic;
use serde::{Deserialize, Serialize};

use crate::{Cells, Format};

/// How the file was read, so that a person can see why it reads as it does and
/// an import can be repeated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// What the bytes are.
    pub format: Format,
    /// Name of the text encoding by the WHATWG standard; empty for workbooks.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub encoding: String,
    /// What separates the cells; none for workbooks and plain lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// The sheet that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Line or row of the header, from 1; none when there is no header and the
    /// columns are called `A`, `B`, … as a spreadsheet calls them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_line: Option<u64>,
}

/// One data row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Line or row, counted from 1 as an editor or a spreadsheet shows it. A
    /// quoted cell may run over several lines; this is the first.
    pub line: u64,
    /// The cells, in the order of [`Table::header`].
    pub cells: Cells,
    /// The row as text: the very line of a text file, the cells as CSV of a workbook.
    pub raw: Arc<str>,
}

/// A row that could not be used. Its diagnostic has the same line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Line or row, counted from 1.
    pub line: u64,
    /// The start of the row as text, up to 4 KiB.
    pub raw: String,
}

/// A file, read. Rows in the file = `preamble` + header + `rows` + `rejected`
/// + `comments` + `blank`, unless a limit stopped the reading (an error says so).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// How it was read.
    pub source: Source,
    /// Column names, trimmed, each one only once (`IP`, `IP (2)`).
    pub header: Vec<String>,
    /// Title rows found above the header, as text.
    pub preamble: Vec<Row>,
    /// Data rows.
    pub rows: Vec<Row>,
    /// Rows that were not used.
    pub rejected: Vec<Rejected>,
    /// Lines left out because they are comments (`#` or `;` first).
    pub comments: Vec<Row>,
    /// How many lines had nothing in them.
    pub blank: u64,
    /// Everything that was doubtful or wrong.
    pub diagnostics: Vec<Diagnostic>,
}

impl Table {
    /// Whether an error stopped the reading before the end of the file.
    pub fn is_cut(&self) -> bool {
        const STOPS: [&str; 4] = [
            "tables.bytes-limit",
            "tables.rows-limit",
            "tables.inflated-limit",
            "tables.workbook-broken",
        ];
        self.diagnostics.iter().any(|found| STOPS.contains(&found.code.as_ref()))
    }
}
