//! What would become of each row: pure, from the file and what is known.

use std::collections::{BTreeMap, HashMap, HashSet};

use diag::{Diagnostic, Place};
use jiff::Timestamp;
use tables::{Rejected, Row};

use super::{Counts, File, Outcome};
use crate::{
    ids::{self, UnitId},
    registry::{
        Cells, Entry, Keeper, Kind, Known,
        enter::{authorise, authorise_owner},
        entry::findings,
        units::UnitEntry,
    },
};

/// A row with what becomes of it.
#[derive(Clone, Debug)]
pub struct Planned<E> {
    /// Line in the file.
    pub line: u64,
    /// The row as text.
    pub raw: String,
    /// What it is about.
    pub title: String,
    /// What becomes of it.
    pub outcome: Outcome,
    /// The thing: the one that is there, or the new one's future identifier.
    pub id: Option<String>,
    /// The thing as it will be.
    pub entry: Option<E>,
    /// Findings about this row.
    pub found: Vec<Diagnostic>,
}

/// What becomes of a file.
#[derive(Clone, Debug)]
pub struct Plan<E> {
    /// Row by row, in the order of the file.
    pub rows: Vec<Planned<E>>,
    /// What is there already, by identifier, for the rows that change it.
    pub before: HashMap<String, E>,
}

impl<E> Plan<E> {
    /// How many rows become what.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.rows.iter().for_each(|row| counts.add(row.outcome));
        counts
    }
}

/// Plans a file against what is there. `present` is everything of the kind that
/// a row may be the same as.
pub fn plan<E: Entry>(
    file: &File,
    by: &Keeper,
    mut known: Known,
    present: Vec<(String, E)>,
    at: Timestamp,
) -> Plan<E> {
    announce::<E>(file, &mut known, at);
    let ids: HashMap<E::Key, String> =
        present.iter().map(|(id, entry)| (entry.key(), id.clone())).collect();
    let before: HashMap<String, E> = present.into_iter().collect();
    let mut planner = Planner { by, known: &known, ids, before: &before, seen: HashMap::new(), at };
    let mut rows: Vec<Planned<E>> =
        file.table.rows.iter().map(|row| planner.row(file, row)).collect();
    rows.extend(file.table.rejected.iter().map(|row| unread(file, row)));
    rows.sort_by_key(|row| row.line);
    settle(&mut rows, &before);
    Plan { rows, before }
}

/// New units may be named by other rows of the same file, before or behind.
fn announce<E: Entry>(file: &File, known: &mut Known, at: Timestamp) {
    if E::KIND != Kind::Units {
        return;
    }
    for row in &file.table.rows {
        if let Some(code) = file.columns.cell(row, "code") {
            let key = words::fold(code.split_whitespace().collect::<Vec<_>>().join(" ").trim());
            known.coming.entry(key).or_insert_with(|| UnitId::new(at));
        }
    }
}

struct Planner<'a, E: Entry> {
    by: &'a Keeper,
    known: &'a Known,
    ids: HashMap<E::Key, String>,
    before: &'a HashMap<String, E>,
    seen: HashMap<E::Key, u64>,
    at: Timestamp,
}

