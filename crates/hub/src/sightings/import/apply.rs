//! Writing a planned list: one transaction, few statements.

use diag::Diagnostic;
use jiff::{Timestamp, civil::Date};
use lists::List;
use serde_json::json;
use sqlx::AnyConnection;

use super::{
    Taken,
    known::Known,
    plan::{Line, Plan, plan},
};
use crate::{
    App, Error, Result,
    access::Watch,
    sightings::{
        ListId, Tally,
        feeds::{self, Feed},
        review,
    },
    store::{
        Change, Record,
        bulk::{self, Value},
        files::{self, Stored},
    },
};

/// A list that was read and is about to be taken in.
pub(super) struct Arriving {
    pub(super) feed: Feed,
    pub(super) settings: lists::Settings,
    pub(super) file_name: String,
    pub(super) stored: Stored,
    pub(super) covers: (Date, Date),
    pub(super) list: List,
}

/// Takes in the list, or finds that somebody did so meanwhile.
pub(super) async fn apply(app: &App, by: &Watch, at: Timestamp, new: Arriving) -> Result<Taken> {
    let id = ListId::new(at);
    let mut change = app.db.change(by.actor(), at).await?;
    files::register(change.conn(), &new.stored, at).await?;
    if let Some(list) = begin(&mut change, &id, &new).await? {
        return Ok(Taken::Again { list });
    }
    let known = Known::load(app, change.conn(), &new.feed.id, &new.list, at).await?;
    let (new, mut planned) = planned(app, new, at, known).await?;
    planned.known.ledger.save(change.conn()).await?;
    insert_lines(change.conn(), &id, &new, &planned.lines).await?;
    finish_list(change.conn(), &id, &new, &planned).await?;
    let settings = remembered(&new);
    feeds::remember(&mut change, &new.feed.id, &settings).await?;
    reappeared(&mut change, &id, &planned);
    let again: Vec<_> = planned.known.ledger.touched().map(|one| one.id.clone()).collect();
    let reviewed = review::after_list(app, &mut change, &new.feed.id, &again).await?;
    planned.tally.verified = reviewed;
    set_tally(change.conn(), &id, &planned.tally).await?;
    change.record(record(&id, &new, &planned.tally));
    change.commit().await?;
    Ok(Taken::New { list: id, tally: planned.tally })
}

async fn planned(
    app: &App,
    new: Arriving,
    at: Timestamp,
    known: Known,
) -> Result<(Arriving, Plan)> {
    let zone = app.settings.zone.clone();
    let planning = move || {
        let planned = plan(&new.list, &new.feed.id, &zone, at, known);
        (new, planned)
    };
    tokio::task::spawn_blocking(planning).await.map_err(Error::internal)
}

/// Puts the list's row first: whoever is second with the same bytes finds it.
async fn begin(change: &mut Change, id: &ListId, new: &Arriving) -> Result<Option<ListId>> {
    let at = change.at();
    let (by_id, by_name) = (change.actor().id.clone(), change.actor().name.clone());
    let begun = sqlx::query(
        "INSERT INTO lists (id, feed_id, file_name, sha256, size, covers_from, covers_to,
            received_at, by_id, by_name, format, report, complete, spans, tally, diagnostics)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, '[]', '{}', '[]')
         ON CONFLICT (feed_id, sha256) DO NOTHING",
    )
    .bind(id.as_str())
    .bind(new.feed.id.as_str())
    .bind(&new.file_name)
    .bind(&new.stored.sha256)
    .bind(new.stored.size as i64)
    .bind(new.covers.0.to_string())
    .bind(new.covers.1.to_string())
    .bind(at.as_microsecond())
    .bind(by_id)
    .bind(by_name)
    .bind(serde_json::to_value(new.list.format)?.as_str().unwrap_or_default())
    .bind(&new.list.report)
    .execute(change.conn())
    .await?;
    if begun.rows_affected() == 1 {
        return Ok(None);
    }
    let (list,): (ListId,) =
        sqlx::query_as("SELECT id FROM lists WHERE feed_id = $1 AND sha256 = $2")
            .bind(new.feed.id.as_str())
            .bind(&new.stored.sha256)
            .fetch_one(change.conn())
            .await?;
    Ok(Some(list))
}

