//! The two languages, and their texts read once.

use std::{collections::HashMap, sync::OnceLock};

use packs::Packs;
use serde::{Deserialize, Serialize};

/// A language that people read here.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    /// Vietnamese, the first language.
    #[default]
    Vi,
    /// English.
    En,
}

impl Lang {
    /// Both, in the order a switch shows them.
    pub const ALL: [Self; 2] = [Self::Vi, Self::En];

    /// `vi` or `en`, as in a folder name, a cookie or the `lang` attribute (BCP 47).
    pub fn code(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// The language of a code such as `en`, `en-GB` or `VI`.
    pub fn from_code(code: &str) -> Option<Self> {
        let main = code.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(main))
    }

    /// All texts of this language by their full names.
    pub(crate) fn texts(self) -> &'static HashMap<String, String> {
        static VI: OnceLock<HashMap<String, String>> = OnceLock::new();
        static EN: OnceLock<HashMap<String, String>> = OnceLock::new();
        let cell = match self {
            Self::Vi => &VI,
            Self::En => &EN,
        };
        cell.get_or_init(|| read(self))
    }
}

fn read(lang: Lang) -> HashMap<String, String> {
    let packs = Packs::embedded();
    let folder = format!("locales/{}/", lang.code());
    let mut texts = HashMap::new();
    for path in packs.list(&folder) {
        if let Ok((file, table)) = parse(&packs, &folder, path) {
            flatten(&file, table, &mut texts);
        }
    }
    texts
}

/// The file's name without its ending, and what it holds. A file that cannot
/// be read is an error of whoever builds the binary; a test reports it.
pub(crate) fn parse(
    packs: &Packs,
    folder: &str,
    path: &str,
) -> Result<(String, toml::Table), String> {
    let name = path.strip_prefix(folder).and_then(|rest| rest.strip_suffix(".toml"));
    let name = name.ok_or_else(|| format!("{path}: not a .toml file"))?;
    let bytes = packs.read(path).unwrap_or_default();
    let text = std::str::from_utf8(bytes).map_err(|error| format!("{path}: {error}"))?;
    let table = text.parse().map_err(|error| format!("{path}: {error}"))?;
    Ok((name.to_owned(), table))
}

fn flatten(under: &str, table: toml::Table, texts: &mut HashMap<String, String>) {
    for (name, value) in table {
        let key = format!("{under}.{name}");
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, texts),
            toml::Value::String(text) => drop(texts.insert(key, text)),
            // Shown as empty, so that the test for empty texts names it.
            _ => drop(texts.insert(key, String::new())),
        }
    }
}