impl<E: Entry> Planner<'_, E> {
    fn row(&mut self, file: &File, row: &Row) -> Planned<E> {
        let mut cells = Cells::of_row(row, &file.columns, &file.table, &self.known.zone);
        let begun = E::begin(&mut cells, self.known).map(|entry| self.over_known(entry));
        let entry = begun.map(|(id, mut entry)| {
            entry.fill(&mut cells, self.known);
            (id, entry)
        });
        let mut found = cells.found;
        if let Some((id, entry)) = &entry {
            found.extend(self.faults(row.line, id.as_deref(), entry));
        }
        for one in &mut found {
            one.place.line = Some(row.line);
        }
        self.planned(row, entry, found)
    }

    /// The thing that is there, to be written over, or the new one.
    fn over_known(&self, entry: E) -> (Option<String>, E) {
        match self.ids.get(&entry.key()) {
            Some(id) => (Some(id.clone()), self.before.get(id).cloned().unwrap_or(entry)),
            None => (None, entry),
        }
    }

    fn faults(&mut self, line: u64, id: Option<&str>, entry: &E) -> Vec<Diagnostic> {
        let mut found = findings(entry);
        let before = id.and_then(|id| self.before.get(id));
        let both = [Some(entry), before].into_iter().flatten();
        if both.map(|each| authorise(self.by, each)).any(|right| right.is_err())
            || authorise_owner(self.by, before, entry).is_err()
        {
            found.push(Diagnostic::error("registry.not-yours", Place::line(line)));
        }
        let locked = before.filter(|before| *before != entry);
        if let Some(code) = locked.and_then(|before| before.locked(self.by.is_province())) {
            found.push(Diagnostic::error(code, Place::line(line)));
        }
        if let Some(first) = self.seen.insert(entry.key(), line) {
            let twice = Diagnostic::error("registry.row-twice", Place::line(line));
            found.push(twice.with("line", first));
        }
        found
    }

    fn planned(
        &self,
        row: &Row,
        entry: Option<(Option<String>, E)>,
        mut found: Vec<Diagnostic>,
    ) -> Planned<E> {
        let usable = !found.iter().any(Diagnostic::is_error);
        let title = entry.as_ref().map(|(_, entry)| entry.title()).unwrap_or_default();
        let (outcome, id, entry) = match entry.filter(|_| usable) {
            None => (Outcome::Rejected, None, None),
            Some((None, entry)) => (Outcome::Created, Some(self.new_id(&entry)), Some(entry)),
            Some((Some(id), entry)) if self.before.get(&id) == Some(&entry) => {
                (Outcome::Unchanged, Some(id), None)
            }
            Some((Some(id), entry)) if self.is_older(&id, &entry) => {
                found.push(Diagnostic::note("registry.facts-older", Place::line(row.line)));
                (Outcome::Unchanged, Some(id), Some(entry))
            }
            Some((Some(id), entry)) => (Outcome::Updated, Some(id), Some(entry)),
        };
        Planned { line: row.line, raw: row.raw.to_string(), title, outcome, id, entry, found }
    }

    fn is_older(&self, id: &str, entry: &E) -> bool {
        self.before.get(id).is_some_and(|there| entry.is_older_than(there))
    }

    /// A new unit gets the identifier under which other rows name it.
    fn new_id(&self, entry: &E) -> String {
        let unit = (E::KIND == Kind::Units).then(|| serde_json::to_value(entry).ok()).flatten();
        let code = unit.as_ref().and_then(|unit| unit.get("code")?.as_str().map(words::fold));
        let coming = code.and_then(|code| self.known.coming.get(&code));
        coming.map_or_else(|| ids::ulid(self.at), ToString::to_string)
    }
}

/// A row that the reading of the file itself could not use.
fn unread<E>(file: &File, row: &Rejected) -> Planned<E> {
    let here = |found: &&Diagnostic| found.place.line == Some(row.line);
    Planned {
        line: row.line,
        raw: row.raw.clone(),
        title: String::new(),
        outcome: Outcome::Rejected,
        id: None,
        entry: None,
        found: file.diagnostics.iter().filter(here).cloned().collect(),
    }
}

/// Rejects rows of units that name a rejected row, or that would stand below
/// themselves, until all that remain hold together.
fn settle<E: Entry>(rows: &mut [Planned<E>], before: &HashMap<String, E>) {
    if E::KIND != Kind::Units {
        return;
    }
    loop {
        let links = links(rows, before);
        let mut changed = false;
        for row in rows.iter_mut().filter(|row| row.entry.is_some()) {
            let id = row.id.clone().unwrap_or_default();
            if let Some(code) = broken(&links, &id) {
                row.found.push(Diagnostic::error(code, Place::line(row.line)));
                row.outcome = Outcome::Rejected;
                row.entry = None;
                row.id = None;
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

type Links = BTreeMap<String, (Option<String>, Option<String>)>;

/// Parent and successor of every unit as they will be.
fn links<E: Entry>(rows: &[Planned<E>], before: &HashMap<String, E>) -> Links {
    let link = |entry: &E| {
        let unit: Option<UnitEntry> =
            serde_json::to_value(entry).ok().and_then(|value| serde_json::from_value(value).ok());
        let id = |id: Option<UnitId>| id.map(|id| id.to_string());
        unit.map_or((None, None), |unit| (id(unit.parent_id), id(unit.successor_id)))
    };
    let mut links: Links = before.iter().map(|(id, entry)| (id.clone(), link(entry))).collect();
    let planned = rows.iter().filter_map(|row| row.id.clone().zip(row.entry.as_ref()));
    links.extend(planned.map(|(id, entry)| (id, link(entry))));
    links
}

fn broken(links: &Links, id: &str) -> Option<&'static str> {
    let (parent, successor) = links.get(id)?;
    let gone = |other: &Option<String>| other.as_ref().is_some_and(|id| !links.contains_key(id));
    if gone(parent) || gone(successor) {
        return Some("registry.unit-rejected");
    }
    let circle = circles(id, |here| links.get(here)?.0.clone())
        || circles(id, |here| links.get(here)?.1.clone());
    circle.then_some("registry.circle")
}

fn circles(id: &str, up: impl Fn(&str) -> Option<String>) -> bool {
    let mut seen = HashSet::new();
    let mut here = up(id);
    while let Some(next) = here {
        if next == id {
            return true;
        }
        if !seen.insert(next.clone()) {
            return false;
        }
        here = up(&next);
    }
    false
}
