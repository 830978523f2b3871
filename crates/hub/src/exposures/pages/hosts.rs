//! `/exposures/hosts`: every machine with where it stands.

use std::collections::BTreeMap;

use axum::{
    extract::{Query, State as Shared},
    response::Response,
};
use maud::{Markup, html};

use crate::{
    App, Result,
    exposures::{
        Doubt, Standing,
        read::{self, HostRow},
    },
    store::{Direction, Select},
    web::{Column, Ctx, Listing, Page, Table, frame, parts},
};

const COLUMNS: &[Column<HostRow>] = &[
    Column {
        key: "host",
        title: "exposures.field.host",
        sort: Some("h.name_key"),
        cell: |_, row| html! { a href={ "/exposures/hosts/" (row.id) } { (row.name) } },
        text: |_, row| row.name.clone().into(),
    },
    Column {
        key: "unit",
        title: "common.field.unit",
        sort: Some("u.code"),
        cell: |_, row| html! { (row.unit_name) },
        text: |_, row| row.unit_name.clone().into(),
    },
    Column {
        key: "standing",
        title: "common.field.status",
        sort: None,
        cell: |ctx, row| super::standing_badge(ctx, row.standing(read::oldest(ctx.now))),
        text: |ctx, row| {
            let (standing, doubt) = row.standing(read::oldest(ctx.now));
            ctx.t(doubt.map_or(standing.text(), Doubt::text)).into()
        },
    },
    Column {
        key: "product",
        title: "exposures.field.product",
        sort: Some("COALESCE(s.product, '')"),
        cell: |_, row| html! { (row.product.as_deref().unwrap_or_default()) },
        text: |_, row| row.product.clone().unwrap_or_default().into(),
    },
    Column {
        key: "build",
        title: "exposures.field.build",
        sort: Some("COALESCE(a.build, '')"),
        cell: |_, row| html! { span.mono { (row.build.as_deref().unwrap_or_default()) } },
        text: |_, row| row.build.clone().unwrap_or_default().into(),
    },
    Column {
        key: "missing",
        title: "exposures.field.missing",
        sort: Some("COALESCE(s.missing, -1)"),
        cell: |ctx, row| number(ctx, row.missing),
        text: |_, row| row.missing.unwrap_or(0).into(),
    },
    Column {
        key: "unknown",
        title: "exposures.field.unknown",
        sort: Some("COALESCE(s.unknown, -1)"),
        cell: |ctx, row| number(ctx, row.unknown),
        text: |_, row| row.unknown.unwrap_or(0).into(),
    },
    Column {
        key: "fixed",
        title: "exposures.field.fixed",
        sort: Some("COALESCE(s.fixed, -1)"),
        cell: |ctx, row| number(ctx, row.fixed),
        text: |_, row| row.fixed.unwrap_or(0).into(),
    },
    Column {
        key: "collected",
        title: "exposures.field.collected",
        sort: Some("COALESCE(a.collected_at, 0)"),
        // The state says already when that is too long ago, or never.
        cell: |ctx, row| html! { @if let Some(at) = row.collected_at { span.nowrap { (ctx.day(at)) } } },
        text: |ctx, row| row.collected_at.map(|at| ctx.time(at)).unwrap_or_default().into(),
    },
];

fn number(ctx: &Ctx, number: Option<i64>) -> Markup {
    html! { @if let Some(number) = number { span.num { (ctx.number(number)) } } }
}

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let listing = Listing::new(query);
    let table = Table {
        path: "/exposures/hosts".to_owned(),
        file: "may-phoi-nhiem",
        title: "exposures.hosts.title",
        columns: COLUMNS,
        sorted: ("missing", Direction::Down),
    };
    let filters = filters(&app, &ctx, &listing).await?;
    let title = ctx.t("exposures.hosts.title");
    let body = |rows: Markup| {
        frame(
            &ctx,
            &title,
            &html! {
                (parts::heading(&title, &html! {
                    a.button href="/exposures/todo" { (ctx.t("exposures.todo.title")) }
                }))
                p { (ctx.t("exposures.hosts.about")) }
                (filters)
                (rows)
            },
        )
    };
    table.respond(&ctx, app.db.reader(), filtered(&ctx, &listing), &listing, body).await
}

fn filtered(ctx: &Ctx, listing: &Listing) -> Select {
    let select = read::hosts(ctx.viewer.scope())
        .and_if("h.unit_id = {}", listing.get("unit"))
        .search("h.fold", listing.search());
    match listing.get("standing").and_then(Standing::named) {
        Some(standing) => read::of_standing(select, standing, read::oldest(ctx.now)),
        None => select,
    }
}

async fn filters(app: &App, ctx: &Ctx, listing: &Listing) -> Result<Markup> {
    let chosen = |key: &str| listing.get(key).unwrap_or_default().to_owned();
    let units = super::unit_options(app, ctx).await?;
    Ok(html! {
        form.row method="get" action="/exposures/hosts" {
            (parts::field(ctx.lang, "exposures.hosts.search", "q", "search", &chosen("q"), false))
            (parts::choice(ctx.lang, "common.field.status", "standing", &super::options(ctx, Standing::WORDS), &chosen("standing")))
            (parts::choice(ctx.lang, "common.field.unit", "unit", &units, &chosen("unit")))
            button type="submit" { (ctx.t("common.action.filter")) }
            a href="/exposures/hosts" { (ctx.t("common.action.clear")) }
        }
    })
}
