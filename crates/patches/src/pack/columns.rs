//! The tables of a pack by column: numbers beside numbers deflate well and
//! parse fast.

use serde::{Deserialize, Serialize};

use crate::facts::{Cve, Facts, Fix, NoFix, Row, Severity, Source, Statement};

#[derive(Serialize, Deserialize)]
pub(super) struct Columns {
    sources: Vec<Source>,
    products: Vec<String>,
    cves: Vec<Cve>,
    fixes: Vec<Fix>,
    row_cve: Vec<u32>,
    /// Rows are ordered by product: how many each has.
    row_product: Vec<(u32, u32)>,
    row_fix: Vec<u32>,
    row_severity: Vec<u8>,
    row_cvss: Vec<u8>,
    no_fix: Vec<NoFix>,
    statements: Vec<Statement>,
}

const SEVERITIES: [Severity; 5] =
    [Severity::Unrated, Severity::Low, Severity::Moderate, Severity::Important, Severity::Critical];

impl From<&Facts> for Columns {
    fn from(facts: &Facts) -> Self {
        let mut row_product: Vec<(u32, u32)> = Vec::new();
        for row in &facts.rows {
            match row_product.last_mut() {
                Some((product, count)) if *product == row.product => *count += 1,
                _ => row_product.push((row.product, 1)),
            }
        }
        let rows = || facts.rows.iter();
        Self {
            sources: facts.sources.clone(),
            products: facts.products.clone(),
            cves: facts.cves.clone(),
            fixes: facts.fixes.clone(),
            row_cve: rows().map(|r| r.cve).collect(),
            row_product,
            row_fix: rows().map(|r| r.fix).collect(),
            row_severity: rows().map(|r| r.severity as u8).collect(),
            row_cvss: rows().map(|r| r.cvss).collect(),
            no_fix: facts.no_fix.clone(),
            statements: facts.statements.clone(),
        }
    }
}

impl From<Columns> for Facts {
    fn from(columns: Columns) -> Self {
        let limit = columns.row_cve.len();
        let products = columns
            .row_product
            .iter()
            .flat_map(|(p, n)| std::iter::repeat_n(*p, (*n as usize).min(limit)));
        let severity = |at: u8| SEVERITIES.get(usize::from(at)).copied().unwrap_or_default();
        let numbers = columns.row_cve.iter().zip(products).zip(&columns.row_fix);
        let ratings = columns.row_severity.iter().zip(&columns.row_cvss);
        let rows = numbers.zip(ratings).map(|(((cve, product), fix), (s, cvss))| Row {
            cve: *cve,
            product,
            fix: *fix,
            severity: severity(*s),
            cvss: *cvss,
        });
        Self {
            rows: rows.collect(),
            sources: columns.sources,
            products: columns.products,
            cves: columns.cves,
            fixes: columns.fixes,
            no_fix: columns.no_fix,
            statements: columns.statements,
        }
    }
}
