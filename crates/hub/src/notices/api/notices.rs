//! `/api/v1/notices`.

use axum::{
    Json,
    extract::{Path, Query, State as Server},
    http::StatusCode,
    response::Response,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::id;
use crate::{
    App, Error,
    api::{Api, Body, Caller, Cursor, Slice, SliceQuery},
    ids::UnitId,
    notices::{
        Channel, Event, Leg, Link, LinkId, Notice, NoticeId, State,
        draft::{self, Edit},
        files,
        hand_over::{self as handing, HandedOver},
        link, read,
        send::{self as sending, Sending},
    },
    registry::ContactId,
    web,
};

/// Which notices are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Where they stand.
    state: Option<State>,
    /// Of which unit.
    unit: Option<UnitId>,
    /// About which room's things.
    noun: Option<String>,
    /// About which thing.
    about: Option<String>,
}

/// The notices that the caller may see.
#[utoipa::path(get, path = "/api/v1/notices", tag = "notices", operation_id = "notices_list",
    params(SliceQuery, Wanted), responses((status = 200, body = Slice<Notice>)))]
pub(super) async fn list(
    Server(app): Server<App>,
    caller: Caller,
    Query(query): Query<SliceQuery>,
    Query(wanted): Query<Wanted>,
) -> Api<Json<Slice<Notice>>> {
    let cursor = Cursor::new(&query)?;
    let select = read::select(caller.viewer.scope())
        .and_if("n.state = {}", wanted.state.map(State::name))
        .and_if("n.unit_id = {}", wanted.unit.map(|unit| unit.to_string()))
        .and_if("n.about_noun = {}", wanted.noun)
        .and_if("n.about_id = {}", wanted.about);
    let rows: Vec<Notice> =
        cursor.apply(select, "n.id", "n.id > {}").fetch(app.db.reader()).await?;
    Ok(Json(cursor.slice(rows, |row| row.id.to_string())))
}

/// A notice with all that happened to it.
#[derive(Serialize, ToSchema)]
pub(super) struct Whole {
    notice: Notice,
    /// The ways it went; for the province only.
    legs: Vec<Leg>,
    /// What happened; for the province only.
    events: Vec<Event>,
    /// Its reply links, without their secrets; for the province only.
    links: Vec<Link>,
}

/// A notice.
#[utoipa::path(get, path = "/api/v1/notices/{id}", tag = "notices", operation_id = "notices_show",
    params(("id" = String, Path,)), responses((status = 200, body = Whole)))]
pub(super) async fn show(
    Server(app): Server<App>,
    caller: Caller,
    Path(notice): Path<String>,
) -> Api<Json<Whole>> {
    Ok(Json(whole(&app, &caller, &id(&notice)?).await?))
}

async fn whole(app: &App, caller: &Caller, id: &NoticeId) -> crate::Result<Whole> {
    let notice = read::get(&app.db, caller.viewer.scope(), id).await?;
    if !caller.viewer.role.is_province() {
        return Ok(Whole { notice, legs: Vec::new(), events: Vec::new(), links: Vec::new() });
    }
    Ok(Whole {
        notice,
        legs: read::legs(&app.db, id).await?,
        events: read::events(&app.db, id).await?,
        links: read::links(&app.db, id).await?,
    })
}

/// New words for a draft.
#[derive(Deserialize, ToSchema)]
pub(super) struct Words {
    /// Subject line.
    subject: String,
    /// Text; `{{link}}` must stay in it.
    body: String,
    /// Last day for an answer.
    #[schema(value_type = String, format = Date)]
    due_on: Date,
}

/// Changes a draft.
#[utoipa::path(put, path = "/api/v1/notices/{id}", tag = "notices", operation_id = "notices_change",
    params(("id" = String, Path,)), request_body = Words, responses((status = 200, body = Whole)))]
pub(super) async fn change(
    Server(app): Server<App>,
    caller: Caller,
    Path(notice): Path<String>,
    Body(body): Body<Words>,
) -> Api<Json<Whole>> {
    let by = caller.viewer.watch()?;
    let id = id(&notice)?;
    let new = Edit { subject: body.subject, body: body.body, due_on: body.due_on };
    draft::edit(&app.db, &by, caller.now, &id, &new).await?;
    Ok(Json(whole(&app, &caller, &id).await?))
}

/// How to send.
#[derive(Deserialize, ToSchema)]
pub(super) struct SendBody {
    /// To which contacts; empty for the first that can be reached.
    #[serde(default)]
    contacts: Vec<ContactId>,
    /// Why the unit is told again within seven days.
    #[serde(default)]
    forced: Option<String>,
}

/// Sends a notice by mail, or sends it again.
#[utoipa::path(post, path = "/api/v1/notices/{id}/send", tag = "notices", operation_id = "notices_send",
    params(("id" = String, Path,)), request_body = SendBody, responses(
    (status = 200, body = Whole),
))]
pub(super) async fn send(
    Server(app): Server<App>,
    caller: Caller,
    Path(notice): Path<String>,
    Body(body): Body<SendBody>,
) -> Api<Json<Whole>> {
    let by = caller.viewer.watch()?;
    let id = id(&notice)?;
    let how = Sending { contacts: body.contacts, forced: body.forced };
    sending::send(&app, &by, caller.now, &id, &how).await?;
    Ok(Json(whole(&app, &caller, &id).await?))
}

