//! Inventories, bulletins and packs. A file that says nothing is named, never
//! dropped in silence.

use patches::{
    bulletins,
    facts::Builder,
    inventory::{self, Found},
    pack,
    verdict::{Judge, Question},
};

use crate::Target;

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "patches-inventory",
        seeds: &["crates/patches/tests/systeminfo"],
        run: read_inventory,
    },
    Target { name: "patches-bulletins", seeds: &[], run: read_bulletins },
    Target { name: "patches-pack", seeds: &[], run: read_pack },
];

fn read_inventory(bytes: &[u8]) {
    let mut found = Found::default();
    inventory::read("x", bytes, &mut found);
    let gathered = inventory::gather(found);
    assert!(!gathered.hosts.is_empty() || !gathered.diagnostics.is_empty(), "dropped in silence");
}

fn read_bulletins(bytes: &[u8]) {
    let mut builder = Builder::default();
    let found = bulletins::read("x", bytes, &mut builder);
    let facts = builder.finish();
    let says = !facts.sources.is_empty() || !facts.rows.is_empty() || !facts.statements.is_empty();
    assert!(says || !found.is_empty(), "dropped in silence");
    let judge = Judge::new(&facts);
    let host = patches::inventory::Host::default();
    let _ = judge.host(&host, &Question::everything(&facts));
}

fn read_pack(bytes: &[u8]) {
    let _ = pack::check(bytes, &[]);
    if let Ok((_, facts)) = pack::load(bytes) {
        let _ = Judge::new(&facts);
    }
}
