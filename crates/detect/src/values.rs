//! Values of a rule's field in a record, wherever the taxonomy says they stand.

use std::{borrow::Cow, collections::BTreeMap};

use events::{Event, Key, Value};

use crate::taxonomy::FieldSource;

/// A [`FieldSource`] in terms of an event's keys.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Access {
    /// These fields.
    Fields(Vec<Key>),
    /// Not from the record.
    Constant(String),
    /// Parts put together.
    Joined { keys: Vec<Key>, with: String, prefixes: BTreeMap<String, String> },
    /// The text of the whole record, for keywords.
    Text,
    /// In other words.
    Translated { key: Option<Key>, values: BTreeMap<String, String> },
}

impl Access {
    /// Names that `find` does not know are in no record.
    pub(crate) fn new(
        name: &str,
        source: Option<&FieldSource>,
        find: &dyn Fn(&str) -> Option<Key>,
    ) -> Self {
        let keys = |names: &[String]| names.iter().filter_map(|name| find(name)).collect();
        match source {
            None => Access::Fields(find(name).into_iter().collect()),
            Some(FieldSource::Renamed(name)) => Access::Fields(find(name).into_iter().collect()),
            Some(FieldSource::AnyOf(names)) => Access::Fields(keys(names)),
            Some(FieldSource::Constant { is }) => Access::Constant(is.clone()),
            Some(FieldSource::Joined { join, with, prefixes }) => {
                Access::Joined { keys: keys(join), with: with.clone(), prefixes: prefixes.clone() }
            }
            Some(FieldSource::Translated { from, values }) => {
                Access::Translated { key: find(from), values: values.clone() }
            }
        }
    }

    /// The field, if it is one and stands for nothing but itself.
    pub(crate) fn plain(&self) -> Option<Key> {
        match self {
            Access::Fields(keys) if keys.len() == 1 => keys.first().copied(),
            _ => None,
        }
    }

    /// Calls `visit` with every value, until it returns false.
    pub(crate) fn visit<'e>(&'e self, event: &'e Event, visit: &mut dyn FnMut(Value<'_>) -> bool) {
        match self {
            Access::Fields(keys) => {
                for key in keys {
                    if !event.all(*key).all(&mut *visit) {
                        return;
                    }
                }
            }
            Access::Constant(text) => {
                visit(Value::Str(text));
            }
            Access::Text => {
                visit(Value::Str(event.texts()));
            }
            Access::Joined { keys, with, prefixes } => {
                if let Some(text) = joined(event, keys, with, prefixes) {
                    visit(Value::Str(&text));
                }
            }
            Access::Translated { key, values } => {
                let Some(key) = key else { return };
                event.all(*key).all(|value| visit(translated(value, values)));
            }
        }
    }
}

fn translated<'v>(value: Value<'v>, values: &'v BTreeMap<String, String>) -> Value<'v> {
    match values.get(value.text().trim()) {
        Some(word) => Value::Str(word),
        None => value,
    }
}

fn joined(
    event: &Event,
    keys: &[Key],
    with: &str,
    prefixes: &BTreeMap<String, String>,
) -> Option<String> {
    let parts: Vec<Cow<'_, str>> = keys
        .iter()
        .filter_map(|key| event.get(*key))
        .map(|value| value.text())
        .filter(|text| !text.is_empty() && text != "-")
        .collect();
    (!parts.is_empty()).then(|| with_prefix(parts.join(with), prefixes))
}

fn with_prefix(text: String, prefixes: &BTreeMap<String, String>) -> String {
    for (prefix, written) in prefixes {
        let begins = text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
        if begins {
            return format!("{written}{}", &text[prefix.len()..]);
        }
    }
    text
}
