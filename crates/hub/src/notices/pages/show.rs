//! A notice: the message as it goes out, whom it went to, what happened, and
//! what was answered.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State as Server},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use words::Lang;

use crate::{
    App, Error, Result,
    installation::{self, Installation},
    notices::{
        Channel, Event, EventKind, Leg, LegState, Link, Notice, NoticeId, State, files, letter,
        post, read,
    },
    registry::contacts::{self, Contact},
    web::{
        self, Ctx, Page, frame,
        parts::{self, Tone},
    },
};

/// What the page is drawn from.
struct Shown {
    notice: Notice,
    from: Installation,
    legs: Vec<Leg>,
    events: Vec<Event>,
    links: Vec<Link>,
    contacts: Vec<Contact>,
}

pub(super) async fn page(
    Server(app): Server<App>,
    ctx: Ctx,
    Path(id): Path<NoticeId>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let notice = read::get(&app.db, ctx.viewer.scope(), &id).await?;
    let done = parts::done(&ctx, query.get("done").map(String::as_str));
    if !ctx.viewer.role.is_province() {
        return Ok(own(&app, &ctx, &notice, &done).await?.into_response());
    }
    let shown = Shown {
        from: installation::read(&app.db).await?,
        legs: read::legs(&app.db, &id).await?,
        events: read::events(&app.db, &id).await?,
        links: read::links(&app.db, &id).await?,
        contacts: contacts::for_notice(&app.db, &notice.unit_id, ctx.now).await?,
        notice,
    };
    Ok(province(&app, &ctx, &shown, &done).into_response())
}

/// The file of a notice, for whoever may see the notice.
pub(super) async fn file(
    Server(app): Server<App>,
    ctx: Ctx,
    Path(id): Path<NoticeId>,
) -> Page<Response> {
    let notice = read::get(&app.db, ctx.viewer.scope(), &id).await?;
    let file = files::attachment(&app, &notice).await?.ok_or(Error::NotFound)?;
    Ok(web::attachment(&file.name, file.kind, file.bytes))
}

fn title(ctx: &Ctx, notice: &Notice) -> Markup {
    parts::heading(
        &format!("{} · {}", notice.code, notice.subject),
        &parts::badge(super::tone(notice.state), &ctx.t(notice.state.text())),
    )
}

/// The page of the unit's own people.
async fn own(app: &App, ctx: &Ctx, notice: &Notice, done: &Markup) -> Result<Markup> {
    let events = read::events(&app.db, &notice.id).await?;
    let answers: Vec<&Event> =
        events.iter().filter(|event| event.kind == EventKind::Answered).collect();
    let may_answer = ctx.viewer.answer(&notice.unit_id).is_ok();
    let reply = format!("/notices/{}/reply", notice.id);
    let lang = Lang::from_code(&notice.lang).unwrap_or_default();
    let link = format!("{}{reply}", app.settings.public_url);
    let text = letter::fill(&notice.body, lang, &link, notice.due_on.0);
    Ok(frame(
        ctx,
        &notice.code,
        &html! {
            (title(ctx, notice))
            (done)
            p.soft { (ctx.fill("notices.show.due", &[("due", &ctx.lang.date(notice.due_on.0))])) }
            @if may_answer { p { a.button.primary href=(reply) { (ctx.t("notices.show.answer")) } } }
            (attachment(ctx, notice))
            pre.letter { (text) }
            @if !answers.is_empty() { h2 { (ctx.t("notices.show.answers")) } (timeline(ctx, answers)) }
        },
    ))
}

fn province(app: &App, ctx: &Ctx, shown: &Shown, done: &Markup) -> Markup {
    let notice = &shown.notice;
    let may_send = ctx.viewer.watch().is_ok();
    frame(
        ctx,
        &notice.code,
        &html! {
            (title(ctx, notice))
            (done)
            (facts(ctx, notice))
            @if may_send { (next_step(ctx, shown)) }
            h2 { (ctx.t("notices.show.message")) }
            (message(app, ctx, shown))
            (attachment(ctx, notice))
            @if may_send { (by_hand(ctx, notice)) }
            div #story data-live="notices notify" {
                h2 { (ctx.t("notices.show.legs")) }
                (legs(ctx, &shown.legs))
                h2 { (ctx.t("notices.show.story")) }
                (timeline(ctx, shown.events.iter().collect()))
            }
            h2 { (ctx.t("notices.show.links")) }
            (links(ctx, notice, &shown.links, may_send))
        },
    )
}

fn facts(ctx: &Ctx, notice: &Notice) -> Markup {
    html! {
        dl.facts {
            dt { (ctx.t("notices.column.unit")) } dd { (notice.unit_name) " (" (notice.unit_code) ")" }
            dt { (ctx.t("notices.column.about")) } dd { (notice.about_title) }
            dt { (ctx.t("notices.column.rows")) } dd { (ctx.number(notice.row_count)) }
            dt { (ctx.t("notices.column.due")) } dd { (ctx.lang.date(notice.due_on.0)) }
            dt { (ctx.t("notices.column.drafted")) } dd { (ctx.time(notice.drafted_at)) ", " (notice.drafted_by) }
        }
    }
}

