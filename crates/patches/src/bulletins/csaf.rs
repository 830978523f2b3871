//! OASIS CSAF 2.0, Microsoft's and other vendors', VEX included.
//!
//! A document that fails a mandatory test of the standard ([`super::csaf_rules`])
//! is named with the test's number and what fails; what can be read is read.
//! Microsoft's fixes become rows like CVRF's; what other vendors say of
//! packages and products becomes statements.

use std::collections::HashMap;

use diag::{Diagnostic, Place};
use serde_json::Value;

use super::{csaf_rules, day, named_source};
use crate::{
    facts::{Builder, Component, Fix, Format, Kind, Month, NoFix, Row, Severity, SourceId, Status},
    text,
};

/// Deepest nesting of a product tree that is followed.
const DEPTH: usize = 64;

/// Reads one document.
pub fn read(name: &str, bytes: &[u8], into: &mut Builder) -> Vec<Diagnostic> {
    let document: Value = match serde_json::from_str(&text::decode(bytes)) {
        Ok(document) => document,
        Err(error) => {
            let place = Place::line(error.line() as u64).in_file(name);
            return vec![Diagnostic::error("patches.json-broken", place).with("reason", error)];
        }
    };
    if text_at(&document, "/document/csaf_version") != "2.0" {
        let version = text_at(&document, "/document/csaf_version");
        let place = Place::file(name);
        return vec![Diagnostic::error("patches.csaf-version", place).with("version", version)];
    }
    let Some(source) = into.source(named_source(name, Format::Csaf, bytes)) else {
        return vec![Diagnostic::note("patches.document-twice", Place::file(name))];
    };
    let mut found = csaf_rules::check(&document, name);
    if array(&document, "/vulnerabilities").is_empty() {
        found.push(Diagnostic::note("patches.no-vulnerability", Place::file(name)));
    }
    let products = Products::of(&document);
    let released = day(text_at(&document, "/document/tracking/initial_release_date"));
    for vulnerability in array(&document, "/vulnerabilities") {
        Reading { into, source, products: &products, released }.vulnerability(vulnerability);
    }
    if let Some(source) = into.source_mut(source) {
        text_at(&document, "/document/tracking/id").clone_into(&mut source.id);
        source.released = released;
        source.current = day(text_at(&document, "/document/tracking/current_release_date"));
    }
    found
}

/// The text at a pointer; empty when there is none.
pub(super) fn text_at<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The items at a pointer.
pub(super) fn array<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// What a product id stands for.
#[derive(Clone, Debug, Default)]
struct Product {
    vendor: String,
    name: String,
    full_name: String,
    component: Component,
}

struct Products(HashMap<String, Product>);

impl Products {
    fn of(document: &Value) -> Self {
        let mut products = Self(HashMap::new());
        let path = Product::default();
        for branch in array(document, "/product_tree/branches") {
            products.branch(branch, &path, DEPTH);
        }
        for full in array(document, "/product_tree/full_product_names") {
            products.add(full, &path);
        }
        for relation in array(document, "/product_tree/relationships") {
            let part = products.0.get(text_at(relation, "/product_reference")).cloned();
            if let (Some(full), Some(part)) = (relation.get("full_product_name"), part) {
                products.add(full, &part);
            }
        }
        products
    }

    fn branch(&mut self, branch: &Value, above: &Product, depth: usize) {
        if depth == 0 {
            return;
        }
        let mut path = above.clone();
        let name = text_at(branch, "/name").to_owned();
        match text_at(branch, "/category") {
            "vendor" => path.vendor = name,
            "product_name" => path.name = name,
            "product_version" => path.component.version = name,
            "product_version_range" => path.component.range = name,
            _ => {}
        }
        if let Some(product) = branch.get("product") {
            self.add(product, &path);
        }
        for below in array(branch, "/branches") {
            self.branch(below, &path, depth - 1);
        }
    }

