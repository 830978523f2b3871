//! `networks.csv`: who had which range from when to when.

use std::collections::{BTreeMap, BTreeSet};

use diag::{Diagnostic, Place};
use jiff::civil;
use tables::{Columns, FieldSpec, Findings, Limits, Row, mapping, value};

use crate::{
    address,
    botnet::Input,
    ownership::{Range, RangeKind},
};

/// Ranges as read.
#[derive(Clone, Debug, Default)]
pub struct Ranges {
    /// The ranges; a row with several networks gives several.
    pub ranges: Vec<Range>,
    /// Unit code → name.
    pub units: BTreeMap<String, String>,
    /// Rows that could not be read.
    pub bad: u64,
    /// Why.
    pub diagnostics: Vec<Diagnostic>,
}

fn specs() -> Vec<FieldSpec> {
    vec![
        FieldSpec::required("unit_code", &["mã đơn vị", "unit", "code", "mã", "ma dv"]),
        FieldSpec::optional("unit_name", &["tên đơn vị", "đơn vị", "name", "tên", "cơ quan"]),
        FieldSpec::required(
            "cidr",
            &["dải mạng", "dải ip", "network", "range", "địa chỉ ip", "ip", "prefix"],
        ),
        FieldSpec::optional("valid_from", &["từ ngày", "from", "hiệu lực từ", "ngày bắt đầu"]),
        FieldSpec::optional("valid_to", &["đến ngày", "to", "hiệu lực đến", "ngày kết thúc"]),
        FieldSpec::optional("kind", &["loại", "type"]),
    ]
}

/// Reads `unit_code,unit_name,cidr,valid_from,valid_to,kind` from CSV or a
/// workbook, with these names or Vietnamese ones. `cidr` may be an address, a
/// network or a range `a-b`. `valid_to` is the last day, as the register has it;
/// where the same range begins with another unit on that very day, the day is
/// the new owner's.
pub fn read_ranges(input: Input<'_>, limits: &Limits) -> Ranges {
    let specs = specs();
    let options =
        tables::Options { limits: *limits, fields: specs.clone(), ..tables::Options::default() };
    let table = tables::read(input.bytes, &options);
    let (columns, missing) = mapping::guess(&table.header, &specs).resolve(&table, &specs);
    let mut findings = Findings::new(limits.findings);
    findings.extend(table.diagnostics.iter().cloned());
    let mut read = Ranges { bad: table.rejected.len() as u64, ..Ranges::default() };
    if missing.is_empty() {
        for row in &table.rows {
            if let Err(found) = add(&mut read, row, &columns) {
                read.bad += 1;
                findings.add(*found);
            }
        }
    }
    hand_over(&mut read.ranges);
    findings.extend(missing);
    read.diagnostics =
        findings.into_list().into_iter().map(|found| found.in_file(input.name)).collect();
    read
}

fn add(read: &mut Ranges, row: &Row, columns: &Columns) -> Result<(), Box<Diagnostic>> {
    let cell = |field: &str| columns.cell(row, field);
    let wrong = |field: &'static str| {
        let found = Diagnostic::error("lists.range-unread", Place::line(row.line).in_column(field));
        Box::new(found.with("value", cell(field).unwrap_or_default()))
    };
    let unit = cell("unit_code").ok_or_else(|| wrong("unit_code"))?.to_owned();
    let spans = spans(cell("cidr").unwrap_or_default()).ok_or_else(|| wrong("cidr"))?;
    let from = day(cell("valid_from")).map_err(|()| wrong("valid_from"))?;
    let to = day(cell("valid_to")).map_err(|()| wrong("valid_to"))?;
    let kind = kind(cell("kind")).ok_or_else(|| wrong("kind"))?;
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        return Err(wrong("valid_to"));
    }
    let name = cell("unit_name").unwrap_or(&unit).to_owned();
    read.units.entry(unit.clone()).or_insert(name);
    read.ranges.extend(spans.into_iter().map(|(first, last)| Range {
        first,
        last,
        unit: unit.clone(),
        from,
        to,
        kind,
    }));
    Ok(())
}

/// Turns last days into the days after, which is what an ownership ends with;
/// but a day on which the same range begins again belongs to what begins.
fn hand_over(ranges: &mut [Range]) {
    let begins: BTreeSet<_> =
        ranges.iter().filter_map(|range| Some((range.first, range.last, range.from?))).collect();
    for range in ranges {
        let Some(last) = range.to else { continue };
        let handed_over =
            range.from != Some(last) && begins.contains(&(range.first, range.last, last));
        range.to = if handed_over { Some(last) } else { last.tomorrow().ok() };
    }
}

type Span = (std::net::IpAddr, std::net::IpAddr);

fn spans(cell: &str) -> Option<Vec<Span>> {
    if let Some((first, last)) = cell.split_once(['-', '–']) {
        let span: Span = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        let same = span.0.is_ipv4() == span.1.is_ipv4();
        return (same && span.0 <= span.1).then(|| vec![span]);
    }
    let span = |address: &crate::Address| {
        let (first, last) = address.span();
        (address::ip_of(first), address::ip_of(last))
    };
    Some(address::read(cell).ok()?.addresses.iter().map(span).collect())
}

fn day(cell: Option<&str>) -> Result<Option<civil::Date>, ()> {
    cell.map(|text| value::date(text).map_err(|_| ())).transpose()
}

fn kind(cell: Option<&str>) -> Option<RangeKind> {
    let Some(cell) = cell else { return Some(RangeKind::Public) };
    match tables::fold(cell).as_str() {
        "public" | "cong cong" | "internet" | "cong khai" => Some(RangeKind::Public),
        "inside" | "noi bo" | "private" | "lan" => Some(RangeKind::Inside),
        "nat" => Some(RangeKind::Nat),
        _ => None,
    }
}