/// Which notices to send.
#[derive(Deserialize, ToSchema)]
pub(super) struct ManyBody {
    /// The notices.
    ids: Vec<NoticeId>,
    /// Why units are told again within seven days.
    #[serde(default)]
    forced: Option<String>,
}

/// What became of one of them.
#[derive(Serialize, ToSchema)]
pub(super) struct Sent {
    /// The notice.
    id: NoticeId,
    /// Its number.
    code: String,
    /// Code of what kept it from being sent.
    error: Option<String>,
}

/// Sends several notices, each to its first contact that can be reached.
#[utoipa::path(post, path = "/api/v1/notices/send", tag = "notices", operation_id = "notices_send_many",
    request_body = ManyBody, responses((status = 200, body = Vec<Sent>)))]
pub(super) async fn send_many(
    Server(app): Server<App>,
    caller: Caller,
    Body(body): Body<ManyBody>,
) -> Api<Json<Vec<Sent>>> {
    let by = caller.viewer.watch()?;
    let outcomes = sending::many(&app, &by, caller.now, &body.ids, body.forced).await?;
    let sent = |outcome: sending::Outcome| Sent {
        id: outcome.id,
        code: outcome.code,
        error: outcome.error.map(|found| found.code.to_string()),
    };
    Ok(Json(outcomes.into_iter().map(sent).collect()))
}

/// A handing over.
#[derive(Deserialize, ToSchema)]
pub(super) struct HandBody {
    /// On which way; not `mail`.
    channel: Channel,
    /// Who took it.
    to: String,
    /// When; now when not given.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// Anything else.
    #[serde(default)]
    note: String,
}

/// Notes that a notice was handed over by a person.
#[utoipa::path(post, path = "/api/v1/notices/{id}/hand-over", tag = "notices", operation_id = "notices_hand_over",
    params(("id" = String, Path,)), request_body = HandBody, responses((status = 200, body = Whole)))]
pub(super) async fn hand_over(
    Server(app): Server<App>,
    caller: Caller,
    Path(notice): Path<String>,
    Body(body): Body<HandBody>,
) -> Api<Json<Whole>> {
    let by = caller.viewer.watch()?;
    let id = id(&notice)?;
    let at = body.at.unwrap_or(caller.now);
    let what = HandedOver { channel: body.channel, to: body.to, at, note: body.note };
    handing::hand_over(&app, &by, caller.now, &id, &what).await?;
    Ok(Json(whole(&app, &caller, &id).await?))
}

/// Takes a draft back.
#[utoipa::path(post, path = "/api/v1/notices/{id}/withdraw", tag = "notices", operation_id = "notices_withdraw",
    params(("id" = String, Path,)), responses((status = 204)))]
pub(super) async fn withdraw(
    Server(app): Server<App>,
    caller: Caller,
    Path(notice): Path<String>,
) -> Api<StatusCode> {
    let by = caller.viewer.watch()?;
    draft::withdraw(&app.db, &by, caller.now, &id(&notice)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which link.
#[derive(Deserialize, ToSchema)]
pub(super) struct RevokeBody {
    /// The link; all of the notice when not given.
    link: Option<LinkId>,
}

/// Revokes a reply link of a notice, or all of them.
#[utoipa::path(post, path = "/api/v1/notices/{id}/revoke", tag = "notices", operation_id = "notices_revoke",
    params(("id" = String, Path,)), request_body = RevokeBody, responses((status = 204)))]
pub(super) async fn revoke(
    Server(app): Server<App>,
    caller: Caller,
    Path(notice): Path<String>,
    Body(body): Body<RevokeBody>,
) -> Api<StatusCode> {
    let by = caller.viewer.watch()?;
    link::revoke(&app.db, &by, caller.now, &id(&notice)?, body.link.as_ref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives the reply links of a notice another thirty days.
#[utoipa::path(post, path = "/api/v1/notices/{id}/renew", tag = "notices", operation_id = "notices_renew",
    params(("id" = String, Path,)), responses((status = 204)))]
pub(super) async fn renew(
    Server(app): Server<App>,
    caller: Caller,
    Path(notice): Path<String>,
) -> Api<StatusCode> {
    let by = caller.viewer.watch()?;
    link::renew(&app.db, &by, caller.now, &id(&notice)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The notice as a mail for one's own program, with a fresh reply link.
#[utoipa::path(post, path = "/api/v1/notices/{id}/message", tag = "notices", operation_id = "notices_message",
    params(("id" = String, Path,)), responses((status = 200, content_type = "message/rfc822", body = Vec<u8>)))]
pub(super) async fn message(
    Server(app): Server<App>,
    caller: Caller,
    Path(notice): Path<String>,
) -> Api<Response> {
    let by = caller.viewer.watch()?;
    let (name, bytes) = files::eml(&app, &by, caller.now, &id(&notice)?).await?;
    Ok(web::attachment(&name, "message/rfc822", bytes))
}

/// The rows of the unit, as the notice carries them.
#[utoipa::path(get, path = "/api/v1/notices/{id}/file", tag = "notices", operation_id = "notices_file",
    params(("id" = String, Path,)), responses((status = 200, content_type = "text/csv", body = Vec<u8>)))]
pub(super) async fn file(
    Server(app): Server<App>,
    caller: Caller,
    Path(notice): Path<String>,
) -> Api<Response> {
    let notice = read::get(&app.db, caller.viewer.scope(), &id(&notice)?).await?;
    let file = files::attachment(&app, &notice).await?.ok_or(Error::NotFound)?;
    Ok(web::attachment(&file.name, file.kind, file.bytes))
}