    fn add(&mut self, full: &Value, path: &Product) {
        let mut product = path.clone();
        text_at(full, "/name").clone_into(&mut product.full_name);
        if product.name.is_empty() {
            product.name.clone_from(&product.full_name);
        }
        let purl = text_at(full, "/product_identification_helper/purl");
        match component_of(purl) {
            Some(component) => product.component = component,
            None if product.component.name.is_empty() => {
                product.component.name = product.name.to_lowercase();
                product.component.namespace = product.vendor.to_lowercase();
            }
            None => {}
        }
        self.0.insert(text_at(full, "/product_id").to_owned(), product);
    }
}

/// `pkg:deb/debian/gzip@1.12-1?arch=amd64`
fn component_of(purl: &str) -> Option<Component> {
    let rest = purl.strip_prefix("pkg:")?;
    let rest = rest.split(['?', '#']).next()?;
    let (path, version) = rest.rsplit_once('@').unwrap_or((rest, ""));
    let parts: Vec<&str> = path.split('/').collect();
    let [ecosystem, namespace @ .., name] = parts.as_slice() else { return None };
    let plain = |text: &str| {
        text.replace("%2B", "+").replace("%2b", "+").replace("%3A", ":").replace("%7E", "~")
    };
    // An RPM's epoch stands apart from its version.
    let epoch = text::purl_qualifier(purl, "epoch");
    let version = if epoch.is_empty() { version.to_owned() } else { format!("{epoch}:{version}") };
    Some(Component {
        ecosystem: (*ecosystem).to_owned(),
        namespace: namespace.join("/").to_lowercase(),
        name: plain(name).to_lowercase(),
        version: plain(&version),
        range: String::new(),
    })
}

struct Reading<'r> {
    into: &'r mut Builder,
    source: SourceId,
    products: &'r Products,
    released: Option<jiff::civil::Date>,
}

impl Reading<'_> {
    fn vulnerability(&mut self, vulnerability: &Value) {
        let id = match text_at(vulnerability, "/cve") {
            "" => array(vulnerability, "/ids").first().map_or("", |id| text_at(id, "/text")),
            cve => cve,
        };
        if id.is_empty() {
            return;
        }
        let cve = self.into.cve(id);
        self.describe(cve, vulnerability);
        let fixed_by_row = self.rows(cve, vulnerability);
        self.statements(cve, vulnerability, &fixed_by_row);
    }

    fn describe(&mut self, cve: u32, vulnerability: &Value) {
        let released = day(text_at(vulnerability, "/release_date")).or(self.released);
        let scores = array(vulnerability, "/scores").iter();
        let cvss =
            scores.filter_map(|s| s.pointer("/cvss_v3/baseScore")?.as_f64()).fold(0.0, f64::max);
        let severity =
            array(vulnerability, "/threats").iter().filter(|t| text_at(t, "/category") == "impact");
        let severity = severity.map(|t| Severity::parse(text_at(t, "/details"))).max();
        let exploited = array(vulnerability, "/threats").iter().any(|t| {
            text_at(t, "/category") == "exploit_status"
                && text_at(t, "/details").contains("Exploited:Yes")
        });
        let Some(known) = self.into.cve_mut(cve) else { return };
        known.released = known.released.into_iter().chain(released).min();
        known.month = known.released.map(Month::of).unwrap_or_default();
        known.cvss = known.cvss.max(super::tenths(&format!("{cvss:.1}")));
        known.severity = known.severity.max(severity.unwrap_or_default());
        known.exploited |= exploited;
    }

    /// Microsoft's vendor fixes; gives the product names they fix.
    fn rows(&mut self, cve: u32, vulnerability: &Value) -> Vec<String> {
        let mut fixed = Vec::new();
        for remediation in array(vulnerability, "/remediations") {
            if text_at(remediation, "/category") != "vendor_fix" {
                continue;
            }
            for id in array(remediation, "/product_ids").iter().filter_map(Value::as_str) {
                let Some(product) = self.products.0.get(id).filter(|p| p.vendor == "Microsoft")
                else {
                    continue;
                };
                let fix = self.into.fix(fix(remediation, product, self.source));
                let number = self.into.product(&product.name);
                let (severity, cvss) = (Severity::Unrated, 0);
                self.into.row(Row { cve, product: number, fix, severity, cvss });
                fixed.push(product.name.clone());
            }
        }
        fixed
    }

    fn statements(&mut self, cve: u32, vulnerability: &Value, fixed_by_row: &[String]) {
        for (key, status) in STATUSES {
            let ids = array(vulnerability, &format!("/product_status/{key}"))
                .iter()
                .filter_map(Value::as_str);
            for id in ids {
                let Some(product) = self.products.0.get(id) else { continue };
                if product.vendor != "Microsoft" {
                    self.into.statement(cve, product.component.clone(), *status, self.source);
                } else if *status == Status::Affected && !fixed_by_row.contains(&product.name) {
                    let number = self.into.product(&product.name);
                    self.into.affected(NoFix { cve, product: number, source: self.source });
                }
            }
        }
    }
}

