//! Letters: written, issued, followed, closed.

use axum::{
    Json,
    extract::{Path, Query, State as Shared},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Made,
    views::{DemandView, DirectiveView, FileView, WholeDirective},
};
use crate::{
    App, Error,
    access::Decide,
    api::{Api, Body, Caller, Cursor, Slice, SliceQuery},
    directives::{
        Directive, DirectiveId, Text,
        board::{self as the_board, Board},
        close as closing,
        draft::{self, Letter},
        issue as issuing, read,
        snapshot::{self, Point},
    },
};

/// The letters the caller may see.
#[utoipa::path(get, path = "/api/v1/directives", tag = "directives", params(SliceQuery), responses((status = 200, body = Slice<DirectiveView>)))]
pub(super) async fn list(
    Shared(app): Shared<App>,
    caller: Caller,
    Query(query): Query<SliceQuery>,
) -> Api<Json<Slice<DirectiveView>>> {
    let cursor = Cursor::new(&query)?;
    let select = read::directives(&app.db, caller.viewer.scope()).await?;
    let rows: Vec<Directive> =
        cursor.apply(select, "d.id", "d.id > {}").fetch(app.db.reader()).await?;
    let views = rows.into_iter().map(DirectiveView::from).collect();
    Ok(Json(cursor.slice(views, |row| row.id.to_string())))
}

/// Makes a draft.
#[utoipa::path(post, path = "/api/v1/directives", tag = "directives", request_body = Letter, responses((status = 201, body = Made)))]
pub(super) async fn make(
    Shared(app): Shared<App>,
    caller: Caller,
    Body(letter): Body<Letter>,
) -> Api<(StatusCode, Json<Made>)> {
    let by = caller.viewer.decide()?;
    let id = draft::create(&app.db, &by, caller.now, &letter).await?;
    Ok((StatusCode::CREATED, Json(Made { id: id.to_string() })))
}

/// A letter that came as a pack.
#[derive(Serialize, ToSchema)]
pub(super) struct PackView {
    /// Name of the pack.
    name: String,
    /// Number of the letter.
    number: String,
    /// What it is about.
    title: Text,
    /// How much it asks.
    demands: usize,
    /// What in it is assumed or was never verified.
    unverified: Vec<String>,
}

/// The letters that came as packs.
#[utoipa::path(get, path = "/api/v1/directives/packs", tag = "directives", responses((status = 200, body = [PackView])))]
pub(super) async fn packs(Shared(app): Shared<App>, caller: Caller) -> Api<Json<Vec<PackView>>> {
    caller.viewer.decide()?;
    let (letters, _) = draft::from_packs(&app).await?;
    let view = |one: packs::Directive| PackView {
        name: one.pack.name,
        number: one.number,
        title: one.title.into(),
        demands: one.demands.len(),
        unverified: one.pack.unverified,
    };
    Ok(Json(letters.into_iter().map(view).collect()))
}

/// Makes a draft of everything a pack says.
#[utoipa::path(post, path = "/api/v1/directives/packs/{name}", tag = "directives",
    params(("name" = String, Path, description = "Name of the pack")), responses((status = 201, body = Made)))]
pub(super) async fn make_from_pack(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Api<(StatusCode, Json<Made>)> {
    let by = caller.viewer.decide()?;
    let (letters, _) = draft::from_packs(&app).await?;
    let pack = letters.into_iter().find(|one| one.pack.name == name).ok_or(Error::NotFound)?;
    let id = draft::from_pack(&app.db, &by, caller.now, pack, &app.settings.zone).await?;
    Ok((StatusCode::CREATED, Json(Made { id: id.to_string() })))
}

/// A letter with what it asks.
#[utoipa::path(get, path = "/api/v1/directives/{id}", tag = "directives",
    params(("id" = String, Path, description = "The letter")), responses((status = 200, body = WholeDirective)))]
pub(super) async fn show(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<WholeDirective>> {
    let letter = read::directive(&app.db, caller.viewer.scope(), &id.parse()?).await?;
    let demands = read::demands(&app.db, &letter.id).await?;
    let files = read::attachments(&app.db, &letter.id).await?;
    Ok(Json(WholeDirective {
        demands: demands.iter().map(DemandView::from).collect(),
        files: files.into_iter().map(FileView::from).collect(),
        directive: letter.into(),
    }))
}

/// Changes a draft.
#[utoipa::path(put, path = "/api/v1/directives/{id}", tag = "directives",
    params(("id" = String, Path, description = "The draft")), request_body = Letter, responses((status = 204)))]
pub(super) async fn edit(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(letter): Body<Letter>,
) -> Api<StatusCode> {
    let (by, id) = deciding(&app, &caller, &id).await?;
    draft::edit(&app.db, &by, caller.now, &id, &letter).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Throws a draft away.
#[utoipa::path(delete, path = "/api/v1/directives/{id}", tag = "directives",
    params(("id" = String, Path, description = "The draft")), responses((status = 204)))]
