//! Backup → restore, and backups that are not to be believed.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use zip::{ZipWriter, write::SimpleFileOptions};

use crate::support::{house, run, text};

fn verified(data: &Path) -> String {
    let said =
        crate::support::binary().args(["verify", "audit", "--data", text(data)]).output().unwrap();
    assert!(said.status.success());
    String::from_utf8(said.stdout).unwrap()
}

/// Kept files by name.
fn kept(data: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for folder in fs::read_dir(data.join("files")).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            all.insert(path.strip_prefix(data).unwrap().to_owned(), fs::read(&path).unwrap());
        }
    }
    assert!(!all.is_empty());
    all
}

#[test]
fn what_is_restored_is_what_was_backed_up() {
    let folder = tempfile::tempdir().unwrap();
    let data = house(folder.path());
    fs::create_dir(data.join("keys")).unwrap();
    fs::write(data.join("keys/bundle.key"), "secret").unwrap();
    for (out, keys) in [("b.zip", false), ("b-folder", true)] {
        let (out, new) = (folder.path().join(out), folder.path().join(format!("new-{keys}")));
        let mut arguments = vec!["backup", "--data", text(&data), "--out", text(&out)];
        arguments.extend(keys.then_some("--with-keys"));
        let said = run(&arguments);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        let said = run(&["restore", text(&out), "--data", text(&new)]);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        assert!(said.out.contains("The audit chain holds"), "{}", said.out);
        assert_eq!(verified(&data), verified(&new));
        assert_eq!(kept(&data), kept(&new));
        assert_eq!(new.join("keys/bundle.key").exists(), keys);
        let again = run(&["restore", text(&out), "--data", text(&new)]);
        assert_eq!(again.code, 1, "{}", again.out);
    }
    let twice =
        run(&["backup", "--data", text(&data), "--out", text(&folder.path().join("b.zip"))]);
    assert_eq!(twice.code, 3, "a backup was overwritten: {}", twice.out);
}

#[test]
fn a_backup_is_whole_while_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let data = house(folder.path());
    let file = folder.path().join("more.csv");
    let (writing, place) = (file.clone(), data.clone());
    let writer = std::thread::spawn(move || {
        for n in 0..12 {
            fs::write(&writing, format!("code,name\nMAU-{n},Mẫu {n}\n")).unwrap();
            let import = ["import", "units", text(&writing), "--data", text(&place)];
            assert_eq!(run(&import).code, 0);
        }
    });
    let mut made = 0;
    while !writer.is_finished() || made == 0 {
        let out = folder.path().join(format!("{made}.zip"));
        let new = folder.path().join(format!("new-{made}"));
        let said = run(&["backup", "--data", text(&data), "--out", text(&out)]);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        let said = run(&["restore", text(&out), "--data", text(&new)]);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        let said = run(&["doctor", "--deep", "--data", text(&new)]);
        assert!(said.out.contains("The kept files are all there"), "{}", said.out);
        made += 1;
    }
    writer.join().unwrap();
}

#[test]
fn a_missing_kept_file_is_said_and_the_rest_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let data = house(folder.path());
    let gone = kept(&data).into_keys().next().unwrap();
    fs::remove_file(data.join(&gone)).unwrap();
    let out = folder.path().join("b.zip");
    let said = run(&["backup", "--data", text(&data), "--out", text(&out)]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(said.out.contains(text(Path::new(gone.file_name().unwrap()))) && out.exists());
}

/// Restoring the folder, after something was done to it, must be refused.
fn refused(change: impl FnOnce(&Path)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let data = house(folder.path());
    let (out, new) = (folder.path().join("b"), folder.path().join("new"));
    assert_eq!(run(&["backup", "--data", text(&data), "--out", text(&out)]).code, 0);
    change(&out);
    let said = run(&["restore", text(&out), "--data", text(&new)]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    assert!(!new.exists(), "something was left behind");
    said.out
}

#[test]
fn an_altered_backup_is_refused() {
    let altered = refused(|out| {
        let mut bytes = fs::read(out.join("thapcanh.db")).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(out.join("thapcanh.db"), bytes).unwrap();
    });
    assert!(altered.contains("thapcanh.db"), "{altered}");
    let strange = refused(|out| fs::write(out.join("more.txt"), "x").unwrap());
    assert!(strange.contains("more.txt"), "{strange}");
    let without = refused(|out| fs::remove_file(out.join("manifest.json")).unwrap());
    assert!(without.contains("manifest.json"), "{without}");
}

/// A zip of these members with a manifest that lists them truly.
fn zip_of(path: &Path, members: &[(&str, &[u8])]) {
    let lines: Vec<_> = members
        .iter()
        .map(|(name, bytes)| {
            serde_json::json!({
                "path": name, "size": bytes.len(), "sha256": proof::sha256_hex(bytes),
            })
        })
        .collect();
    let manifest = serde_json::json!({
        "format": "thapcanh-backup/1", "made_at": "2024-01-01T00:00:00Z", "version": "0",
        "state": "embedded", "keys": false, "head": null, "files": lines,
    });
    let mut zip = ZipWriter::new(fs::File::create(path).unwrap());
    let manifest = manifest.to_string();
    for (name, bytes) in members.iter().chain(&[("manifest.json", manifest.as_bytes())]) {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

#[test]
fn a_hostile_zip_writes_nothing_anywhere() {
    for name in ["../outside", "/outside", "files/../../outside", "other/x", "C:x", "a\\b"] {
        let folder = tempfile::tempdir().unwrap();
        let (zip, new) = (folder.path().join("h.zip"), folder.path().join("inner/new"));
        zip_of(&zip, &[(name, b"x")]);
        let said = run(&["restore", text(&zip), "--data", text(&new)]);
        assert_eq!(said.code, 1, "{name}: {}{}", said.out, said.err);
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "{name}: {left:?}");
    }
}

#[test]
fn a_tampered_zip_and_a_file_that_is_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (zip, new) = (folder.path().join("t.zip"), folder.path().join("new"));
    zip_of(&zip, &[("demo.json", b"0123456789abcdef")]);
    let mut bytes = fs::read(&zip).unwrap();
    // Just behind the first member's header and name.
    bytes[30 + "demo.json".len() + 3] ^= 1;
    for tampered in [bytes, b"not a zip at all".to_vec(), Vec::new()] {
        fs::write(&zip, tampered).unwrap();
        let said = run(&["restore", text(&zip), "--data", text(&new)]);
        assert_eq!(said.code, 1, "{}{}", said.out, said.err);
        assert!(!new.exists());
    }
}
