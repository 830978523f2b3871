//! CycloneDX, JSON and XML: the components of one machine or image.

use serde_json::Value;

use diag::{Diagnostic, Place};

use super::{Found, Host, Input, Os, Software, table};
use crate::{
    text::purl_qualifier,
    xml::{self, Visitor},
};

pub(super) fn looks_like(input: &Input<'_>) -> bool {
    let head = input.head();
    head.contains("\"CycloneDX\"")
        || head.contains("cyclonedx.org/schema/bom/") && head.trim_start().starts_with('<')
}

pub(super) fn read(input: &Input<'_>, found: &mut Found) {
    let mut host = Host {
        software: Some(Vec::new()),
        origins: vec![input.origin("cyclonedx")],
        ..Host::default()
    };
    let trouble = if input.text.trim_start().starts_with('<') {
        from_xml(input, &mut host)
    } else {
        from_json(input, &mut host)
    };
    found.diagnostics.extend(trouble);
    // What lists weaknesses alone (VEX) is about a product, and no machine.
    if host.os != Os::default() || host.software.as_ref().is_some_and(|s| !s.is_empty()) {
        found.hosts.push(host);
    }
}

fn from_json(input: &Input<'_>, host: &mut Host) -> Option<Diagnostic> {
    let bom: Value = match serde_json::from_str(input.text.trim_start_matches('\u{feff}')) {
        Ok(bom) => bom,
        Err(error) => {
            let place = Place::line(error.line() as u64).in_file(input.name);
            return Some(Diagnostic::error("patches.json-broken", place).with("reason", error));
        }
    };
    let text =
        |v: &Value, key: &str| v.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let metadata = bom.get("metadata");
    host.name =
        metadata.and_then(|m| m.get("component")).map(|c| text(c, "name")).unwrap_or_default();
    let time = metadata.and_then(|m| table::time(&text(m, "timestamp")));
    if let Some(origin) = host.origins.first_mut() {
        origin.collected_at = time;
    }
    let mut left: Vec<&Value> =
        bom.get("components").and_then(Value::as_array).into_iter().flatten().collect();
    while let Some(component) = left.pop() {
        left.extend(component.get("components").and_then(Value::as_array).into_iter().flatten());
        let [name, version, purl] = ["name", "version", "purl"].map(|k| text(component, k));
        add(host, &text(component, "type"), name, version, &purl);
    }
    None
}

fn add(host: &mut Host, kind: &str, name: String, version: String, purl: &str) {
    if kind == "operating-system" {
        let mut os = Os { name: format!("{name} {version}"), ..Os::default() };
        os.set_version(&version);
        host.os = os;
        return;
    }
    let distribution = purl_qualifier(purl, "distro");
    if host.os.name.is_empty() && !distribution.is_empty() {
        distribution.clone_into(&mut host.os.name);
    }
    host.software.get_or_insert_default().push(package(name, version, purl));
}

/// A package as a bill of materials lists it: what it is, by its package URL.
pub(super) fn package(name: String, version: String, purl: &str) -> Software {
    Software {
        name,
        version,
        ecosystem: purl_type(purl).to_owned(),
        arch: purl_qualifier(purl, "arch").to_owned(),
        // Debian's tools name the source package, which vendors' statements may mean.
        source: purl_qualifier(purl, "upstream")
            .split(['@', '%'])
            .next()
            .unwrap_or_default()
            .to_owned(),
        ..Software::default()
    }
}

/// The type of a package URL: `deb` of `pkg:deb/debian/gzip@1.12-1`.
fn purl_type(purl: &str) -> &str {
    purl.strip_prefix("pkg:").and_then(|p| p.split('/').next()).unwrap_or_default()
}

fn from_xml(input: &Input<'_>, host: &mut Host) -> Option<Diagnostic> {
    let mut bom = Bom { host, path: Vec::new(), kind: Vec::new(), parts: Vec::new() };
    let end = xml::walk(&input.text, &mut bom);
    let broken = end.err()?;
    let place = Place::offset(broken.offset).in_file(input.name);
    Some(Diagnostic::error("patches.xml-broken", place).with("reason", broken.reason))
}

struct Bom<'h> {
    host: &'h mut Host,
    path: Vec<String>,
    kind: Vec<String>,
    parts: Vec<[String; 3]>,
}

impl Visitor for Bom<'_> {
    fn open(&mut self, name: &str, attribute: &dyn Fn(&str) -> Option<String>) {
        if name == "component" {
            self.kind.push(attribute("type").unwrap_or_default());
            self.parts.push(<[String; 3]>::default());
        }
        self.path.push(name.to_owned());
    }

    fn wants(&self, name: &str) -> bool {
        matches!(name, "name" | "version" | "purl" | "timestamp")
    }

    fn close(&mut self, name: &str, text: &str) {
        self.path.pop();
        let parent = self.path.last().map_or("", String::as_str);
        let at = ["name", "version", "purl"].iter().position(|k| *k == name);
        if parent == "component"
            && let Some(part) = at.and_then(|at| self.parts.last_mut()?.get_mut(at))
        {
            text.clone_into(part);
        }
        if parent == "metadata"
            && name == "timestamp"
            && let Some(origin) = self.host.origins.first_mut()
        {
            origin.collected_at = table::time(text);
        }
        if name == "component" {
            self.component(parent == "metadata");
        }
    }
}

impl Bom<'_> {
    fn component(&mut self, is_subject: bool) {
        let kind = self.kind.pop().unwrap_or_default();
        let [name, version, purl] = self.parts.pop().unwrap_or_default();
        if is_subject {
            self.host.name = name;
        } else {
            add(self.host, &kind, name, version, &purl);
        }
    }
}
