//! The first two steps: keeping the file, and showing what would become of it.

use axum::body::Bytes;
use jiff::Timestamp;
use serde_json::json;
use tables::Mapping;

use super::{Counts, File, Import, Outcome, RowResult, State, plan::plan, read};
use crate::{
    App, Error, Result,
    registry::{
        Entry, ImportId, Keeper, Kind, Known, Which, contacts::ContactEntry, hosts::HostEntry,
        networks::NetworkEntry, systems::SystemEntry, units::UnitEntry,
    },
    store::{Json, Record, files},
};

/// Rows of a preview that are shown, of each outcome.
const SHOWN: usize = 20;

/// Keeps a file and drafts its import.
pub async fn upload(
    app: &App,
    by: &Keeper,
    at: Timestamp,
    kind: Kind,
    name: &str,
    bytes: impl Into<Bytes>,
    mapping: Option<Mapping>,
) -> Result<ImportId> {
    let bytes = bytes.into();
    if kind == Kind::Units && !by.is_province() {
        return Err(Error::Forbidden);
    }
    if bytes.is_empty() {
        return Err(Error::field("registry.file-missing", "file"));
    }
    let stored = app.files.keep(bytes.clone()).await?;
    let mapping = match mapping {
        Some(mapping) => mapping,
        None => parse(kind, bytes, None).await?.mapping,
    };
    let id = ImportId::new(at);
    let mut change = app.db.change(by.actor(), at).await?;
    files::register(change.conn(), &stored, at).await?;
    sqlx::query(
        "INSERT INTO imports (id, kind, state, file_name, sha256, mapping, by_id, by_name, uploaded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id.as_str())
    .bind(kind.name())
    .bind(State::Drafted.name())
    .bind(name.chars().take(200).collect::<String>())
    .bind(&stored.sha256)
    .bind(Json(&mapping))
    .bind(&by.actor().id)
    .bind(&by.actor().name)
    .bind(at.as_microsecond())
    .execute(change.conn())
    .await?;
    change.record(
        Record::new("registry.upload", &id).with(json!({ "kind": kind, "sha256": stored.sha256 })),
    );
    change.commit().await?;
    Ok(id)
}

/// Reads a file off the async threads.
pub(super) async fn parse(
    kind: Kind,
    bytes: impl Into<Bytes>,
    mapping: Option<Mapping>,
) -> Result<File> {
    let bytes = bytes.into();
    tokio::task::spawn_blocking(move || File::read(kind, &bytes, mapping))
        .await
        .map_err(Error::internal)
}

/// Sets which column is which field.
pub async fn map(
    app: &App,
    by: &Keeper,
    at: Timestamp,
    id: &ImportId,
    mapping: &Mapping,
) -> Result<()> {
    let import = read::draft(&app.db, by, id).await?;
    let mut change = app.db.change(by.actor(), at).await?;
    sqlx::query("UPDATE imports SET mapping = $2 WHERE id = $1")
        .bind(import.id.as_str())
        .bind(Json(mapping))
        .execute(change.conn())
        .await?;
    change.record(Record::new("registry.map", id).with(mapping));
    change.commit().await
}

/// Gives a draft up. Its file stays kept.
pub async fn drop_draft(app: &App, by: &Keeper, at: Timestamp, id: &ImportId) -> Result<()> {
    let import = read::draft(&app.db, by, id).await?;
    let mut change = app.db.change(by.actor(), at).await?;
    sqlx::query("UPDATE imports SET state = $2 WHERE id = $1")
        .bind(import.id.as_str())
        .bind(State::Dropped.name())
        .execute(change.conn())
        .await?;
    change.record(Record::new("registry.drop_import", id));
    change.commit().await
}

/// What would become of a draft's rows: the file, the counts, and the first
/// rows of each outcome. Changes nothing.
pub async fn preview(
    app: &App,
    by: &Keeper,
    at: Timestamp,
    import: &Import,
) -> Result<(File, Counts, Vec<RowResult>)> {
    let file = read::file(app, import).await?;
    let (counts, rows) = look_at(app, by, at, &file).await?;
    Ok((file, counts, rows))
}

/// The same of bytes that nobody has handed in: nothing is kept, nothing recorded.
pub async fn foresee(
    app: &App,
    by: &Keeper,
    at: Timestamp,
    kind: Kind,
    bytes: Vec<u8>,
) -> Result<(File, Counts, Vec<RowResult>)> {
    let file = parse(kind, bytes, None).await?;
    let (counts, rows) = look_at(app, by, at, &file).await?;
    Ok((file, counts, rows))
}

async fn look_at(
    app: &App,
    by: &Keeper,
    at: Timestamp,
    file: &File,
) -> Result<(Counts, Vec<RowResult>)> {
    match file.kind {
        Kind::Units => look::<UnitEntry>(app, by, at, file).await,
        Kind::Networks => look::<NetworkEntry>(app, by, at, file).await,
        Kind::Contacts => look::<ContactEntry>(app, by, at, file).await,
        Kind::Systems => look::<SystemEntry>(app, by, at, file).await,
        Kind::Hosts => look::<HostEntry>(app, by, at, file).await,
    }
}

async fn look<E: Entry>(
    app: &App,
    by: &Keeper,
    at: Timestamp,
    file: &File,
) -> Result<(Counts, Vec<RowResult>)> {
    let mut conn = app.db.reader().acquire().await?;
    let known = Known::load(&mut conn, by, &app.settings.zone).await?;
    let present = E::load(&mut conn, Which::All(&by.scope())).await?;
    let plan = plan(file, by, known, present, at);
    let mut shown = Counts::default();
    let mut rows = Vec::new();
    for row in &plan.rows {
        shown.add(row.outcome);
        let wanted = row.outcome == Outcome::Rejected || !row.found.is_empty();
        if shown.of(row.outcome) <= SHOWN as i64 || (wanted && rows.len() < 10 * SHOWN) {
            rows.push(RowResult {
                line: row.line as i64,
                outcome: row.outcome,
                subject_id: row.id.clone(),
                title: row.title.clone(),
                raw: row.raw.clone(),
                diagnostics: Json(row.found.clone()),
            });
        }
    }
    Ok((plan.counts(), rows))
}
