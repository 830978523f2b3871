//! The report as tables: what a unit gets, what is left over, and all of it.

use std::collections::{BTreeMap, BTreeSet};

use diag::Diagnostic;
use hub::web::{CellText, Sheet};
use lists::botnet::{Seen, UnitReport};

use super::Telling;

const SEEN: [&str; 7] = ["address", "family", "first", "last", "rows", "ports", "destinations"];

impl Telling<'_> {
    /// Every unit's addresses.
    pub(super) fn summary(&self) -> Sheet {
        let units = self.report.units.iter();
        let rows =
            units.flat_map(|unit| unit.sightings.iter().map(|seen| self.of_unit(unit, seen)));
        let columns: Vec<&str> = ["unit", "name"].into_iter().chain(SEEN).collect();
        self.sheet("cli.botnet.title", &columns, rows.collect())
    }

    /// One unit's addresses.
    pub(super) fn unit(&self, unit: &UnitReport) -> Sheet {
        let rows = unit.sightings.iter().map(|seen| self.seen(seen)).collect();
        self.sheet("cli.botnet.title", &SEEN, rows)
    }

    /// Addresses that a person has to place.
    pub(super) fn unplaced(&self) -> Sheet {
        let columns = ["address", "first", "last", "rows", "question", "others"];
        let rows = self.report.unplaced.iter().map(|open| {
            vec![
                open.ip.to_string().into(),
                self.time(open.first_seen).into(),
                self.time(open.last_seen).into(),
                number(open.rows),
                self.question(&open.reason).into(),
                joined(&open.held_before_or_after).into(),
            ]
        });
        self.sheet("cli.botnet.queue", &columns, rows.collect())
    }

    /// Rows that could not be read, each with every finding about it; then
    /// findings about files as a whole and about the networks.
    pub(super) fn bad_rows(&self) -> Sheet {
        let columns = ["file", "line", "code", "message", "hint", "raw"];
        let mut found: BTreeMap<(&str, Option<u64>), Vec<&Diagnostic>> = BTreeMap::new();
        for one in &self.report.diagnostics {
            let file = one.place.file.as_deref().unwrap_or_default();
            found.entry((file, one.place.line)).or_default().push(one);
        }
        let mut rows = Vec::new();
        for list in &self.report.lists {
            for bad in &list.rejected {
                let of_row = found.remove(&(list.path.as_str(), Some(bad.line)));
                match of_row {
                    Some(all) => rows.extend(all.iter().map(|one| self.finding(one, &bad.raw))),
                    None => rows.push(self.bad(Some(&list.path), Some(bad.line), None, &bad.raw)),
                }
            }
        }
        let rest = found.into_values().flatten().filter(|one| one.is_error());
        rows.extend(rest.map(|one| self.finding(one, "")));
        self.sheet("cli.botnet.bad-rows", &columns, rows)
    }

    fn finding(&self, found: &Diagnostic, raw: &str) -> Vec<CellText> {
        self.bad(found.place.file.as_deref(), found.place.line, Some(found), raw)
    }

    fn bad(
        &self,
        file: Option<&str>,
        line: Option<u64>,
        found: Option<&Diagnostic>,
        raw: &str,
    ) -> Vec<CellText> {
        let (text, hint) = found.map(|one| self.lang.diagnostic(one)).unwrap_or_default();
        let code = found.map(|one| one.code.to_string()).unwrap_or_default();
        vec![
            file.unwrap_or_default().into(),
            line.map_or_else(|| "".into(), number),
            code.into(),
            text.into(),
            hint.into(),
            raw.into(),
        ]
    }

    fn of_unit(&self, unit: &UnitReport, seen: &Seen) -> Vec<CellText> {
        let mut row = vec![unit.code.as_str().into(), unit.name.as_str().into()];
        row.extend(self.seen(seen));
        row
    }

    fn seen(&self, seen: &Seen) -> Vec<CellText> {
        vec![
            seen.ip.to_string().into(),
            seen.family.as_str().into(),
            self.time(seen.first_seen).into(),
            self.time(seen.last_seen).into(),
            number(seen.rows),
            joined(&seen.ports).into(),
            joined(&seen.destinations).into(),
        ]
    }

    fn sheet(&self, title: &str, columns: &[&str], rows: Vec<Vec<CellText>>) -> Sheet {
        let named = |name: &&str| self.lang.t(&format!("cli.botnet.{name}")).into_owned();
        Sheet {
            title: self.lang.t(title).into_owned(),
            as_of: self.lang.fill("web.as-of", &[("time", &self.time(self.as_of))]),
            header: columns.iter().map(named).collect(),
            rows,
        }
    }
}

fn number(n: u64) -> CellText {
    CellText::Number(n as f64)
}

fn joined<T: ToString>(all: &BTreeSet<T>) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
