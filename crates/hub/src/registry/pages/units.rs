//! All units, as a tree and as a table.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};

use super::list::{self, List};
use crate::{
    App,
    registry::{
        Kind,
        units::{self, Node, Unit},
    },
    store::Direction,
    web::{Column, Ctx, Listing, Page, frame, parts},
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/units", get(all))
}

const COLUMNS: &[Column<Unit>] = &[
    Column {
        key: "code",
        title: "registry.units.code",
        sort: Some("u.code_key"),
        cell: |_, unit| html! { a.mono href={ "/units/" (unit.id) } { (unit.code) } },
        text: |_, unit| unit.code.as_str().into(),
    },
    Column {
        key: "name",
        title: "registry.units.name",
        sort: Some("u.name"),
        cell: |_, unit| html! { a href={ "/units/" (unit.id) } { (unit.name) } },
        text: |_, unit| unit.name.as_str().into(),
    },
    Column {
        key: "kind",
        title: "registry.units.kind",
        sort: Some("u.kind"),
        cell: |ctx, unit| html! { (ctx.t(unit.kind.text())) },
        text: |ctx, unit| ctx.t(unit.kind.text()).into(),
    },
    Column {
        key: "days",
        title: "registry.field.days",
        sort: Some("u.valid_from"),
        cell: |ctx, unit| html! { (super::span(ctx, unit.valid_from, unit.valid_to)) },
        text: |ctx, unit| super::span(ctx, unit.valid_from, unit.valid_to).into(),
    },
    Column {
        key: "ended",
        title: "registry.field.standing",
        sort: Some("u.ended_as"),
        cell: |ctx, unit| super::unit::standing(ctx, unit),
        text: |ctx, unit| {
            unit.ended_as.map_or_else(String::new, |ending| ctx.t(ending.text())).into()
        },
    },
];

async fn all(
    State(app): State<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let listing = Listing::new(query);
    let scope = ctx.viewer.scope();
    let select = units::select()
        .scoped(scope, "u.id")
        .search("u.fold", listing.search())
        .and_if("u.kind = {}", listing.get("kind"));
    let tree = units::tree(&app.db, scope, super::today(&ctx)).await?;
    if tree.is_empty() && listing.search().is_none() {
        return Ok(nothing_yet(&ctx, &listing).into_response());
    }
    let list = List {
        kind: Kind::Units,
        columns: COLUMNS,
        sorted: ("code", Direction::Up),
        select,
        choices: &[("kind", "registry.units.kind", super::options(&ctx, units::Kind::WORDS))],
        above: html! {},
        below: html! {
            h2 { (ctx.t("registry.units.tree")) }
            div.tree { (branches(&tree)) }
        },
    };
    list.respond(&app, &ctx, &listing).await
}

/// Before the first units are in: where to begin.
fn nothing_yet(ctx: &Ctx, listing: &Listing) -> Markup {
    let body = html! {
        (list::heading(ctx, Kind::Units))
        (parts::done(ctx, listing.get("done")))
        (parts::empty(&ctx.t("registry.empty.units"), &html! {
            a.button.primary href="/registry/import?kind=units" { (ctx.t("registry.action.import")) }
        }))
    };
    frame(ctx, &ctx.t(Kind::Units.text()), &body)
}

fn branches(nodes: &[Node]) -> Markup {
    html! {
        ul {
            @for node in nodes {
                li {
                    a href={ "/units/" (node.unit.id) } { (node.unit.name) } " " span.soft.mono { (node.unit.code) }
                    @if !node.children.is_empty() { (branches(&node.children)) }
                }
            }
        }
    }
}
