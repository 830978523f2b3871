//! Dated data that changes without a release: law, contacts, letters, places.
//!
//! The repository's `packs/` folder is embedded whole into the binary, so the
//! tower works cut off from the Internet; a folder on disk is laid over it
//! file by file, so an operator corrects a phone number without a new release.
//!
//! Every pack says in its `[pack]` table what it is, from when to when it
//! holds, as of which day its facts are, and which of them nobody has checked
//! ([`Meta`]). "Today" is always an argument: a rule asks what held on the day
//! of the event, and a pack that has run out is never used in silence
//! ([`NotConfigured`]).
//!
//! *What this crate must not know:* the database, the server, any language's
//! sentences, and what other crates keep in their own folders; those read
//! their bytes with [`Packs::read`] and parse them at home.
//!
//! *To add the next kind of pack:* make a folder under `packs/`; if more than
//! one crate reads it, add a module here with a struct whose first field is
//! `pack: Meta`, implement [`Pack`] for it, and give it a row in the test
//! `every_pack_parses`.

mod authorities;
mod directives;
mod meta;
mod overlay;
mod places;
mod read;
mod regimes;

pub use authorities::{Authorities, Authority, Channel, ChannelKind, NotConfigured, Role};
pub use directives::{Check, Counts, Demand, Directive, Due, Period, Reference, Scope};
pub use meta::{Meta, Pack, Text};
pub use places::{Place, PlaceUnit};
pub use read::Packs;
pub use regimes::{Level, Regime};

/// Every diagnostic this crate can give.
pub const CODES: &[&str] = &[
    "packs.unreadable",
    "packs.too-large",
    "packs.not-a-file",
    "packs.malformed",
    "packs.missing",
];
