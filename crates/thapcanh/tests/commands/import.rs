//! `thapcanh import` into a real data folder.

use crate::support::{house, run, text};

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
