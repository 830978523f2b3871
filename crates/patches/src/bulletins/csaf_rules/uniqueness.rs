//! Tests on what may stand once only.

use serde_json::Value;

use super::{each_object, twice};
use crate::bulletins::csaf::{array, text_at};

pub(super) fn scores_of_one_version(document: &Value) -> Option<String> {
    array(document, "/vulnerabilities").iter().find_map(|vulnerability| {
        let scores = array(vulnerability, "/scores").iter();
        let pairs = scores.flat_map(|score| {
            let versions: Vec<&str> = ["/cvss_v2/version", "/cvss_v3/version"]
                .iter()
                .map(|p| text_at(score, p))
                .filter(|v| !v.is_empty())
                .collect();
            let products = array(score, "/products").iter().filter_map(Value::as_str);
            products
                .flat_map(move |p| versions.clone().into_iter().map(move |v| (p, v)))
                .collect::<Vec<_>>()
        });
        twice(pairs).map(|(product, version)| format!("{product} CVSS {version}"))
    })
}

pub(super) fn cve_twice(document: &Value) -> Option<String> {
    let cves = array(document, "/vulnerabilities")
        .iter()
        .map(|v| text_at(v, "/cve"))
        .filter(|c| !c.is_empty());
    twice(cves).map(str::to_owned)
}

pub(super) fn involvement_twice(document: &Value) -> Option<String> {
    array(document, "/vulnerabilities").iter().find_map(|vulnerability| {
        let involvements = array(vulnerability, "/involvements").iter();
        twice(involvements.map(|i| (text_at(i, "/party"), text_at(i, "/date"))))
            .map(|(party, _)| party.to_owned())
    })
}

pub(super) fn hash_twice(document: &Value) -> Option<String> {
    let mut bad = None;
    each_object(document, "", 96, &mut |_, found| {
        let list = found.get("file_hashes").and_then(Value::as_array);
        let algorithms = list.into_iter().flatten().map(|h| text_at(h, "/algorithm"));
        if let Some(algorithm) = twice(algorithms) {
            bad.get_or_insert_with(|| algorithm.to_owned());
        }
    });
    bad
}
