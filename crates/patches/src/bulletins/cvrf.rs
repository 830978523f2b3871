//! MSRC's monthly document: ICASI CVRF 1.1 with Microsoft's `SubType`,
//! `FixedBuild` and `Supercedence` in each remediation.
//!
//! Only `Type="Vendor Fix"` remediations become rows (rule 1): the same KB
//! stands beside them as a known issue, which fixes nothing.

use std::collections::{BTreeMap, HashMap};

use diag::{Diagnostic, Place};
use jiff::civil::Date;

use super::{day, named_source};
use crate::{
    facts::{Builder, Fix, Format, Kind, Month, NoFix, Row, Severity, SourceId},
    text,
    xml::{self, Visitor},
};

/// Reads one month's document into the facts.
pub fn read(name: &str, bytes: &[u8], into: &mut Builder) -> Vec<Diagnostic> {
    let Some(source) = into.source(named_source(name, Format::Cvrf, bytes)) else {
        return vec![Diagnostic::note("patches.document-twice", Place::file(name))];
    };
    let text = text::decode(bytes);
    let mut document = Document::new(into, source);
    let end = xml::walk(&text, &mut document);
    document.finish(name, end)
}

/// The remediation, threat, score set or status being read.
#[derive(Default)]
struct Block {
    kind: String,
    description: String,
    subtype: String,
    build: String,
    supersedes: Vec<u32>,
    score: String,
    products: Vec<String>,
}

#[derive(Default)]
struct Vulnerability {
    id: String,
    released: Option<Date>,
    exploited: bool,
    disclosed: bool,
    severities: HashMap<String, Severity>,
    scores: HashMap<String, u8>,
    affected: Vec<String>,
    fixes: Vec<(Fix, Vec<String>)>,
}

struct Document<'b> {
    into: &'b mut Builder,
    source: SourceId,
    names: HashMap<String, String>,
    product_id: String,
    path: Vec<String>,
    block: Block,
    vulnerability: Vulnerability,
    count: usize,
    /// Product numbers that the tree does not name, and how many rows use them.
    unnamed: BTreeMap<String, u64>,
    /// Vulnerabilities without a number.
    nameless: u64,
    released: Option<Date>,
    current: Option<Date>,
    id: String,
}

impl Visitor for Document<'_> {
    fn open(&mut self, name: &str, attribute: &dyn Fn(&str) -> Option<String>) {
        match name {
            "FullProductName" => self.product_id = attribute("ProductID").unwrap_or_default(),
            "Vulnerability" => self.vulnerability = Vulnerability::default(),
            "Remediation" | "Threat" | "ScoreSet" | "Status" => {
                let kind = attribute("Type").unwrap_or_default();
                self.block = Block { kind, ..Block::default() };
            }
            _ => {}
        }
        self.path.push(name.to_owned());
    }

    fn wants(&self, name: &str) -> bool {
        matches!(
            name,
            "FullProductName"
                | "ProductID"
                | "CVE"
                | "Date"
                | "InitialReleaseDate"
                | "CurrentReleaseDate"
                | "ID"
                | "Description"
                | "SubType"
                | "FixedBuild"
                | "Supercedence"
                | "BaseScore"
        )
    }

    fn close(&mut self, name: &str, text: &str) {
        self.path.pop();
        match name {
            "FullProductName" => self.product(text),
            "ID" => text.clone_into(&mut self.id),
            "InitialReleaseDate" => self.released = day(text),
            "CurrentReleaseDate" => self.current = day(text),
            "CVE" => text.clone_into(&mut self.vulnerability.id),
            "Date" => self.revision(day(text)),
            "Vulnerability" => self.vulnerability_ends(),
            "Remediation" => self.remediation_ends(),
            "Threat" => self.threat_ends(),
            "ScoreSet" => self.score_ends(),
            "Status" => self.status_ends(),
            _ => self.block_part(name, text),
        }
    }
}

impl<'b> Document<'b> {
    fn new(into: &'b mut Builder, source: SourceId) -> Self {
        Self {
            into,
            source,
            names: HashMap::new(),
            product_id: String::new(),
            path: Vec::new(),
            block: Block::default(),
            vulnerability: Vulnerability::default(),
            count: 0,
            unnamed: BTreeMap::new(),
            nameless: 0,
            released: None,
            current: None,
            id: String::new(),
        }
    }

    fn product(&mut self, name: &str) {
        self.into.name_product(&self.product_id, name);
        self.names.insert(self.product_id.clone(), name.to_owned());
    }

    fn revision(&mut self, day: Option<Date>) {
        if self.path.iter().any(|p| p == "Vulnerability") {
            let known = self.vulnerability.released;
            self.vulnerability.released = known.into_iter().chain(day).min();
        }
    }