/// What a person does next with it.
fn next_step(ctx: &Ctx, shown: &Shown) -> Markup {
    let notice = &shown.notice;
    let draft = notice.state == State::Drafted;
    html! {
        @if draft {
            div.row {
                a.button href={ "/notices/" (notice.id) "/edit" } { (ctx.t("notices.show.edit")) }
                form method="post" action={ "/notices/" (notice.id) "/withdraw" } {
                    (parts::token(ctx))
                    button.danger type="submit" { (ctx.t("notices.show.withdraw")) }
                }
            }
        }
        @if !matches!(notice.state, State::Withdrawn | State::Sending) {
            @if shown.from.mail.is_some() { (send_form(ctx, shown)) }
            @else { p.warning { (ctx.t("notices.bulk.no-mail")) } }
        }
    }
}

fn send_form(ctx: &Ctx, shown: &Shown) -> Markup {
    let notice = &shown.notice;
    let again = notice.asked_at.is_some();
    html! {
        form method="post" action={ "/notices/" (notice.id) "/send" } {
            (parts::token(ctx))
            fieldset {
                legend { (ctx.t("notices.send.to")) }
                p.soft { (ctx.t("notices.send.what")) }
                @if shown.contacts.is_empty() { p.warning { (ctx.t("notices.send.no-contact")) } }
                @let first = shown.contacts.iter().position(reachable);
                @for (place, contact) in shown.contacts.iter().enumerate() {
                    (contact_choice(ctx, contact, Some(place) == first))
                }
                @if again { (parts::field(ctx.lang, "notices.send.forced", "forced", "text", "", false)) }
                button.primary type="submit" {
                    (ctx.t(if again { "notices.send.again" } else { "notices.send.now" }))
                }
            }
        }
    }
}

fn reachable(contact: &Contact) -> bool {
    contact.email.is_some() && !contact.is_bouncing()
}

fn contact_choice(ctx: &Ctx, contact: &Contact, chosen: bool) -> Markup {
    let id = format!("contact-{}", contact.id);
    html! {
        div.check {
            input type="checkbox" name="contact" id=(id) value=(contact.id) checked[chosen]
                disabled[contact.email.is_none()];
            label for=(id) {
                (contact.name) " (" (ctx.t(contact.role.text())) ", " (contact.unit_name) ") "
                span.mono { (contact.email.as_deref().unwrap_or_default()) }
                @if let Some(phone) = &contact.phone { " · " (phone) }
                " " (freshness(ctx, contact))
            }
        }
    }
}

fn freshness(ctx: &Ctx, contact: &Contact) -> Markup {
    if contact.email.is_none() {
        parts::badge(Tone::Quiet, &ctx.t("notices.contact.no-mail"))
    } else if contact.is_bouncing() {
        parts::badge(Tone::Bad, &ctx.t("notices.contact.bouncing"))
    } else if contact.is_stale(ctx.now) {
        parts::badge(Tone::Unknown, &ctx.t("notices.contact.stale"))
    } else {
        parts::badge(Tone::Good, &ctx.t("notices.contact.fresh"))
    }
}

/// The message exactly as it goes out, but for the secret of its link.
fn message(app: &App, ctx: &Ctx, shown: &Shown) -> Markup {
    let notice = &shown.notice;
    let lang = Lang::from_code(&notice.lang).unwrap_or_default();
    let link = post::reply_url(app, "••••••••");
    let from = shown.from.mail.as_ref().map(|mail| mail.from.clone());
    html! {
        dl.facts {
            @if let Some(from) = from { dt { (ctx.t("notices.show.from")) } dd { (from) } }
            dt { (ctx.t("notices.column.subject")) } dd { (post::subject(notice)) }
        }
        pre.letter lang=(notice.lang) { (letter::fill(&notice.body, lang, &link, notice.due_on.0)) }
        p.hint { (ctx.t("notices.show.link-hidden")) }
    }
}

fn attachment(ctx: &Ctx, notice: &Notice) -> Markup {
    html! {
        @if let (Some(name), Some(sha256)) = (&notice.file_name, &notice.file_sha256) {
            p {
                a href={ "/notices/" (notice.id) "/file" } download { (name) }
                " (" (ctx.lang.count("common.count.rows", notice.row_count.unsigned_abs())) ") "
                span.place { "sha256 " (sha256) }
            }
        }
    }
}

