//! Both languages are whole: the same names, the same placeholders, nothing empty.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::collections::{BTreeMap, BTreeSet};

use packs::Packs;

/// Texts by their full name, read here without the crate's own reader.
type Texts = BTreeMap<String, String>;

fn texts(lang: &str) -> Texts {
    let packs = Packs::embedded();
    let folder = format!("locales/{lang}/");
    let mut texts = Texts::new();
    for path in packs.list(&folder) {
        let name = path.strip_prefix(&folder).and_then(|rest| rest.strip_suffix(".toml"));
        let name = name.unwrap_or_else(|| panic!("{path}: only .toml files belong here"));
        assert!(!name.contains('/'), "{path}: locale files lie flat");
        let text = std::str::from_utf8(packs.read(path).unwrap()).unwrap();
        let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        gather(name, &toml::Value::Table(table), &mut texts);
    }
    texts
}

fn gather(name: &str, value: &toml::Value, texts: &mut Texts) {
    match value {
        toml::Value::Table(table) => {
            table
                .iter()
                .for_each(|(inner, value)| gather(&format!("{name}.{inner}"), value, texts));
        }
        toml::Value::String(text) => {
            texts.insert(name.to_owned(), text.clone());
        }
        other => panic!("{name}: {other} is not a text"),
    }
}

/// A counted text by the name of its `other`; an `.one` is English only.
fn compared(texts: &Texts) -> BTreeMap<&str, &str> {
    texts
        .iter()
        .filter(|(key, _)| key.strip_suffix(".one").is_none())
        .map(|(key, text)| (key.strip_suffix(".other").unwrap_or(key), text.as_str()))
        .collect()
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn both_languages_have_the_same_names() {
    let (vi, en) = (texts("vi"), texts("en"));
    let (vi, en) = (compared(&vi), compared(&en));
    let only = |a: &BTreeMap<&str, &str>, b: &BTreeMap<&str, &str>| -> Vec<String> {
        a.keys().filter(|key| !b.contains_key(**key)).map(|key| (*key).to_owned()).collect()
    };
    assert_eq!((only(&vi, &en), only(&en, &vi)), (vec![], vec![]), "only in vi, only in en");
}

#[test]
fn both_languages_have_the_same_placeholders() {
    let (vi, en) = (texts("vi"), texts("en"));
    let en = compared(&en);
    for (key, text) in compared(&vi) {
        let other = en.get(key).map(|text| placeholders(text));
        assert_eq!(other, Some(placeholders(text)), "{key}");
    }
}

#[test]
fn an_english_singular_has_its_plural_and_no_other_placeholders() {
    let en = texts("en");
    for (key, one) in en.iter().filter(|(key, _)| key.strip_suffix(".one").is_some()) {
        let base = key.trim_end_matches(".one");
        let other = &en[&format!("{base}.other")];
        assert!(placeholders(one).is_subset(&placeholders(other)), "{key}");
    }
}

#[test]
fn no_text_is_empty_or_has_a_stray_brace_or_space() {
    for (key, text) in texts("vi").iter().chain(&texts("en")) {
        assert!(!text.is_empty() && text.trim() == text, "{key}: {text:?}");
        assert_eq!(text.matches('{').count(), text.matches('}').count(), "{key}: {text}");
        for name in placeholders(text) {
            let plain =
                name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            assert!(plain && !name.is_empty(), "{key}: {{{name}}}");
        }
    }
}

#[test]
fn vietnamese_is_written_composed() {
    // NFC, so that equal words are equal bytes.
    for (key, text) in texts("vi") {
        assert!(unicode_normalization::is_nfc(&text), "{key}: {text}");
    }
}

#[test]
fn the_crate_reads_every_text_that_is_written() {
    for lang in words::Lang::ALL {
        for (key, text) in texts(lang.code()) {
            assert_eq!(lang.t(&key), text, "{key}");
        }
    }
    assert!(words::keys().contains("common.action.save"));
    assert!(words::keys().contains("common.count.rows"));
}
