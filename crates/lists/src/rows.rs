//! Rows of cells → entries.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use diag::{Diagnostic, Place};
use jiff::{Timestamp, tz::TimeZone};
use tables::{Cells, Findings, Rejected, Row, value};

use crate::{
    Address, Counts, Destination, Entry, Extra, Key, Repeated, TimeSource, WrongAddress,
    address::{self, Named},
    plan::Plan,
    taxonomy::{Classification, Taxonomy},
};

/// Strings that most rows share, held once.
#[derive(Default)]
struct Shared(HashMap<Box<str>, Arc<str>>);

impl Shared {
    fn get(&mut self, text: &str) -> Arc<str> {
        if let Some(held) = self.0.get(text) {
            return Arc::clone(held);
        }
        let held: Arc<str> = text.into();
        self.0.insert(text.into(), Arc::clone(&held));
        held
    }
}

/// Collects entries from whatever reads the file.
pub(crate) struct Collector<'c> {
    pub(crate) taxonomy: &'c Taxonomy,
    pub(crate) now: Timestamp,
    /// Stands in where a row has no time.
    pub(crate) list_time: Timestamp,
    pub(crate) zone: TimeZone,
    each: &'c mut dyn FnMut(Entry),
    pub(crate) rejected: Vec<Rejected>,
    pub(crate) repeated: Vec<Repeated>,
    pub(crate) counts: Counts,
    pub(crate) findings: Findings,
    default_class: Arc<Classification>,
    default_family: Option<Arc<str>>,
    shared: Shared,
    transports: HashMap<Box<str>, Arc<str>>,
    classes: HashMap<Box<str>, Option<Arc<Classification>>>,
    seen: HashMap<Key, u64>,
    scratch: Vec<u8>,
    untimed: (u64, u64),
    specials: std::collections::BTreeMap<&'static str, (u64, u64)>,
}

impl<'c> Collector<'c> {
    pub(crate) fn new(
        taxonomy: &'c Taxonomy,
        now: Timestamp,
        list_time: Timestamp,
        zone: TimeZone,
        findings: usize,
        each: &'c mut dyn FnMut(Entry),
    ) -> Self {
        Self {
            taxonomy,
            now,
            list_time,
            zone,
            each,
            rejected: Vec::new(),
            repeated: Vec::new(),
            counts: Counts::default(),
            findings: Findings::new(findings),
            default_class: Arc::new(Taxonomy::undetermined()),
            default_family: None,
            shared: Shared::default(),
            transports: HashMap::new(),
            classes: HashMap::new(),
            seen: HashMap::new(),
            scratch: Vec::new(),
            untimed: (0, 0),
            specials: std::collections::BTreeMap::new(),
        }
    }

    /// Class and family of rows that name none.
    pub(crate) fn set_defaults(&mut self, class: Option<Classification>, family: Option<&str>) {
        if let Some(class) = class {
            self.default_class = Arc::new(class);
        }
        self.default_family = family.map(|family| self.shared.get(family));
    }

    /// A class that a person set; one that is not in the taxonomy is said.
    pub(crate) fn known_class(&mut self, name: &str) -> Option<Classification> {
        let known = self.taxonomy.find(name);
        if known.is_none() {
            let found = Diagnostic::warning("lists.class-unknown", Place::default());
            self.findings.add(found.with("value", name));
        }
        known
    }

    /// A row of a table.
    pub(crate) fn row(&mut self, row: Row, plan: &Plan) {
        self.counts.rows += 1;
        let cell = pick(&row.cells, &plan.address, &plan.unknown);
        let named = address::read(cell.unwrap_or_default());
        match named {
            Ok(named) => self.accept(&named, row, plan),
            Err(wrong) => self.refuse_row(row, plan, &wrong),
        }
    }

    fn refuse_row(&mut self, row: Row, plan: &Plan, wrong: &WrongAddress) {
        // A row with only a URL may still name an address there.
        let url = pick(&row.cells, &plan.destination_url, &plan.unknown);
        if let (WrongAddress::Empty | WrongAddress::NotUnderstood, Some(Ok(named))) =
            (wrong, url.map(address::read))
        {
            return self.accept(&named, row, plan);
        }
        let written = pick(&row.cells, &plan.address, &plan.unknown).unwrap_or_default().to_owned();
        self.refuse(row.line, &row.raw, wrong, &written);
    }

