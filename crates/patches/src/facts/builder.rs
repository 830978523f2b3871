//! Gathers what several documents say into one [`Facts`], each name once.

use std::collections::HashMap;

use super::{
    Component, Cve, CveId, Epss, Facts, Fix, FixId, Kev, NoFix, ProductId, Row, Source, SourceId,
    Statement, Status,
};

/// Collects facts from any number of documents, in any order.
#[derive(Debug, Default)]
pub struct Builder {
    facts: Facts,
    cves: HashMap<String, CveId>,
    products: HashMap<String, ProductId>,
    fixes: HashMap<Fix, FixId>,
    /// What vendors' product numbers stand for, across documents.
    named: HashMap<String, ProductId>,
    /// Rows whose product number no document has named yet.
    waiting: Vec<(String, Row)>,
    /// What catalogues say of CVEs that a bulletin may yet bring.
    kev: HashMap<String, Kev>,
    epss: HashMap<String, Epss>,
}

impl Builder {
    /// Starts from facts already gathered, such as a pack's.
    pub fn over(facts: Facts) -> Self {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let cves = facts.cves.iter().enumerate().map(|(at, c)| (c.id.clone(), number(at)));
        let products = facts.products.iter().enumerate().map(|(at, p)| (p.clone(), number(at)));
        let fixes = facts.fixes.iter().enumerate().map(|(at, f)| (f.clone(), number(at)));
        Self {
            cves: cves.collect(),
            products: products.collect(),
            fixes: fixes.collect(),
            facts,
            ..Self::default()
        }
    }

    /// Adds facts already gathered, such as another pack's.
    pub fn join(&mut self, other: Facts) {
        let sources: Vec<Option<SourceId>> =
            other.sources.into_iter().map(|s| self.source(s)).collect();
        let source = |id: SourceId| sources.get(usize::from(id)).copied().flatten();
        let cves: Vec<CveId> = other.cves.into_iter().map(|c| self.join_cve(c, &source)).collect();
        let products: Vec<ProductId> = other.products.iter().map(|p| self.product(p)).collect();
        let cve = |id: CveId| cves.get(id as usize).copied();
        let product = |id: ProductId| products.get(id as usize).copied();
        for row in other.rows {
            let fix = other.fixes.get(row.fix as usize).cloned();
            // Facts of a source that is already here are already here.
            let Some((fix, from)) =
                fix.and_then(|f| Some((source(f.source)?, f))).map(|(s, f)| (f, s))
            else {
                continue;
            };
            let fix = self.fix(Fix { source: from, ..fix });
            if let (Some(cve), Some(product)) = (cve(row.cve), product(row.product)) {
                self.row(Row { cve, product, fix, ..row });
            }
        }
        for no_fix in other.no_fix {
            if let (Some(cve), Some(product), Some(source)) =
                (cve(no_fix.cve), product(no_fix.product), source(no_fix.source))
            {
                self.affected(NoFix { cve, product, source });
            }
        }
        for statement in other.statements {
            if let (Some(cve), Some(source)) = (cve(statement.cve), source(statement.source)) {
                self.statement(cve, statement.component, statement.status, source);
            }
        }
    }

    fn join_cve(&mut self, other: Cve, source: &dyn Fn(SourceId) -> Option<SourceId>) -> CveId {
        let id = self.cve(&other.id);
        let Some(known) = self.cve_mut(id) else { return id };
        known.released = known.released.into_iter().chain(other.released).min();
        known.month =
            [known.month, other.month].into_iter().filter(|m| m.0 > 0).min().unwrap_or_default();
        known.severity = known.severity.max(other.severity);
        known.cvss = known.cvss.max(other.cvss);
        known.exploited |= other.exploited;
        known.disclosed |= other.disclosed;
        known.unplaced |= other.unplaced;
        known.kev = known.kev.or(other.kev);
        known.epss = known.epss.or(other.epss);
        let named = other
            .named
            .into_iter()
            .filter_map(|n| Some(super::Naming { source: source(n.source)?, ..n }));
        known.named.extend(named);
        id
    }

    /// Adds a document. `None` when these very bytes were added before.
    pub fn source(&mut self, source: Source) -> Option<SourceId> {
        let known = self.facts.sources.iter().any(|s| s.sha256 == source.sha256);
        let id = SourceId::try_from(self.facts.sources.len()).ok();
        if known || id.is_none() {
            return None;
        }
        self.facts.sources.push(source);
        id
    }

