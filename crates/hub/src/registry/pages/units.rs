//! All units, as a tree and as a table.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};

use crate::{
    App,
    registry::{
        Kind,
        units::{self, Node, Unit},
    },
    store::Direction,
    web::{Column, Ctx, Listing, Page, Table, frame, parts},
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/units", get(list))
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

async fn list(
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
    let table = Table {
        path: "/units".into(),
        file: "units",
        title: Kind::Units.text(),
        columns: COLUMNS,
        sorted: ("code", Direction::Up),
    };
    let tree = units::tree(&app.db, scope, super::today(&ctx)).await?;
    let page = |rows: Markup| {
        let body = html! {
            (super::heading(&ctx, Kind::Units))
            (parts::done(&ctx, listing.get("done")))
            @if tree.is_empty() && listing.search().is_none() {
                (parts::empty(&ctx.t("registry.empty.units"), &html! {
                    a.button.primary href="/registry/import?kind=units" { (ctx.t("registry.action.import")) }
                }))
            } @else {
                (super::filters(&ctx, "/units", &listing, &[
                    ("kind", "registry.units.kind", super::options(&ctx, units::Kind::WORDS)),
                ]))
                (rows)
                h2 { (ctx.t("registry.units.tree")) }
                div.tree { (branches(&tree)) }
            }
        };
        frame(&ctx, &ctx.t(Kind::Units.text()), &body)
    };
    Ok(table.respond(&ctx, app.db.reader(), select, &listing, page).await?.into_response())
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
