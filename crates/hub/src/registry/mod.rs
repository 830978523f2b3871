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

mod api;
pub mod authorities;
mod cells;
pub mod contacts;
pub mod enter;
mod entry;
pub mod export;
mod home;
pub mod hosts;
pub mod import;
mod keeper;
mod kind;
mod known;
pub mod lexicon;
pub mod networks;
mod pages;
pub mod search;
pub mod systems;
pub mod units;
mod writer;

pub use cells::Cells;
pub use entry::{Entry, Stamp, Which};
pub use keeper::Keeper;
pub use kind::{Field, Input, Kind};
pub use known::Known;
pub use writer::Writer;

use crate::{
    access::Viewer,
    nouns::{self, Noun, Section},
};

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
pub const NOUN: Noun = Noun {
    section: Section::Ground,
    schema: &[include_str!("schema.sql")],
    pages: Some(pages::routes),
    api: Some(api::routes),
    menu: &[
        nouns::Entry { path: "/units", text: "registry.kind.units", shown: anybody },
        nouns::Entry { path: "/networks", text: "registry.kind.networks", shown: anybody },
        nouns::Entry { path: "/contacts", text: "registry.kind.contacts", shown: anybody },
        nouns::Entry { path: "/systems", text: "registry.kind.systems", shown: anybody },
        nouns::Entry { path: "/hosts", text: "registry.kind.hosts", shown: anybody },
        nouns::Entry { path: "/authorities", text: "registry.authorities.title", shown: anybody },
        nouns::Entry { path: "/registry/import", text: "registry.import.title", shown: keepers },
    ],
    home: Some(home::home),
    ..Noun::named("registry")
};

fn anybody(_: &Viewer) -> bool {
    true
}

fn keepers(viewer: &Viewer) -> bool {
    Keeper::of(viewer).is_ok()
}

/// Everything that can be found wrong here.
pub const CODES: &[&str] = &[
    "registry.address-unreadable",
    "registry.already-there",
    "registry.authority-missing",
    "registry.circle",
    "registry.claim-decided",
    "registry.code-missing",
    "registry.date-unreadable",
    "registry.day-to-come",
    "registry.days-backwards",
    "registry.email-malformed",
    "registry.end-day-missing",
    "registry.facts-older",
    "registry.file-missing",
    "registry.import-done",
    "registry.kind-missing",
    "registry.level-out-of-range",
    "registry.mac-unreadable",
    "registry.name-missing",
    "registry.nat-of-public",
    "registry.network-approved",
    "registry.not-yours",
    "registry.range-missing",
    "registry.range-private",
    "registry.range-unreadable",
    "registry.reason-missing",
    "registry.row-twice",
    "registry.successor-ended",
    "registry.successor-missing",
    "registry.system-unknown",
    "registry.text-long",
    "registry.unit-ended",
    "registry.unit-missing",
    "registry.unit-rejected",
    "registry.unit-unknown",
    "registry.word-unknown",
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_code_is_explained_in_both_languages() {
        assert_eq!(words::check_codes("registry", super::CODES), Ok(()));
    }
}
