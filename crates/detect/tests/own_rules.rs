//! Our own rules: every one loads, says who wrote it, and has cases in
//! Markdown for what it must and must not fire on.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use detect::{
    rules::test_markdown,
    sigma::{Placeholders, RuleSet, read_files},
};

fn packs() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/rules"))
}

#[test]
fn every_rule_is_complete() {
    let root = packs();
    let (files, found) = read_files(&[root.join("sigma")]);
    assert!(found.is_empty(), "{found:?}");
    let set = RuleSet::load(&files, &Placeholders::new());
    assert!(set.found.is_empty(), "{:?}", set.found);
    assert!(files.len() >= 60, "{} rule files", files.len());
    let mut ids = BTreeSet::new();
    let metas = set.rules.iter().map(|rule| &rule.meta);
    for meta in metas.chain(set.correlations.iter().map(|c| &c.meta)) {
        assert!(ids.insert(&meta.id), "{}: id twice", meta.path);
        let said = [&meta.id, &meta.author, &meta.license, &meta.description, &meta.date];
        assert!(said.iter().all(|text| !text.is_empty()), "{}", meta.path);
        assert!(meta.tags.iter().any(|tag| tag.starts_with("attack.t")), "{}", meta.path);
    }
}

#[test]
fn every_rule_has_cases_and_passes_them() {
    let root = packs();
    let (files, _) = read_files(&[root.join("sigma")]);
    let reference = "2026-11-22T00:00:00Z".parse().unwrap();
    let mut fired = BTreeSet::new();
    let mut silent = BTreeSet::new();
    for entry in fs::read_dir(root.join("tests")).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let text = fs::read_to_string(&path).unwrap();
        let mut read = |name: &str| fs::read_to_string(root.join(name));
        let report =
            test_markdown(&path.display().to_string(), &text, reference, &mut read).unwrap();
        assert!(report.found.is_empty(), "{:?}", report.found);
        for case in report.cases {
            assert!(case.passed(), "{}:{}: {case:?}", path.display(), case.line);
            let cases = if case.expected { &mut fired } else { &mut silent };
            cases.insert(case.rule);
        }
    }
    for file in files {
        let name = Path::new(&file.path).strip_prefix(&root).unwrap().display().to_string();
        assert!(fired.contains(&name), "{name} has no case in which it fires");
        assert!(silent.contains(&name), "{name} has no case in which it is silent");
    }
}
