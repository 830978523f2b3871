//! `/api/v1/bounces` and `/api/v1/mail-server`.

use axum::{
    Json,
    body::Bytes,
    extract::{Query, State as Server},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::id;
use crate::{
    App, Error,
    api::{Api, Body, Caller, Cursor, Slice, SliceQuery},
    installation::{self, MailSecurity, MailServer},
    notify::{
        Fate,
        bounce::Kind,
        bounces::{self, Bounce},
        settings,
    },
};

/// Which messages are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// What they are.
    kind: Option<Kind>,
}

/// The messages that came in; for the province.
#[utoipa::path(get, path = "/api/v1/bounces", tag = "notices", operation_id = "bounces_list",
    params(SliceQuery, Wanted), responses((status = 200, body = Slice<Bounce>)))]
pub(super) async fn list(
    Server(app): Server<App>,
    caller: Caller,
    Query(query): Query<SliceQuery>,
    Query(wanted): Query<Wanted>,
) -> Api<Json<Slice<Bounce>>> {
    if !caller.viewer.role.is_province() {
        return Err(Error::Forbidden.into());
    }
    let cursor = Cursor::new(&query)?;
    let select = bounces::select().and_if("b.kind = {}", wanted.kind.map(Kind::name));
    let rows: Vec<Bounce> =
        cursor.apply(select, "b.id", "b.id > {}").fetch(app.db.reader()).await?;
    Ok(Json(cursor.slice(rows, |row| row.id.to_string())))
}

/// Takes in a message, as its bytes. The same message twice counts once.
#[utoipa::path(post, path = "/api/v1/bounces", tag = "notices", operation_id = "bounces_take_in",
    request_body(content = Vec<u8>, content_type = "message/rfc822"), responses((status = 201, body = Bounce)))]
pub(super) async fn take_in(
    Server(app): Server<App>,
    caller: Caller,
    bytes: Bytes,
) -> Api<(StatusCode, Json<Bounce>)> {
    let by = caller.viewer.watch()?;
    if bytes.is_empty() {
        return Err(Error::field("notices.file-missing", "body").into());
    }
    let bounce = bounces::take_in(&app, &by, caller.now, "message.eml", bytes.into()).await?;
    Ok((StatusCode::CREATED, Json(bounce)))
}

/// Says that a message needs nothing more.
#[utoipa::path(post, path = "/api/v1/bounces/{id}/settle", tag = "notices", operation_id = "bounces_settle",
    params(("id" = String, Path,)), responses((status = 204)))]
pub(super) async fn settle(
    Server(app): Server<App>,
    caller: Caller,
    axum::extract::Path(bounce): axum::extract::Path<String>,
) -> Api<StatusCode> {
    let by = caller.viewer.watch()?;
    bounces::settle(&app.db, &by, caller.now, &id(&bounce)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The mail server. Its password is never told.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct ServerView {
    /// Host name or address.
    host: String,
    /// Port.
    port: u16,
    /// How the line is protected: `start_tls`, `tls`, or `none` to this machine only.
    #[schema(value_type = String)]
    security: MailSecurity,
    /// Login, if it asks for one.
    login: Option<String>,
    /// Sender, as `Name <box@canh.example>`.
    from: String,
    /// Taken, never given: absent keeps the old one.
    #[serde(default, skip_serializing)]
    password: Option<String>,
}

impl From<MailServer> for ServerView {
    fn from(server: MailServer) -> Self {
        let MailServer { host, port, security, login, from, .. } = server;
        Self { host, port, security, login, from, password: None }
    }
}

/// The mail server that notices go out by; for the administrator.
#[utoipa::path(get, path = "/api/v1/mail-server", tag = "notices", operation_id = "mail_server",
    responses((status = 200, body = ServerView)))]
pub(super) async fn server(Server(app): Server<App>, caller: Caller) -> Api<Json<ServerView>> {
    caller.viewer.administer()?;
    let server = installation::read(&app.db).await?.mail.ok_or(Error::NotFound)?;
    Ok(Json(server.into()))
}

/// Sets the mail server.
#[utoipa::path(put, path = "/api/v1/mail-server", tag = "notices", operation_id = "mail_server_set",
    request_body = ServerView, responses((status = 204)))]
pub(super) async fn set_server(
    Server(app): Server<App>,
    caller: Caller,
    Body(body): Body<ServerView>,
) -> Api<StatusCode> {
    let by = caller.viewer.administer()?;
    let ServerView { host, port, security, login, from, password } = body;
    let server = MailServer { host, port, security, login, password_file: None, from };
    settings::set(&app, &by, caller.now, Some(server), password.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the mail server away: notices are then printed and saved.
#[utoipa::path(delete, path = "/api/v1/mail-server", tag = "notices", operation_id = "mail_server_remove",
    responses((status = 204))
)]
pub(super) async fn remove_server(Server(app): Server<App>, caller: Caller) -> Api<StatusCode> {
    let by = caller.viewer.administer()?;
    settings::set(&app, &by, caller.now, None, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whom to send a test mail.
#[derive(Deserialize, ToSchema)]
pub(super) struct TestBody {
    /// Mailbox.
    address: String,
}

/// What the mail server said.
#[derive(Serialize, ToSchema)]
pub(super) struct Tested {
    /// Whether it took the mail.
    taken: bool,
    /// Its words, when it did not.
    reason: Option<String>,
}

/// Sends a test mail at once.
#[utoipa::path(post, path = "/api/v1/mail-server/test", tag = "notices", operation_id = "mail_server_test",
    request_body = TestBody, responses((status = 200, body = Tested)))]
pub(super) async fn test(
    Server(app): Server<App>,
    caller: Caller,
    Body(body): Body<TestBody>,
) -> Api<Json<Tested>> {
    let by = caller.viewer.administer()?;
    let lang = words::Lang::default();
    let text = |key: &str| lang.t(key).to_string();
    let words = (text("notices.mail.test-subject"), text("notices.mail.test-text"));
    let fate = settings::test(&app, &by, caller.now, body.address.trim(), words).await?;
    let reason = match fate {
        Fate::Sent | Fate::Delivered => None,
        Fate::Delayed { reason, .. } | Fate::Refused { reason } | Fate::Bounced { reason } => {
            Some(reason)
        }
    };
    Ok(Json(Tested { taken: reason.is_none(), reason }))
}
