//! `thapcanh import` into a real data folder.

use crate::support::{binary, house, run, text};

#[test]
fn rows_come_in_once_and_what_is_rejected_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let data = house(folder.path());
    let file = folder.path().join("more.csv");
    std::fs::write(&file, "code,name\nMAU-1,Đơn vị Mẫu\n,không mã\n").unwrap();
    let import = |more: &[&str]| {
        let mut all = vec!["import", "units", text(&file), "--data", text(&data)];
        all.extend(more);
        run(&all)
    };
    let dry = import(&["--dry-run"]);
    assert_eq!(dry.code, 1, "{}", dry.err);
    assert!(dry.out.contains("1 created") && dry.out.contains("1 rejected"), "{}", dry.out);
    let first = import(&[]);
    assert_eq!(first.code, 1, "{}", first.err);
    // The preview had changed nothing, so the row is still new.
    assert!(first.out.contains("1 created"), "{}", first.out);
    assert!(first.out.contains("more.csv:3"), "{}", first.out);
    assert!(import(&[]).out.contains("1 unchanged"));
}

/// A sparse file of 2 GB without a line end, an old workbook, a letter: each is
/// refused in words, and the chain of changes holds.
#[test]
fn a_file_that_is_unfit_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let data = house(folder.path());
    let huge = folder.path().join("huge.csv");
    std::fs::File::create(&huge).unwrap().set_len(2 << 30).unwrap();
    let old = folder.path().join("old.xls");
    std::fs::write(&old, b"\xD0\xCF\x11\xE0\xA1\xB1").unwrap();
    let letter = folder.path().join("letter.txt");
    std::fs::write(&letter, "Kính gửi các đơn vị\n").unwrap();
    let cases = [
        (&huge, "huge.csv: The file is larger than allowed", "Split the file"),
        (&old, "Excel 97-2003 (.xls)", "Save it as XLSX"),
        (&letter, "letter.txt", "Choose the columns"),
    ];
    for (file, what, hint) in cases {
        let said = run(&["import", "hosts", text(file), "--data", text(&data)]);
        assert_eq!(said.code, 3, "{}{}", said.out, said.err);
        assert!(said.err.contains(what) && said.err.contains(hint), "{}", said.err);
    }
    let said = run(&["botnet", text(&huge), "--networks", text(&letter)]);
    assert_eq!(said.code, 3, "{}{}", said.out, said.err);
    assert!(said.err.contains("larger than allowed"), "{}", said.err);
    let verified = binary().args(["verify", "audit", "--data", text(&data)]).output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
}

#[test]
fn what_cannot_be_taken_in_at_all_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.csv");
    std::fs::write(&file, "a,b\n1,2\n").unwrap();
    let data = folder.path().join("nothing");
    let said = run(&["import", "units", text(&file), "--data", text(&data)]);
    assert_eq!(said.code, 3);
    assert!(!data.exists(), "a typing error made a data folder");
    let data = house(folder.path());
    let wrong = run(&["import", "units", text(&file), "--data", text(&data)]);
    assert_eq!(wrong.code, 3, "{}", wrong.out);
    let feed = run(&["import", "list", text(&file), "--feed", "x", "--data", text(&data)]);
    assert_eq!(feed.code, 3, "{}", feed.out);
}
