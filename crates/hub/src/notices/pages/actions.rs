//! What the buttons do.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, State as Server},
    response::{IntoResponse, Response},
};
use maud::html;
use serde::Deserialize;

use super::list;
use crate::{
    App, Error, Result,
    notices::{
        Channel, Notice, NoticeId, State, draft, files,
        hand_over::{self as handing, HandedOver},
        link,
        send::{self as sending, Outcome, Sending},
    },
    registry::ContactId,
    web::{self, Ctx, Listing, Page, Posted, frame, parts},
};

#[derive(Deserialize)]
pub(super) struct SendForm {
    #[serde(default)]
    contact: Vec<ContactId>,
    #[serde(default)]
    forced: String,
}

pub(super) async fn send(
    Server(app): Server<App>,
    ctx: Ctx,
    Path(id): Path<NoticeId>,
    Posted(form): Posted<SendForm>,
) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    let how = Sending { contacts: form.contact, forced: reason(&form.forced) };
    sending::send(&app, &by, ctx.now, &id, &how).await?;
    Ok(back(&id, "notices.done.asked"))
}

fn reason(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn back(id: &NoticeId, done: &str) -> Response {
    web::redirect(&parts::with_query(&format!("/notices/{id}"), &[("done", done)]))
}

#[derive(Deserialize)]
pub(super) struct ManyForm {
    #[serde(default)]
    id: Vec<NoticeId>,
    #[serde(default)]
    what: String,
    #[serde(default)]
    forced: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    noun: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    late: String,
    #[serde(default)]
    open: String,
}

impl ManyForm {
    /// The chosen notices, or every draft that the page's filters show.
    async fn ids(&self, app: &App, ctx: &Ctx) -> Result<Vec<NoticeId>> {
        if !self.what.ends_with("-all") {
            return Ok(self.id.clone());
        }
        let pairs = [
            ("q", &self.q),
            ("state", &self.state),
            ("unit", &self.unit),
            ("noun", &self.noun),
            ("about", &self.about),
            ("late", &self.late),
            ("open", &self.open),
        ];
        let pairs = pairs.map(|(key, value)| (key.to_owned(), value.clone()));
        let listing = Listing::new(BTreeMap::from(pairs));
        let select = list::wanted(ctx, &listing).and("n.state = {}", [State::Drafted.name()]);
        let drafts: Vec<Notice> = select.fetch(app.db.reader()).await?;
        Ok(drafts.into_iter().map(|notice| notice.id).collect())
    }
}

pub(super) async fn send_many(
    Server(app): Server<App>,
    ctx: Ctx,
    Posted(form): Posted<ManyForm>,
) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    let ids = form.ids(&app, &ctx).await?;
    if ids.is_empty() {
        return Err(Error::field("notices.none-chosen", "id").into());
    }
    if form.what.starts_with("zip") {
        let bytes = files::zip(&app, &by, ctx.now, &ids).await?;
        return Ok(web::attachment("thong-bao.zip", "application/zip", bytes));
    }
    let outcomes = sending::many(&app, &by, ctx.now, &ids, reason(&form.forced)).await?;
    if outcomes.iter().all(|outcome| outcome.error.is_none()) {
        return Ok(web::redirect("/notices?done=notices.done.asked"));
    }
    Ok(outcomes_page(&ctx, &outcomes).into_response())
}

/// What became of each, when not all could be sent.
fn outcomes_page(ctx: &Ctx, outcomes: &[Outcome]) -> maud::Markup {
    let title = ctx.t("notices.outcomes.title");
    let sent = outcomes.iter().filter(|outcome| outcome.error.is_none()).count();
    frame(
        ctx,
        &title,
        &html! {
            h1 { (title) }
            p { (ctx.fill("notices.outcomes.sent", &[("sent", &sent), ("total", &outcomes.len())])) }
            ul.findings {
                @for outcome in outcomes {
                    @if let Some(found) = &outcome.error {
                        @let (text, hint) = ctx.lang.diagnostic(found);
                        li {
                            a href={ "/notices/" (outcome.id) } { (outcome.code) } " " (outcome.unit_name) ": "
                            strong { (text) } " " span.hint { (hint) }
                        }
                    }
                }
            }
            p { a.button href="/notices" { (ctx.t("notices.outcomes.back")) } }
        },
    )
}

#[derive(Deserialize)]
pub(super) struct HandForm {
    channel: Channel,
    to: String,
    #[serde(default)]
    at: String,
    #[serde(default)]
    note: String,
}

pub(super) async fn hand_over(
    Server(app): Server<App>,
    ctx: Ctx,
    Path(id): Path<NoticeId>,
    Posted(form): Posted<HandForm>,
) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    let at = match form.at.trim() {
        "" => ctx.now,
        text => local_time(&ctx, text)?,
    };
    let what = HandedOver { channel: form.channel, to: form.to, at, note: form.note };
    handing::hand_over(&app, &by, ctx.now, &id, &what).await?;
    Ok(back(&id, "notices.done.handed-over"))
}

/// What a `datetime-local` field says, in the house's zone.
fn local_time(ctx: &Ctx, text: &str) -> Result<jiff::Timestamp> {
    let wrong = || Error::field("notices.time-wrong", "at");
    let local: jiff::civil::DateTime = text.parse().map_err(|_| wrong())?;
    Ok(local.to_zoned(ctx.zone.clone()).map_err(|_| wrong())?.timestamp())
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn withdraw(
    Server(app): Server<App>,
    ctx: Ctx,
    Path(id): Path<NoticeId>,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    draft::withdraw(&app.db, &ctx.viewer.watch()?, ctx.now, &id).await?;
    Ok(back(&id, "notices.done.withdrawn"))
}

#[derive(Deserialize)]
pub(super) struct RevokeForm {
    link: Option<crate::notices::LinkId>,
}

pub(super) async fn revoke(
    Server(app): Server<App>,
    ctx: Ctx,
    Path(id): Path<NoticeId>,
    Posted(form): Posted<RevokeForm>,
) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    link::revoke(&app.db, &by, ctx.now, &id, form.link.as_ref()).await?;
    Ok(back(&id, "notices.done.revoked"))
}

pub(super) async fn renew(
    Server(app): Server<App>,
    ctx: Ctx,
    Path(id): Path<NoticeId>,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    link::renew(&app.db, &ctx.viewer.watch()?, ctx.now, &id).await?;
    Ok(back(&id, "notices.done.renewed"))
}

pub(super) async fn eml(
    Server(app): Server<App>,
    ctx: Ctx,
    Path(id): Path<NoticeId>,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    let (name, bytes) = files::eml(&app, &ctx.viewer.watch()?, ctx.now, &id).await?;
    Ok(web::attachment(&name, "message/rfc822", bytes))
}
