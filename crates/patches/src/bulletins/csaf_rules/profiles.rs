//! Tests on the document's category and what that category must hold.

use serde_json::Value;

use crate::bulletins::csaf::{array, text_at};

pub(super) fn translator(document: &Value) -> Option<String> {
    let translator = text_at(document, "/document/publisher/category") == "translator";
    (translator && text_at(document, "/document/source_lang").is_empty())
        .then(|| "source_lang".to_owned())
}

pub(super) fn translation(document: &Value) -> Option<String> {
    let (lang, source) =
        (text_at(document, "/document/lang"), text_at(document, "/document/source_lang"));
    (!lang.is_empty() && lang == source).then(|| lang.to_owned())
}

const PROFILES: [&str; 5] = [
    "csaf_base",
    "csaf_security_incident_response",
    "csaf_informational_advisory",
    "csaf_security_advisory",
    "csaf_vex",
];

/// A category that reads like a profile's name and is none.
pub(super) fn prohibited_category(document: &Value) -> Option<String> {
    let category = text_at(document, "/document/category");
    if PROFILES.contains(&category) {
        return None;
    }
    let flat = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let same = |profile: &&str| {
        flat(category) == flat(profile)
            || flat(category) == flat(profile.trim_start_matches("csaf_"))
    };
    let reserved = category.to_lowercase().starts_with("csaf_");
    let close = PROFILES.iter().skip(1).any(same);
    (reserved || close).then(|| category.to_owned())
}

/// What each profile demands (6.1.27.1 to 6.1.27.11).
pub(super) fn profile(document: &Value) -> Option<String> {
    let category = text_at(document, "/document/category");
    let has = |pointer: &str| document.pointer(pointer).is_some();
    let lacks = |number: &str, ok: bool| (!ok).then(|| format!("6.1.27.{number}"));
    let incident =
        matches!(category, "csaf_informational_advisory" | "csaf_security_incident_response");
    let advisory = matches!(category, "csaf_security_advisory" | "csaf_vex");
    let each = |ok: &dyn Fn(&Value) -> bool| array(document, "/vulnerabilities").iter().all(ok);
    let status = |v: &Value, key: &str| v.pointer(&format!("/product_status/{key}")).is_some();
    if incident {
        return lacks("1", has_note(document, &["description", "details", "general", "summary"]))
            .or_else(|| {
                lacks(
                    "2",
                    array(document, "/document/references")
                        .iter()
                        .any(|r| text_at(r, "/category") == "external"),
                )
            })
            .or_else(|| {
                lacks("3", category != "csaf_informational_advisory" || !has("/vulnerabilities"))
            });
    }
    if !advisory {
        return None;
    }
    let vex = category == "csaf_vex";
    lacks("4", has("/product_tree"))
        .or_else(|| lacks("11", has("/vulnerabilities")))
        .or_else(|| lacks("5", each(&|v| v.get("notes").is_some())))
        .or_else(|| lacks("6", vex || each(&|v| v.get("product_status").is_some())))
        .or_else(|| {
            lacks(
                "7",
                !vex || each(&|v| {
                    ["fixed", "known_affected", "known_not_affected", "under_investigation"]
                        .iter()
                        .any(|s| status(v, s))
                }),
            )
        })
        .or_else(|| lacks("8", !vex || each(&|v| v.get("cve").is_some() || v.get("ids").is_some())))
        .or_else(|| {
            lacks(
                "9",
                !vex || each(&|v| {
                    covered(document, v, "known_not_affected", &["flags", "threats"])
                }),
            )
        })
        .or_else(|| {
            lacks(
                "10",
                !vex || each(&|v| covered(document, v, "known_affected", &["remediations"])),
            )
        })
}

fn has_note(document: &Value, categories: &[&str]) -> bool {
    array(document, "/document/notes").iter().any(|n| categories.contains(&text_at(n, "/category")))
}

/// Whether every product of a status is explained by an item of one of the
/// lists, by itself or by its group.
fn covered(document: &Value, vulnerability: &Value, status: &str, lists: &[&str]) -> bool {
    let items = || {
        lists
            .iter()
            .flat_map(|l| array(vulnerability, &format!("/{l}")).iter().map(move |i| (*l, i)))
    };
    let explains =
        |list: &str, item: &Value| list != "threats" || text_at(item, "/category") == "impact";
    let names = |item: &Value, id: &str| {
        let direct = array(item, "/product_ids").iter().any(|p| p.as_str() == Some(id));
        let groups = array(item, "/group_ids").iter().filter_map(Value::as_str);
        direct || groups.into_iter().any(|group| in_group(document, group, id))
    };
    array(vulnerability, &format!("/product_status/{status}"))
        .iter()
        .filter_map(Value::as_str)
        .all(|id| items().any(|(list, item)| explains(list, item) && names(item, id)))
}

fn in_group(document: &Value, group: &str, id: &str) -> bool {
    let groups = array(document, "/product_tree/product_groups").iter();
    let mut own = groups.filter(|g| text_at(g, "/group_id") == group);
    own.any(|g| array(g, "/product_ids").iter().any(|p| p.as_str() == Some(id)))
}