async fn finish_list(
    conn: &mut AnyConnection,
    id: &ListId,
    new: &Arriving,
    planned: &Plan,
) -> Result<()> {
    sqlx::query("UPDATE lists SET complete = $1, spans = $2, diagnostics = $3 WHERE id = $4")
        .bind(i64::from(is_complete(&new.list)))
        .bind(serde_json::to_string(&planned.spans)?)
        .bind(serde_json::to_string(&new.list.diagnostics)?)
        .bind(id.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

async fn set_tally(conn: &mut AnyConnection, id: &ListId, tally: &Tally) -> Result<()> {
    sqlx::query("UPDATE lists SET tally = $1 WHERE id = $2")
        .bind(serde_json::to_string(tally)?)
        .bind(id.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether the list was read to its end and says anything: only then is its
/// silence worth something.
fn is_complete(list: &List) -> bool {
    const STOPS: [&str; 7] = [
        "tables.bytes-limit",
        "tables.rows-limit",
        "tables.inflated-limit",
        "tables.workbook-broken",
        "tables.read-failed",
        "tables.quote-open",
        "lists.json-broken",
    ];
    let stops = |found: &Diagnostic| STOPS.contains(&found.code.as_ref());
    !list.entries.is_empty() && !list.diagnostics.iter().any(stops)
}

/// What the feed remembers for the next list: the columns as they were read.
fn remembered(new: &Arriving) -> lists::Settings {
    let mapping = new.settings.mapping.clone().or_else(|| new.list.mapping.clone());
    lists::Settings { mapping, ..new.settings.clone() }
}

fn reappeared(change: &mut Change, list: &ListId, planned: &Plan) {
    for sighting in planned.known.ledger.reopened() {
        let mut record = Record::new("sightings.reappear", &sighting.id)
            .with(json!({ "list": list, "reopened": sighting.reopened }));
        record.unit = sighting.unit_id.as_ref().map(ToString::to_string);
        change.record(record);
    }
}

fn record(id: &ListId, new: &Arriving, tally: &Tally) -> Record {
    Record::new("sightings.import", id).with(json!({
        "feed": new.feed.code, "file": new.file_name, "sha256": new.stored.sha256,
        "covers": [new.covers.0, new.covers.1], "rows": tally,
    }))
}

async fn insert_lines(
    conn: &mut AnyConnection,
    id: &ListId,
    new: &Arriving,
    lines: &[Line],
) -> Result<()> {
    let (list, feed) = (id.to_string(), new.feed.id.to_string());
    // In portions, so that a long list is never held twice.
    for portion in lines.chunks(2_000) {
        let rows: Vec<_> = portion.iter().map(|line| values(&list, &feed, line)).collect();
        bulk::insert(conn, "list_rows", ROW_COLUMNS, rows).await?;
    }
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

fn values(list: &str, feed: &str, line: &Line) -> [Value; 19] {
    let entry = line.entry.as_ref();
    let shown = line.address.map(|address| address.to_string());
    let key = line.address.map(|address| super::span_keys(&address).0);
    let from = entry.and_then(|entry| serde_json::to_value(entry.seen_from).ok());
    [
        list.into(),
        (line.line as i64).into(),
        i64::from(line.part).into(),
        feed.into(),
        without_nul(&line.raw).into(),
        shown.into(),
        key.into(),
        entry.and_then(|entry| entry.port).map(i64::from).into(),
        entry.map(|entry| entry.seen_at).into(),
        from.and_then(|from| from.as_str().map(str::to_owned)).into(),
        entry.map(|entry| entry.family.as_deref().unwrap_or_default().to_owned()).into(),
        entry.map(|entry| entry.classification.kind.clone()).into(),
        detail(line).into(),
        line.content.clone().into(),
        line.outcome.name().into(),
        line.reason.clone().into(),
        serde_json::to_string(&line.findings).unwrap_or_default().into(),
        line.owner.as_ref().map(ToString::to_string).into(),
        line.sighting.as_ref().map(ToString::to_string).into(),
    ]
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
