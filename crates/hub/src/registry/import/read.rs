//! Asking about imports. Whoever handed a file in sees it, and the province.

use diag::Diagnostic;
use serde::Serialize;
use tables::Mapping;

use super::{File, Outcome, State, upload::parse};
use crate::{
    App, Error, Result,
    access::{Actor, Viewer},
    registry::{ImportId, Keeper, Kind},
    store::{At, Db, Direction, Json, Select},
};

const COLUMNS: &str = "i.id, i.kind, i.state, i.file_name, i.sha256, i.mapping, i.created, i.updated, \
    i.unchanged, i.rejected, i.diagnostics, i.by_name, i.uploaded_at, i.done_at";

/// A file handed in.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Import {
    /// Identifier.
    pub id: ImportId,
    /// What its rows are about.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// The name that the person's machine gave it.
    pub file_name: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// Field → column name.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub mapping: Json<Mapping>,
    /// New things.
    pub created: i64,
    /// Changed things.
    pub updated: i64,
    /// Rows that said what was known.
    pub unchanged: i64,
    /// Rows that could not be used.
    pub rejected: i64,
    /// Findings about the file as a whole.
    #[schema(value_type = Vec<Object>)]
    pub diagnostics: Json<Vec<Diagnostic>>,
    /// Who handed it in.
    pub by_name: String,
    /// When.
    pub uploaded_at: At,
    /// When it was taken in.
    pub done_at: Option<At>,
}

/// What became of a row.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct RowResult {
    /// Line in the file.
    pub line: i64,
    /// What became of it.
    pub outcome: Outcome,
    /// The thing it became.
    pub subject_id: Option<String>,
    /// What it is about.
    pub title: String,
    /// The row as text.
    pub raw: String,
    /// Findings about it.
    #[schema(value_type = Vec<Object>)]
    pub diagnostics: Json<Vec<Diagnostic>>,
}

fn select(seen_by: &Actor, province: bool) -> Select {
    let select = Select::new(COLUMNS, "imports i");
    if province { select } else { select.and("i.by_id = {}", [seen_by.id.as_str()]) }
}

/// The latest imports that the viewer may see.
pub async fn recent(db: &Db, viewer: &Viewer) -> Result<Vec<Import>> {
    select(&viewer.actor, viewer.scope().is_province())
        .order("i.id", Direction::Down)
        .page(crate::store::Page { number: 0, size: 20 })
        .fetch(db.reader())
        .await
}

/// An import. Another unit's is not found.
pub async fn get(db: &Db, viewer: &Viewer, id: &ImportId) -> Result<Import> {
    let select = select(&viewer.actor, viewer.scope().is_province());
    let found = select.and("i.id = {}", [id.as_str()]).fetch_first(db.reader()).await?;
    found.ok_or(Error::NotFound)
}

/// The rows of an import that is done, to be filtered further: `r` is the row.
pub fn rows(id: &ImportId) -> Select {
    Select::new("r.line, r.outcome, r.subject_id, r.title, r.raw, r.diagnostics", "import_rows r")
        .and("r.import_id = {}", [id.as_str()])
}

/// A draft of the keeper's.
pub(super) async fn draft(db: &Db, by: &Keeper, id: &ImportId) -> Result<Import> {
    let select = select(by.actor(), by.is_province());
    let found: Option<Import> =
        select.and("i.id = {}", [id.as_str()]).fetch_first(db.reader()).await?;
    let found = found.ok_or(Error::NotFound)?;
    if found.state == State::Drafted {
        Ok(found)
    } else {
        Err(Error::conflict("registry.import-done"))
    }
}

/// The kept file of an import, read with its mapping.
pub(super) async fn file(app: &App, import: &Import) -> Result<File> {
    let bytes = app.files.read(&import.sha256).await?;
    parse(import.kind, bytes, Some(import.mapping.0.clone())).await
}
