//! Tables people keep: CSV and workbooks, a machine a row, or a machine and
//! one update or program a row.

use std::{collections::HashMap, io::Cursor};

use calamine::{Data, Reader};
use diag::{Diagnostic, Place};

use super::{
    Found, Host, Hotfixes, Input, Origin, Os, Software, gather,
    table::{self, Columns, Field, Mapping},
};
use crate::{products::Arch, text};

/// How far down a table's header may stand, under titles and stamps.
const HEADER_WITHIN: usize = 15;

pub(super) fn looks_like(input: &Input<'_>) -> bool {
    let rows = rows(input.head());
    header(&rows, &Mapping::default()).is_some()
}

pub(super) fn read(input: &Input<'_>, found: &mut Found) {
    let origin = input.origin("table");
    table(&rows(&input.text), input.name, &origin, &Mapping::default(), found);
}

/// Reads a CSV or workbook whose columns a person has matched.
pub fn read_mapped(name: &str, bytes: &[u8], mapping: &Mapping, found: &mut Found) {
    let origin = Origin {
        file: name.to_owned(),
        sha256: text::sha256(bytes),
        collector: "table".into(),
        collected_at: None,
    };
    if crate::archive::is_workbook(bytes) {
        return workbook(name, bytes, &origin, mapping, found);
    }
    table(&rows(&text::decode(bytes)), name, &origin, mapping, found);
}

/// Reads every sheet of a workbook.
pub(super) fn read_workbook(name: &str, bytes: &[u8], found: &mut Found) {
    read_mapped(name, bytes, &Mapping::default(), found);
}

fn workbook(name: &str, bytes: &[u8], origin: &Origin, mapping: &Mapping, found: &mut Found) {
    let mut book = match calamine::open_workbook_auto_from_rs(Cursor::new(bytes)) {
        Ok(book) => book,
        Err(error) => {
            let broken = Diagnostic::error("patches.archive-broken", Place::file(name));
            return found.diagnostics.push(broken.with("reason", error));
        }
    };
    for sheet in book.sheet_names() {
        let Ok(range) = book.worksheet_range(&sheet) else { continue };
        let first = range.start().map_or(0, |(row, _)| u64::from(row)) + 1;
        let rows: Vec<(u64, Vec<String>)> = (first..)
            .zip(range.rows())
            .map(|(line, row)| (line, row.iter().map(cell).collect()))
            .collect();
        if header(&rows, mapping).is_some() {
            table(&rows, name, origin, mapping, found);
        }
    }
}

fn cell(data: &Data) -> String {
    match data {
        Data::DateTime(time) => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
        // A build typed as a number, 17763.5122, loses nothing; 17763.5120 would lose its nought.
        other => other.to_string(),
    }
}

type Row = (u64, Vec<String>);

fn rows(text: &str) -> Vec<Row> {
    let first = text.lines().next().unwrap_or_default();
    let count = |c: char| first.matches(c).count();
    let delimiter =
        [b',', b';', b'\t'].into_iter().max_by_key(|d| count(char::from(*d))).unwrap_or(b',');
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let line = |r: &::csv::StringRecord| r.position().map_or(0, ::csv::Position::line);
    reader.records().flatten().map(|r| (line(&r), r.iter().map(str::to_owned).collect())).collect()
}

fn header(rows: &[Row], mapping: &Mapping) -> Option<(usize, Columns)> {
    let mut head = rows.iter().take(HEADER_WITHIN).enumerate();
    head.find_map(|(at, (_, row))| Some((at, Columns::of(row, mapping)?)))
}

fn table(rows: &[Row], name: &str, origin: &Origin, mapping: &Mapping, found: &mut Found) {
    let Some((at, columns)) = header(rows, mapping) else {
        found.diagnostics.push(Diagnostic::error("patches.column-missing", Place::file(name)));
        return;
    };
    let mut known: HashMap<String, usize> = HashMap::new();
    for (line, row) in rows.iter().skip(at + 1) {
        if row.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        let Some(host) = host(row, &columns, origin) else {
            let place = Place::line(*line).in_file(name);
            found.diagnostics.push(Diagnostic::error("patches.host-unnamed", place));
            continue;
        };
        // Several rows of one machine carry one update or program each.
        match known.get(&host.name).and_then(|at| found.hosts.get_mut(*at)) {
            Some(same) if same.os == host.os || host.os == Os::default() => add(same, host),
            _ => {
                known.insert(host.name.clone(), found.hosts.len());
                found.hosts.push(host);
            }
        }
    }
}

fn add(same: &mut Host, mut host: Host) {
    host.origins.clear();
    gather::join(same, host);
}

fn host(row: &[String], columns: &Columns, origin: &Origin) -> Option<Host> {
    let cell = |field| columns.cell(row, field);
    let name = Some(cell(Field::Host)).filter(|n| !n.is_empty())?.to_owned();
    let mut os = Os { name: cell(Field::Os).to_owned(), ..Os::default() };
    os.set_version(cell(Field::Build));
    os.ubr = cell(Field::Ubr).parse().ok().filter(|u| *u > 0).or(os.ubr);
    os.arch = Arch::parse(cell(Field::Arch));
    os.display_version = Some(cell(Field::DisplayVersion).to_owned()).filter(|d| !d.is_empty());
    if os.build.is_none() && os.display_version.is_none() {
        // "22H2" stands where others write a build.
        os.display_version = Some(cell(Field::Build).to_owned()).filter(|d| !d.is_empty());
    }
    os.server_core = cell(Field::Installation).to_lowercase().contains("core");
    let origin = Origin { collected_at: table::time(cell(Field::CollectedAt)), ..origin.clone() };
    Some(Host {
        name,
        os,
        hotfixes: columns.has(Field::Hotfixes).then(|| hotfixes(cell(Field::Hotfixes))).flatten(),
        software: software(cell(Field::Software), cell(Field::SoftwareVersion), columns),
        origins: vec![origin],
        warnings: Vec::new(),
    })
}

/// The updates of a cell. An empty cell says nothing: the list may not have
/// been collected. A word for none (`none`, `không`, `0`) is an empty list.
fn hotfixes(cell: &str) -> Option<Hotfixes> {
    let words = cell.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let kbs: Vec<u32> = words.filter_map(text::kb).collect();
    let none = matches!(cell.to_lowercase().as_str(), "none" | "không" | "không có" | "0" | "[]");
    (!kbs.is_empty() || none).then(|| Hotfixes::whole(kbs))
}

fn software(name: &str, version: &str, columns: &Columns) -> Option<Vec<Software>> {
    let program =
        Software { name: name.to_owned(), version: version.to_owned(), ..Software::default() };
    columns.has(Field::Software).then(|| if name.is_empty() { Vec::new() } else { vec![program] })
}
