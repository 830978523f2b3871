//! SPDX 2.x, JSON and tag-value: the packages of one machine or image.

use diag::{Diagnostic, Place};
use serde::Deserialize;

use super::{Found, Host, Input, Os, Software, cyclonedx, table};
use crate::text;

pub(super) fn looks_like(input: &Input<'_>) -> bool {
    let head = input.head();
    head.contains("\"spdxVersion\"") || head.trim_start().starts_with("SPDXVersion:")
}

pub(super) fn read(input: &Input<'_>, found: &mut Found) {
    let document = if input.text.trim_start().starts_with('{') {
        match serde_json::from_str(&input.text) {
            Ok(document) => document,
            Err(error) => {
                let place = Place::line(error.line() as u64).in_file(input.name);
                let broken = Diagnostic::error("patches.json-broken", place);
                return found.diagnostics.push(broken.with("reason", error));
            }
        }
    } else {
        tag_value(&input.text)
    };
    let mut origin = input.origin("spdx");
    origin.collected_at = table::time(&document.creation_info.created);
    let distributions = document.packages.iter().map(|p| text::purl_qualifier(p.purl(), "distro"));
    let os = distributions.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned();
    found.hosts.push(Host {
        name: document.name,
        os: Os { name: os, ..Os::default() },
        software: Some(document.packages.into_iter().map(software).collect()),
        origins: vec![origin],
        ..Host::default()
    });
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Document {
    name: String,
    creation_info: CreationInfo,
    packages: Vec<Package>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CreationInfo {
    created: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Package {
    name: String,
    version_info: String,
    external_refs: Vec<Reference>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Reference {
    reference_type: String,
    reference_locator: String,
}

impl Package {
    fn purl(&self) -> &str {
        let purl = self.external_refs.iter().find(|r| r.reference_type == "purl");
        purl.map_or("", |r| r.reference_locator.as_str())
    }
}

fn software(package: Package) -> Software {
    let purl = package.purl().to_owned();
    cyclonedx::package(package.name, package.version_info, &purl)
}

fn tag_value(text: &str) -> Document {
    let mut document = Document::default();
    for line in text.lines() {
        let Some((tag, value)) = line.split_once(':') else { continue };
        let value = value.trim().to_owned();
        match (tag.trim(), document.packages.last_mut()) {
            ("DocumentName", _) => document.name = value,
            ("Created", _) => document.creation_info.created = value,
            ("PackageName", _) => {
                document.packages.push(Package { name: value, ..Package::default() });
            }
            ("PackageVersion", Some(package)) => package.version_info = value,
            ("ExternalRef", Some(package)) => {
                let mut words = value.split_whitespace().skip(1).map(str::to_owned);
                let (Some(reference_type), Some(reference_locator)) = (words.next(), words.next())
                else {
                    continue;
                };
                package.external_refs.push(Reference { reference_type, reference_locator });
            }
            _ => {}
        }
    }
    document
}
