//! Lists received, and their rows.

use diag::Diagnostic;
use serde::Serialize;
use sqlx::FromRow;

use super::{FeedId, ListId, Outcome, SightingId, Tally};
use crate::{
    Error, Result,
    access::Scope,
    ids::UnitId,
    store::{At, Day, Db, Direction, Flag, Json, Select},
};

/// A list really received.
#[derive(Clone, Debug, Serialize, FromRow, utoipa::ToSchema)]
#[schema(as = ReceivedList)]
pub struct List {
    /// Identifier.
    pub id: ListId,
    /// Whose.
    pub feed_id: FeedId,
    /// Short name of the feed.
    pub feed_code: String,
    /// Its name.
    pub feed_name: String,
    /// The name it came with.
    pub file_name: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// First day it covers.
    pub covers_from: Day,
    /// Last day it covers.
    pub covers_to: Day,
    /// When it was taken in.
    pub received_at: At,
    /// Who took it in.
    pub by_name: String,
    /// The shape it came in.
    pub format: String,
    /// Shadowserver report.
    pub report: Option<String>,
    /// Whether its silence counts: read to its end, and it names somebody.
    pub complete: Flag,
    /// What became of its rows.
    #[schema(value_type = Tally)]
    pub tally: Json<Tally>,
}

/// A row of a list, with what became of it.
#[derive(Clone, Debug, Serialize, FromRow, utoipa::ToSchema)]
#[schema(as = ListRow)]
pub struct Row {
    /// The list.
    pub list_id: ListId,
    /// Line or row in the file, from 1.
    pub line: i64,
    /// Which address of the row, from 0.
    pub part: i64,
    /// The row as it stands in the file.
    pub raw: String,
    /// Whom it names.
    pub address: Option<String>,
    /// Its port.
    pub port: Option<i64>,
    /// When it was seen.
    pub seen_at: Option<At>,
    /// How we know: `row`, `row_day` or `list`.
    pub seen_from: Option<String>,
    /// Malware family as written.
    pub family: Option<String>,
    /// RSIT type.
    pub kind: Option<String>,
    /// Destination, transport, host name, identifier, and `extra`: the other columns.
    #[schema(value_type = Object)]
    pub detail: Json<serde_json::Value>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why: `nobody`, `several`, `refused`, `exclusion:ID`, `line:N`, `list:ID`, or a diagnostic.
    pub reason: Option<String>,
    /// What was doubtful or wrong.
    #[schema(value_type = Vec<Object>)]
    pub findings: Json<Vec<Diagnostic>>,
    /// Whose the address was then.
    pub owner_id: Option<UnitId>,
    /// The sighting it became part of.
    pub sighting_id: Option<SightingId>,
    /// Name of the list's file.
    pub file_name: String,
    /// Digest of the list's bytes.
    pub sha256: String,
    /// Short name of the feed.
    pub feed_code: String,
}

const COLUMNS: &str = "l.id, l.feed_id, f.code AS feed_code, f.name AS feed_name, l.file_name, \
    l.sha256, l.size, l.covers_from, l.covers_to, l.received_at, l.by_name, l.format, l.report, \
    l.complete, l.tally";
const ROW_COLUMNS: &str = "r.list_id, r.line, r.part, r.raw, r.address, r.port, r.seen_at, \
    r.seen_from, r.family, r.kind, r.detail, r.outcome, r.reason, r.findings, r.owner_id, \
    r.sighting_id, l.file_name, l.sha256, f.code AS feed_code";
const ROW_FROM: &str = "list_rows r JOIN lists l ON l.id = r.list_id \
    JOIN feeds f ON f.id = l.feed_id LEFT JOIN sightings s ON s.id = r.sighting_id";

/// The lists, to be filtered further: `l` is the list, `f` its feed. A list
/// holds the rows of many units: only the province's people see whole ones.
pub fn select(scope: &Scope) -> Select {
    let select = Select::new(COLUMNS, "lists l JOIN feeds f ON f.id = l.feed_id");
    if scope.is_province() { select } else { select.and::<&str>("1 = 0", []) }
}

/// Every list, the latest days first.
pub async fn all(db: &Db, scope: &Scope) -> Result<Vec<List>> {
    select(scope)
        .order("l.covers_from", Direction::Down)
        .order("f.code", Direction::Up)
        .fetch(db.reader())
        .await
}

/// A list. Not found for a unit's people.
pub async fn get(db: &Db, scope: &Scope, id: &ListId) -> Result<List> {
    let found = select(scope).and("l.id = {}", [id.as_str()]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// What was doubtful or wrong in a list.
pub async fn diagnostics(db: &Db, scope: &Scope, id: &ListId) -> Result<Vec<Diagnostic>> {
    get(db, scope, id).await?;
    let (found,): (Json<Vec<Diagnostic>>,) =
        sqlx::query_as("SELECT diagnostics FROM lists WHERE id = $1")
            .bind(id.as_str())
            .fetch_one(db.reader())
            .await?;
    Ok(found.0)
}

/// Rows of lists, to be filtered further: `r` is the row, `l` its list, `f`
/// the feed, `s` the sighting. A unit sees those of its own sightings.
pub fn rows(scope: &Scope) -> Select {
    Select::new(ROW_COLUMNS, ROW_FROM).scoped(scope, "s.unit_id")
}

/// The rows that a list has for a unit, in the order of the file: what a
/// notice to the unit attaches.
pub async fn rows_of_unit(
    db: &Db,
    scope: &Scope,
    list: &ListId,
    unit: &UnitId,
) -> Result<Vec<Row>> {
    rows(scope)
        .and("r.list_id = {}", [list.as_str()])
        .and("s.unit_id = {}", [unit.as_str()])
        .and("r.outcome = {}", ["placed"])
        .order("r.line", Direction::Up)
        .order("r.part", Direction::Up)
        .fetch(db.reader())
        .await
}

/// Units with rows in a list, and how many sightings each has in it: whom to
/// send a notice to.
pub async fn units(db: &Db, scope: &Scope, list: &ListId) -> Result<Vec<(UnitId, i64)>> {
    Select::new(
        "s.unit_id, COUNT(DISTINCT s.id)",
        "list_rows r JOIN sightings s ON s.id = r.sighting_id",
    )
    .scoped(scope, "s.unit_id")
    .and("r.list_id = {}", [list.as_str()])
    .and::<&str>("r.outcome = 'placed' AND s.unit_id IS NOT NULL", [])
    .group_by("s.unit_id")
    .order("s.unit_id", Direction::Up)
    .fetch(db.reader())
    .await
}
