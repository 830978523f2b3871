//! What would become of each row of a list: a pure function of the list and of
//! what is known.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use diag::Diagnostic;
use jiff::{Timestamp, tz::TimeZone};
use lists::{Entry, List, family_key, ownership::Verdict};

use super::{
    super::ledger::{Sight, Whose},
    known::{Known, Ownership},
    span_keys,
};
use crate::{
    ids::UnitId,
    sightings::{FeedId, Outcome, SightingId, State, Tally},
};

/// A row of a list with what becomes of it.
#[derive(Clone, Debug)]
pub struct Line {
    /// Line or row in the file, from 1.
    pub line: u64,
    /// Which of the addresses of the row, from 0.
    pub part: u32,
    /// The row as it stands in the file.
    pub raw: Arc<str>,
    /// What it says, unless it was rejected or said before in the same file.
    pub entry: Option<Entry>,
    /// The address of a row said before.
    pub address: Option<lists::Address>,
    /// Its content.
    pub content: Option<String>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Why: the line, list or exclusion it goes back to, or the question it raises.
    pub reason: Option<String>,
    /// What was doubtful or wrong about it.
    pub findings: Vec<Diagnostic>,
    /// Whose the address was then.
    pub owner: Option<UnitId>,
    /// The sighting it became part of.
    pub sighting: Option<SightingId>,
}

/// What would become of a list.
#[derive(Debug)]
pub struct Plan {
    /// Every row.
    pub lines: Vec<Line>,
    /// The rows, counted.
    pub tally: Tally,
    /// Rows by unit.
    pub by_unit: BTreeMap<UnitId, u64>,
    /// Networks that rows name: first and last address, family.
    pub spans: Vec<(String, String, String)>,
    pub(super) known: super::known::Known,
}

struct Planner<'p> {
    feed: &'p FeedId,
    zone: &'p TimeZone,
    at: Timestamp,
    known: Known,
    findings: HashMap<u64, Vec<Diagnostic>>,
    parts: HashMap<u64, u32>,
    lines: Vec<Line>,
    tally: Tally,
    by_unit: BTreeMap<UnitId, u64>,
    spans: BTreeSet<(String, String, String)>,
}

/// Plans a list of `feed` received at `at`.
pub(super) fn plan(
    list: &List,
    feed: &FeedId,
    zone: &TimeZone,
    at: Timestamp,
    known: Known,
) -> Plan {
    let mut planner = Planner {
        feed,
        zone,
        at,
        known,
        findings: by_line(&list.diagnostics),
        parts: HashMap::new(),
        lines: Vec::with_capacity(list.entries.len()),
        tally: counted(list),
        by_unit: BTreeMap::new(),
        spans: BTreeSet::new(),
    };
    for entry in &list.entries {
        planner.enter(entry);
    }
    for repeated in &list.repeated {
        planner.repeat(repeated);
    }
    for rejected in &list.rejected {
        planner.reject(rejected);
    }
    planner.finish()
}

fn counted(list: &List) -> Tally {
    Tally {
        lines: list.counts.rows,
        skipped: list.counts.skipped.total(),
        naming: list.counts.accepted,
        entries: list.counts.entries,
        rejected: list.counts.rejected,
        ..Tally::default()
    }
}

fn by_line(found: &[Diagnostic]) -> HashMap<u64, Vec<Diagnostic>> {
    let mut lines: HashMap<u64, Vec<Diagnostic>> = HashMap::new();
    for one in found {
        if let Some(line) = one.place.line {
            lines.entry(line).or_default().push(one.clone());
        }
    }
    lines
}

/// Whose an address was at a moment, and who owned it by the register's word.
pub(in crate::sightings) fn whose(
    ownership: &Ownership,
    address: &lists::Address,
    at: Timestamp,
) -> (Whose, Option<UnitId>) {
    match ownership.index.place(address, at).verdict {
        Verdict::Placed { unit } => match unit.parse::<UnitId>() {
            Ok(owner) => (Whose::Unit(ownership.answers(&owner)), Some(owner)),
            Err(_) => (Whose::Nobody, None),
        },
        Verdict::Nobody => (Whose::Nobody, None),
        Verdict::Several { units } => {
            let units: BTreeSet<UnitId> = units
                .iter()
                .filter_map(|unit| unit.parse::<UnitId>().ok())
                .map(|owner| ownership.answers(&owner))
                .collect();
            // Two owners with one successor are one.
            match units.len() {
                1 => (units.into_iter().next().map_or(Whose::Nobody, Whose::Unit), None),
                _ => (Whose::Several(units.into_iter().collect()), None),
            }
        }
    }
}

