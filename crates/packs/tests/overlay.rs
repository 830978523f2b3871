//! The operator's folder wins file by file, and a bad file in it harms nothing else.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use std::fs;

use packs::{Authorities, Directive, Packs};

const PHONES: &str = "authorities/vn-2024-01.toml";

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

#[test]
fn a_folder_that_is_not_there_changes_nothing() {
    let dir = folder(&[]);
    let (packs, found) = Packs::with_overlay(&dir.path().join("packs")).unwrap();
    assert_eq!(found, []);
    assert_eq!(packs.list(""), Packs::embedded().list(""));
}

#[test]
fn a_file_of_the_same_path_wins_and_a_new_one_joins() {
    let dir = folder(&[(PHONES, b"ours"), ("lessons/one.toml", b"new")]);
    let (packs, found) = Packs::with_overlay(dir.path()).unwrap();
    assert_eq!(found, []);
    assert_eq!(packs.read(PHONES), Some(&b"ours"[..]));
    assert!(packs.is_overlaid(PHONES));
    assert_eq!(packs.read("lessons/one.toml"), Some(&b"new"[..]));
    assert_eq!(packs.list("lessons/one"), ["lessons/one.toml"]);
    let letter = "directives/vn-dt-2024-01.toml";
    assert_eq!(packs.read(letter), Packs::embedded().read(letter));
    assert!(!packs.is_overlaid(letter));
}

#[test]
fn a_malformed_pack_is_named_with_its_line_and_the_others_load() {
    let text = b"# note\n[pack]\nname = 7\n";
    let dir = folder(&[("authorities/aa-broken.toml", text), ("authorities/latin.toml", b"\xff")]);
    let (packs, _) = Packs::with_overlay(dir.path()).unwrap();
    let (loaded, found) = packs.load_all::<Authorities>();
    assert_eq!(loaded.len(), 1);
    let places: Vec<String> = found.iter().map(|each| each.place.to_string()).collect();
    assert_eq!(places, ["authorities/aa-broken.toml:3", "authorities/latin.toml"]);
    assert!(found.iter().all(|each| each.code == "packs.malformed"));
}

#[test]
fn a_pack_that_is_not_there_is_said_to_be_missing() {
    let found = Packs::embedded().load::<Directive>("directives/none.toml").unwrap_err();
    assert_eq!(found.code, "packs.missing");
    assert_eq!(Packs::embedded().read("../Cargo.toml"), None);
}

#[test]
fn what_is_too_large_is_left_out() {
    let dir = folder(&[("small.toml", b"a = 1")]);
    let large = fs::File::create(dir.path().join("large.bin")).unwrap();
    large.set_len((64 << 20) + 1).unwrap();
    let (packs, found) = Packs::with_overlay(dir.path()).unwrap();
    assert_eq!(packs.read("small.toml"), Some(&b"a = 1"[..]));
    assert_eq!(packs.read("large.bin"), None);
    assert_eq!(found[0].code, "packs.too-large");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    let dir = folder(&[]);
    std::os::unix::fs::symlink("/etc/hostname", dir.path().join("link.toml")).unwrap();
    let (packs, found) = Packs::with_overlay(dir.path()).unwrap();
    assert_eq!(packs.read("link.toml"), None);
    assert_eq!(found[0].code, "packs.not-a-file");
}
