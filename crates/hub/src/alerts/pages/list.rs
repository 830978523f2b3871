//! `/alerts`: what rules found, filtered and exported.

use std::collections::BTreeMap;

use axum::{
    extract::{Query, State as Shared},
    response::Response,
};
use maud::{Markup, html};

use crate::{
    App, Result,
    alerts::{Level, State, read, read::Shown},
    registry::units,
    store::{Direction, Select},
    web::{Column, Ctx, Listing, Page, Table, frame, parts},
};

/// Levels in their own order, not the alphabet's.
const BY_LEVEL: &str = "CASE a.level WHEN 'critical' THEN 5 WHEN 'high' THEN 4 \
    WHEN 'medium' THEN 3 WHEN 'low' THEN 2 ELSE 1 END";

const COLUMNS: &[Column<Shown>] = &[
    Column {
        key: "level",
        title: "alerts.field.level",
        sort: Some(BY_LEVEL),
        cell: |ctx, row| super::level_badge(ctx, row.alert.level),
        text: |ctx, row| ctx.t(row.alert.level.text()).into(),
    },
    Column {
        key: "title",
        title: "alerts.field.title",
        sort: Some("a.title"),
        cell: |_, row| html! { a href={ "/alerts/" (row.alert.id) } { (row.alert.title) } },
        text: |_, row| row.alert.title.as_str().into(),
    },
    Column {
        key: "host",
        title: "alerts.field.host",
        sort: Some("a.host_key"),
        cell: host_cell,
        text: |_, row| row.alert.host_name.as_str().into(),
    },
    Column {
        key: "unit",
        title: "common.field.unit",
        sort: Some("u.code"),
        cell: unit_cell,
        text: |_, row| row.unit_name.as_deref().unwrap_or_default().into(),
    },
    Column {
        key: "state",
        title: "common.field.status",
        sort: Some("a.state"),
        cell: |ctx, row| super::state_badge(ctx, &row.alert),
        text: |ctx, row| super::state_text(ctx, &row.alert).into(),
    },
    Column {
        key: "detections",
        title: "alerts.field.detections",
        sort: Some("a.detection_count"),
        cell: |ctx, row| html! { span.num { (ctx.number(row.alert.detection_count)) } },
        text: |_, row| row.alert.detection_count.into(),
    },
    Column {
        key: "last",
        title: "alerts.field.last-seen",
        sort: Some("a.last_seen"),
        cell: |ctx, row| super::seen(ctx, row.alert.last_seen),
        text: |ctx, row| row.alert.last_seen.map_or_else(String::new, |at| ctx.time(at)).into(),
    },
    Column {
        key: "raised",
        title: "alerts.field.raised",
        sort: Some("a.raised_at"),
        cell: |ctx, row| html! { (ctx.time(row.alert.raised_at)) },
        text: |ctx, row| ctx.time(row.alert.raised_at).into(),
    },
    Column {
        key: "case",
        title: "alerts.field.case",
        sort: Some("a.case_ref"),
        cell: |_, row| html! { (row.alert.case.as_deref().unwrap_or_default()) },
        text: |_, row| row.alert.case.as_deref().unwrap_or_default().into(),
    },
];

fn host_cell(ctx: &Ctx, row: &Shown) -> Markup {
    html! {
        @match (&row.alert.host_id, row.alert.question) {
            (Some(id), _) => a href={ "/hosts/" (id) } { (row.alert.host_name) },
            (None, Some(question)) => {
                (row.alert.host_name) @if !row.alert.host_name.is_empty() { br; }
                span.soft { (ctx.t(question.text())) }
            },
            (None, None) => (row.alert.host_name),
        }
    }
}

fn unit_cell(ctx: &Ctx, row: &Shown) -> Markup {
    html! {
        @match (&row.alert.unit_id, &row.unit_name) {
            (Some(id), Some(name)) => a href={ "/units/" (id) } { (name) },
            _ => span.soft { (ctx.t("common.answer.unknown")) },
        }
    }
}

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let listing = Listing::new(query);
    let title = ctx.t("alerts.list.title");
    let table = Table {
        path: "/alerts".to_owned(),
        file: "canh-bao",
        title: "alerts.list.title",
        columns: COLUMNS,
        sorted: ("raised", Direction::Down),
    };
    let filters = filters(&app, &ctx, &listing).await?;
    let select = filtered(&ctx, &listing);
    table
        .respond(&ctx, app.db.reader(), select, &listing, |rows| {
            let body = html! {
                (parts::heading(&title, &html! {}))
                p { (ctx.t("alerts.list.about")) }
                (filters)
                div #alerts data-live="alerts" { (rows) }
            };
            frame(&ctx, &title, &body)
        })
        .await
}

/// The alerts that the query asks for.
fn filtered(ctx: &Ctx, listing: &Listing) -> Select {
    let mut select = read::select(ctx.viewer.scope())
        .and_if("a.level = {}", listing.get("level"))
        .and_if("a.unit_id = {}", listing.get("unit"))
        .and_if("a.host_id = {}", listing.get("host"))
        .and_if("a.case_ref = {}", listing.get("case"));
    select = match listing.get("state") {
        Some("open") => select.and("a.state <> {}", [State::Closed.name()]),
        Some("unmatched") => {
            select.and("a.state <> {} AND a.question IS NOT NULL", [State::Closed.name()])
        }
        Some(state) => select.and("a.state = {}", [state]),
        None => select,
    };
    select.search("a.fold || ' ' || COALESCE(u.fold, '')", listing.search())
}

async fn filters(app: &App, ctx: &Ctx, listing: &Listing) -> Result<Markup> {
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let chosen = |key: &str| listing.get(key).unwrap_or_default().to_owned();
    let mut states = vec![("open", "alerts.state.open"), ("unmatched", "alerts.state.unmatched")];
    states.extend(State::WORDS);
    let mut units_of = super::options(ctx, "common.answer.all", &[]);
    units_of.extend(units::options(&app.db, ctx.viewer.scope(), today).await?);
    let kept =
        |key| listing.get(key).map(|value| html! { input type="hidden" name=(key) value=(value); });
    Ok(html! {
        form.row method="get" action="/alerts" role="search" {
            (parts::field(ctx.lang, "alerts.list.search", "q", "search", &chosen("q"), false))
            (parts::choice(ctx.lang, "common.field.status", "state", &super::options(ctx, "common.answer.all", &states), &chosen("state")))
            (parts::choice(ctx.lang, "alerts.field.level", "level", &super::options(ctx, "common.answer.all", Level::WORDS), &chosen("level")))
            (parts::choice(ctx.lang, "common.field.unit", "unit", &units_of, &chosen("unit")))
            @for one in [kept("host"), kept("case")].into_iter().flatten() { (one) }
            button type="submit" { (ctx.t("common.action.filter")) }
            a href="/alerts" { (ctx.t("common.action.clear")) }
        }
    })
}
