//! Where the shared real data stand, when they are there.
#![allow(dead_code, reason = "each test file uses a part")]

use std::{fs, path::PathBuf};

use patches::{
    bulletins,
    facts::{Builder, Facts},
    inventory::{Host, Hotfixes, Os},
    products::Arch,
};

pub(crate) const MONTHS: [&str; 7] = ["May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"];

/// A path under the shared data; says so aloud when it is absent.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("THAPCANH_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let found = root.join("data").join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("SKIPPED: {path} is not among the shared data here");
    None
}

/// Microsoft's bulletins of some months of 2023.
pub(crate) fn msrc(months: &[&str]) -> Option<Facts> {
    let folder = shared("01-msrc/cvrf")?;
    let mut builder = Builder::default();
    for month in months {
        let name = format!("cvrfDocument-2023-{month}.xml");
        let bytes = fs::read(folder.join(&name)).unwrap();
        let found = bulletins::read(&name, &bytes, &mut builder);
        assert!(found.iter().all(|d| !d.is_error()), "{found:?}");
    }
    Some(builder.finish())
}

/// A host by name, version and list of updates (`None`: not collected).
pub(crate) fn host(name: &str, version: &str, kbs: Option<&[u32]>) -> Host {
    let mut os = Os { name: name.to_owned(), arch: Some(Arch::X64), ..Os::default() };
    os.set_version(version);
    Host {
        name: "PC-MAU-01".to_owned(),
        os,
        hotfixes: kbs.map(|k| Hotfixes::whole(k.iter().copied())),
        ..Host::default()
    }
}

/// The pack in the repository: Microsoft's May to November 2023.
pub(crate) fn pack() -> Facts {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/bulletins/msrc-2023-05_11.pack");
    patches::pack::load(&fs::read(path).unwrap()).unwrap().1
}
