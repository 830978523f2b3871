//! Tests on product ids, groups, versions and statuses.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{each_object, twice};
use crate::bulletins::csaf::{array, text_at};

const DEPTH: usize = 96;

fn defined(document: &Value) -> Vec<&str> {
    let mut ids = Vec::new();
    let tree = document.get("product_tree").unwrap_or(&Value::Null);
    each_object(tree, "", DEPTH, &mut |key, found| {
        if matches!(key, "product" | "full_product_names" | "full_product_name") {
            ids.extend(found.get("product_id").and_then(Value::as_str));
        }
    });
    ids
}

fn used(document: &Value) -> Vec<&str> {
    let mut ids = Vec::new();
    each_object(document, "", DEPTH, &mut |key, found| {
        for key in ["product_reference", "relates_to_product_reference"] {
            ids.extend(found.get(key).and_then(Value::as_str));
        }
        let lists =
            if key == "product_status" { found.values().collect::<Vec<_>>() } else { Vec::new() };
        let named = ["product_ids", "products"].iter().filter_map(|k| found.get(*k));
        for list in lists.into_iter().chain(named).filter_map(Value::as_array) {
            ids.extend(list.iter().filter_map(Value::as_str));
        }
    });
    ids
}

pub(super) fn undefined_id(document: &Value) -> Option<String> {
    let defined: BTreeSet<&str> = defined(document).into_iter().collect();
    used(document).into_iter().find(|id| !defined.contains(id)).map(str::to_owned)
}

pub(super) fn id_defined_twice(document: &Value) -> Option<String> {
    twice(defined(document).into_iter()).map(str::to_owned)
}

/// A relationship that refers to what it defines, through any number of others.
pub(super) fn circular(document: &Value) -> Option<String> {
    let mut parts: BTreeMap<&str, [&str; 2]> = BTreeMap::new();
    for relation in array(document, "/product_tree/relationships") {
        let of = [
            text_at(relation, "/product_reference"),
            text_at(relation, "/relates_to_product_reference"),
        ];
        parts.insert(text_at(relation, "/full_product_name/product_id"), of);
    }
    let reaches = |start: &str| {
        let (mut left, mut seen) = (vec![start], BTreeSet::new());
        while let Some(id) = left.pop() {
            for next in parts.get(id).into_iter().flatten() {
                if *next == start {
                    return true;
                }
                if seen.insert(*next) {
                    left.push(next);
                }
            }
        }
        false
    };
    parts.keys().find(|id| reaches(id)).map(|id| (*id).to_owned())
}

pub(super) fn undefined_group(document: &Value) -> Option<String> {
    let groups: BTreeSet<&str> = array(document, "/product_tree/product_groups")
        .iter()
        .map(|g| text_at(g, "/group_id"))
        .collect();
    let mut used = Vec::new();
    each_object(document, "", DEPTH, &mut |_, found| {
        let list = found.get("group_ids").and_then(Value::as_array);
        used.extend(list.into_iter().flatten().filter_map(Value::as_str));
    });
    used.into_iter().find(|id| !groups.contains(id)).map(str::to_owned)
}

pub(super) fn group_defined_twice(document: &Value) -> Option<String> {
    twice(array(document, "/product_tree/product_groups").iter().map(|g| text_at(g, "/group_id")))
        .map(str::to_owned)
}

/// The groups of statuses of which a product may be in one only.
const GROUPS: [&[&str]; 4] = [
    &["first_affected", "known_affected", "last_affected"],
    &["known_not_affected"],
    &["first_fixed", "fixed"],
    &["under_investigation"],
];

pub(super) fn contradicting_status(document: &Value) -> Option<String> {
    array(document, "/vulnerabilities").iter().find_map(|vulnerability| {
        let of = |group: &&[&str]| -> BTreeSet<&str> {
            let ids =
                group.iter().flat_map(|s| array(vulnerability, &format!("/product_status/{s}")));
            ids.filter_map(Value::as_str).collect()
        };
        let sets: Vec<BTreeSet<&str>> = GROUPS.iter().map(of).collect();
        twice(sets.into_iter().flatten()).map(str::to_owned)
    })
}

pub(super) fn invalid_purl(document: &Value) -> Option<String> {
    let mut bad = None;
    each_object(document, "", DEPTH, &mut |_, found| {
        if let Some(purl) = found.get("purl").and_then(Value::as_str) {
            let rest = purl.strip_prefix("pkg:").unwrap_or_default();
            let (kind, name) = rest.split_once('/').unwrap_or_default();
            if kind.is_empty()
                || name
                    .split(['@', '?', '#'])
                    .next()
                    .unwrap_or_default()
                    .trim_matches('/')
                    .is_empty()
            {
                bad.get_or_insert_with(|| purl.to_owned());
            }
        }
    });
    bad
}

fn without_product(document: &Value, list: &str) -> Option<String> {
    let vulnerabilities = array(document, "/vulnerabilities").iter();
    let items = vulnerabilities.flat_map(|v| array(v, &format!("/{list}")));
    let names_some = |i: &Value| ["group_ids", "product_ids"].iter().any(|k| i.get(*k).is_some());
    items
        .into_iter()
        .find(|i| !names_some(i))
        .map(|i| text_at(i, "/category").to_owned() + text_at(i, "/label"))
}

pub(super) fn remediation_without_product(document: &Value) -> Option<String> {
    without_product(document, "remediations")
}

pub(super) fn flag_without_product(document: &Value) -> Option<String> {
    without_product(document, "flags")
}

/// A product may bear one VEX justification only, groups resolved.
pub(super) fn flags_on_one_product(document: &Value) -> Option<String> {
    const CODES: [&str; 5] = [
        "component_not_present",
        "inline_mitigations_already_exist",
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "vulnerable_code_not_in_execute_path",
        "vulnerable_code_not_present",
    ];
    let members = |group: &Value| -> Vec<&str> {
        let groups = array(document, "/product_tree/product_groups").iter();
        let mut found =
            groups.filter(|g| text_at(g, "/group_id") == group.as_str().unwrap_or_default());
        found
            .next()
            .map(|g| array(g, "/product_ids").iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    };
    array(document, "/vulnerabilities").iter().find_map(|vulnerability| {
        let flags =
            array(vulnerability, "/flags").iter().filter(|f| CODES.contains(&text_at(f, "/label")));
        let products = flags.flat_map(|flag| {
            let direct = array(flag, "/product_ids").iter().filter_map(Value::as_str);
            let all: BTreeSet<&str> =
                direct.chain(array(flag, "/group_ids").iter().flat_map(members)).collect();
            all
        });
        twice(products).map(str::to_owned)
    })
}

/// Words and signs of a range in what should be one version.
pub(super) fn range_as_version(document: &Value) -> Option<String> {
    const WORDS: [&str; 11] = [
        "after", "all", "before", "earlier", "later", "prior", "versions", "greater", "less", "or",
        "and",
    ];
    let mut bad = None;
    each_object(document, "", DEPTH, &mut |_, found| {
        let category = found.get("category").and_then(Value::as_str);
        let name = found.get("name").and_then(Value::as_str).unwrap_or_default();
        let lower = name.to_lowercase();
        let is_range =
            name.contains(['<', '>']) || lower.split_whitespace().any(|w| WORDS.contains(&w));
        if category == Some("product_version") && is_range {
            bad.get_or_insert_with(|| name.to_owned());
        }
    });
    bad
}
