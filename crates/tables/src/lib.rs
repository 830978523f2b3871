//! Bytes of any spreadsheet-like file in, rows and honest diagnostics out.
//!
//! [`read`] recognises by content, not by name: XLSX, ODS, CSV with any of the
//! four usual delimiters, or plain lines, in UTF-8, UTF-16 or Windows-1258 and
//! its kin. [`Records`] reads the textual ones from a stream. [`mapping`] says
//! which column is which field, [`value`] reads dates, numbers and yes/no as
//! people write them. Every import of the house goes through here.
//!
//! *What this crate must not know:* what the rows mean, which fields exist, any
//! clock, any language beyond the synonyms that a caller passes in.
//!
//! *To add a format:* teach `Format::of` to recognise its first bytes, write
//! one file beside `workbook.rs` that turns bytes into [`Table`] under
//! [`Limits`], and add it to the match in `read.rs`.
//!
//! *To add a way of writing a date:* add its line to the golden table in
//! `tests/dates.rs` and make it pass.

mod archive;
mod cells;
mod encoding;
mod findings;
mod fold;
mod header;
mod held;
mod limits;
pub mod mapping;
mod ods_guard;
mod read;
mod records;
mod sniff;
mod table;
pub mod value;
mod workbook;

pub use cells::Cells;
pub use encoding::{Decoder, Decoding};
pub use findings::Findings;
pub use fold::fold;
pub use held::{held, released};
pub use limits::Limits;
pub use mapping::{Columns, FieldSpec, Mapping};
pub use read::{Opened, Options, decode, open, read, with_header};
pub use records::{Record, Records};
pub use sniff::Format;
pub use table::{Rejected, Row, Source, Table};

/// Every diagnostic code of this crate.
pub const CODES: &[&str] = &[
    "tables.bytes-limit",
    "tables.cell-limit",
    "tables.columns-limit",
    "tables.columns-missing",
    "tables.column-twice",
    "tables.empty",
    "tables.encoding-guessed",
    "tables.encoding-broken",
    "tables.formula-cached",
    "tables.formula-uncached",
    "tables.cell-error",
    "tables.header-below",
    "tables.inflated-limit",
    "tables.line-limit",
    "tables.merged",
    "tables.merged-limit",
    "tables.more-findings",
    "tables.nul-stripped",
    "tables.quote-open",
    "tables.ragged",
    "tables.read-failed",
    "tables.rows-limit",
    "tables.sheet-hidden",
    "tables.sheet-missing",
    "tables.sheet-skipped",
    "tables.unsupported",
    "tables.workbook-broken",
];