    fn block_part(&mut self, name: &str, text: &str) {
        let block = &mut self.block;
        match name {
            "Description" => text.clone_into(&mut block.description),
            "SubType" => text.clone_into(&mut block.subtype),
            "FixedBuild" => text.clone_into(&mut block.build),
            "BaseScore" => text.clone_into(&mut block.score),
            "ProductID" => block.products.push(text.to_owned()),
            "Supercedence" => {
                let parts = text.split(|c: char| !c.is_ascii_alphanumeric());
                block.supersedes.extend(parts.filter_map(text::kb));
            }
            _ => {}
        }
    }

    fn remediation_ends(&mut self) {
        let block = std::mem::take(&mut self.block);
        if block.kind != "Vendor Fix" {
            return;
        }
        let fix = Fix {
            kb: text::kb(&block.description).unwrap_or(0),
            build: block.build,
            kind: Kind::parse(&block.subtype),
            supersedes: block.supersedes,
            source: self.source,
        };
        self.vulnerability.fixes.push((fix, block.products));
    }

    fn threat_ends(&mut self) {
        let block = std::mem::take(&mut self.block);
        match block.kind.as_str() {
            "Severity" => {
                let severity = Severity::parse(&block.description);
                let rated = block.products.into_iter().map(|p| (p, severity));
                self.vulnerability.severities.extend(rated);
            }
            "Exploit Status" => {
                self.vulnerability.exploited |= block.description.contains("Exploited:Yes");
                self.vulnerability.disclosed |= block.description.contains("Disclosed:Yes");
            }
            _ => {}
        }
    }

    fn score_ends(&mut self) {
        let block = std::mem::take(&mut self.block);
        let tenths = super::tenths(&block.score);
        let scored = block.products.into_iter().map(|p| (p, tenths));
        self.vulnerability.scores.extend(scored);
    }

    fn status_ends(&mut self) {
        let block = std::mem::take(&mut self.block);
        if block.kind == "Known Affected" {
            self.vulnerability.affected.extend(block.products);
        }
    }

    fn vulnerability_ends(&mut self) {
        let found = std::mem::take(&mut self.vulnerability);
        if found.id.is_empty() {
            self.nameless += 1;
            return;
        }
        self.count += 1;
        let cve = self.into.cve(&found.id);
        self.describe(cve, &found);
        for (fix, products) in &found.fixes {
            let fix = self.into.fix(fix.clone());
            for number in products {
                self.row(cve, fix, number, &found);
            }
        }
        for number in &found.affected {
            self.affected(cve, number);
        }
    }

    fn describe(&mut self, cve: u32, found: &Vulnerability) {
        let released = found.released.or(self.released);
        let Some(known) = self.into.cve_mut(cve) else { return };
        known.exploited |= found.exploited;
        known.disclosed |= found.disclosed;
        known.released = known.released.into_iter().chain(released).min();
        known.severity =
            found.severities.values().copied().chain([known.severity]).max().unwrap_or_default();
        known.cvss = found.scores.values().copied().chain([known.cvss]).max().unwrap_or_default();
        if let Some(month) = self.released.map(Month::of)
            && (known.month == Month::default() || month < known.month)
        {
            known.month = month;
        }
    }

    fn row(&mut self, cve: u32, fix: u32, number: &str, found: &Vulnerability) {
        let row = Row {
            cve,
            product: u32::MAX,
            fix,
            severity: found.severities.get(number).copied().unwrap_or_default(),
            cvss: found.scores.get(number).copied().unwrap_or_default(),
        };
        if let Some(name) = self.names.get(number) {
            let product = self.into.product(name);
            self.into.row(Row { product, ..row });
        } else {
            *self.unnamed.entry(number.to_owned()).or_default() += 1;
            self.into.row_by_number(number, row);
        }
    }

    fn affected(&mut self, cve: u32, number: &str) {
        if let Some(name) = self.names.get(number) {
            let product = self.into.product(name);
            self.into.affected(NoFix { cve, product, source: self.source });
        }
    }

    fn finish(self, name: &str, end: Result<(), xml::Broken>) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let whole = end.is_ok() && self.released.is_some() && self.count > 0;
        if let Err(broken) = end {
            let place = Place::offset(broken.offset).in_file(name);
            found
                .push(Diagnostic::error("patches.xml-broken", place).with("reason", broken.reason));
        }
        if self.count == 0 {
            found.push(Diagnostic::error("patches.no-vulnerability", Place::file(name)));
        }
        if self.nameless > 0 {
            let code = Diagnostic::warning("patches.cve-unnamed", Place::file(name));
            found.push(code.with("rows", self.nameless));
        }
        for (number, rows) in self.unnamed.iter().take(20) {
            let code = Diagnostic::warning("patches.product-unnamed", Place::file(name));
            found.push(code.with("product", number).with("rows", rows));
        }
        if let Some(source) = self.into.source_mut(self.source) {
            source.id = self.id;
            source.released = self.released;
            source.current = self.current;
            source.months = self.released.filter(|_| whole).map(Month::of).into_iter().collect();
        }
        found
    }
}