    /// A row that names no address.
    pub(crate) fn refuse(&mut self, line: u64, raw: &str, wrong: &WrongAddress, written: &str) {
        self.counts.rejected += 1;
        let place = Place::line(line);
        let found = match wrong {
            WrongAddress::Empty => Diagnostic::error("lists.address-missing", place),
            WrongAddress::LeadingZeros => Diagnostic::error("lists.address-leading-zeros", place),
            WrongAddress::Name(name) => {
                Diagnostic::error("lists.address-none", place).with("name", name)
            }
            WrongAddress::Backwards => Diagnostic::error("lists.range-backwards", place),
            WrongAddress::NotUnderstood => Diagnostic::error("lists.address-unread", place),
        };
        self.findings.add(found.with("value", written));
        self.rejected.push(Rejected { line, raw: raw.chars().take(4096).collect() });
    }

    fn accept(&mut self, named: &Named, row: Row, plan: &Plan) {
        let cells = &row.cells;
        let get = |columns: &[usize]| pick(cells, columns, &plan.unknown);
        let line = row.line;
        let (seen_at, seen_from) = self.time(get(&plan.time), plan.zone.as_ref(), line);
        let port = named.port.or_else(|| self.port(get(&plan.port), line));
        let (class, unknown_class) = self.class(get(&plan.kind), line);
        let entry = Entry {
            line,
            address: Address::Host(IpAddr::from([0, 0, 0, 0])),
            port,
            seen_at,
            seen_from,
            family: self.family(get(&plan.family)),
            classification: class,
            // A class that is not in the taxonomy still says what was seen.
            identifier: self.identifier(get(&plan.identifier).or(unknown_class), plan),
            destination: self.destination(named, &get, plan, line),
            transport: get(&plan.transport).map(|text| self.transport(text)),
            hostname: get(&plan.hostname).map(|name| name.to_lowercase().into()),
            raw: row.raw,
            extra: Extra { names: Arc::clone(&plan.extra), cells: row.cells },
            key: Key([0; 16]),
        };
        self.push_all(named, entry);
    }

    /// Adds one entry for each address of a row.
    pub(crate) fn push_all(&mut self, named: &Named, entry: Entry) {
        self.counts.accepted += 1;
        if let Some(zone) = &named.zone {
            let found = Diagnostic::note("lists.address-zone", Place::line(entry.line));
            self.findings.add(found.with("zone", zone));
        }
        if let Some((last, others)) = named.addresses.split_last() {
            for address in others {
                self.push(Entry { address: *address, ..entry.clone() });
            }
            self.push(Entry { address: *last, ..entry });
        }
    }

    fn push(&mut self, mut entry: Entry) {
        self.counts.entries += 1;
        entry.key = entry.key_with(&mut self.scratch);
        if let Some(first) = self.seen.get(&entry.key) {
            self.counts.duplicates += 1;
            let found = Diagnostic::note("lists.duplicate", Place::line(entry.line));
            self.findings.add(found.with("of", first).with("address", entry.address));
            let Entry { line, raw, address, key, .. } = entry;
            self.repeated.push(Repeated { line, of: *first, raw, address, key });
            return;
        }
        self.seen.insert(entry.key, entry.line);
        if let Some(kind) = entry.address.special() {
            let counted = self.specials.entry(kind).or_insert((0, entry.line));
            counted.0 += 1;
        }
        (self.each)(entry);
    }

    /// An entry for an address that was found in text, with nothing else known.
    pub(crate) fn bare(&mut self, line: u64, raw: &str, named: &Named) {
        let (seen_at, seen_from) = self.time(None, None, line);
        let entry = Entry {
            line,
            raw: raw.into(),
            address: Address::Host(IpAddr::from([0, 0, 0, 0])),
            port: named.port,
            seen_at,
            seen_from,
            family: self.default_family.clone(),
            classification: Arc::clone(&self.default_class),
            identifier: None,
            destination: Destination {
                url: named.url.as_deref().map(Into::into),
                ..Destination::default()
            },
            transport: None,
            hostname: None,
            extra: Extra::default(),
            key: Key([0; 16]),
        };
        self.push_all(named, entry);
    }

    fn time(
        &mut self,
        cell: Option<&str>,
        zone: Option<&TimeZone>,
        line: u64,
    ) -> (Timestamp, TimeSource) {
        let Some(cell) = cell else {
            if self.untimed.0 == 0 {
                self.untimed.1 = line;
            }
            self.untimed.0 += 1;
            return (self.list_time, TimeSource::List);
        };
        let place = Place::line(line);
        let Ok(moment) = value::moment(cell, zone.unwrap_or(&self.zone)) else {
            self.findings.add(Diagnostic::warning("lists.time-unread", place).with("value", cell));
            return (self.list_time, TimeSource::List);
        };
        if moment.swapped {
            self.findings
                .add(Diagnostic::warning("lists.time-swapped", place.clone()).with("value", cell));
        }
        if moment.at > self.now {
            self.findings.add(Diagnostic::warning("lists.time-future", place).with("value", cell));
        }
        let source = match moment.precision {
            value::Precision::Day => TimeSource::RowDay,
            value::Precision::Time => TimeSource::Row,
        };
        (moment.at, source)
    }

