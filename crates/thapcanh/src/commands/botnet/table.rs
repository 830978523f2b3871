//! The report for a terminal.

use std::fmt::Display;

use lists::botnet::{ListSummary, UnitReport};

use super::Telling;
use crate::commands::say::sentence;

/// Findings that are printed; all of them are in the files and in the JSON.
const FINDINGS: usize = 200;

/// Lists, units with their addresses, what is nobody's, what was doubtful.
pub(super) fn table(telling: &Telling<'_>) -> String {
    let mut out = Vec::new();
    out.extend(telling.report.lists.iter().map(|list| list_line(telling, list)));
    for unit in &telling.report.units {
        push_unit(telling, unit, &mut out);
    }
    push_unplaced(telling, &mut out);
    push_findings(telling, &mut out);
    out.push(String::new());
    out.push(total(telling));
    out.join("\n") + "\n"
}

fn list_line(telling: &Telling<'_>, list: &ListSummary) -> String {
    let format = serde_json::to_value(list.format).unwrap_or_default();
    let format = list.report.as_deref().or(format.as_str()).unwrap_or_default().to_owned();
    let number = |n: u64| telling.lang.number(n);
    let values: [(&str, &dyn Display); 5] = [
        ("file", &list.path),
        ("format", &format),
        ("rows", &number(list.rows)),
        ("bad", &number(list.bad)),
        ("duplicates", &number(list.duplicates)),
    ];
    telling.lang.fill("cli.botnet.list", &values)
}

fn push_unit(telling: &Telling<'_>, unit: &UnitReport, out: &mut Vec<String>) {
    let count = telling.lang.count("cli.botnet.addresses", unit.sightings.len() as u64);
    out.push(String::new());
    out.push(format!("{}  {}  ({count})", unit.code, unit.name));
    for seen in &unit.sightings {
        let (ip, family) = (seen.ip.to_string(), telling.family(&seen.family));
        let (first, last) = (telling.time(seen.first_seen), telling.time(seen.last_seen));
        out.push(format!("  {ip:<39} {family:<28} {:>6}  {first} – {last}", seen.rows));
    }
}

fn push_unplaced(telling: &Telling<'_>, out: &mut Vec<String>) {
    if telling.report.unplaced.is_empty() {
        return;
    }
    out.push(String::new());
    out.push(telling.lang.t("cli.botnet.queue").into_owned());
    for open in &telling.report.unplaced {
        let (ip, why) = (open.ip.to_string(), telling.question(&open.reason));
        out.push(format!("  {ip:<39} {:>6}  {why}", open.rows));
    }
}

fn push_findings(telling: &Telling<'_>, out: &mut Vec<String>) {
    let found = &telling.report.diagnostics;
    if found.is_empty() {
        return;
    }
    out.push(String::new());
    out.push(telling.lang.t("cli.botnet.findings").into_owned());
    let lines = found.iter().take(FINDINGS);
    out.extend(lines.map(|one| format!("  {}", sentence(telling.lang, one))));
    if found.len() > FINDINGS {
        let more = telling.lang.count("cli.botnet.more", (found.len() - FINDINGS) as u64);
        out.push(format!("  {more}"));
    }
}

fn total(telling: &Telling<'_>) -> String {
    let units = &telling.report.units;
    let addresses: usize = units.iter().map(|unit| unit.sightings.len()).sum();
    let bad: u64 = telling.report.lists.iter().map(|list| list.bad).sum();
    let values: [(&str, &dyn Display); 4] = [
        ("units", &units.len()),
        ("addresses", &addresses),
        ("unplaced", &telling.report.unplaced.len()),
        ("bad", &bad),
    ];
    telling.lang.fill("cli.botnet.total", &values)
}