    /// The document added under this number, to be completed.
    pub fn source_mut(&mut self, id: SourceId) -> Option<&mut Source> {
        self.facts.sources.get_mut(usize::from(id))
    }

    /// The number of a CVE, which is made if it is new.
    pub fn cve(&mut self, id: &str) -> CveId {
        if let Some(&known) = self.cves.get(id) {
            return known;
        }
        let number = u32::try_from(self.facts.cves.len()).unwrap_or(u32::MAX);
        self.facts.cves.push(Cve { id: id.to_owned(), ..Cve::default() });
        self.cves.insert(id.to_owned(), number);
        number
    }

    /// A CVE to be completed.
    pub fn cve_mut(&mut self, id: CveId) -> Option<&mut Cve> {
        self.facts.cves.get_mut(id as usize)
    }

    /// The number of a product, which is made if it is new.
    pub fn product(&mut self, name: &str) -> ProductId {
        if let Some(&known) = self.products.get(name) {
            return known;
        }
        let number = u32::try_from(self.facts.products.len()).unwrap_or(u32::MAX);
        self.facts.products.push(name.to_owned());
        self.products.insert(name.to_owned(), number);
        number
    }

    /// Records what a vendor's product number stands for.
    pub fn name_product(&mut self, vendor_id: &str, name: &str) {
        let product = self.product(name);
        self.named.entry(vendor_id.to_owned()).or_insert(product);
    }

    /// Adds a row whose product only a number names, which another document may explain.
    pub fn row_by_number(&mut self, vendor_id: &str, row: Row) {
        self.waiting.push((vendor_id.to_owned(), row));
    }

    /// The number of a fix, which is made if it is new.
    pub fn fix(&mut self, fix: Fix) -> FixId {
        if let Some(&known) = self.fixes.get(&fix) {
            return known;
        }
        let number = u32::try_from(self.facts.fixes.len()).unwrap_or(u32::MAX);
        self.fixes.insert(fix.clone(), number);
        self.facts.fixes.push(fix);
        number
    }

    /// Adds a vendor-fix row.
    pub fn row(&mut self, row: Row) {
        self.facts.rows.push(row);
    }

    /// Notes that the vendor lists a product as affected; [`Builder::finish`]
    /// keeps it only where no row fixes it.
    pub fn affected(&mut self, no_fix: NoFix) {
        self.facts.no_fix.push(no_fix);
    }

    /// Adds a statement about a package.
    pub fn statement(
        &mut self,
        cve: CveId,
        component: Component,
        status: Status,
        source: SourceId,
    ) {
        self.facts.statements.push(Statement { cve, component, status, source });
    }

    /// Notes CISA's entry for a CVE; it counts if a bulletin holds the CVE.
    pub fn kev(&mut self, cve: &str, kev: Kev) {
        self.kev.insert(cve.to_owned(), kev);
    }

    /// Notes FIRST's score for a CVE; it counts if a bulletin holds the CVE.
    pub fn epss(&mut self, cve: &str, epss: Epss) {
        self.epss.insert(cve.to_owned(), epss);
    }

    /// The facts, each row once, in a fixed order.
    pub fn finish(mut self) -> Facts {
        self.place_waiting();
        for cve in &mut self.facts.cves {
            cve.kev = self.kev.get(&cve.id).copied().or(cve.kev);
            cve.epss = self.epss.get(&cve.id).copied().or(cve.epss);
        }
        let facts = &mut self.facts;
        facts.rows.sort_unstable_by_key(|r| (r.product, r.cve, r.fix));
        facts.rows.dedup_by_key(|r| (r.product, r.cve, r.fix));
        let rows = &facts.rows;
        let fixed = |n: &NoFix| {
            rows.binary_search_by_key(&(n.product, n.cve), |r| (r.product, r.cve)).is_ok()
        };
        facts.no_fix.retain(|n| !fixed(n));
        facts.no_fix.sort_unstable_by_key(|n| (n.product, n.cve, n.source));
        facts.no_fix.dedup_by_key(|n| (n.product, n.cve));
        self.facts
    }

    fn place_waiting(&mut self) {
        for (vendor_id, row) in std::mem::take(&mut self.waiting) {
            match self.named.get(&vendor_id) {
                Some(&product) => self.facts.rows.push(Row { product, ..row }),
                None => {
                    if let Some(cve) = self.cve_mut(row.cve) {
                        cve.unplaced = true;
                    }
                }
            }
        }
    }
}