    fn port(&mut self, cell: Option<&str>, line: u64) -> Option<u16> {
        let cell = cell?;
        match value::integer(cell).ok().and_then(|port| u16::try_from(port).ok()) {
            // A list writes 0 where it does not know.
            Some(0) => None,
            Some(port) => Some(port),
            None => {
                let found = Diagnostic::warning("lists.port-unread", Place::line(line));
                self.findings.add(found.with("value", cell));
                None
            }
        }
    }

    fn transport(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.transports.get(text) {
            return Arc::clone(known);
        }
        let name = self.shared.get(&transport(text));
        self.transports.insert(text.into(), Arc::clone(&name));
        name
    }

    fn family(&mut self, cell: Option<&str>) -> Option<Arc<str>> {
        match cell {
            Some(name) => Some(self.shared.get(name)),
            None => self.default_family.clone(),
        }
    }

    fn identifier(&mut self, cell: Option<&str>, plan: &Plan) -> Option<Arc<str>> {
        cell.or(plan.fixed_identifier.as_deref()).map(|name| self.shared.get(name))
    }

    fn class<'r>(
        &mut self,
        cell: Option<&'r str>,
        line: u64,
    ) -> (Arc<Classification>, Option<&'r str>) {
        let Some(cell) = cell else { return (Arc::clone(&self.default_class), None) };
        if !self.classes.contains_key(cell) {
            let known = self.taxonomy.find(cell).map(Arc::new);
            if known.is_none() {
                let found = Diagnostic::warning("lists.class-unknown", Place::line(line));
                self.findings.add(found.with("value", cell));
            }
            self.classes.insert(cell.into(), known);
        }
        match self.classes.get(cell) {
            Some(Some(class)) => (Arc::clone(class), None),
            _ => (Arc::clone(&self.default_class), Some(cell)),
        }
    }

    fn destination<'r>(
        &mut self,
        named: &Named,
        get: &impl Fn(&[usize]) -> Option<&'r str>,
        plan: &Plan,
        line: u64,
    ) -> Destination {
        let other = get(&plan.destination_address).map(address::read);
        let (ip, other_port, mut fqdn) = match other {
            Some(Ok(Named { addresses, port, .. })) => match addresses.first() {
                Some(Address::Host(ip)) => (Some(*ip), port, None),
                _ => (None, port, None),
            },
            Some(Err(WrongAddress::Name(name))) => (None, None, Some(name.into_boxed_str())),
            _ => (None, None, None),
        };
        if let Some(name) = get(&plan.destination_fqdn) {
            fqdn = host_part(name).map(Into::into);
        }
        let url = get(&plan.destination_url).or(named.url.as_deref());
        Destination {
            ip,
            port: other_port.or_else(|| self.port(get(&plan.destination_port), line)),
            fqdn,
            url: url.map(|url| crate::refang(url).into()),
        }
    }

    /// Findings that speak of many rows at once.
    pub(crate) fn finish(&mut self) {
        if self.untimed.0 > 0 {
            let found = Diagnostic::warning("lists.time-missing", Place::line(self.untimed.1));
            self.findings.add(found.with("rows", self.untimed.0).with("time", self.list_time));
        }
        for (kind, (count, line)) in std::mem::take(&mut self.specials) {
            let usual = ["documentation", "private", "shared", "benchmark"].contains(&kind);
            let place = Place::line(line);
            let code = "lists.address-special";
            let found = if usual {
                Diagnostic::note(code, place)
            } else {
                Diagnostic::warning(code, place)
            };
            self.findings.add(found.with("kind", kind).with("rows", count));
        }
    }
}

/// The first of these columns that says something.
fn pick<'r>(cells: &'r Cells, columns: &[usize], unknown: &[String]) -> Option<&'r str> {
    columns
        .iter()
        .filter_map(|at| cells.get(*at))
        .find(|cell| !cell.is_empty() && !unknown.iter().any(|u| u == cell))
}

fn transport(text: &str) -> String {
    match text.trim() {
        "6" => "tcp".to_owned(),
        "17" => "udp".to_owned(),
        "1" => "icmp".to_owned(),
        other => other.to_lowercase(),
    }
}

/// The host of `Host:` header, domain or URL cell, without its port.
fn host_part(text: &str) -> Option<String> {
    let plain = crate::refang(text);
    let host = plain.split_once("://").map_or(plain.as_ref(), |(_, rest)| rest);
    let host = host.split(['/', ':', '?']).next()?.trim().trim_end_matches('.').to_lowercase();
    (!host.is_empty() && host.parse::<IpAddr>().is_err() && host != "-").then_some(host)
}
