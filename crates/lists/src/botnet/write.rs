//! The report as JSON and CSV.

use std::collections::BTreeSet;

use diag::Diagnostic;
use serde_json::{Value, json};
use tables::Cells;

use crate::botnet::{Report, Whose};

/// The report as one JSON object. `say` writes a diagnostic's sentence in the
/// reader's language.
pub fn to_json(report: &Report, say: impl Fn(&Diagnostic) -> String) -> Value {
    let mut value = serde_json::to_value(report).unwrap_or_default();
    value["unplaced"] = report
        .unplaced
        .iter()
        .map(|asked| {
            let (reason, units) = reason(&asked.reason);
            json!({
                "ip": asked.ip, "reason": reason, "units": units, "rows": asked.rows,
                "first_seen": asked.first_seen, "last_seen": asked.last_seen,
                "held_before_or_after": asked.held_before_or_after,
            })
        })
        .collect();
    value["diagnostics"] = report
        .diagnostics
        .iter()
        .map(|found| {
            json!({
                "file": found.place.file, "line": found.place.line, "column": found.place.column,
                "severity": found.severity, "code": found.code, "values": found.values, "message": say(found),
            })
        })
        .collect();
    value
}

fn reason(whose: &Whose) -> (&'static str, &[String]) {
    match whose {
        Whose::Nobody => ("nobody", &[]),
        Whose::Several(units) => ("several", units),
    }
}

/// The report as CSV, one line an address and family; open questions have no
/// unit and say why in `reason`. UTF-8, lines end in LF.
pub fn to_csv(report: &Report) -> String {
    let head = [
        "unit_code",
        "unit_name",
        "ip",
        "family",
        "types",
        "first_seen",
        "last_seen",
        "rows",
        "ports",
        "destinations",
        "reason",
    ];
    let mut text = line(head.map(str::to_owned));
    for unit in &report.units {
        for seen in &unit.sightings {
            text += &line([
                unit.code.clone(),
                unit.name.clone(),
                seen.ip.to_string(),
                seen.family.clone(),
                joined(&seen.types),
                seen.first_seen.to_string(),
                seen.last_seen.to_string(),
                seen.rows.to_string(),
                joined(&seen.ports),
                joined(&seen.destinations),
                String::new(),
            ]);
        }
    }
    for asked in &report.unplaced {
        let (reason, units) = reason(&asked.reason);
        let why = format!("{reason} {}", units.join(" "));
        let mut cells = vec![String::new(); 11];
        cells[2] = asked.ip.to_string();
        cells[5] = asked.first_seen.to_string();
        cells[6] = asked.last_seen.to_string();
        cells[7] = asked.rows.to_string();
        why.trim().clone_into(&mut cells[10]);
        text += &line(cells);
    }
    text
}

fn joined<T: ToString>(all: &BTreeSet<T>) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// One line. A family's name comes from outside.
fn line(cells: impl IntoIterator<Item = String>) -> String {
    let row: Cells = cells.into_iter().map(|cell| tables::held(&cell).into_owned()).collect();
    row.to_line(',') + "\n"
}
