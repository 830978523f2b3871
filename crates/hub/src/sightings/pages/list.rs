//! `/sightings`: everything that lists found, filtered and exported.

use std::collections::BTreeMap;

use axum::{
    extract::{Query, State as Shared},
    response::Response,
};
use maud::{Markup, html};

use crate::{
    App, Result,
    ids::UnitId,
    registry::units,
    sightings::{
        State, feeds,
        read::{self, Shown},
    },
    store::{Direction, Select},
    web::{Column, Ctx, Listing, Page, Table, frame, parts},
};

const COLUMNS: &[Column<Shown>] = &[
    Column {
        key: "address",
        title: "sightings.field.address",
        sort: Some("s.address_key"),
        cell: |_, row| html! { a.mono.nowrap href={ "/sightings/" (row.sighting.id) } { (row.sighting.address) } },
        text: |_, row| row.sighting.address.clone().into(),
    },
    Column {
        key: "family",
        title: "sightings.field.family",
        sort: Some("s.family_key"),
        cell: |ctx, row| super::family(ctx, &row.sighting.family),
        text: |_, row| row.sighting.family.clone().into(),
    },
    Column {
        key: "unit",
        title: "common.field.unit",
        sort: Some("u.code"),
        cell: unit_cell,
        text: |_, row| row.unit_name.clone().unwrap_or_default().into(),
    },
    Column {
        key: "state",
        title: "common.field.status",
        sort: Some("s.state"),
        cell: |ctx, row| {
            html! {
                (super::state_badge(ctx, row.sighting.state, row.sighting.reopened))
                @if let Some(word) = row.sighting.waiting { " " span.soft { (ctx.t(word.text())) } }
            }
        },
        text: |ctx, row| ctx.t(row.sighting.state.text()).into(),
    },
    Column {
        key: "host",
        title: "sightings.field.host",
        sort: Some("s.host_name"),
        cell: |_, row| html! { (row.sighting.host_name.as_deref().unwrap_or_default()) },
        text: |_, row| row.sighting.host_name.clone().unwrap_or_default().into(),
    },
    Column {
        key: "first",
        title: "sightings.field.first-seen",
        sort: Some("s.first_seen"),
        cell: |ctx, row| html! { (ctx.day(row.sighting.first_seen)) },
        text: |ctx, row| ctx.time(row.sighting.first_seen).into(),
    },
    Column {
        key: "last",
        title: "sightings.field.last-seen",
        sort: Some("s.last_seen"),
        cell: |ctx, row| html! { (ctx.day(row.sighting.last_seen)) },
        text: |ctx, row| ctx.time(row.sighting.last_seen).into(),
    },
    Column {
        key: "rows",
        title: "sightings.field.rows",
        sort: Some("s.row_count"),
        cell: |ctx, row| html! { span.num { (ctx.number(row.sighting.row_count)) } },
        text: |_, row| row.sighting.row_count.into(),
    },
];

fn unit_cell(ctx: &Ctx, row: &Shown) -> Markup {
    if let (Some(id), Some(name)) = (&row.sighting.unit_id, &row.unit_name) {
        html! { a href={ "/units/" (id) } { (name) } }
    } else {
        html! { a href="/sightings/queue" { (ctx.t("sightings.whose")) } }
    }
}

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let listing = Listing::new(query);
    let select = filtered(&ctx, &listing);
    let table = Table {
        path: "/sightings".to_owned(),
        file: "ghi-nhan",
        title: "sightings.list.title",
        columns: COLUMNS,
        sorted: ("last", Direction::Down),
    };
    let filters = filters(&app, &ctx, &listing).await?;
    let body = |markup: Markup| {
        frame(
            &ctx,
            &ctx.t("sightings.list.title"),
            &html! {
                (parts::heading(&ctx.t("sightings.list.title"), &actions(&ctx)))
                p { (ctx.t("sightings.list.about")) }
                (filters)
                div #sightings data-live="sightings" { (markup) }
            },
        )
    };
    table.respond(&ctx, app.db.reader(), select, &listing, body).await
}

fn actions(ctx: &Ctx) -> Markup {
    html! {
        @if ctx.viewer.watch().is_ok() {
            a.button.primary href="/lists/import" { (ctx.t("sightings.list.import")) }
        }
        @if ctx.viewer.scope().is_province() {
            a.button href="/sightings/queue" { (ctx.t("sightings.queue.title")) }
        }
    }
}

/// The sightings that the query asks for.
fn filtered(ctx: &Ctx, listing: &Listing) -> Select {
    let mut select = read::select(ctx.viewer.scope())
        .and_if("s.family_key = {}", listing.get("family"))
        .and_if("s.unit_id = {}", listing.get("unit"))
        .and_if(
            "s.id IN (SELECT sighting_id FROM sighting_feeds WHERE feed_id = {})",
            listing.get("feed"),
        );
    select = match listing.get("state") {
        Some("open") => select.any_of("s.state", ["placed", "host_found", "reopened"]),
        Some(state) => select.and("s.state = {}", [state]),
        None => select,
    };
    if listing.get("waiting").is_some() {
        select = select.and::<&str>("s.waiting IS NOT NULL", []);
    }
    select.search("s.fold || ' ' || COALESCE(u.fold, '')", listing.search())
}

async fn filters(app: &App, ctx: &Ctx, listing: &Listing) -> Result<Markup> {
    let scope = ctx.viewer.scope();
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let chosen = |key: &str| listing.get(key).unwrap_or_default().to_owned();
    let states: Vec<_> = [("open", "sightings.state.open")]
        .into_iter()
        .chain(
            State::ALL
                .iter()
                .filter(|state| **state != State::Merged)
                .map(|s| (s.name(), s.text())),
        )
        .collect();
    let all = || vec![(String::new(), ctx.t("common.answer.all"))];
    let mut families = all();
    families.extend(
        read::families(&app.db, scope).await?.into_iter().filter(|(key, _)| !key.is_empty()),
    );
    let mut feeds_of = all();
    feeds_of.extend(super::feed_options(&feeds::all(&app.db).await?));
    let mut units_of = all();
    units_of.extend(units::options(&app.db, scope, today).await?);
    // A unit that has ended still has its sightings.
    if let Some(unit) = listing.get("unit").and_then(|unit| unit.parse::<UnitId>().ok())
        && !units_of.iter().any(|(id, _)| id == unit.as_str())
        && let Ok(unit) = units::get(&app.db, scope, &unit).await
    {
        units_of.push((unit.id.to_string(), unit.name));
    }
    Ok(html! {
        form.row method="get" action="/sightings" {
            (parts::field(ctx.lang, "sightings.list.search", "q", "search", &chosen("q"), false))
            (parts::choice(ctx.lang, "common.field.status", "state", &super::options(ctx, true, &states), &chosen("state")))
            (parts::choice(ctx.lang, "sightings.field.family", "family", &families, &chosen("family")))
            (parts::choice(ctx.lang, "common.field.unit", "unit", &units_of, &chosen("unit")))
            (parts::choice(ctx.lang, "sightings.field.feed", "feed", &feeds_of, &chosen("feed")))
            button type="submit" { (ctx.t("common.action.filter")) }
            a href="/sightings" { (ctx.t("common.action.clear")) }
        }
    })
}
