//! The standard's mandatory tests (OASIS CSAF 2.0, section 6.1).
//!
//! A failed test is a warning with its number: facts are still read, since a
//! vendor's slip in a revision number does not unmake a fix.
//!
//! *To add a test:* a function in the file of its subject and a line in
//! `TESTS`. The OASIS corpus says for each document whether it is valid.

mod cvss;
mod history;
mod products;
mod profiles;
mod registers;
mod uniqueness;

use diag::{Diagnostic, Place};
use serde_json::Value;

/// What fails, as a short text; nothing when the document passes.
type Test = fn(&Value) -> Option<String>;

/// Number in the standard, and test.
const TESTS: &[(&str, Test)] = &[
    ("6.1.1", products::undefined_id),
    ("6.1.2", products::id_defined_twice),
    ("6.1.3", products::circular),
    ("6.1.4", products::undefined_group),
    ("6.1.5", products::group_defined_twice),
    ("6.1.6", products::contradicting_status),
    ("6.1.7", uniqueness::scores_of_one_version),
    ("6.1.8", cvss::invalid),
    ("6.1.9", cvss::miscalculated),
    ("6.1.10", cvss::inconsistent),
    ("6.1.11", registers::unknown_weakness),
    ("6.1.12", registers::invalid_language),
    ("6.1.13", products::invalid_purl),
    ("6.1.14", history::unsorted),
    ("6.1.15", profiles::translator),
    ("6.1.16", history::latest_version),
    ("6.1.17", history::draft_status),
    ("6.1.18", history::released_with_zero),
    ("6.1.19", history::prerelease_listed),
    ("6.1.20", history::not_draft),
    ("6.1.21", history::missing_item),
    ("6.1.22", history::number_twice),
    ("6.1.23", uniqueness::cve_twice),
    ("6.1.24", uniqueness::involvement_twice),
    ("6.1.25", uniqueness::hash_twice),
    ("6.1.26", profiles::prohibited_category),
    ("6.1.27", profiles::profile),
    ("6.1.28", profiles::translation),
    ("6.1.29", products::remediation_without_product),
    ("6.1.30", history::mixed_versioning),
    ("6.1.31", products::range_as_version),
    ("6.1.32", products::flag_without_product),
    ("6.1.33", products::flags_on_one_product),
];

/// Checks a document; one diagnostic a failed test.
pub fn check(document: &Value, name: &str) -> Vec<Diagnostic> {
    let failed = TESTS.iter().filter_map(|(number, test)| Some((number, test(document)?)));
    failed
        .map(|(number, what)| {
            let failed = Diagnostic::warning("patches.csaf-test-failed", Place::file(name));
            failed.with("test", number).with("what", what)
        })
        .collect()
}

/// Calls back for every object of a document, with its key path's last name.
fn each_object<'v>(
    value: &'v Value,
    key: &str,
    depth: usize,
    take: &mut dyn FnMut(&str, &'v serde_json::Map<String, Value>),
) {
    if depth == 0 {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|v| each_object(v, key, depth - 1, take)),
        Value::Object(found) => {
            take(key, found);
            for (key, child) in found {
                each_object(child, key, depth - 1, take);
            }
        }
        _ => {}
    }
}

/// The first value that stands twice.
fn twice<T: Ord + Clone>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut seen = std::collections::BTreeSet::new();
    values.into_iter().find(|v| !seen.insert(v.clone()))
}
