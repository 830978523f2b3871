//! wesng's definitions (`CVEs_….csv`), as a cross-check of our own reading:
//! DatePosted, CVE, BulletinKB, Title, AffectedProduct, AffectedComponent,
//! Severity, Impact, Supersedes, Exploits. They carry no fixed builds.

use diag::{Diagnostic, Place};
use jiff::civil::Date;

use super::named_source;
use crate::{
    facts::{Builder, Fix, Format, Kind, Month, Row, Severity, SourceId},
    text,
};

/// Reads the definitions.
pub fn read(name: &str, bytes: &[u8], into: &mut Builder) -> Vec<Diagnostic> {
    let Some(source) = into.source(named_source(name, Format::Wesng, bytes)) else {
        return vec![Diagnostic::note("patches.document-twice", Place::file(name))];
    };
    let mut reader = ::csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let Some(columns) = reader.headers().ok().map(Columns::of) else { return Vec::new() };
    let mut newest = None;
    let mut bad = 0_u64;
    let mut record = ::csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => match row(&record, &columns, source, into) {
                Some(day) => newest = newest.max(Some(day)),
                None => bad += 1,
            },
            Ok(false) => break,
            Err(_) => bad += 1,
        }
    }
    if let Some(source) = into.source_mut(source) {
        source.current = newest;
        source.released = newest;
    }
    let rows = Diagnostic::warning("patches.rows-unread", Place::file(name)).with("rows", bad);
    if bad > 0 { vec![rows] } else { Vec::new() }
}

struct Columns {
    date: usize,
    cve: usize,
    kb: usize,
    product: usize,
    severity: usize,
    supersedes: usize,
    exploits: usize,
}

impl Columns {
    fn of(header: &::csv::StringRecord) -> Self {
        let at = |name: &str| {
            header.iter().position(|h| h.eq_ignore_ascii_case(name)).unwrap_or(usize::MAX)
        };
        Self {
            date: at("DatePosted"),
            cve: at("CVE"),
            kb: at("BulletinKB"),
            product: at("AffectedProduct"),
            severity: at("Severity"),
            supersedes: at("Supersedes"),
            exploits: at("Exploits"),
        }
    }
}

/// Takes a row whose fix is a KB; others name no update and are left to the
/// vendor's own documents.
fn row(
    record: &::csv::StringRecord,
    columns: &Columns,
    source: SourceId,
    into: &mut Builder,
) -> Option<Date> {
    let cell = |at: usize| record.get(at).unwrap_or_default().trim();
    let day = compact_day(cell(columns.date))?;
    let (id, product) = (cell(columns.cve), cell(columns.product));
    if id.is_empty() || product.is_empty() {
        return None;
    }
    let Some(kb) = text::kb(cell(columns.kb)) else { return Some(day) };
    let severity = Severity::parse(cell(columns.severity));
    let supersedes = cell(columns.supersedes).split([';', ',', ' ']).filter_map(text::kb).collect();
    let cve = into.cve(id);
    if let Some(known) = into.cve_mut(cve) {
        known.severity = known.severity.max(severity);
        known.released = known.released.into_iter().chain([day]).min();
        known.month = known.released.map(Month::of).unwrap_or_default();
        known.disclosed |= !cell(columns.exploits).is_empty();
    }
    let fix = into.fix(Fix { kb, build: String::new(), kind: Kind::Update, supersedes, source });
    let product = into.product(product);
    into.row(Row { cve, product, fix, severity, cvss: 0 });
    Some(day)
}

/// `20230912`
fn compact_day(text: &str) -> Option<Date> {
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    Date::new(part(0, 4)?, i8::try_from(part(4, 6)?).ok()?, i8::try_from(part(6, 8)?).ok()?).ok()
}
