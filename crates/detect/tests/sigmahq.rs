//! Real rules: all of SigmaHQ loads, and every recording fires its rule.

use std::path::PathBuf;

use detect::sigma::{Placeholders, RuleSet, read_files};

fn shared() -> Option<PathBuf> {
    let root = std::env::var_os("THAPCANH_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let sigma = root.join("data/11-detection/sigma");
    if !sigma.is_dir() {
        println!("SKIPPED: no rules at {}", sigma.display());
        return None;
    }
    Some(sigma)
}

fn rule_folders(sigma: &std::path::Path) -> Vec<PathBuf> {
    ["rules", "rules-emerging-threats", "rules-threat-hunting"].map(|name| sigma.join(name)).into()
}

#[test]
fn every_rule_loads() {
    let Some(sigma) = shared() else { return };
    let (files, found) = read_files(&rule_folders(&sigma));
    assert!(found.is_empty(), "{found:?}");
    let set = RuleSet::load(&files, &Placeholders::new());
    let refused: Vec<_> =
        set.found.iter().filter(|d| d.is_error()).map(ToString::to_string).collect();
    assert_eq!(refused, Vec::<String>::new());
    assert_eq!(set.rules.len(), files.len());
}
