//! The rows of a list with what became of them: drawn for a preview, or written
//! a portion at a time as the file is read once more.

use std::{collections::HashMap, sync::Arc};

use diag::Diagnostic;
use lists::{Entry, List, Repeated};
use serde_json::json;
use sqlx::AnyConnection;
use tables::Rejected;
use tokio::sync::mpsc;

use super::{
    plan::{Fate, Plan},
    reading::Source,
};
use crate::{
    Error, Result,
    ids::UnitId,
    sightings::{FeedId, ListId, Outcome, SightingId},
    store::bulk::{self, Value},
    works::{Progress, Stage},
};

/// Rows handed to the database at a time.
const PORTION: usize = 2_000;

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
    /// Whom it names.
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

/// Makes lines: knows the findings of each row and which part of it is next.
struct Lines {
    findings: HashMap<u64, Vec<Diagnostic>>,
    parts: HashMap<u64, u32>,
}

impl Lines {
    fn of(list: &List) -> Self {
        let mut findings: HashMap<u64, Vec<Diagnostic>> = HashMap::new();
        for one in &list.diagnostics {
            if let Some(line) = one.place.line {
                findings.entry(line).or_default().push(one.clone());
            }
        }
        Self { findings, parts: HashMap::new() }
    }

    fn bare(&mut self, line: u64, raw: Arc<str>, outcome: Outcome) -> Line {
        let part = self.parts.entry(line).or_insert(0);
        *part += 1;
        Line {
            line,
            part: *part - 1,
            raw,
            entry: None,
            address: None,
            content: None,
            outcome,
            reason: None,
            findings: self.findings.get(&line).cloned().unwrap_or_default(),
            owner: None,
            sighting: None,
        }
    }

    fn entry(&mut self, entry: Entry, fate: &Fate) -> Line {
        Line {
            address: Some(entry.address),
            content: Some(entry.key.to_string()),
            reason: fate.reason.as_deref().map(str::to_owned),
            owner: fate.owner.clone(),
            sighting: fate.sighting.clone(),
            ..self.bare(entry.line, Arc::clone(&entry.raw), fate.outcome)
        }
        .saying(entry)
    }

    fn repeated(&mut self, repeated: &Repeated) -> Line {
        Line {
            address: Some(repeated.address),
            content: Some(repeated.key.to_string()),
            reason: Some(format!("line:{}", repeated.of)),
            ..self.bare(repeated.line, Arc::clone(&repeated.raw), Outcome::Duplicate)
        }
    }

    fn rejected(&mut self, rejected: &Rejected) -> Line {
        let line = self.bare(rejected.line, rejected.raw.as_str().into(), Outcome::Rejected);
        let error = line.findings.iter().find(|found| found.is_error());
        Line { reason: error.map(|found| found.code.to_string()), ..line }
    }
}

impl Line {
    fn saying(mut self, entry: Entry) -> Self {
        self.entry = Some(entry);
        self
    }
}

/// The first lines of each outcome, at most `each` of one. Reads the file again.
pub(super) async fn first(
    source: Source,
    list: List,
    plan: Plan,
    each: usize,
) -> Result<(List, Plan, Vec<Line>)> {
    let looking = move || {
        let mut lines = Lines::of(&list);
        let mut shown: Vec<Line> = Vec::new();
        let mut counts: HashMap<Outcome, usize> = HashMap::new();
        let mut fates = plan.fates.iter();
        source.each(&mut |entry| {
            let Some(fate) = fates.next() else { return };
            let count = counts.entry(fate.outcome).or_default();
            *count += 1;
            if *count <= each {
                shown.push(lines.entry(entry, fate));
            }
        });
        shown.extend(list.repeated.iter().take(each).map(|one| lines.repeated(one)));
        shown.extend(list.rejected.iter().take(each).map(|one| lines.rejected(one)));
        shown.sort_by_key(|line| (line.line, line.part));
        (list, plan, shown)
    };
    tokio::task::spawn_blocking(looking).await.map_err(Error::internal)
}

/// Which list the rows are of.
pub(super) struct Of<'a> {
    pub(super) list: &'a ListId,
    pub(super) feed: &'a FeedId,
}

