//! The search at the top of every page.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};
use maud::{Markup, html};

use crate::{
    App,
    registry::{
        Kind,
        search::{Found, search},
    },
    web::{Ctx, Page, frame, parts},
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/search", get(page))
}

async fn page(
    State(app): State<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    let typed = query.get("q").map(|typed| typed.trim()).unwrap_or_default();
    let found = search(&app.db, ctx.viewer.scope(), typed).await?;
    let title = ctx.t("registry.search.title");
    let body = html! {
        (parts::heading(&title, &html! {}))
        form.row action="/search" method="get" role="search" {
            div.field {
                label for="q" { (ctx.t("registry.search.label")) }
                input #q type="search" name="q" value=(typed);
            }
            button.primary type="submit" { (ctx.t("common.action.search")) }
        }
        @if typed.is_empty() { p.soft { (ctx.t("registry.search.about")) } }
        @else if found.is_empty() {
            (parts::empty(&ctx.fill("registry.search.nothing", &[("q", &typed)]), &html! {}))
        } @else { (results(&ctx, &found)) }
    };
    Ok(frame(&ctx, &title, &body))
}

fn results(ctx: &Ctx, found: &Found) -> Markup {
    html! {
        @if !found.units.is_empty() {
            h2 { (ctx.t(Kind::Units.text())) }
            ul { @for unit in &found.units {
                li {
                    a href={ "/units/" (unit.id) } { (unit.name) } " " span.soft.mono { (unit.code) }
                    @if unit.ended_as.is_some() { " " (super::unit::standing(ctx, unit)) }
                }
            } }
        }
        @if !found.networks.is_empty() {
            h2 { (ctx.t(Kind::Networks.text())) }
            ul { @for one in &found.networks {
                li {
                    a.mono href={ "/networks/" (one.id) } { (one.range_text) } " "
                    a href={ "/units/" (one.unit_id) } { (one.unit_name) } " "
                    span.soft { (super::span(ctx, one.valid_from, one.valid_to)) }
                }
            } }
        }
        @if !found.hosts.is_empty() {
            h2 { (ctx.t(Kind::Hosts.text())) }
            ul { @for host in &found.hosts {
                li {
                    a href={ "/hosts/" (host.id) } { (host.name) } " " span.mono { (host.addresses) } " "
                    span.soft { (host.unit_name) }
                }
            } }
        }
        @if !found.systems.is_empty() {
            h2 { (ctx.t(Kind::Systems.text())) }
            ul { @for one in &found.systems {
                li { a href={ "/systems/" (one.id) } { (one.name) } " " span.soft { (one.owner_name) } }
            } }
        }
        @if !found.contacts.is_empty() {
            h2 { (ctx.t(Kind::Contacts.text())) }
            ul { @for one in &found.contacts {
                li { a href={ "/contacts/" (one.id) } { (one.name) } " " span.soft { (one.unit_name) } }
            } }
        }
    }
}
