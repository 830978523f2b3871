//! `thapcanh doctor` on a folder that is well, and on broken ones.

use std::fs;

use crate::support::{house, run, text};

#[test]
fn what_is_broken_is_said_and_what_is_not_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let data = house(folder.path());
    let examine = || run(&["doctor", "--deep", "--data", text(&data)]);
    let well = examine();
    for line in ["The database opens", "The audit chain holds", "The kept files are all there"] {
        assert!(well.out.contains(line), "{line}: {}", well.out);
    }
    assert!(well.out.contains("Units without an approved address range"), "{}", well.out);
    assert!(!well.out.contains('{') && !well.out.contains("[cli."), "{}", well.out);

    let shelf = fs::read_dir(data.join("files")).unwrap().next().unwrap().unwrap().path();
    let kept = fs::read_dir(&shelf).unwrap().next().unwrap().unwrap().path();
    let bytes = fs::read(&kept).unwrap();
    let mut other = bytes.clone();
    other[0] ^= 1;
    fs::write(&kept, other).unwrap();
    fs::write(shelf.join("stranger"), "x").unwrap();
    let altered = examine();
    assert_eq!(altered.code, 2, "{}", altered.out);
    assert!(altered.out.contains("Kept files were altered (1)"), "{}", altered.out);
    assert!(altered.out.contains("nothing speaks of (1): stranger"), "{}", altered.out);
    fs::remove_file(&kept).unwrap();
    assert!(examine().out.contains("Kept files are missing (1)"));
    fs::remove_dir_all(data.join("files")).unwrap();
    assert!(examine().out.contains("folder of kept files is gone"));
}

#[cfg(unix)]
#[test]
fn keys_that_others_can_read_are_a_problem() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = house(folder.path());
    fs::create_dir(data.join("keys")).unwrap();
    let key = data.join("keys/bundle.key");
    fs::write(&key, "secret").unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let said = run(&["doctor", "--data", text(&data)]);
    assert_eq!(said.code, 2);
    assert!(said.out.contains("Others on this machine can read"), "{}", said.out);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let said = run(&["doctor", "--data", text(&data)]);
    assert!(said.out.contains("Only the server can read keys"), "{}", said.out);
}

#[test]
fn a_database_that_is_none_makes_the_rest_unknown_and_not_well() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    let missing = run(&["doctor", "--data", data]);
    assert_eq!(missing.code, 2);
    assert!(missing.out.contains("has no database"), "{}", missing.out);
    fs::write(folder.path().join("thapcanh.db"), "this is no database, by any measure").unwrap();
    let broken = run(&["doctor", "--data", data]);
    assert_eq!(broken.code, 2);
    assert!(broken.out.contains("could not be looked at"), "{}", broken.out);
}
