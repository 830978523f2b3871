//! The embedded folder and the one laid over it, read as one.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use diag::{Diagnostic, Place};
use include_dir::{Dir, include_dir};

use crate::{Pack, overlay};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../packs");

/// All packs of this server. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub struct Packs {
    overlay: Arc<BTreeMap<String, Vec<u8>>>,
}

impl Packs {
    /// What the binary carries.
    pub fn embedded() -> Self {
        Self::default()
    }

    /// What the binary carries, with each file of `dir` in the place of the
    /// embedded file of the same path, or beside them. The files are read now,
    /// once. A folder that does not exist is an empty one.
    ///
    /// # Errors
    /// The folder exists and cannot be listed. A single file that cannot be
    /// used is a diagnostic, and the embedded one stays in force.
    pub fn with_overlay(dir: &Path) -> std::io::Result<(Self, Vec<Diagnostic>)> {
        let (files, found) = overlay::read(dir)?;
        Ok((Self { overlay: Arc::new(files) }, found))
    }

    /// The bytes of one file, by its path under `packs/` with forward slashes.
    pub fn read(&self, path: &str) -> Option<&[u8]> {
        match self.overlay.get(path) {
            Some(bytes) => Some(bytes),
            None => EMBEDDED.get_file(path).map(include_dir::File::contents),
        }
    }

    /// Whether this file comes from the operator's folder.
    pub fn is_overlaid(&self, path: &str) -> bool {
        self.overlay.contains_key(path)
    }

    /// Paths of all files below a folder (`"directives/"`, or `""` for all), sorted.
    pub fn list(&self, folder: &str) -> Vec<&str> {
        let mut paths = BTreeSet::new();
        collect(&EMBEDDED, &mut paths);
        paths.extend(self.overlay.keys().map(String::as_str));
        paths.into_iter().filter(|path| path.starts_with(folder)).collect()
    }

    /// One pack in its typed form, by its path under `packs/`.
    ///
    /// # Errors
    /// `packs.missing` or `packs.malformed`, with the line.
    pub fn load<T: Pack>(&self, path: &str) -> Result<T, Box<Diagnostic>> {
        let place = Place::file(path);
        let Some(bytes) = self.read(path) else {
            return Err(Box::new(Diagnostic::error("packs.missing", place)));
        };
        let text = std::str::from_utf8(bytes).map_err(|error| {
            Diagnostic::error("packs.malformed", place.clone()).with("why", error)
        })?;
        toml::from_str(text).map_err(|error| Box::new(malformed(place, text, &error)))
    }

    /// Every TOML pack of a kind, in the order of their paths, and what was
    /// wrong with those that could not be used.
    pub fn load_all<T: Pack>(&self) -> (Vec<T>, Vec<Diagnostic>) {
        let mut packs = Vec::new();
        let mut found = Vec::new();
        for path in self.list(T::FOLDER).into_iter().filter(|path| is_toml(path)) {
            match self.load(path) {
                Ok(pack) => packs.push(pack),
                Err(diagnostic) => found.push(*diagnostic),
            }
        }
        (packs, found)
    }
}

fn is_toml(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "toml")
}

fn malformed(mut place: Place, text: &str, error: &toml::de::Error) -> Diagnostic {
    place.line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map(|before| before.matches('\n').count() as u64 + 1);
    Diagnostic::error("packs.malformed", place).with("why", error.message())
}

fn collect<'a>(dir: &'a Dir<'static>, paths: &mut BTreeSet<&'a str>) {
    paths.extend(dir.files().filter_map(|file| file.path().to_str()));
    for inner in dir.dirs() {
        collect(inner, paths);
    }
}
