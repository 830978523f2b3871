//! People to call: the list with those who expire first, and one of them.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::{get, post},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    fact, facts,
    list::{self, List},
};
use crate::{
    App,
    registry::{
        ContactId, Keeper, Kind,
        contacts::{self, Contact, Role},
    },
    store::Direction,
    web::{self, Column, Ctx, Id, Listing, Page, Posted, frame, parts},
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/contacts", get(all))
        .route("/contacts/{id}", get(contact))
        .route("/contacts/{id}/confirm", post(confirm))
        .route("/contacts/{id}/close", post(close))
}

const COLUMNS: &[Column<Contact>] = &[
    Column {
        key: "name",
        title: "registry.contacts.name",
        sort: Some("c.name_key"),
        cell: |_, one| html! { a href={ "/contacts/" (one.id) } { (one.name) } },
        text: |_, one| one.name.as_str().into(),
    },
    Column {
        key: "unit",
        title: "registry.contacts.unit",
        sort: Some("u.code"),
        cell: |_, one| html! { a href={ "/units/" (one.unit_id) } { (one.unit_name) } },
        text: |_, one| one.unit_name.as_str().into(),
    },
    Column {
        key: "role",
        title: "registry.contacts.role",
        sort: Some("c.role"),
        cell: |ctx, one| html! { (ctx.t(one.role.text())) },
        text: |ctx, one| ctx.t(one.role.text()).into(),
    },
    Column {
        key: "phone",
        title: "registry.contacts.phone",
        sort: None,
        cell: |_, one| html! { (phone(one)) },
        text: |_, one| one.phone.as_deref().unwrap_or_default().into(),
    },
    Column {
        key: "email",
        title: "registry.contacts.email",
        sort: Some("c.email"),
        cell: |_, one| html! { (one.email.as_deref().unwrap_or_default()) },
        text: |_, one| one.email.as_deref().unwrap_or_default().into(),
    },
    Column {
        key: "hours",
        title: "registry.contacts.hours",
        sort: None,
        cell: |_, one| html! { (one.hours.as_deref().unwrap_or_default()) },
        text: |_, one| one.hours.as_deref().unwrap_or_default().into(),
    },
    Column {
        key: "expires",
        title: "registry.contacts.good-until",
        // Never confirmed stands before everything.
        sort: Some("COALESCE(c.expires_at, 0)"),
        cell: |ctx, one| standing(ctx, one),
        text: |ctx, one| one.expires_at.map_or_else(String::new, |at| ctx.day(at)).into(),
    },
];

fn phone(contact: &Contact) -> Markup {
    let Some(phone) = &contact.phone else { return html! {} };
    let digits: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    html! { a href={ "tel:" (digits) } { (phone) } }
}

/// How far a contact can be relied on.
pub(super) fn standing(ctx: &Ctx, contact: &Contact) -> Markup {
    let (tone, text) = match contact.expires_at {
        None => (parts::Tone::Unknown, ctx.t("registry.contacts.never-confirmed")),
        Some(end) if contact.is_stale(ctx.now) => {
            (parts::Tone::Bad, ctx.fill("registry.contacts.expired", &[("day", &ctx.day(end))]))
        }
        Some(end) => {
            (parts::Tone::Good, ctx.fill("registry.contacts.good", &[("day", &ctx.day(end))]))
        }
    };
    html! {
        (parts::badge(tone, &text))
        @if contact.is_bouncing() { " " (parts::badge(parts::Tone::Bad, &ctx.t("registry.contacts.bouncing"))) }
    }
}

/// People as a short table on another page.
pub(super) fn rows(ctx: &Ctx, contacts: &[Contact]) -> Markup {
    let keys = ["name", "role", "phone", "email", "hours", "expires"];
    web::short_table(ctx, Kind::Contacts.text(), COLUMNS, &keys, contacts)
}

