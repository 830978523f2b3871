//! The licence of rules that do not name one: that of the collection they lie in.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use rustc_hash::FxHashMap;

/// Folders above a rule that are looked into.
const LEVELS: usize = 8;
/// Bytes of a licence that are read.
const MOST: u64 = 1 << 16;

/// What stands in the text of a licence, and its SPDX name.
const KNOWN: [(&str, &str); 8] = [
    ("detection rule license (drl) 1.1", "DRL-1.1"),
    ("detection rule license (drl) 1.0", "DRL-1.0"),
    ("elastic license 2.0", "Elastic-2.0"),
    ("gnu affero general public license", "AGPL-3.0"),
    ("gnu lesser general public license", "LGPL"),
    ("gnu general public license", "GPL"),
    ("apache license", "Apache-2.0"),
    ("mit license", "MIT"),
];

/// Licences by folder, each looked up once.
#[derive(Debug, Default)]
pub(super) struct Licenses(FxHashMap<PathBuf, String>);

impl Licenses {
    /// The licence of the nearest folder above a rule that has one; empty if
    /// there is none.
    pub(super) fn of(&mut self, rule: &Path) -> String {
        let Some(folder) =
            std::path::absolute(rule).ok().and_then(|p| Some(p.parent()?.to_owned()))
        else {
            return String::new();
        };
        let find = || folder.ancestors().take(LEVELS).find_map(in_folder).unwrap_or_default();
        self.0.entry(folder.clone()).or_insert_with(find).clone()
    }
}

fn in_folder(folder: &Path) -> Option<String> {
    let mut names: Vec<PathBuf> =
        fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok().map(|e| e.path())).collect();
    names.sort();
    let is_license = |path: &&PathBuf| {
        let stem = path.file_stem().unwrap_or_default().to_ascii_lowercase();
        path.is_file() && (stem == "license" || stem == "licence" || stem == "copying")
    };
    names.iter().find(is_license).and_then(|path| named(path))
}

/// Its SPDX name, or its first line.
fn named(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(MOST).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let known = KNOWN.iter().find(|(phrase, _)| words.contains(phrase));
    let first = || text.lines().find(|line| !line.trim().is_empty());
    let name = known.map(|(_, name)| *name).or_else(first)?;
    Some(name.trim_matches(['#', ' ']).chars().take(80).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_licence_above_counts() {
        let root = tempfile::tempdir().unwrap();
        let below = root.path().join("rules/windows");
        fs::create_dir_all(&below).unwrap();
        let rule = below.join("a.yml");
        for (file, text, expected) in [
            ("LICENSE", "# Licenses\n\n[Detection Rule License\n(DRL) 1.1](x)", "DRL-1.1"),
            ("rules/LICENSE.txt", "\nHouse rules, all welcome\n", "House rules, all welcome"),
        ] {
            fs::write(root.path().join(file), text).unwrap();
            assert_eq!(Licenses::default().of(&rule), expected);
        }
    }
}
