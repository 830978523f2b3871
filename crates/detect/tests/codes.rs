//! Every code that the source can give is listed, and has its sentences.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot read")]

use std::{collections::BTreeSet, fs, path::Path};

fn codes_in(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            codes_in(&path, codes);
        } else if path.file_name().is_some_and(|name| name != "lib.rs") {
            let text = fs::read_to_string(path).unwrap();
            let pieces = text.split('"').filter(|piece| piece.starts_with("detect."));
            codes.extend(pieces.map(str::to_owned));
        }
    }
}

#[test]
fn codes_are_listed_and_have_sentences() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut given = BTreeSet::new();
    codes_in(&root.join("src"), &mut given);
    let listed: BTreeSet<String> = detect::CODES.iter().map(ToString::to_string).collect();
    assert_eq!(given, listed);
    for language in ["vi", "en"] {
        let path = root.join("../../packs/locales").join(language).join("detect.toml");
        let table: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
        let named: BTreeSet<String> =
            table["diag"].as_table().unwrap().keys().map(|name| format!("detect.{name}")).collect();
        assert_eq!(named, listed, "{language}");
    }
}
