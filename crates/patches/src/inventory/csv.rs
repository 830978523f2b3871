//! Tables people keep: CSV and workbooks, a machine a row, or a machine and
//! one update or program a row.

use std::collections::HashMap;

use diag::{Diagnostic, Place};
use tables::{Cells, Options, Table};

use super::{
    Found, Host, Hotfixes, Input, Origin, Os, Software, gather,
    table::{self, Columns, Field, Mapping},
};
use crate::{products::Arch, text};

/// Bytes in which a table shows its header, under titles and stamps.
const HEAD: usize = 16 << 10;

pub(super) fn looks_like(input: &Input<'_>) -> bool {
    let head = input.bytes.get(..HEAD).unwrap_or(input.bytes);
    let table = tables::read(head, &options(&Mapping::default(), None));
    Columns::of(&table.header, &Mapping::default()).is_some()
}

pub(super) fn read(input: &Input<'_>, found: &mut Found) {
    read_mapped(input.name, input.bytes, &Mapping::default(), found);
}

/// Reads a CSV or workbook whose columns a person has matched, every sheet of it.
pub fn read_mapped(name: &str, bytes: &[u8], mapping: &Mapping, found: &mut Found) {
    let origin = Origin {
        file: name.to_owned(),
        sha256: text::sha256(bytes),
        collector: "table".into(),
        collected_at: None,
    };
    let first = tables::read(bytes, &options(mapping, None));
    let others = first.diagnostics.iter().filter(|d| d.code == "tables.sheet-skipped");
    let others: Vec<String> = others.filter_map(|d| d.values.get("sheet").cloned()).collect();
    let before = found.hosts.len();
    let is_table = sheet(&first, &origin, mapping, found);
    for other in others {
        // A sheet of something else is no fault.
        sheet(&tables::read(bytes, &options(mapping, Some(other))), &origin, mapping, found);
    }
    let told = |d: &&Diagnostic| d.code != "tables.sheet-skipped";
    found
        .diagnostics
        .extend(first.diagnostics.iter().filter(told).map(|d| d.clone().in_file(name)));
    if !is_table && found.hosts.len() == before {
        found.diagnostics.push(Diagnostic::error("patches.column-missing", Place::file(name)));
    }
}

fn options(mapping: &Mapping, sheet: Option<String>) -> Options {
    Options { fields: mapping.fields(), sheet, ..Options::default() }
}

/// Takes the machines of one sheet; false when it has no columns of machines.
fn sheet(table: &Table, origin: &Origin, mapping: &Mapping, found: &mut Found) -> bool {
    let Some(columns) = Columns::of(&table.header, mapping) else { return false };
    let mut known: HashMap<String, usize> = HashMap::new();
    for row in &table.rows {
        let Some(host) = host(&row.cells, &columns, origin) else {
            let place = Place { sheet: table.source.sheet.clone(), ..Place::line(row.line) };
            let place = place.in_file(&origin.file);
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
    true
}

fn add(same: &mut Host, mut host: Host) {
    host.origins.clear();
    gather::join(same, host);
}

fn host(row: &Cells, columns: &Columns, origin: &Origin) -> Option<Host> {
    let cell = |field| columns.cell(row, field);
    let name = Some(cell(Field::Host)).filter(|n| !n.is_empty())?.to_owned();
    // `wmic qfe` writes a link under a column that elsewhere names the system.
    let system = Some(cell(Field::Os)).filter(|name| !name.contains("://"));
    let mut os = Os { name: system.unwrap_or_default().to_owned(), ..Os::default() };
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