const STATUSES: &[(&str, Status)] = &[
    ("fixed", Status::Fixed),
    ("first_fixed", Status::Fixed),
    ("known_affected", Status::Affected),
    ("first_affected", Status::Affected),
    ("last_affected", Status::Affected),
    ("known_not_affected", Status::NotAffected),
    ("under_investigation", Status::Investigating),
];

/// Microsoft writes `10.0.20348.2113:Security Update:https://…/5032198`.
fn fix(remediation: &Value, product: &Product, source: SourceId) -> Fix {
    let details = text_at(remediation, "/details");
    let mut parts = details.splitn(3, ':');
    let build =
        parts.next().filter(|b| text::version(b).is_some()).unwrap_or(&product.component.version);
    let kind = parts.next().map(Kind::parse).unwrap_or_default();
    let links = [text_at(remediation, "/url"), details];
    let words = links.iter().flat_map(|l| l.split(|c: char| !c.is_ascii_alphanumeric()));
    let kb = words.filter_map(text::kb).find(|kb| *kb > 99_999).unwrap_or(0);
    Fix {
        kb,
        build: build.trim_start_matches('<').to_owned(),
        kind,
        supersedes: Vec::new(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purls() {
        let found = component_of("pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64").unwrap();
        assert_eq!(
            (
                found.ecosystem.as_str(),
                found.namespace.as_str(),
                found.name.as_str(),
                found.version.as_str()
            ),
            ("deb", "debian", "libstdc++6", "12.2.0-14")
        );
        let rpm = component_of("pkg:rpm/redhat/bind@9.11.36-3.el8?arch=x86_64&epoch=32").unwrap();
        assert_eq!(rpm.version, "32:9.11.36-3.el8");
        assert_eq!(component_of("cpe:/a:b"), None);
    }

    #[test]
    fn a_microsoft_document_gives_rows() {
        let document = serde_json::json!({
            "document": {"csaf_version": "2.0", "tracking": {"id": "msrc_CVE-2023-36397", "initial_release_date": "2023-11-14T08:00:00Z"}},
            "product_tree": {"branches": [{"category": "vendor", "name": "Microsoft", "branches": [
                {"category": "product_name", "name": "Windows Server 2022", "branches": [
                    {"category": "product_version", "name": "10.0.20348.2113", "product": {"name": "Windows Server 2022 10.0.20348.2113", "product_id": "11923"}},
                    {"category": "product_version_range", "name": "<10.0.20348.2113", "product": {"name": "Windows Server 2022 <10.0.20348.2113", "product_id": "1"}}]}]}]},
            "vulnerabilities": [{"cve": "CVE-2023-36397", "product_status": {"fixed": ["11923"], "known_affected": ["1"]},
                "scores": [{"cvss_v3": {"baseScore": 9.8}, "products": ["1"]}],
                "remediations": [{"category": "vendor_fix", "details": "10.0.20348.2113:Security Update:https://support.microsoft.com/help/5032198", "product_ids": ["1"]}]}]
        });
        let mut builder = Builder::default();
        read("ms.json", document.to_string().as_bytes(), &mut builder);
        let facts = builder.finish();
        assert_eq!(facts.products, ["Windows Server 2022"]);
        assert_eq!(
            (facts.fixes[0].kb, facts.fixes[0].build.as_str()),
            (5_032_198, "10.0.20348.2113")
        );
        assert_eq!(facts.cves[0].cvss, 98);
        assert!(facts.no_fix.is_empty() && facts.statements.is_empty());
    }
}
