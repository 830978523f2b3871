//! `/api/v1/alerts`.

use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Query, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    AlertId, acknowledge as acknowledging, bundle as bundles,
    close::{self as closing, Close},
    note::{self, Note},
    place as placing,
    posted::Detection,
    raise::{self as raising, About, Told},
    read::{self, Kept, Shown},
    rules::Fate,
};
use crate::{
    App, Error,
    access::Over,
    api::{Api, Body, Caller, Cursor, ProblemItem, Slice, SliceQuery},
    registry::HostId,
    store::At,
    web::{UPLOAD_LIMIT, attachment},
};

/// The room's part of the API.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, raise))
        .routes(routes!(show))
        .routes(routes!(detections))
        .routes(routes!(acknowledge))
        .routes(routes!(close))
        .routes(routes!(add_note))
        .routes(routes!(place))
        .routes(routes!(bundle))
        .layer(DefaultBodyLimit::max(UPLOAD_LIMIT))
}

/// Which alerts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Where the slice begins: the `next` of the slice before.
    cursor: Option<String>,
    /// Rows wanted, 1 to 500; 100 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// Only this state.
    state: Option<String>,
    /// Only this level.
    level: Option<String>,
    /// Only this unit's.
    unit: Option<String>,
    /// Only this machine's.
    host: Option<String>,
    /// Only those raised on this case.
    case: Option<String>,
}

/// Alerts in the order of their making.
#[utoipa::path(get, path = "/api/v1/alerts", tag = "alerts", params(Filter), responses((status = 200, body = Slice<Shown>)))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<Filter>,
) -> Api<Json<Slice<Shown>>> {
    let cursor = Cursor::new(&SliceQuery { cursor: query.cursor, limit: query.limit })?;
    let select = read::select(caller.viewer.scope())
        .and_if("a.state = {}", query.state)
        .and_if("a.level = {}", query.level)
        .and_if("a.unit_id = {}", query.unit)
        .and_if("a.host_id = {}", query.host)
        .and_if("a.case_ref = {}", query.case);
    let rows: Vec<Shown> = cursor.apply(select, "a.id", "a.id > {}").fetch(app.db.reader()).await?;
    Ok(Json(cursor.slice(rows, |row| row.alert.id.to_string())))
}

/// What is said of all detections of a body.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AboutQuery {
    /// Code of the unit whose machines they are about. A name in a log does not
    /// say whose it is: without a unit the province's alerts wait for somebody
    /// to say; a unit's token has its units.
    unit: Option<String>,
    /// The machine, in place of what the log says: its name or an address.
    host: Option<String>,
    /// The case they belong to, at most 100 characters.
    case: Option<String>,
}

/// What became of the lines of a body.
#[derive(Serialize, ToSchema)]
#[schema(as = AlertsRaised)]
struct Raised {
    /// Lines that began an alert.
    created: usize,
    /// Lines that joined one.
    grouped: usize,
    /// Lines that were posted before; they add nothing.
    known: usize,
    /// Lines that were not taken.
    refused: usize,
    /// Line by line.
    items: Vec<RaisedItem>,
}

/// What became of a line.
#[derive(Serialize, ToSchema)]
#[schema(as = AlertsRaisedItem)]
struct RaisedItem {
    /// Its number in the body, from 1; blank lines count.
    line: u64,
    /// What became of it.
    result: Fate,
    /// The alert that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<AlertId>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemItem>,
}

impl From<Vec<Told>> for Raised {
    fn from(told: Vec<Told>) -> Self {
        let count = |fate| told.iter().filter(|one| one.fate == fate).count();
        Self {
            created: count(Fate::Created),
            grouped: count(Fate::Grouped),
            known: count(Fate::Known),
            refused: count(Fate::Refused),
            items: told.iter().map(RaisedItem::from).collect(),
        }
    }
}

impl From<&Told> for RaisedItem {
    fn from(told: &Told) -> Self {
        Self {
            line: told.line,
            result: told.fate,
            alert: told.alert.clone(),
            errors: told.found.iter().map(|found| ProblemItem::new(found)).collect(),
        }
    }
}

/// Raises alerts for detections.
///
/// The body is JSON lines, one detection a line, as `thapcanh hunt --format
/// jsonl` writes them; at most 5,000. Detections of one rule on one machine for
/// one case make one alert, while it is open. The same detection twice (the
/// same file, record and rule) adds nothing, so a post may be repeated. A line
/// that cannot be taken fails alone and is answered with why.
#[utoipa::path(post, path = "/api/v1/alerts", tag = "alerts", params(AboutQuery),
    request_body(content = Vec<Detection>, content_type = "application/x-ndjson",
        description = "One detection a line, not an array."),
    responses((status = 200, body = Raised)))]
async fn raise(
    State(app): State<App>,
    caller: Caller,
    Query(about): Query<AboutQuery>,
    body: Bytes,
) -> Api<Json<Raised>> {
    let by = Over::of(&caller.viewer)?;
    let about = About { unit: about.unit, host: about.host, case: about.case };
    let told = raising::raise(&app, &by, caller.now, &body, &about).await?;
    Ok(Json(told.into()))
}

