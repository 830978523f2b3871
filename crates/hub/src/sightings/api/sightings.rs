//! Sightings: what they are, and everything that can be done about one.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    App, Error, Result,
    access::{Answer, Viewer},
    api::{Api, Body, Caller, Cursor, Slice, SliceQuery},
    ids::UnitId,
    sightings::{
        AnswerId, SightingId,
        answer::{self, Attached, Given, Reply},
        bundle as bundles,
        lists::{self, Row},
        locate as locating,
        place::{self as placing, Evidence},
        read::{self, Shown},
        refuse::{self as refusing, Refuse},
        review::Seen,
    },
    web::attachment,
};

/// Which sightings.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Where the slice begins: the `next` of the slice before.
    cursor: Option<String>,
    /// Rows wanted, 1 to 500; 100 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// Only this state.
    state: Option<String>,
    /// Only this unit's.
    unit: Option<String>,
    /// Only this family's.
    family: Option<String>,
    /// Only this address.
    address: Option<String>,
}

/// Sightings in the order of their making.
#[utoipa::path(get, path = "/api/v1/sightings", tag = "sightings", params(Filter), responses((status = 200, body = Slice<Shown>)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<Filter>,
) -> Api<Json<Slice<Shown>>> {
    let cursor = Cursor::new(&SliceQuery { cursor: query.cursor, limit: query.limit })?;
    let select = read::select(caller.viewer.scope())
        .and_if("s.state = {}", query.state)
        .and_if("s.unit_id = {}", query.unit)
        .and_if("s.address = {}", query.address)
        .and_if("s.family_key = {}", query.family.as_deref().map(::lists::family_key));
    let rows: Vec<Shown> = cursor.apply(select, "s.id", "s.id > {}").fetch(app.db.reader()).await?;
    Ok(Json(cursor.slice(rows, |row| row.sighting.id.to_string())))
}

/// A sighting with what feeds saw and what the unit said.
#[derive(Serialize, ToSchema)]
#[schema(as = SightingWhole)]
pub(super) struct Whole {
    #[serde(flatten)]
    sighting: Shown,
    /// Feed by feed.
    seen: Vec<Seen>,
    /// Oldest first.
    answers: Vec<Given>,
}

/// One sighting.
#[utoipa::path(get, path = "/api/v1/sightings/{id}", tag = "sightings", params(("id" = String, Path)), responses((status = 200, body = Whole)))]
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<Whole>> {
    let scope = caller.viewer.scope();
    let sighting = read::get(&app.db, scope, &id.parse()?).await?;
    let seen = read::seen(&app.db, scope, &sighting.sighting.id).await?;
    let answers = answer::of(&app.db, scope, &sighting.sighting.id).await?;
    Ok(Json(Whole { sighting, seen, answers }))
}

/// The rows of a sighting in lists, the latest first; 1,000 at most.
#[utoipa::path(get, path = "/api/v1/sightings/{id}/rows", tag = "sightings", params(("id" = String, Path)), responses((status = 200, body = Vec<Row>)))]
pub(super) async fn rows(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<Vec<lists::Row>>> {
    let scope = caller.viewer.scope();
    let sighting = read::get(&app.db, scope, &id.parse()?).await?;
    Ok(Json(read::rows(&app.db, scope, &sighting.sighting.id, 1_000).await?))
}

/// What helps to decide whose an address is; for the province.
#[utoipa::path(get, path = "/api/v1/sightings/{id}/evidence", tag = "sightings", params(("id" = String, Path)), responses((status = 200, body = Evidence)))]
pub(super) async fn evidence(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<Evidence>> {
    let scope = caller.viewer.scope();
    if !scope.is_province() {
        return Err(Error::NotFound.into());
    }
    let sighting = read::get(&app.db, scope, &id.parse()?).await?;
    Ok(Json(placing::evidence(&app, scope, &sighting.sighting).await?))
}

/// An answer of the unit.
#[derive(Deserialize, ToSchema)]
#[schema(as = SightingAnswerBody)]
pub(super) struct AnswerBody {
    /// What is said.
    reply: Reply,
    /// A file that goes with it.
    file: Option<FileBody>,
}

/// A file within a body.
#[derive(Deserialize, ToSchema)]
#[schema(as = SightingFileBody)]
pub(super) struct FileBody {
    /// Its name, to be shown.
    name: String,
    /// Its bytes in base64.
    content: String,
}

/// An answer taken down.
#[derive(Serialize, ToSchema)]
#[schema(as = SightingAnswerMade)]
pub(super) struct Made {
    /// Identifier.
    id: AnswerId,
}

/// The right to answer for the sighting's unit, and the sighting itself.
async fn right(app: &App, viewer: &Viewer, id: &str) -> Result<(Answer, SightingId)> {
    let shown = read::get(&app.db, viewer.scope(), &id.parse()?).await?;
    let unit = shown.sighting.unit_id.ok_or(Error::NotFound)?;
    Ok((viewer.answer(&unit)?, shown.sighting.id))
}

/// Answers for the unit: cleaned, not ours, false alarm, need help.
#[utoipa::path(post, path = "/api/v1/sightings/{id}/answers", tag = "sightings", params(("id" = String, Path)),
    request_body = AnswerBody, responses((status = 201, body = Made)))]