impl Planner<'_> {
    fn enter(&mut self, entry: &Entry) {
        let content = entry.key.to_string();
        if let Some(list) = self.known.said.get(&content) {
            let reason = format!("list:{list}");
            let line = self.line(entry, content, Outcome::Duplicate, Some(reason));
            self.lines.push(line);
            return;
        }
        let (whose, owner) = whose(&self.known.ownership, &entry.address, entry.seen_at);
        let (low, high) = span_keys(&entry.address);
        let family = entry.family.as_deref().unwrap_or_default();
        let family_key = family_key(family);
        if low != high {
            self.spans.insert((low.clone(), high.clone(), family_key.clone()));
        }
        let excluded = self
            .known
            .exclusions
            .iter()
            .find(|one| one.is_about((&low, &high), &family_key, whose.unit()))
            .map(|one| format!("exclusion:{}", one.id));
        let sight = Sight {
            address: entry.address.to_string(),
            address_key: low,
            family: family.to_owned(),
            family_key,
            kind: entry.classification.kind.clone(),
            whose,
            feed: self.feed.clone(),
            seen_at: entry.seen_at,
            day: entry.seen_at.to_zoned(self.zone.clone()).date(),
        };
        let mut line = match excluded {
            Some(reason) => self.line(entry, content, Outcome::Excluded, Some(reason)),
            None => self.sighted(entry, content, &sight),
        };
        line.owner = owner;
        self.lines.push(line);
    }

    fn sighted(&mut self, entry: &Entry, content: String, sight: &Sight) -> Line {
        let sighting = self.known.ledger.see(sight, self.at);
        let id = sighting.id.clone();
        let (outcome, reason) = match (sighting.state, &sight.whose) {
            (State::Refused, _) => (Outcome::Excluded, Some("refused".to_owned())),
            (_, Whose::Unit(_)) => (Outcome::Placed, None),
            (_, Whose::Nobody) => (Outcome::Queued, Some("nobody".to_owned())),
            (_, Whose::Several(_)) => (Outcome::Queued, Some("several".to_owned())),
        };
        if let (Outcome::Placed, Some(unit)) = (outcome, sight.whose.unit()) {
            *self.by_unit.entry(unit.clone()).or_default() += 1;
        }
        let mut line = self.line(entry, content, outcome, reason);
        line.sighting = Some(id);
        line
    }

    fn line(
        &mut self,
        entry: &Entry,
        content: String,
        outcome: Outcome,
        reason: Option<String>,
    ) -> Line {
        self.count(outcome);
        Line {
            line: entry.line,
            part: self.part(entry.line),
            raw: Arc::clone(&entry.raw),
            address: Some(entry.address),
            entry: Some(entry.clone()),
            content: Some(content),
            outcome,
            reason,
            findings: self.findings.get(&entry.line).cloned().unwrap_or_default(),
            owner: None,
            sighting: None,
        }
    }

    fn repeat(&mut self, repeated: &lists::Repeated) {
        self.count(Outcome::Duplicate);
        let line = Line {
            line: repeated.line,
            part: self.part(repeated.line),
            raw: Arc::clone(&repeated.raw),
            entry: None,
            address: Some(repeated.address),
            content: Some(repeated.key.to_string()),
            outcome: Outcome::Duplicate,
            reason: Some(format!("line:{}", repeated.of)),
            findings: self.findings.get(&repeated.line).cloned().unwrap_or_default(),
            owner: None,
            sighting: None,
        };
        self.lines.push(line);
    }

    fn reject(&mut self, rejected: &tables::Rejected) {
        let findings = self.findings.get(&rejected.line).cloned().unwrap_or_default();
        let reason =
            findings.iter().find(|found| found.is_error()).map(|found| found.code.to_string());
        let line = Line {
            line: rejected.line,
            part: self.part(rejected.line),
            raw: rejected.raw.as_str().into(),
            entry: None,
            address: None,
            content: None,
            outcome: Outcome::Rejected,
            reason,
            findings,
            owner: None,
            sighting: None,
        };
        self.lines.push(line);
    }

    fn part(&mut self, line: u64) -> u32 {
        let part = self.parts.entry(line).or_insert(0);
        *part += 1;
        *part - 1
    }

    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Placed => self.tally.placed += 1,
            Outcome::Queued => self.tally.queued += 1,
            Outcome::Excluded => self.tally.excluded += 1,
            Outcome::Duplicate => self.tally.duplicate += 1,
            // Counted by the reader, by rows and not by addresses.
            Outcome::Rejected => {}
        }
    }

    fn finish(mut self) -> Plan {
        self.lines.sort_by_key(|line| (line.line, line.part));
        self.tally.created = self.known.ledger.begun();
        self.tally.units = self.by_unit.len() as u64;
        self.tally.reopened = self.known.ledger.reopened().count() as u64;
        Plan {
            lines: self.lines,
            tally: self.tally,
            by_unit: self.by_unit,
            spans: self.spans.into_iter().collect(),
            known: self.known,
        }
    }
}