/// An alert with its notes.
#[derive(Serialize, ToSchema)]
#[schema(as = AlertWhole)]
struct Whole {
    #[serde(flatten)]
    alert: Shown,
    /// Oldest first.
    notes: Vec<Note>,
}

/// One alert.
#[utoipa::path(get, path = "/api/v1/alerts/{id}", tag = "alerts", params(("id" = String, Path)), responses((status = 200, body = Whole)))]
async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Api<Json<Whole>> {
    Ok(Json(whole(&app, &caller, &id.parse()?).await?))
}

async fn whole(app: &App, caller: &Caller, id: &AlertId) -> Result<Whole, Error> {
    let scope = caller.viewer.scope();
    let alert = read::get(&app.db, scope, id).await?;
    let notes = note::of(&app.db, scope, id).await?;
    Ok(Whole { alert, notes })
}

/// A detection of an alert.
#[derive(Serialize, ToSchema)]
#[schema(as = AlertDetection)]
struct DetectionShown {
    /// Identifier.
    id: String,
    /// Digest of the file it was found in.
    source_sha256: String,
    /// When it was posted.
    posted_at: At,
    /// By whom.
    posted_by: String,
    /// The line as it was posted.
    raw: String,
}

impl From<Kept> for DetectionShown {
    fn from(kept: Kept) -> Self {
        let Kept { id, source_sha256, raw, posted_at, posted_by } = kept;
        Self { id, source_sha256, posted_at, posted_by, raw }
    }
}

/// The detections of an alert as they were posted.
#[utoipa::path(get, path = "/api/v1/alerts/{id}/detections", tag = "alerts",
    params(("id" = String, Path), SliceQuery), responses((status = 200, body = Slice<DetectionShown>)))]
async fn detections(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<SliceQuery>,
) -> Api<Json<Slice<DetectionShown>>> {
    let cursor = Cursor::new(&query)?;
    let alert = read::get(&app.db, caller.viewer.scope(), &id.parse()?).await?.alert;
    let select =
        read::detections(caller.viewer.scope()).and("d.alert_id = {}", [alert.id.as_str()]);
    let kept: Vec<Kept> = cursor.apply(select, "d.id", "d.id > {}").fetch(app.db.reader()).await?;
    let Slice { items, next } = cursor.slice(kept, |one| one.id.clone());
    Ok(Json(Slice { items: items.into_iter().map(Into::into).collect(), next }))
}

/// Takes an alert on.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/acknowledge", tag = "alerts", params(("id" = String, Path)),
    responses((status = 200, body = Whole)))]
async fn acknowledge(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<Whole>> {
    let (by, id) = (caller.viewer.watch()?, id.parse()?);
    acknowledging::acknowledge(&app, &by, caller.now, &id).await?;
    Ok(Json(whole(&app, &caller, &id).await?))
}

/// Answers for an alert.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/close", tag = "alerts", params(("id" = String, Path)),
    request_body = Close, responses((status = 200, body = Whole)))]
async fn close(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(why): Body<Close>,
) -> Api<Json<Whole>> {
    let (by, id) = (caller.viewer.watch()?, id.parse()?);
    closing::close(&app, &by, caller.now, &id, &why).await?;
    Ok(Json(whole(&app, &caller, &id).await?))
}

/// What somebody has to say.
#[derive(Deserialize, ToSchema)]
#[schema(as = AlertNoteBody)]
struct NoteBody {
    /// In words.
    text: String,
}

/// Adds a note; a unit's people may, about an alert on their machine.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/notes", tag = "alerts", params(("id" = String, Path)),
    request_body = NoteBody, responses((status = 204)))]
async fn add_note(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<NoteBody>,
) -> Api<StatusCode> {
    let by = Over::of(&caller.viewer)?;
    note::add(&app, &by, caller.now, &id.parse()?, &body.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The machine of an alert.
#[derive(Deserialize, ToSchema)]
#[schema(as = AlertPlaceBody)]
struct PlaceBody {
    /// A machine of the register.
    host: HostId,
}

/// Says which machine of the register an alert is about, and with it all open
/// ones of the same case whose log calls their machine the same.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/place", tag = "alerts", params(("id" = String, Path)),
    request_body = PlaceBody, responses((status = 200, body = Whole)))]
async fn place(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<PlaceBody>,
) -> Api<Json<Whole>> {
    let (by, id) = (caller.viewer.watch()?, id.parse()?);
    placing::place(&app, &by, caller.now, &id, &body.host).await?;
    Ok(Json(whole(&app, &caller, &id).await?))
}

/// The signed evidence of a closed alert, as a zip.
#[utoipa::path(get, path = "/api/v1/alerts/{id}/bundle", tag = "alerts", params(("id" = String, Path)), responses((status = 200, body = Vec<u8>, content_type = "application/zip")))]
async fn bundle(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Api<Response> {
    let packed = bundles::pack(&app, caller.viewer.scope(), caller.now, &id.parse()?).await?;
    Ok(attachment(&packed.name, "application/zip", packed.bytes))
}