async fn all(
    State(app): State<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let listing = Listing::new(query);
    let scope = ctx.viewer.scope();
    let stale = listing.get("stale").map(|_| ctx.now);
    let select = contacts::select(scope)
        .search("c.fold || ' ' || u.fold", listing.search())
        .and_if("c.role = {}", listing.get("role"))
        .and_if("c.expires_at IS NULL OR c.expires_at <= {}", stale);
    let waiting = contacts::stale(&app.db, scope, ctx.now).await?;
    let above = html! {
        @if waiting > 0 {
            p.warning {
                (ctx.fill("registry.contacts.stale", &[("n", &ctx.number(waiting))])) " "
                a href="/contacts?stale=1" { (ctx.t("registry.contacts.show-stale")) }
            }
        }
    };
    let list = List {
        kind: Kind::Contacts,
        columns: COLUMNS,
        sorted: ("expires", Direction::Up),
        select,
        choices: &[("role", "registry.contacts.role", super::options(&ctx, Role::WORDS))],
        above,
        below: html! {},
    };
    list.respond(&app, &ctx, &listing).await
}

async fn contact(
    State(app): State<App>,
    ctx: Ctx,
    Id(id): Id<ContactId>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    let contact = contacts::get(&app.db, ctx.viewer.scope(), &id).await?;
    let actions = html! {
        @if super::may_enter(&ctx, Kind::Contacts) {
            form method="post" action={ "/contacts/" (id) "/confirm" } {
                (parts::token(&ctx))
                button.primary type="submit" { (ctx.t("registry.contacts.confirm")) }
            }
            (list::edit(&ctx, Kind::Contacts, &id))
            form method="post" action={ "/contacts/" (id) "/close" } {
                (parts::token(&ctx))
                button.danger type="submit" { (ctx.t("registry.contacts.close")) }
            }
        }
    };
    let body = html! {
        (parts::heading(&contact.name, &actions))
        p { (standing(&ctx, &contact)) }
        (parts::done(&ctx, query.get("done").map(String::as_str)))
        (about(&ctx, &contact))
    };
    Ok(frame(&ctx, &contact.name, &body))
}

fn about(ctx: &Ctx, contact: &Contact) -> Markup {
    let confirmed = contact.confirmed_at.map(|at| html! { (ctx.time(at)) });
    let mut rows = vec![
        (
            "registry.contacts.unit",
            Some(html! { a href={ "/units/" (contact.unit_id) } { (contact.unit_name) } }),
        ),
        ("registry.contacts.role", Some(html! { (ctx.t(contact.role.text())) })),
        ("registry.contacts.position", fact(contact.position.as_ref())),
        ("registry.contacts.phone", contact.phone.as_ref().map(|_| phone(contact))),
        ("registry.contacts.email", fact(contact.email.as_ref())),
        ("registry.contacts.hours", fact(contact.hours.as_ref())),
        ("registry.contacts.confirmed-at", confirmed),
    ];
    if let Some(at) = contact.bounced_at {
        let why = contact.bounce_reason.clone().unwrap_or_default();
        rows.push(("registry.contacts.bounced", Some(html! { (ctx.time(at)) " " (why) })));
    }
    facts(ctx, &rows)
}

#[derive(Deserialize)]
struct Nothing {}

async fn confirm(
    State(app): State<App>,
    ctx: Ctx,
    Id(id): Id<ContactId>,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    contacts::confirm(&app.db, &Keeper::of(&ctx.viewer)?, ctx.now, &id).await?;
    let path = format!("/contacts/{id}");
    Ok(web::redirect(&parts::with_query(&path, &[("done", "registry.done.confirmed")])))
}

async fn close(
    State(app): State<App>,
    ctx: Ctx,
    Id(id): Id<ContactId>,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    contacts::close(&app.db, &Keeper::of(&ctx.viewer)?, ctx.now, &id).await?;
    Ok(web::redirect(&parts::with_query("/contacts", &[("done", "registry.done.closed")])))
}
