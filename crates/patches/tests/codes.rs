//! Every code has a text and a hint in both languages, and none is left over.

#![allow(clippy::unwrap_used, reason = "a test may fail aloud")]

use std::{collections::BTreeSet, fs, path::Path};

fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.file_name().is_some_and(|n| n != "codes.rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_code_is_used_and_worded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let codes: BTreeSet<&str> = patches::CODES.iter().copied().collect();
    assert_eq!(codes.len(), patches::CODES.len(), "a code stands twice");
    let mut text = String::new();
    sources(&root.join("src"), &mut text);
    let used: BTreeSet<&str> = text
        .match_indices("\"patches.")
        .filter_map(|(at, _)| text[at + 1..].split('"').next())
        .collect();
    assert_eq!(used, codes);
    for language in ["vi", "en"] {
        let file = root.join(format!("../../packs/locales/{language}/patches.toml"));
        let locale: toml::Table = fs::read_to_string(file).unwrap().parse().unwrap();
        let worded: BTreeSet<String> =
            locale["diag"].as_table().unwrap().keys().map(|k| format!("patches.{k}")).collect();
        let codes: BTreeSet<String> = codes.iter().map(|c| (*c).to_owned()).collect();
        assert_eq!(worded, codes, "{language}");
    }
}