/// Writes every row: the entries as the file is read again, then those said
/// twice and those that name no address.
pub(super) async fn write(
    conn: &mut AnyConnection,
    of: &Of<'_>,
    source: &Source,
    list: &List,
    plan: &Plan,
    progress: &Progress,
) -> Result<()> {
    let rest = list.repeated.len() + list.rejected.len();
    progress.begin(Stage::Writing, (plan.fates.len() + rest) as u64);
    let mut lines = Lines::of(list);
    let mut fates = plan.fates.iter();
    let mut portions = read_again(source);
    while let Some(entries) = portions.recv().await {
        let entries = entries.into_iter().zip(fates.by_ref());
        let portion: Vec<Line> = entries.map(|(entry, fate)| lines.entry(entry, fate)).collect();
        insert(conn, of, &portion, progress).await?;
    }
    for some in list.repeated.chunks(PORTION) {
        let portion: Vec<Line> = some.iter().map(|one| lines.repeated(one)).collect();
        insert(conn, of, &portion, progress).await?;
    }
    for some in list.rejected.chunks(PORTION) {
        let portion: Vec<Line> = some.iter().map(|one| lines.rejected(one)).collect();
        insert(conn, of, &portion, progress).await?;
    }
    // The two readings are of the same bytes by the same rules.
    if fates.next().is_some() {
        return Err(Error::internal("a list that reads differently the second time"));
    }
    Ok(())
}

/// The entries in portions, read on a thread of its own that waits while the
/// database is behind.
fn read_again(source: &Source) -> mpsc::Receiver<Vec<Entry>> {
    let (give, take) = mpsc::channel(1);
    let source = source.clone();
    tokio::task::spawn_blocking(move || {
        let mut portion = Vec::with_capacity(PORTION);
        source.each(&mut |entry| {
            portion.push(entry);
            if portion.len() == PORTION {
                let full = std::mem::replace(&mut portion, Vec::with_capacity(PORTION));
                // Nobody listens any more when the writing failed; it says why.
                let _ = give.blocking_send(full);
            }
        });
        let _ = give.blocking_send(portion);
    });
    take
}

async fn insert(
    conn: &mut AnyConnection,
    of: &Of<'_>,
    lines: &[Line],
    progress: &Progress,
) -> Result<()> {
    let rows: Vec<_> = lines.iter().map(|line| values(of, line)).collect();
    bulk::insert(conn, "list_rows", ROW_COLUMNS, rows).await?;
    progress.step(lines.len() as u64);
    Ok(())
}

const ROW_COLUMNS: [&str; 19] = [
    "list_id",
    "line",
    "part",
    "feed_id",
    "raw",
    "address",
    "address_key",
    "port",
    "seen_at",
    "seen_from",
    "family",
    "kind",
    "detail",
    "content_key",
    "outcome",
    "reason",
    "findings",
    "owner_id",
    "sighting_id",
];

fn values(of: &Of<'_>, line: &Line) -> [Value; 19] {
    let entry = line.entry.as_ref();
    let shown = line.address.map(|address| address.to_string());
    let key = line.address.map(|address| super::span_keys(&address).0);
    [
        of.list.as_str().into(),
        (line.line as i64).into(),
        i64::from(line.part).into(),
        of.feed.as_str().into(),
        without_nul(&line.raw).into(),
        shown.into(),
        key.into(),
        entry.and_then(|entry| entry.port).map(i64::from).into(),
        entry.map(|entry| entry.seen_at).into(),
        entry.map(|entry| entry.seen_from.name().to_owned()).into(),
        entry.map(|entry| entry.family.as_deref().unwrap_or_default().to_owned()).into(),
        entry.map(|entry| entry.classification.kind.clone()).into(),
        detail(line).into(),
        line.content.clone().into(),
        line.outcome.name().into(),
        line.reason.clone().into(),
        findings(line).into(),
        line.owner.as_ref().map(ToString::to_string).into(),
        line.sighting.as_ref().map(ToString::to_string).into(),
    ]
}

fn findings(line: &Line) -> String {
    if line.findings.is_empty() {
        return "[]".to_owned();
    }
    serde_json::to_string(&line.findings).unwrap_or_default()
}

/// PostgreSQL keeps no NUL in a text; the file itself is kept as it came.
fn without_nul(raw: &str) -> String {
    raw.replace('\0', "\u{fffd}")
}

fn detail(line: &Line) -> String {
    let Some(entry) = &line.entry else { return "{}".to_owned() };
    let mut detail = serde_json::Map::new();
    let mut put = |name: &str, value: serde_json::Value| detail.insert(name.to_owned(), value);
    if !entry.destination.is_empty() {
        put("destination", json!(entry.destination));
    }
    if let Some(transport) = &entry.transport {
        put("transport", json!(transport));
    }
    if let Some(hostname) = &entry.hostname {
        put("hostname", json!(hostname));
    }
    if let Some(identifier) = &entry.identifier {
        put("identifier", json!(identifier));
    }
    if !entry.extra.is_empty() {
        put("extra", json!(entry.extra));
    }
    // JSON writes a NUL as an escape that PostgreSQL takes in a text.
    serde_json::Value::Object(detail).to_string()
}