/// Ways that need no mail server.
fn by_hand(ctx: &Ctx, notice: &Notice) -> Markup {
    let ways = Channel::ALL.iter().filter(|channel| **channel != Channel::Mail);
    let ways: Vec<_> =
        ways.map(|channel| (channel.name().to_owned(), ctx.t(channel.text()))).collect();
    html! {
        @if notice.state != State::Withdrawn {
            h2 { (ctx.t("notices.hand.title")) }
            p.soft { (ctx.t("notices.hand.what")) }
            div.row {
                (button(ctx, notice, "print", "notices.hand.print"))
                (button(ctx, notice, "eml", "notices.hand.eml"))
            }
            details {
                summary { (ctx.t("notices.hand.over")) }
                form method="post" action={ "/notices/" (notice.id) "/hand-over" } {
                    (parts::token(ctx))
                    (parts::choice(ctx.lang, "notices.hand.channel", "channel", &ways, "paper"))
                    (parts::field(ctx.lang, "notices.hand.to", "to", "text", "", true))
                    (parts::field(ctx.lang, "notices.hand.at", "at", "datetime-local", "", false))
                    (parts::field(ctx.lang, "common.field.note", "note", "text", "", false))
                    button.primary type="submit" { (ctx.t("notices.hand.save")) }
                }
            }
        }
    }
}

fn button(ctx: &Ctx, notice: &Notice, action: &str, text: &str) -> Markup {
    html! {
        form method="post" action={ "/notices/" (notice.id) "/" (action) } {
            (parts::token(ctx))
            button type="submit" { (ctx.t(text)) }
        }
    }
}

fn legs(ctx: &Ctx, legs: &[Leg]) -> Markup {
    if legs.is_empty() {
        return html! { p.none { (ctx.t("notices.show.no-legs")) } };
    }
    html! {
        div.table-wrap { table {
            thead { tr {
                @for key in ["channel", "to", "state", "when", "said"] { th scope="col" { (ctx.t(&format!("notices.leg.{key}"))) } }
            } }
            tbody { @for leg in legs { tr {
                td { (ctx.t(leg.channel.text())) }
                td { (leg.name) @if let Some(address) = &leg.address { " " span.mono { (address) } } }
                td { (parts::badge(leg_tone(leg.state), &ctx.t(leg.state.text()))) }
                td { (ctx.time(leg.settled_at.unwrap_or(leg.begun_at))) ", " (leg.by_name) }
                td { (leg.detail.as_deref().unwrap_or_default()) }
            } } }
        } }
    }
}

fn leg_tone(state: LegState) -> Tone {
    match state {
        LegState::Waiting => Tone::Partly,
        LegState::Sent => Tone::Claimed,
        LegState::Delivered => Tone::Good,
        LegState::Refused | LegState::Bounced => Tone::Bad,
        LegState::Cancelled => Tone::Quiet,
    }
}

fn timeline(ctx: &Ctx, events: Vec<&Event>) -> Markup {
    html! {
        ol.timeline {
            @for event in events {
                li {
                    strong { (ctx.t(event.kind.text())) } " " span.soft { (ctx.time(event.at)) ", " (event.actor_name) }
                    @if let Some(detail) = &event.detail { br; (detail) }
                    @if let Some(address) = event.address.as_deref().filter(|text| !text.is_empty()) {
                        br; span.place { (address) " " (event.agent.as_deref().unwrap_or_default()) }
                    }
                }
            }
        }
    }
}

fn links(ctx: &Ctx, notice: &Notice, links: &[Link], may_send: bool) -> Markup {
    if links.is_empty() {
        return html! { p.none { (ctx.t("notices.link.none")) } };
    }
    html! {
        p.soft { (ctx.t("notices.link.what")) }
        div.table-wrap { table {
            thead { tr {
                @for key in ["made-for", "made", "expires", "visits", "state"] { th scope="col" { (ctx.t(&format!("notices.link.{key}"))) } }
            } }
            tbody { @for link in links { tr {
                td { (link.made_for) }
                td { (ctx.time(link.made_at)) }
                td { (ctx.time(link.expires_at)) }
                td { (ctx.number(link.visits)) @if let Some(at) = link.last_visit_at { " (" (ctx.time(at)) ")" } }
                td { (link_state(ctx, link)) @if may_send && link.revoked_at.is_none() { " " (revoke(ctx, notice, link)) } }
            } } }
        } }
        @if may_send {
            div.row {
                (button(ctx, notice, "renew", "notices.link.renew"))
                (button(ctx, notice, "revoke", "notices.link.revoke-all"))
            }
        }
    }
}

fn link_state(ctx: &Ctx, link: &Link) -> Markup {
    if link.revoked_at.is_some() {
        parts::badge(Tone::Quiet, &ctx.t("notices.link.revoked"))
    } else if link.expires_at.0 <= ctx.now {
        parts::badge(Tone::Unknown, &ctx.t("notices.link.expired"))
    } else {
        parts::badge(Tone::Good, &ctx.t("notices.link.works"))
    }
}

fn revoke(ctx: &Ctx, notice: &Notice, link: &Link) -> Markup {
    html! {
        form method="post" action={ "/notices/" (notice.id) "/revoke" } {
            (parts::token(ctx))
            input type="hidden" name="link" value=(link.id);
            button.link type="submit" { (ctx.t("notices.link.revoke")) }
        }
    }
}
