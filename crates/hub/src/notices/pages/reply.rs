//! The reply page: for whoever holds a link, without an account; and the same
//! for the unit's people who are signed in.
//!
//! Getting the page never changes where a notice stands: mail scanners and link
//! previews get pages too. What they see says whose it is, and no row of it;
//! the rows come after a press on a button.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, Request, State as Server},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    App, Error, Result,
    access::Scope,
    installation,
    notices::{
        Event, EventKind, Notice, NoticeId, files, letter, link, read,
        reply::{self, Guest},
    },
    people::sessions::Origin,
    web::{self, Ctx, Page, PublicForm, Upload, Visitor, frame, frame_plain, parts},
};

/// Name of the cookie that says that a person opened the page in this browser.
const OPENED_COOKIE: &str = "thapcanh_reply";

/// Where a code from paper is typed in.
pub(super) async fn door(visitor: Visitor) -> Markup {
    door_page(&visitor, &html! {})
}

fn door_page(visitor: &Visitor, said: &Markup) -> Markup {
    let lang = visitor.lang;
    frame_plain(
        visitor,
        &lang.t("notices.reply.door"),
        &html! {
            h1 { (lang.t("notices.reply.door")) }
            (said)
            form method="post" action="/r" {
                (parts::field(lang, "notices.reply.code", "code", "text", "", true))
                button.primary.wide type="submit" { (lang.t("common.action.continue")) }
            }
        },
    )
}

#[derive(Deserialize)]
pub(super) struct Code {
    #[serde(default)]
    code: String,
}

pub(super) async fn knock(PublicForm(form): PublicForm<Code>) -> Page<Response> {
    Ok(web::redirect(&format!("/r/{}", link::typed(&form.code))))
}

pub(super) async fn page(
    Server(app): Server<App>,
    visitor: Visitor,
    Path(secret): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    method: Method,
    headers: HeaderMap,
) -> Page<Response> {
    if method == Method::HEAD {
        let found = link::find(&app.db, &secret, visitor.now).await?;
        return Ok(found.map_or(StatusCode::NOT_FOUND, |_| StatusCode::OK).into_response());
    }
    let Some(guest) = guest(&app, &visitor, &secret).await? else {
        return over(&app, &visitor).await;
    };
    if !has_opened(&headers, &guest) {
        return Ok(landing(&visitor, &guest).into_response());
    }
    let done = query.get("done").map(String::as_str);
    Ok(rows(&app, &visitor, &guest, done).await?.into_response())
}

