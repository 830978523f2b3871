//! CISA's catalogue of known exploited vulnerabilities, JSON or CSV.

use diag::{Diagnostic, Place};
use serde::Deserialize;

use super::{day, named_source};
use crate::{
    facts::{Builder, Format, Kev},
    text,
};

/// Reads the catalogue.
pub fn read(name: &str, bytes: &[u8], into: &mut Builder) -> Vec<Diagnostic> {
    let Some(source) = into.source(named_source(name, Format::Kev, bytes)) else {
        return vec![Diagnostic::note("patches.document-twice", Place::file(name))];
    };
    let text = text::decode(bytes);
    let mut found = Vec::new();
    let catalogue = if text.trim_start().starts_with('{') {
        from_json(name, &text, &mut found)
    } else {
        from_csv(&text)
    };
    let mut newest = None;
    for entry in &catalogue.vulnerabilities {
        let Some(added) = day(&entry.date_added).filter(|_| !entry.cve_id.is_empty()) else {
            let bad = Diagnostic::error("patches.kev-row", Place::file(name));
            found.push(bad.with("cve", &entry.cve_id).with("date", &entry.date_added));
            continue;
        };
        newest = newest.max(Some(added));
        let ransomware = entry.known_ransomware_campaign_use.eq_ignore_ascii_case("known");
        into.kev(&entry.cve_id, Kev { added, due: day(&entry.due_date), ransomware });
    }
    if catalogue.vulnerabilities.is_empty() {
        found.push(Diagnostic::error("patches.no-vulnerability", Place::file(name)));
    }
    if let Some(source) = into.source_mut(source) {
        source.id = catalogue.catalog_version;
        source.released = day(&catalogue.date_released).or(newest);
        source.current = source.released;
    }
    found
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Catalogue {
    catalog_version: String,
    date_released: String,
    vulnerabilities: Vec<Entry>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    #[serde(rename = "cveID")]
    cve_id: String,
    date_added: String,
    due_date: String,
    known_ransomware_campaign_use: String,
}

fn from_json(name: &str, text: &str, found: &mut Vec<Diagnostic>) -> Catalogue {
    serde_json::from_str(text).unwrap_or_else(|error| {
        let place = Place::line(error.line() as u64).in_file(name);
        found.push(Diagnostic::error("patches.json-broken", place).with("reason", error));
        Catalogue::default()
    })
}

fn from_csv(text: &str) -> Catalogue {
    let mut reader = ::csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let vulnerabilities = reader.deserialize().flatten().collect();
    Catalogue { vulnerabilities, ..Catalogue::default() }
}
