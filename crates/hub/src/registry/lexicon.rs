//! The names that people give to columns and values: those of the locales, and
//! those of `packs/registry/columns.toml`.

use std::{collections::BTreeMap, collections::HashMap, sync::LazyLock};

use packs::Packs;
use serde::Deserialize;
use tables::{FieldSpec, fold};
use words::Lang;

use super::{Kind, contacts, hosts, networks, systems, units};

#[derive(Debug, Default, Deserialize)]
struct Pack {
    columns: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    words: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

static PACK: LazyLock<Pack> = LazyLock::new(|| read().unwrap_or_default());

fn read() -> Result<Pack, String> {
    let packs = Packs::embedded();
    let bytes = packs.read("registry/columns.toml").ok_or("missing")?;
    let text = std::str::from_utf8(bytes).map_err(|cause| cause.to_string())?;
    toml::from_str(text).map_err(|cause| cause.to_string())
}

/// The closed sets that columns may hold.
const SETS: [&[(&str, &str)]; 7] = [
    units::Kind::WORDS,
    units::Ending::WORDS,
    systems::Dossier::WORDS,
    systems::Measures::WORDS,
    hosts::Kind::WORDS,
    networks::Kind::WORDS,
    contacts::Role::WORDS,
];

/// (prefix of the set, folded word) → name.
static WORDS: LazyLock<HashMap<(&'static str, String), &'static str>> = LazyLock::new(|| {
    let mut all = HashMap::new();
    for set in SETS {
        for (name, text) in set {
            for word in words_of(name, text) {
                all.entry((prefix(text), fold(&word))).or_insert(*name);
            }
        }
    }
    all
});

fn words_of(name: &str, text: &'static str) -> Vec<String> {
    let mut all = vec![name.to_owned()];
    all.extend(Lang::ALL.map(|lang| lang.t(text).into_owned()));
    let more = PACK.words.get(prefix(text)).and_then(|set| set.get(name));
    all.extend(more.into_iter().flatten().cloned());
    all
}

fn prefix(text: &'static str) -> &'static str {
    text.rsplit_once('.').map_or(text, |(prefix, _)| prefix)
}

/// The name of the value that a word of a closed set means.
pub(super) fn name_of(
    set: &'static [(&'static str, &'static str)],
    word: &str,
) -> Option<&'static str> {
    let (_, text) = set.first()?;
    WORDS.get(&(prefix(text), fold(word))).copied()
}

/// The columns that a file of this kind may have.
pub fn specs(kind: Kind) -> Vec<FieldSpec> {
    let more = PACK.columns.get(kind.name());
    let spec = |field: &super::Field| {
        let titles = Lang::ALL.map(|lang| lang.t(field.title).into_owned());
        let more = more.and_then(|fields| fields.get(field.name)).into_iter().flatten().cloned();
        let mut synonyms: Vec<_> = titles.into_iter().chain(more).map(Into::into).collect();
        synonyms.push(field.name.into());
        // A unit's own people need not name their unit on every row.
        let required = field.required && !matches!(field.name, "unit" | "owner");
        FieldSpec { name: field.name.into(), synonyms, required }
    };
    kind.fields().iter().map(spec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pack_names_only_fields_and_values_that_there_are() {
        let pack = read().unwrap();
        for (kind, fields) in &pack.columns {
            let kind = Kind::named(kind).unwrap();
            for field in fields.keys() {
                assert!(kind.fields().iter().any(|each| each.name == field), "{kind:?} {field}");
            }
        }
        for (set, values) in &pack.words {
            let set = SETS.iter().find(|each| prefix(each[0].1) == set).unwrap();
            for value in values.keys() {
                assert!(set.iter().any(|(name, _)| name == value), "{value}");
            }
        }
    }

    #[test]
    fn no_word_means_two_values() {
        for set in SETS {
            for (name, text) in set {
                for word in words_of(name, text) {
                    assert_eq!(name_of(set, &word), Some(*name), "{text}: {word}");
                }
            }
        }
    }

    #[test]
    fn no_title_means_two_columns() {
        for kind in Kind::ALL {
            let specs = specs(*kind);
            for lang in Lang::ALL {
                let titles: Vec<String> =
                    kind.fields().iter().map(|field| lang.t(field.title).into_owned()).collect();
                let guessed = tables::mapping::guess(&titles, &specs);
                for (field, title) in kind.fields().iter().zip(&titles) {
                    assert_eq!(guessed.columns.get(field.name), Some(title), "{kind:?}");
                }
            }
        }
    }
}
