//! Fuzz targets: every reader of outside bytes, as a function over bytes.
//!
//! A target is driven twice. `tests/mutations.rs` replays its seeds and a fixed
//! number of seeded mutations of them, in every `cargo test`. libFuzzer
//! (`src/bin/libfuzzer.rs`) looks for new ways through the code, for seconds in
//! `cargo xtask ci fuzz` and for as long as wanted in `cargo xtask fuzz`.
//!
//! *What this crate must not know:* what the right answer is. A target asserts
//! only what holds for any bytes: no panic, no endless loop, no growth, books
//! that balance.
//!
//! *To add a target:* see `README.md`.

mod detect;
mod events;
mod lists;
pub mod mutate;
mod patches;
mod tables;

use std::path::{Path, PathBuf};

/// A reader of outside bytes.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// `<crate>-<what>`; its own seeds stand in `corpus/<name>/`.
    pub name: &'static str,
    /// Further seeds, as paths from the root of the repository: files, or
    /// folders whose files are seeds.
    pub seeds: &'static [&'static str],
    /// Reads the bytes. Whatever they are, it returns.
    pub run: fn(&[u8]),
}

/// All targets, by crate.
pub fn targets() -> impl Iterator<Item = &'static Target> {
    [detect::TARGETS, events::TARGETS, lists::TARGETS, patches::TARGETS, tables::TARGETS]
        .into_iter()
        .flatten()
}

/// The target of a name.
pub fn named(name: &str) -> Option<&'static Target> {
    targets().find(|target| target.name == name)
}

impl Target {
    /// Files to begin with, in order.
    pub fn seeds(&self) -> Vec<PathBuf> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = files(&here.join("corpus").join(self.name));
        for seed in self.seeds {
            found.extend(files(&here.join("..").join(seed)));
        }
        found
    }
}

/// A file, or the files of a folder; none of what is not there.
fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = std::fs::read_dir(path).into_iter().flatten();
    let mut found: Vec<_> =
        entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    found.retain(|path| path.is_file());
    found.sort();
    found
}
