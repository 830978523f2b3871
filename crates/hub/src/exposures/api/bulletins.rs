//! Packs and letters.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    App, Error,
    api::{Api, Caller, Cursor, Slice, SliceQuery},
    exposures::{
        BulletinId,
        bulletins::{self, Bulletin, letter as letters, load},
        raise,
    },
    web::attachment,
};

/// Every pack and letter, ended ones too; for the province.
#[utoipa::path(get, path = "/api/v1/bulletins", tag = "bulletins", operation_id = "bulletins_list",
    params(SliceQuery), responses((status = 200, body = Slice<Bulletin>)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<SliceQuery>,
) -> Api<Json<Slice<Bulletin>>> {
    province(&caller)?;
    let cursor = Cursor::new(&query)?;
    let select = cursor.apply(bulletins::select(), "b.id", "b.id > {}");
    let rows: Vec<Bulletin> = select.fetch(app.db.reader()).await?;
    Ok(Json(cursor.slice(rows, |row| row.id.to_string())))
}

fn province(caller: &Caller) -> Result<(), Error> {
    if caller.viewer.scope().is_province() { Ok(()) } else { Err(Error::NotFound) }
}

/// A pack or a letter that was loaded.
#[derive(Serialize, ToSchema)]
#[schema(as = BulletinLoaded)]
pub(super) struct Loaded {
    /// Identifier.
    bulletin: BulletinId,
}

/// Loads a signed pack, and judges every host again: its bytes are the body.
#[utoipa::path(post, path = "/api/v1/bulletins", tag = "bulletins", operation_id = "bulletins_upload",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Loaded)))]
pub(super) async fn upload(
    State(app): State<App>,
    caller: Caller,
    bytes: Bytes,
) -> Api<(StatusCode, Json<Loaded>)> {
    let by = caller.viewer.decide()?;
    let bulletin = load::upload(&app, &by, caller.now, bytes.to_vec()).await?;
    raise::due(&app, caller.now).await?;
    Ok((StatusCode::CREATED, Json(Loaded { bulletin })))
}

/// What a letter is called.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct About {
    /// Name of the file.
    name: String,
}

/// Loads a letter that names CVEs: its text is the body.
#[utoipa::path(post, path = "/api/v1/bulletins/letters", tag = "bulletins", operation_id = "bulletins_letter",
    params(About), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Loaded)))]
pub(super) async fn letter(
    State(app): State<App>,
    caller: Caller,
    Query(about): Query<About>,
    bytes: Bytes,
) -> Api<(StatusCode, Json<Loaded>)> {
    let by = caller.viewer.decide()?;
    let bulletin = letters::add(&app, &by, caller.now, &about.name, bytes.to_vec()).await?;
    Ok((StatusCode::CREATED, Json(Loaded { bulletin })))
}

/// Takes a letter out of force.
#[utoipa::path(post, path = "/api/v1/bulletins/{id}/withdraw", tag = "bulletins",
    operation_id = "bulletins_withdraw", params(("id" = String, Path)), responses((status = 204)))]
pub(super) async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<StatusCode> {
    let by = caller.viewer.decide()?;
    letters::withdraw(&app, &by, caller.now, &id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The very bytes of a pack or a letter; for the province.
#[utoipa::path(get, path = "/api/v1/bulletins/{id}/file", tag = "bulletins",
    operation_id = "bulletins_file", params(("id" = String, Path)), responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub(super) async fn file(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Response> {
    province(&caller)?;
    let id: BulletinId = id.parse()?;
    let found: Option<Bulletin> =
        bulletins::select().and("b.id = {}", [id.as_str()]).fetch_first(app.db.reader()).await?;
    let one = found.ok_or(Error::NotFound)?;
    let bytes = app.files.read(&one.sha256).await?;
    let name = format!("{}.bin", one.sha256.get(..16).unwrap_or_default());
    Ok(attachment(&name, "application/octet-stream", bytes))
}
