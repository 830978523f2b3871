//! Bulletins against machines: which host misses which fix, with the proof.
//!
//! Bulletins ([`bulletins`]) become [`facts::Facts`]; inventories
//! ([`inventory`]) become [`inventory::Host`]s; a [`verdict::Judge`] answers
//! for each (host, CVE) *fixed*, *missing*, *not affected* or *unknown*, and
//! says by which rule, row and fact. [`updates`] lists what came out for each
//! Windows, month by month. [`pack`] keeps facts in a small signed
//! file, [`campaign`] chooses CVEs as a letter words them, [`report`] writes
//! the answer, and [`exposures::run`] does all of it for the command line.
//!
//! *What this crate must not know:* a database, a network, a clock, a unit of
//! a province. "As of" is an argument; where it is absent, every inventory is
//! judged as it stood when it was collected.
//!
//! *To add the next one:* a bulletin format is a file in `bulletins/`, an
//! inventory format a file in `inventory/`, a scanner's plugin an arm in
//! `inventory/plugins.rs`, a test of CSAF a row in `bulletins/csaf_rules.rs`, a
//! release of Windows a line in `products/releases.rs`, a Microsoft program an
//! arm in `verdict/apps/identify.rs`.

mod archive;
pub mod bulletins;
pub mod campaign;
pub mod closure;
mod codes;
pub mod exposures;
pub mod facts;
pub mod inventory;
pub mod pack;
pub mod products;
pub mod report;
mod text;
pub mod updates;
pub mod verdict;
mod xml;

pub use codes::CODES;