pub(super) async fn discard(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<StatusCode> {
    let (by, id) = deciding(&app, &caller, &id).await?;
    draft::discard(&app.db, &by, caller.now, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Issues a draft: every unit that a demand covers has a task.
#[utoipa::path(post, path = "/api/v1/directives/{id}/issue", tag = "directives",
    params(("id" = String, Path, description = "The draft")), responses((status = 204)))]
pub(super) async fn issue(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<StatusCode> {
    let (by, id) = deciding(&app, &caller, &id).await?;
    issuing::issue(&app.db, &by, caller.now, &id, &app.settings.zone).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A reason.
#[derive(Deserialize, ToSchema)]
pub(super) struct Because {
    /// Why.
    reason: String,
}

/// Closes a letter: its board stands as it is now.
#[utoipa::path(post, path = "/api/v1/directives/{id}/close", tag = "directives",
    params(("id" = String, Path, description = "The letter")), request_body = Because, responses((status = 204)))]
pub(super) async fn close(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(because): Body<Because>,
) -> Api<StatusCode> {
    let (by, id) = deciding(&app, &caller, &id).await?;
    closing::close(&app, &by, caller.now, &id, &because.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A file handed in as JSON.
#[derive(Deserialize, ToSchema)]
pub(super) struct FileBody {
    /// Its name, to be shown.
    pub(super) name: String,
    /// Its bytes, in base64.
    pub(super) content: String,
}

impl FileBody {
    /// The bytes.
    pub(super) fn bytes(&self) -> crate::Result<Vec<u8>> {
        let decoded = STANDARD.decode(&self.content);
        decoded.map_err(|_| Error::field("directives.file-unreadable", "content"))
    }
}

/// Keeps a file that came with a letter.
#[utoipa::path(post, path = "/api/v1/directives/{id}/files", tag = "directives",
    params(("id" = String, Path, description = "The letter")), request_body = FileBody, responses((status = 204)))]
pub(super) async fn attach(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(file): Body<FileBody>,
) -> Api<StatusCode> {
    let (by, id) = deciding(&app, &caller, &id).await?;
    draft::attach(&app, &by, caller.now, &id, (&file.name, file.bytes()?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The bytes of a file that came with a letter.
#[utoipa::path(get, path = "/api/v1/directives/{id}/files/{sha256}", tag = "directives",
    params(("id" = String, Path, description = "The letter"), ("sha256" = String, Path, description = "Digest of the file")),
    responses((status = 200, body = [u8], content_type = "application/octet-stream")))]
pub(super) async fn file(
    Shared(app): Shared<App>,
    caller: Caller,
    Path((id, sha256)): Path<(String, String)>,
) -> Api<Response> {
    let id = existing(&app, &caller, &id).await?;
    let files = read::attachments(&app.db, &id).await?;
    let found = files.iter().find(|file| file.sha256 == sha256).ok_or(Error::NotFound)?;
    bytes(&app, &found.sha256).await
}

/// A kept file's bytes as an answer.
pub(super) async fn bytes(app: &App, sha256: &str) -> Api<Response> {
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok((kind, app.files.read(sha256).await?).into_response())
}

/// A letter's board now: units × demands.
#[utoipa::path(get, path = "/api/v1/directives/{id}/board", tag = "directives",
    params(("id" = String, Path, description = "The letter")), responses((status = 200, body = Board)))]
pub(super) async fn board(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<Board>> {
    let scope = caller.viewer.scope();
    let board = the_board::read(&app, scope, &id.parse()?, caller.now).await?;
    Ok(Json(Board::clone(&board)))
}

/// How many cells were in which state, by day.
#[utoipa::path(get, path = "/api/v1/directives/{id}/trend", tag = "directives",
    params(("id" = String, Path, description = "The letter")), responses((status = 200, body = [Point])))]
pub(super) async fn trend(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<Vec<Point>>> {
    let id = existing(&app, &caller, &id).await?;
    Ok(Json(snapshot::trend(&app.db, caller.viewer.scope(), &id).await?))
}

/// A letter that the caller may see.
pub(super) async fn existing(app: &App, caller: &Caller, id: &str) -> crate::Result<DirectiveId> {
    Ok(read::directive(&app.db, caller.viewer.scope(), &id.parse()?).await?.id)
}

/// The right to decide, and a letter that the caller may see.
pub(super) async fn deciding(
    app: &App,
    caller: &Caller,
    id: &str,
) -> crate::Result<(Decide, DirectiveId)> {
    Ok((caller.viewer.decide()?, existing(app, caller, id).await?))
}
