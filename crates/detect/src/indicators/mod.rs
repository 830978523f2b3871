//! Indicators: addresses, domains, URLs, hashes and file names that somebody
//! has reported, found wherever they stand in an event.
//!
//! A million of them lie in one arena with one hash table over it. An event's
//! text is passed over once for dots, colons and runs of hex digits, and only
//! what looks like an indicator is looked up. A domain stands for all that is
//! below it. What a warning list names (public resolvers, large sites, private
//! ranges) never matches.

mod find;
mod formats;
mod normal;
mod recent;
mod set;
mod stix;
#[cfg(test)]
mod tests;
mod warnings;

pub use find::{Finder, Found};
pub use formats::{CsvMapping, read};
pub use normal::{Indicator, Kind, classify};
pub use set::{Entry, IndicatorSet};
pub use warnings::WarningLists;
