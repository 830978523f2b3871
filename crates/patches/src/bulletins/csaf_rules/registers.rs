//! Tests on names out of registers: weaknesses (MITRE's CWE) and languages
//! (RFC 5646 with ISO 639-1).

use std::{collections::HashSet, sync::LazyLock};

use serde_json::Value;

use crate::bulletins::csaf::{array, text_at};

/// Number and name of every weakness, with the names of all versions since 4.0.
static WEAKNESSES: LazyLock<HashSet<(&str, &str)>> = LazyLock::new(|| {
    include_str!("cwe.tsv").lines().filter_map(|line| line.split_once('\t')).collect()
});

/// A weakness must be one of the register, under its own name.
pub(super) fn unknown_weakness(document: &Value) -> Option<String> {
    array(document, "/vulnerabilities").iter().find_map(|vulnerability| {
        let id = vulnerability.pointer("/cwe/id")?.as_str()?;
        let name = text_at(vulnerability, "/cwe/name");
        let number = id.strip_prefix("CWE-").unwrap_or(id);
        (!WEAKNESSES.contains(&(number, name))).then(|| format!("{id} {name}"))
    })
}

/// Two-letter languages. Three-letter ones are taken at their word: there are
/// eight thousand, and no fact hangs on them.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co \
    cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi \
    ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw \
    ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc \
    oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su \
    sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// The document's languages must be language tags.
pub(super) fn invalid_language(document: &Value) -> Option<String> {
    let tags = ["/document/lang", "/document/source_lang"];
    let said = tags.iter().map(|at| text_at(document, at)).filter(|tag| !tag.is_empty());
    said.into_iter().find(|tag| !is_language(tag)).map(str::to_owned)
}

/// `vi`, `zh-Hant-TW`, `de-1901`, `i-default`, `x-private`.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default().to_lowercase();
    let is_word = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let known = match first.len() {
        1 => (first == "x" || first == "i") && tag.len() > 2,
        2 => LANGUAGES.split_whitespace().any(|language| language == first),
        3..=8 => first.bytes().all(|b| b.is_ascii_alphabetic()),
        _ => false,
    };
    known && parts.all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        for (tag, expect) in [
            ("vi", true),
            ("en-US", true),
            ("zh-Hant-TW", true),
            ("i-default", true),
            ("EZ", false),
            ("en_US", false),
            ("en-", false),
            ("", false),
        ] {
            assert_eq!(is_language(tag), expect, "{tag}");
        }
    }

    #[test]
    fn weaknesses() {
        let document = |id: &str, name: &str| serde_json::json!({"vulnerabilities": [{"cwe": {"id": id, "name": name}}]});
        assert_eq!(
            unknown_weakness(&document("CWE-79", "Improper Input Validation")).as_deref(),
            Some("CWE-79 Improper Input Validation")
        );
        assert_eq!(unknown_weakness(&document("CWE-20", "Improper Input Validation")), None);
        assert!(unknown_weakness(&document("CWE-999999", "x")).is_some());
    }
}
