//! What kind of trouble: RSIT classes and types, and the older names that
//! lists still use. The names are data (`packs/taxonomies/rsit.toml`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A class and a type by their standard RSIT names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Classification {
    /// `malicious-code`
    pub taxonomy: String,
    /// `infected-system`
    #[serde(rename = "type")]
    pub kind: String,
}

/// A class, with its labels.
#[derive(Clone, Debug, Deserialize)]
pub struct Class {
    /// Standard name.
    pub name: String,
    /// Vietnamese label.
    pub vi: String,
    /// English label.
    pub en: String,
}

/// A type, with its class, labels and other names.
#[derive(Clone, Debug, Deserialize)]
pub struct Kind {
    /// Standard name.
    pub name: String,
    /// The class it belongs to.
    pub taxonomy: String,
    /// Vietnamese label.
    pub vi: String,
    /// English label.
    pub en: String,
    /// Other names, read and never written.
    #[serde(default)]
    pub also: Vec<String>,
}

/// The taxonomy as loaded.
#[derive(Clone, Debug)]
pub struct Taxonomy {
    /// Classes in the standard's order.
    pub classes: Vec<Class>,
    /// Types in the standard's order.
    pub kinds: Vec<Kind>,
    by_name: BTreeMap<String, usize>,
}

#[derive(Deserialize)]
struct File {
    taxonomy: Vec<Class>,
    #[serde(rename = "type")]
    kinds: Vec<Kind>,
}

impl Taxonomy {
    /// Reads the pack's text. `Err` says in the TOML reader's words what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|wrong| wrong.to_string())?;
        let mut by_name = BTreeMap::new();
        for (at, kind) in file.kinds.iter().enumerate() {
            if !file.taxonomy.iter().any(|class| class.name == kind.taxonomy) {
                return Err(format!("{}: no class {}", kind.name, kind.taxonomy));
            }
            for name in &kind.also {
                by_name.entry(tables::fold(name)).or_insert(at);
            }
        }
        // A standard name is never taken by another's other name.
        by_name
            .extend(file.kinds.iter().enumerate().map(|(at, kind)| (tables::fold(&kind.name), at)));
        Ok(Self { classes: file.taxonomy, kinds: file.kinds, by_name })
    }

    /// The type by its standard name or another; case, marks and punctuation
    /// do not matter.
    pub fn find(&self, name: &str) -> Option<Classification> {
        let kind = self.kinds.get(*self.by_name.get(&tables::fold(name))?)?;
        Some(Classification { taxonomy: kind.taxonomy.clone(), kind: kind.name.clone() })
    }

    /// `other` / `undetermined`: what we say when the list does not.
    pub fn undetermined() -> Classification {
        Classification { taxonomy: "other".to_owned(), kind: "undetermined".to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_names_lead_to_the_standard_ones() {
        let taxonomy =
            Taxonomy::parse(include_str!("../../../packs/taxonomies/rsit.toml")).unwrap();
        let table = [
            ("botnet drone", "malicious-code/infected-system"),
            ("C&C", "malicious-code/c2-server"),
            ("vulnerable service", "vulnerable/vulnerable-system"),
            ("leak", "information-content-security/data-leak"),
            ("ransomware", "malicious-code/infected-system"),
            ("unknown", "other/undetermined"),
            ("Infected_System", "malicious-code/infected-system"),
            ("Máy nhiễm mã độc", "malicious-code/infected-system"),
        ];
        for (name, expected) in table {
            let found = taxonomy.find(name).unwrap();
            assert_eq!(format!("{}/{}", found.taxonomy, found.kind), expected, "{name}");
        }
        assert_eq!(taxonomy.find("no such thing"), None);
    }
}
