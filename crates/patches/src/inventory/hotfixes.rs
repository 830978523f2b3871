//! Lists of updates alone: `wmic qfe`, `Get-HotFix`, or any text with KB
//! numbers; as a table of fixed columns, CSV, or one a line. A list of many
//! machines names them in a column.

use std::collections::BTreeMap;

use super::{Found, Host, Hotfixes, Input};
use crate::text;

/// Headers under which the tools write the machine's name.
const NAMES: &[&str] =
    &["csname", "node", "source", "pscomputername", "__server", "computername", "host"];

pub(super) fn looks_like(input: &Input<'_>) -> bool {
    let head = input.head();
    let lines = head.lines().filter(|l| !l.trim().is_empty()).count();
    let with_kb = head.lines().filter(|l| text::kb_numbers(l).next().is_some()).count();
    head.contains("HotFixID") || (with_kb > 0 && with_kb * 2 >= lines)
}

pub(super) fn read(input: &Input<'_>, found: &mut Found) {
    let mut by_host: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let mut column = None;
    for line in input.text.lines() {
        if line.to_lowercase().contains("hotfixid") {
            column = name_column(line);
            continue;
        }
        let host = column.as_ref().and_then(|c| c.cell(line)).unwrap_or_default();
        by_host.entry(host).or_default().extend(text::kb_numbers(line));
    }
    by_host.retain(|_, kbs| !kbs.is_empty());
    if by_host.is_empty() {
        by_host.insert(String::new(), Vec::new());
    }
    for (name, kbs) in by_host {
        found.hosts.push(Host {
            name,
            hotfixes: Some(Hotfixes::whole(kbs)),
            origins: vec![input.origin("hotfix list")],
            ..Host::default()
        });
    }
}

/// Where the machine's name stands in a line.
enum Column {
    /// The nth cell of a CSV line.
    Cell(usize),
    /// Characters from–to of a table with fixed columns.
    Span(usize, usize),
}

impl Column {
    fn cell(&self, line: &str) -> Option<String> {
        let cell = match self {
            Self::Cell(at) => line.split(',').nth(*at)?.trim_matches('"').to_owned(),
            Self::Span(from, to) => line.chars().skip(*from).take(to - from).collect(),
        };
        let cell = cell.trim();
        (!cell.is_empty() && text::kb(cell).is_none()).then(|| cell.to_owned())
    }
}

fn name_column(header: &str) -> Option<Column> {
    let lower = header.to_lowercase();
    if lower.contains(',') {
        let at = lower.split(',').position(|c| NAMES.contains(&c.trim().trim_matches('"')))?;
        return Some(Column::Cell(at));
    }
    let name = NAMES.iter().find(|n| lower.split_whitespace().any(|w| w == **n))?;
    let from = lower.find(name)?;
    let rest = &lower[from + name.len()..];
    let next = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
    Some(Column::Span(from, from + name.len() + next))
}
