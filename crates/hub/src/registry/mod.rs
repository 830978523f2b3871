//! The register (*sổ đăng ký*) of a province: its units in a tree, their
//! systems, machines, address ranges and people, and the authorities above.
//!
//! Every other room asks here whose something is. What it answers depends on a
//! day: units merge, ranges change hands, people are confirmed and expire.
//!
//! *What this room must not know:* letters, sightings, notices: the rooms above.
//!
//! *To add a kind of thing:* a folder with its types and verbs, its tables in
//! `schema.sql`, its columns in `packs/registry/columns.toml`, its rows in
//! `import/` and `export.rs`.

pub mod contacts;
pub mod hosts;
mod keeper;
pub mod networks;
pub mod systems;
pub mod units;

pub use keeper::Keeper;

use crate::nouns::Noun;

crate::ids::id! {
    /// An information system.
    SystemId
}
crate::ids::id! {
    /// A machine.
    HostId
}
crate::ids::id! {
    /// An address range held by a unit.
    NetworkId
}
crate::ids::id! {
    /// A person to call.
    ContactId
}
crate::ids::id! {
    /// A file handed in.
    ImportId
}

/// The room's card.
pub const NOUN: Noun = Noun { schema: &[include_str!("schema.sql")], ..Noun::named("registry") };
