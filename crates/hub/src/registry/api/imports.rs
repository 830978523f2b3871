//! Files in and out: the body of a request is the file itself.

use std::collections::BTreeMap;

use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Query, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, Serialize};
use tables::Mapping;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App, Error,
    api::{Api, Body, Caller, Cursor, Slice, SliceQuery},
    registry::{
        ImportId, Keeper, Kind,
        export::export,
        import::{self, Counts, Import, RowResult},
    },
    web::{UPLOAD_LIMIT, attachment, csv_file, xlsx_file},
    works::{self, Accepted, Work},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(upload))
        .routes(routes!(one, give_up))
        .routes(routes!(map))
        .routes(routes!(preview))
        .routes(routes!(rows))
        .routes(routes!(confirm))
        .routes(routes!(file))
        .layer(DefaultBodyLimit::max(UPLOAD_LIMIT))
}

/// What a file is.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct About {
    /// What its rows are about.
    #[param(value_type = Kind)]
    kind: String,
    /// Its name, to be shown.
    name: Option<String>,
}

/// A drafted import.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = DraftedImport)]
struct Drafted {
    /// Its identifier.
    id: ImportId,
}

/// Uploads a file (CSV, XLSX or ODS, up to 64 MiB) and drafts its import.
/// Nothing of it is taken in before it is confirmed.
#[utoipa::path(post, path = "/api/v1/registry/imports", tag = "registry", params(About),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Drafted)))]
async fn upload(
    State(app): State<App>,
    caller: Caller,
    Query(about): Query<About>,
    bytes: Bytes,
) -> Api<(StatusCode, Json<Drafted>)> {
    let by = Keeper::of(&caller.viewer)?;
    let kind = kind(&about.kind)?;
    let name = about.name.unwrap_or_default();
    let id = import::upload(&app, &by, caller.now, kind, &name, bytes, None).await?;
    Ok((StatusCode::CREATED, Json(Drafted { id })))
}

fn kind(name: &str) -> Result<Kind, Error> {
    Kind::named(name).ok_or_else(|| Error::field("registry.kind-missing", "kind"))
}

/// An import and how it stands.
#[utoipa::path(get, path = "/api/v1/registry/imports/{id}", tag = "registry", params(("id" = String, Path)),
    responses((status = 200, body = Import)))]
async fn one(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Api<Json<Import>> {
    Ok(Json(import::get(&app.db, &caller.viewer, &id.parse()?).await?))
}

/// Gives a drafted import up; its file stays kept.
#[utoipa::path(delete, path = "/api/v1/registry/imports/{id}", tag = "registry", params(("id" = String, Path)),
    responses((status = 204)))]
async fn give_up(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<StatusCode> {
    let by = Keeper::of(&caller.viewer)?;
    import::drop_draft(&app, &by, caller.now, &id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets which column is which field: field → column name.
#[utoipa::path(put, path = "/api/v1/registry/imports/{id}/mapping", tag = "registry",
    params(("id" = String, Path)), request_body = BTreeMap<String, String>,
    responses((status = 204)))]
async fn map(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(columns): Body<BTreeMap<String, String>>,
) -> Api<StatusCode> {
    let by = Keeper::of(&caller.viewer)?;
    import::map(&app, &by, caller.now, &id.parse()?, &Mapping { columns }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What would become of the rows.
#[derive(Serialize, utoipa::ToSchema)]
struct Preview {
    /// Column names of the file.
    header: Vec<String>,
    /// Field → column name, as guessed or set.
    mapping: BTreeMap<String, String>,
    /// Whether the file cannot be taken in at all as it stands.
    refused: bool,
    /// How many rows would become what.
    counts: Counts,
    /// The first rows of each outcome, and those with findings.
    rows: Vec<RowResult>,
    /// Findings about the file as a whole.
    #[schema(value_type = Vec<Object>)]
    diagnostics: Vec<diag::Diagnostic>,
}

/// Looks at what would become of a drafted import.
#[utoipa::path(get, path = "/api/v1/registry/imports/{id}/preview", tag = "registry",
    params(("id" = String, Path)),
    responses((status = 200, body = Preview)))]
async fn preview(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<Preview>> {
    let by = Keeper::of(&caller.viewer)?;
    let import = import::get(&app.db, &caller.viewer, &id.parse()?).await?;
    let (file, counts, rows) = import::preview(&app, &by, caller.now, &import).await?;
    let refused = file.is_refused();
    Ok(Json(Preview {
        header: file.table.header,
        mapping: file.mapping.columns,
        refused,
        counts,
        rows,
        diagnostics: file.diagnostics,
    }))
}

/// What became of each row of an import that is done.
#[utoipa::path(get, path = "/api/v1/registry/imports/{id}/rows", tag = "registry",
    params(("id" = String, Path), SliceQuery),
    responses((status = 200, body = Slice<RowResult>)))]
async fn rows(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(slice): Query<SliceQuery>,
) -> Api<Json<Slice<RowResult>>> {
    let id: ImportId = id.parse()?;
    import::get(&app.db, &caller.viewer, &id).await?;
    let cursor = Cursor::new(&slice)?;
    let select = cursor.apply(import::rows(&id), "r.line", "r.line > CAST({} AS BIGINT)");
    let rows: Vec<RowResult> = select.fetch(app.db.reader()).await?;
    Ok(Json(cursor.slice(rows, |row| row.line.to_string())))
}

/// Takes a drafted import in: every good row, in one transaction. Answered at
/// once; it is done as a work, to be asked for where `Location` says.
#[utoipa::path(post, path = "/api/v1/registry/imports/{id}/confirm", tag = "registry",
    params(("id" = String, Path)),
    responses((status = 202, body = Work)))]
async fn confirm(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Api<Accepted> {
    let work = import::start(&app, &caller.viewer, caller.now, &id.parse()?).await?;
    Ok(works::accepted(&app, &caller, &work).await?)
}

/// How a file is written.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Written {
    /// `csv` or `xlsx`; `csv` when not given.
    format: Option<String>,
    /// `vi` or `en`: the language of columns and words; `vi` when not given.
    lang: Option<String>,
}

/// Everything of a kind that the caller may see, as a file that can be
/// imported again.
#[utoipa::path(get, path = "/api/v1/registry/export/{kind}", tag = "registry",
    params(("kind" = Kind, Path), Written),
    responses((status = 200, content((Vec<u8> = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
async fn file(
    State(app): State<App>,
    caller: Caller,
    Path(kind): Path<String>,
    Query(written): Query<Written>,
) -> Api<Response> {
    let kind = Kind::named(&kind).ok_or(Error::NotFound)?;
    let lang = written.lang.as_deref().and_then(words::Lang::from_code).unwrap_or_default();
    let scope = caller.viewer.scope();
    let zone = &app.settings.zone;
    let sheet = export(&app.db, scope, kind, lang, zone, caller.now).await?;
    if written.format.as_deref() == Some("xlsx") {
        let bytes = xlsx_file(&sheet)?;
        let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        return Ok(attachment(&format!("{}.xlsx", kind.name()), media, bytes));
    }
    let bytes = csv_file(&sheet)?;
    Ok(attachment(&format!("{}.csv", kind.name()), "text/csv; charset=utf-8", bytes))
}
