//! Botnet lists in, placed rows out: which agency had which infected address
//! at which moment.
//!
//! [`read`] takes a list in any shape that a province gets (a national letter's
//! workbook, a Shadowserver report, a plain list, a feed's text) and gives an
//! [`Entry`] for each address, with every line accounted for.
//! [`ownership::Index`] answers whose an address was *at that moment*.
//! [`botnet::run`] does both for the command line.
//!
//! *What this crate must not know:* units beyond their codes, what becomes of
//! a sighting, any database, any clock ("now" is an argument), any name server.
//!
//! *To add a Shadowserver report:* one entry in `packs/shadowserver/reports.toml`.
//! *To add a column name that a feed uses:* one synonym in `fields.rs`.
//! *To add a format:* one file that turns bytes into entries by `rows.rs` or
//! `text.rs`, and its arm in `read.rs`; then a file of it in the tests.

pub mod address;
pub mod botnet;
mod entry;
pub mod feed;
pub mod fields;
mod guess;
mod json;
mod markup;
pub mod ownership;
mod plan;
mod read;
mod refang;
mod rows;
pub mod shadowserver;
pub mod taxonomy;
mod text;

pub use address::{Address, WrongAddress};
pub use entry::{
    Counts, Destination, Entry, Extra, Key, List, Repeated, Skipped, TimeSource, family_key,
};
pub use feed::{Format, Settings};
pub use read::{Context, Rulebook, read, read_each};
pub use refang::refang;

/// Every diagnostic code of this crate.
pub const CODES: &[&str] = &[
    "lists.address-leading-zeros",
    "lists.address-missing",
    "lists.address-none",
    "lists.address-special",
    "lists.address-unread",
    "lists.address-zone",
    "lists.class-unknown",
    "lists.duplicate",
    "lists.json-broken",
    "lists.pack-broken",
    "lists.port-unread",
    "lists.range-unread",
    "lists.range-backwards",
    "lists.report-unknown",
    "lists.time-future",
    "lists.time-missing",
    "lists.time-swapped",
    "lists.time-unread",
    "lists.zone-unknown",
];
