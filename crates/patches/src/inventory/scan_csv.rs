//! Scanners' exports as CSV, a finding a row: Nessus, Tenable, OpenVAS. Which
//! machines there are, and what credentialed plugins say of them. A finding
//! tells what is missing, and no list of those tells what is installed.

use std::collections::BTreeMap;

use diag::Diagnostic;
use tables::{FieldSpec, Options, Row, Table};

use super::{Found, Host, Input, plugins, table};

/// Bytes in which the header shows itself.
const HEAD: usize = 64 << 10;

/// Column names of the three, by what they hold.
const PLUGIN: &[&str] = &["plugin id", "plugin", "definition.id", "nvt oid"];
const OUTPUT: &[&str] = &["plugin output", "plugin text", "output", "specific result"];
const SYSTEM: &[&str] = &["os", "asset.operating_system"];
const TIME: &[&str] = &["timestamp", "last observed", "last_observed", "host end"];
/// What a machine is called, the best name first.
const NAMES: &[&[&str]] = &[
    &["netbios name", "netbios", "NetBIOS Name", "NetBios", "asset.netbios_name"],
    &["dns name", "fqdn", "hostname", "asset.host_name", "asset.name"],
    &["host", "ip address", "ip", "asset.display_ipv4_address"],
];

struct Columns {
    plugin: usize,
    output: usize,
    names: Vec<usize>,
    system: Option<usize>,
    time: Option<usize>,
}

impl Columns {
    fn of(table: &Table) -> Option<Self> {
        let folded: Vec<String> = table.header.iter().map(|name| tables::fold(name)).collect();
        let at = |names: &[&str]| table::position(&folded, names);
        let names: Vec<usize> = NAMES.iter().filter_map(|names| at(names)).collect();
        Some(Self {
            plugin: at(PLUGIN)?,
            output: at(OUTPUT)?,
            names: Some(names).filter(|n| !n.is_empty())?,
            system: at(SYSTEM),
            time: at(TIME),
        })
    }
}

/// Cells that run over many lines hide the delimiter; the header shows it.
fn options(input: &Input<'_>) -> Options {
    let spec = |name, synonyms| FieldSpec::optional(name, synonyms);
    let mut fields = vec![spec("plugin", PLUGIN), spec("output", OUTPUT)];
    fields.extend(NAMES.iter().map(|names| spec("name", names)));
    let header = input.text.lines().next().unwrap_or_default();
    let count = |delimiter: &char| header.matches(*delimiter).count();
    let delimiter = [',', ';', '\t'].into_iter().max_by_key(count);
    Options { fields, delimiter, ..Options::default() }
}

pub(super) fn looks_like(input: &Input<'_>) -> bool {
    let head = input.bytes.get(..HEAD).unwrap_or(input.bytes);
    Columns::of(&tables::read(head, &options(input))).is_some()
}

pub(super) fn read(input: &Input<'_>, found: &mut Found) {
    let table = tables::read(input.bytes, &options(input));
    let told = table.diagnostics.iter().filter(|d| d.severity > diag::Severity::Note);
    found.diagnostics.extend(told.map(|d: &Diagnostic| d.clone().in_file(input.name)));
    let Some(columns) = Columns::of(&table) else { return };
    let mut hosts: BTreeMap<String, Host> = BTreeMap::new();
    for row in &table.rows {
        take(row, &columns, input, &mut hosts);
    }
    found.hosts.extend(hosts.into_values());
}

fn take(row: &Row, columns: &Columns, input: &Input<'_>, hosts: &mut BTreeMap<String, Host>) {
    let cell = |at: usize| row.cells.get(at).map(str::trim).unwrap_or_default();
    let Some(name) = columns.names.iter().map(|at| cell(*at)).find(|name| !name.is_empty()) else {
        return;
    };
    // A NetBIOS name stands behind its workgroup.
    let name = name.rsplit('\\').next().unwrap_or(name);
    let host = hosts.entry(name.to_owned()).or_insert_with(|| Host {
        name: name.to_owned(),
        origins: vec![input.origin("scanner list")],
        ..Host::default()
    });
    if let (Some(system), true) = (columns.system.map(cell), host.os.name.is_empty()) {
        host.os = plugins::os(system);
    }
    plugins::take(cell(columns.plugin), cell(columns.output), host);
    let time = columns.time.and_then(|at| table::time(cell(at)));
    if let Some(origin) = host.origins.first_mut() {
        origin.collected_at = origin.collected_at.into_iter().chain(time).min();
    }
}