/// The link's holder, if the link works; `None` when it is over or unknown.
async fn guest(app: &App, visitor: &Visitor, secret: &str) -> Result<Option<Guest>> {
    let live = match link::come(&app.db, secret, &visitor.origin, visitor.now).await {
        Ok(live) => live,
        Err(Error::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    let notice = read::get(&app.db, &Scope::province(), &live.notice).await?;
    Ok(Some(Guest {
        right: Guest::link_holder(&notice, &live.id),
        notice,
        lang: visitor.lang,
        zone: visitor.zone.clone(),
        now: visitor.now,
        action: format!("/r/{secret}"),
        token: link::form_token(secret),
        origin: visitor.origin.clone(),
    }))
}

/// A link that does not work (any more): whom to call.
async fn over(app: &App, visitor: &Visitor) -> Page<Response> {
    let lang = visitor.lang;
    let from = installation::read(&app.db).await?;
    let team = letter::writer(lang, &from);
    let said = html! {
        p.failed role="alert" { (lang.t("notices.reply.over")) }
        p { (lang.fill("notices.reply.call", &[("team", &team), ("phone", &from.phone)])) }
    };
    Ok((StatusCode::NOT_FOUND, door_page(visitor, &said)).into_response())
}

fn has_opened(headers: &HeaderMap, guest: &Guest) -> bool {
    let wanted = format!("{OPENED_COOKIE}={}", guest.token);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).any(|pair| pair.trim() == wanted)
}

fn head(visitor: &Visitor, guest: &Guest) -> Markup {
    let notice = &guest.notice;
    html! {
        h1 { (visitor.lang.fill("notices.reply.title", &[("code", &notice.code)])) }
        p { strong { (notice.unit_name) } br; (notice.subject) }
    }
}

/// What a scanner sees too: no row, no address.
fn landing(visitor: &Visitor, guest: &Guest) -> Markup {
    let lang = visitor.lang;
    frame_plain(
        visitor,
        &guest.notice.code,
        &html! {
            (head(visitor, guest))
            p { (lang.t("notices.reply.landing")) }
            form method="post" action={ (guest.action) "/open" } {
                (guest.form_key())
                button.primary.wide type="submit" { (lang.t("notices.reply.open")) }
            }
        },
    )
}

#[derive(Deserialize)]
pub(super) struct Token {
    #[serde(default)]
    csrf: String,
}

/// A person opens the page: noted, and remembered in this browser.
pub(super) async fn open(
    Server(app): Server<App>,
    visitor: Visitor,
    Path(secret): Path<String>,
    PublicForm(form): PublicForm<Token>,
) -> Page<Response> {
    let Some(guest) = guest(&app, &visitor, &secret).await? else {
        return over(&app, &visitor).await;
    };
    if form.csrf != guest.token {
        return Err(Error::Forbidden.into());
    }
    reply::opened(&app.db, &guest).await?;
    let page = rows(&app, &visitor, &guest, None).await?;
    Ok(([(header::SET_COOKIE, opened_cookie(&app, &guest))], page).into_response())
}

fn opened_cookie(app: &App, guest: &Guest) -> String {
    let secure = if app.settings.public_url.starts_with("https:") { "; Secure" } else { "" };
    let (path, token) = (&guest.action, &guest.token);
    format!("{OPENED_COOKIE}={token}; Path={path}; HttpOnly; SameSite=Lax; Max-Age=43200{secure}")
}

/// The page with the unit's rows.
async fn rows(app: &App, visitor: &Visitor, guest: &Guest, done: Option<&str>) -> Result<Markup> {
    let inside = inside(app, guest).await?;
    let said = done.is_some_and(|done| done == "1");
    Ok(frame_plain(
        visitor,
        &guest.notice.code,
        &html! {
            (head(visitor, guest))
            @if said { p.done role="status" { (guest.t("notices.reply.recorded")) } }
            (inside)
        },
    ))
}

/// What a link's holder and a signed-in person both see.
async fn inside(app: &App, guest: &Guest) -> Result<Markup> {
    let notice = &guest.notice;
    let events = read::events(&app.db, &notice.id).await?;
    let room = match reply::room(notice) {
        Some(room) => room.page(app, guest).await?,
        None => in_words(guest),
    };
    Ok(html! {
        p.soft { (guest.lang.fill("notices.show.due", &[("due", &guest.lang.date(notice.due_on.0))])) }
        (answers(guest, &events))
        (room)
        @if notice.file_sha256.is_some() {
            p { a.button.wide href={ (guest.action) "/file" } download { (guest.t("notices.reply.file")) } }
        }
        details { summary { (guest.t("notices.reply.letter")) } pre.letter { (letter_text(guest)) } }
    })
}

fn letter_text(guest: &Guest) -> String {
    let lang = words::Lang::from_code(&guest.notice.lang).unwrap_or_default();
    letter::fill(
        &guest.notice.body,
        lang,
        &guest.t("notices.reply.this-page"),
        guest.notice.due_on.0,
    )
}

/// What was recorded so far.
fn answers(guest: &Guest, events: &[Event]) -> Markup {
    let given: Vec<&Event> =
        events.iter().filter(|event| event.kind == EventKind::Answered).collect();
    html! {
        @if !given.is_empty() {
            section aria-label=(guest.t("notices.reply.given")) {
                h2 { (guest.t("notices.reply.given")) }
                ol.timeline { @for event in given {
                    li { span.soft { (guest.lang.date_time(event.at.0, &guest.zone)) } " " (event.detail.as_deref().unwrap_or_default()) }
                } }
                p.soft { (guest.t("notices.reply.add")) }
            }
        }
    }
}

/// The form for notices that no room takes the answers of.
fn in_words(guest: &Guest) -> Markup {
    html! {
        form method="post" action=(guest.action) enctype="multipart/form-data" {
            (guest.form_key())
            (parts::area(guest.lang, "notices.reply.words", "words", ""))
            button.primary.wide type="submit" { (guest.t("notices.reply.send")) }
        }
    }
}

pub(super) async fn answer(
    Server(app): Server<App>,
    visitor: Visitor,
    Path(secret): Path<String>,
    request: Request,
) -> Page<Response> {
    let Some(guest) = guest(&app, &visitor, &secret).await? else {
        return over(&app, &visitor).await;
    };
    let form = Upload::guarded(request, &app, &guest.token).await?;
    take(&app, &guest, form).await?;
    let mut response = web::redirect(&format!("{}?done=1", guest.action));
    let cookie = opened_cookie(&app, &guest).parse().map_err(Error::internal)?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

async fn take(app: &App, guest: &Guest, form: Upload) -> Result<()> {
    let said = match reply::room(&guest.notice) {
        Some(room) => room.answer(app, guest, form).await?,
        None => form
            .text("words")
            .map(|text| text.chars().take(4000).collect())
            .ok_or_else(|| Error::field("notices.words-missing", "words"))?,
    };
    let (right, from) = (&guest.right, Some(&guest.origin));
    reply::answered(&app.db, &guest.notice.id, right, guest.now, &said, from).await
}

/// The unit's file, once the page was opened.
pub(super) async fn file(
    Server(app): Server<App>,
    visitor: Visitor,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Page<Response> {
    let Some(guest) = guest(&app, &visitor, &secret).await? else {
        return over(&app, &visitor).await;
    };
    if !has_opened(&headers, &guest) {
        return Ok(web::redirect(&guest.action));
    }
    save(&app, &guest.notice).await
}

async fn save(app: &App, notice: &Notice) -> Page<Response> {
    let file = files::attachment(app, notice).await?.ok_or(Error::NotFound)?;
    Ok(web::attachment(&file.name, file.kind, file.bytes))
}

/// The unit's own people, signed in.
async fn own_guest(app: &App, ctx: &Ctx, id: &NoticeId) -> Result<Guest> {
    let notice = read::get(&app.db, ctx.viewer.scope(), id).await?;
    Ok(Guest {
        right: ctx.viewer.answer(&notice.unit_id)?,
        notice,
        lang: ctx.lang,
        zone: ctx.zone.clone(),
        now: ctx.now,
        action: format!("/notices/{id}/reply"),
        token: ctx.csrf.clone(),
        origin: Origin::default(),
    })
}

pub(super) async fn own_page(
    Server(app): Server<App>,
    ctx: Ctx,
    Path(id): Path<NoticeId>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    let guest = own_guest(&app, &ctx, &id).await?;
    let inside = inside(&app, &guest).await?;
    let title = ctx.fill("notices.reply.title", &[("code", &guest.notice.code)]);
    let said = query.get("done").is_some_and(|done| done == "1");
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! {}))
            p { strong { (guest.notice.unit_name) } br; (guest.notice.subject) }
            @if said { p.done role="status" { (guest.t("notices.reply.recorded")) } }
            (inside)
        },
    ))
}

pub(super) async fn own_answer(
    Server(app): Server<App>,
    ctx: Ctx,
    Path(id): Path<NoticeId>,
    form: Upload,
) -> Page<Response> {
    let guest = own_guest(&app, &ctx, &id).await?;
    take(&app, &guest, form).await?;
    Ok(web::redirect(&format!("{}?done=1", guest.action)))
}