pub(super) async fn answer(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<AnswerBody>,
) -> Api<(StatusCode, Json<Made>)> {
    let (by, id) = right(&app, &caller.viewer, &id).await?;
    let file = body.file.map(attached).transpose()?;
    let id = answer::give(&app, &by, caller.now, &id, &body.reply, file).await?;
    Ok((StatusCode::CREATED, Json(Made { id })))
}

fn attached(file: FileBody) -> Result<Attached> {
    let bytes = STANDARD
        .decode(file.content)
        .map_err(|_| Error::field("sightings.file-missing", "file.content"))?;
    Ok(Attached { name: file.name, bytes })
}

/// A machine by name.
#[derive(Deserialize, ToSchema)]
#[schema(as = SightingHostBody)]
pub(super) struct HostBody {
    /// Name of the machine, or of several joined by commas.
    host: String,
}

/// Names the machine behind the address.
#[utoipa::path(post, path = "/api/v1/sightings/{id}/host", tag = "sightings", params(("id" = String, Path)),
    request_body = HostBody, responses((status = 204)))]
pub(super) async fn locate(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<HostBody>,
) -> Api<StatusCode> {
    let (by, id) = right(&app, &caller.viewer, &id).await?;
    locating::locate(&app, &by, caller.now, &id, &body.host).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whose it is, and why.
#[derive(Deserialize, ToSchema)]
#[schema(as = SightingPlaceBody)]
pub(super) struct PlaceBody {
    /// The unit.
    unit: UnitId,
    /// Why.
    #[serde(default)]
    reason: String,
}

/// Says whose the address is.
#[utoipa::path(post, path = "/api/v1/sightings/{id}/place", tag = "sightings", params(("id" = String, Path)),
    request_body = PlaceBody, responses((status = 200, body = Shown)))]
pub(super) async fn place(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<PlaceBody>,
) -> Api<Json<Shown>> {
    let by = caller.viewer.watch()?;
    let id: SightingId = id.parse()?;
    placing::place(&app, &by, caller.now, std::slice::from_ref(&id), &body.unit, &body.reason)
        .await?;
    Ok(Json(read::get(&app.db, caller.viewer.scope(), &id).await?))
}

/// How many sightings found their unit.
#[derive(Serialize, ToSchema)]
#[schema(as = SightingsMoved)]
pub(super) struct Moved {
    /// Wholly or in part.
    moved: usize,
}

/// Asks the register again about everything in the queue.
#[utoipa::path(post, path = "/api/v1/sightings/ask-register", tag = "sightings", responses((status = 200, body = Moved)))]
pub(super) async fn ask_register(State(app): State<App>, caller: Caller) -> Api<Json<Moved>> {
    let by = caller.viewer.watch()?;
    let moved = placing::ask_again(&app, &by, caller.now).await?;
    Ok(Json(Moved { moved }))
}

/// Sets a sighting aside.
#[utoipa::path(post, path = "/api/v1/sightings/{id}/refuse", tag = "sightings", params(("id" = String, Path)),
    request_body = Refuse, responses((status = 204)))]
pub(super) async fn refuse(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<Refuse>,
) -> Api<StatusCode> {
    let by = caller.viewer.decide()?;
    refusing::refuse(&app, &by, caller.now, &id.parse()?, &body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A reason.
#[derive(Deserialize, ToSchema)]
#[schema(as = SightingReasonBody)]
pub(super) struct ReasonBody {
    /// In words.
    reason: String,
}

/// Does not agree with the unit's answer.
#[utoipa::path(post, path = "/api/v1/sightings/{id}/decline", tag = "sightings", params(("id" = String, Path)),
    request_body = ReasonBody, responses((status = 204)))]
pub(super) async fn decline(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<ReasonBody>,
) -> Api<StatusCode> {
    let by = caller.viewer.decide()?;
    refusing::decline(&app, &by, caller.now, &id.parse()?, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Opens a sighting again.
#[utoipa::path(post, path = "/api/v1/sightings/{id}/reopen", tag = "sightings", params(("id" = String, Path)),
    request_body = ReasonBody, responses((status = 204)))]
pub(super) async fn reopen(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<ReasonBody>,
) -> Api<StatusCode> {
    let by = caller.viewer.decide()?;
    refusing::reopen(&app, &by, caller.now, &id.parse()?, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The signed evidence of a closed sighting, as a zip.
#[utoipa::path(get, path = "/api/v1/sightings/{id}/bundle", tag = "sightings", params(("id" = String, Path)), responses((status = 200, body = Vec<u8>, content_type = "application/zip")))]
pub(super) async fn bundle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Response> {
    let scope = caller.viewer.scope();
    let packed = bundles::pack(&app, scope, caller.now, &id.parse()?).await?;
    Ok(attachment(&packed.name, "application/zip", packed.bytes))
}
