//! Taking a file in: one transaction.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use tables::Mapping;

use super::{Counts, File, Import, Outcome, Plan, State, plan::plan, read};
use crate::{
    App, Error, Result,
    access::Viewer,
    registry::{
        Entry, ImportId, Keeper, Kind, Known, Stamp, Which, contacts::ContactEntry,
        hosts::HostEntry, networks::NetworkEntry, systems::SystemEntry, units::UnitEntry,
    },
    store::{Change, Record, bulk},
    web::parts,
    works::{self, New, Progress, Stage, WorkId},
};

/// Rows handed to the database at a time: their texts are built, sent and dropped.
const AT_ONCE: usize = 2_000;

/// What an import did.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Report {
    /// The import.
    pub id: ImportId,
    /// How many rows became what.
    pub counts: Counts,
}

/// Uploads a file and takes it in at once: for sample data. Without a mapping the columns are guessed.
pub async fn take_in(
    app: &App,
    by: &Keeper,
    at: Timestamp,
    kind: Kind,
    name: &str,
    bytes: Vec<u8>,
    mapping: Option<Mapping>,
) -> Result<Report> {
    let id = super::upload(app, by, at, kind, name, bytes, mapping).await?;
    apply(app, by, at, &id, &Progress::default()).await
}

/// Starts taking in a drafted import as a work of the server. Errors: an import
/// that is done already.
pub async fn start(app: &App, viewer: &Viewer, at: Timestamp, id: &ImportId) -> Result<WorkId> {
    let by = Keeper::of(viewer)?;
    let import = read::draft(&app.db, &by, id).await?;
    let origin = page_of(id);
    let new = New { kind: works::Kind::Register, title: import.file_name, origin };
    let id = id.clone();
    let run = move |app, progress| -> works::Doing {
        Box::pin(async move {
            apply(&app, &by, at, &id, &progress).await?;
            Ok(outcome(&id))
        })
    };
    works::start(app, viewer, at, new, run).await
}

fn page_of(id: &ImportId) -> String {
    format!("/registry/import/{id}")
}

fn outcome(id: &ImportId) -> works::Outcome {
    let page = parts::with_query(&page_of(id), &[("done", "registry.done.imported")]);
    works::Outcome { subject: id.to_string(), page }
}

/// Takes in a drafted import. Errors: a file that is refused as a whole, an
/// import that is done already.
pub async fn apply(
    app: &App,
    by: &Keeper,
    at: Timestamp,
    id: &ImportId,
    progress: &Progress,
) -> Result<Report> {
    let import = read::draft(&app.db, by, id).await?;
    progress.begin(Stage::Reading, 0);
    let file = read::file(app, &import).await?;
    if file.is_refused() {
        return Err(Error::Invalid(file.diagnostics));
    }
    let taking = Taking { app, by, at, import: &import, file: &file, progress };
    let counts = match import.kind {
        Kind::Units => taking.write::<UnitEntry>().await,
        Kind::Networks => taking.write::<NetworkEntry>().await,
        Kind::Contacts => taking.write::<ContactEntry>().await,
        Kind::Systems => taking.write::<SystemEntry>().await,
        Kind::Hosts => taking.write::<HostEntry>().await,
    }?;
    Ok(Report { id: id.clone(), counts })
}

/// A file on its way in.
struct Taking<'t> {
    app: &'t App,
    by: &'t Keeper,
    at: Timestamp,
    import: &'t Import,
    file: &'t File,
    progress: &'t Progress,
}

impl Taking<'_> {
    async fn write<E: Entry>(&self) -> Result<Counts> {
        let Self { app, by, at, import, file, progress } = *self;
        let mut change = app.db.change(by.actor(), at).await?;
        progress.begin(Stage::Placing, file.table.rows.len() as u64);
        let known = Known::load(change.conn(), by, &app.settings.zone).await?;
        let present = E::load(change.conn(), Which::All(&by.scope())).await?;
        let plan = plan(file, by, known, present, at);
        progress.begin(Stage::Writing, 2 * plan.rows.len() as u64);
        let stamp = Stamp {
            at,
            by: by.actor().name.clone(),
            province: by.is_province(),
            source: import.file_name.clone(),
        };
        write_things(&mut change, &plan, &stamp, progress).await?;
        write_rows(&mut change, import, &plan, progress).await?;
        let counts = plan.counts();
        finish(&mut change, import, file, counts).await?;
        let mut record = Record::new("registry.import", &import.id).with(json!({
            "kind": import.kind, "file": import.file_name, "sha256": import.sha256, "rows": counts,
        }));
        if let Some(unit) = by.scope().units().and_then(|units| units.first()) {
            record = record.of_unit(unit);
        }
        change.record(record);
        progress.end(&mut change, &outcome(&import.id)).await?;
        change.commit().await?;
        Ok(counts)
    }
}

/// Writes what is new or changed; of the progress, the first half.
async fn write_things<E: Entry>(
    change: &mut Change,
    plan: &Plan<E>,
    stamp: &Stamp,
    progress: &Progress,
) -> Result<()> {
    let created = plan.rows.iter().filter(|row| row.outcome == Outcome::Created);
    let new: Vec<(String, &E)> =
        created.filter_map(|row| Some((row.id.clone()?, row.entry.as_ref()?))).collect();
    for some in new.chunks(AT_ONCE) {
        E::insert(change.conn(), some, stamp).await?;
        progress.step(some.len() as u64);
    }
    for row in plan.rows.iter().filter(|row| row.outcome != Outcome::Created) {
        progress.step(1);
        let Some((id, entry)) = row.id.as_ref().zip(row.entry.as_ref()) else { continue };
        let before = plan.before.get(id).ok_or(Error::NotFound)?;
        entry.update(change.conn(), id, before, stamp).await?;
    }
    Ok(())
}

async fn write_rows<E>(
    change: &mut Change,
    import: &Import,
    plan: &Plan<E>,
    progress: &Progress,
) -> Result<()> {
    let columns = ["import_id", "line", "outcome", "subject_id", "title", "raw", "diagnostics"];
    for some in plan.rows.chunks(AT_ONCE) {
        let mut rows = Vec::with_capacity(some.len());
        for row in some {
            rows.push([
                import.id.to_string().into(),
                i64::try_from(row.line).unwrap_or(i64::MAX).into(),
                row.outcome.name().into(),
                row.id.clone().into(),
                row.title.as_str().into(),
                row.raw.as_str().into(),
                serde_json::to_string(&row.found)?.into(),
            ]);
        }
        bulk::insert(change.conn(), "import_rows", columns, rows).await?;
        progress.step(some.len() as u64);
    }
    Ok(())
}

async fn finish(change: &mut Change, import: &Import, file: &File, counts: Counts) -> Result<()> {
    let at = change.at();
    let done = sqlx::query(
        "UPDATE imports SET state = $2, created = $3, updated = $4, unchanged = $5, rejected = $6,
         diagnostics = $7, done_at = $8 WHERE id = $1 AND state = $9",
    )
    .bind(import.id.as_str())
    .bind(State::Done.name())
    .bind(counts.created)
    .bind(counts.updated)
    .bind(counts.unchanged)
    .bind(counts.rejected)
    .bind(serde_json::to_string(&file.diagnostics)?)
    .bind(at.as_microsecond())
    .bind(State::Drafted.name())
    .execute(change.conn())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Error::conflict("registry.import-done")) }
}
