//! `/sightings/queue`: "whose is this address?", with what helps to decide.

use std::collections::BTreeMap;

use axum::{
    extract::{Query, State as Shared},
    response::Response,
};
use maud::{Markup, html};
use serde::Deserialize;

use super::show::range_table;
use crate::{
    App, Error, Result,
    ids::UnitId,
    registry::{
        self, Keeper,
        networks::{Kind, NetworkEntry, Status},
        units,
    },
    sightings::{
        SightingId,
        place::{self, Evidence},
        read::{self, Shown},
    },
    store::Direction,
    web::{self, Column, Ctx, Listing, Page, Posted, Table, frame, parts},
};

const COLUMNS: &[Column<Shown>] = &[
    Column {
        key: "address",
        title: "sightings.field.address",
        sort: Some("s.address_key"),
        cell: |_, row| {
            let path = parts::with_query("/sightings/queue", &[("address", &row.sighting.address)]);
            html! { a.mono.nowrap href=(path) { (row.sighting.address) } }
        },
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
        key: "question",
        title: "sightings.field.question",
        sort: Some("s.question"),
        cell: |ctx, row| html! { (question(ctx, row)) },
        text: |ctx, row| question(ctx, row).into(),
    },
    Column {
        key: "last",
        title: "sightings.field.last-seen",
        sort: Some("s.last_seen"),
        cell: |ctx, row| html! { (ctx.time(row.sighting.last_seen)) },
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

fn question(ctx: &Ctx, row: &Shown) -> String {
    row.sighting.question.map(|question| ctx.t(question.text())).unwrap_or_default()
}

/// The queue is the province's: its rows are of nobody yet.
fn province(ctx: &Ctx) -> Result<()> {
    if ctx.viewer.scope().is_province() { Ok(()) } else { Err(Error::NotFound) }
}

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    province(&ctx)?;
    let listing = Listing::new(query);
    let select = read::select(ctx.viewer.scope())
        .and("s.state = {}", ["new"])
        .search("s.fold", listing.search());
    let table = Table {
        path: "/sightings/queue".to_owned(),
        file: "dia-chi-chua-ro",
        title: "sightings.queue.title",
        columns: COLUMNS,
        sorted: ("rows", Direction::Down),
    };
    let empty = select.count(app.db.reader()).await? == 0 && listing.search().is_none();
    let chosen = panel(&app, &ctx, listing.get("address").unwrap_or_default()).await?;
    let body = |markup: Markup| {
        frame(
            &ctx,
            &ctx.t("sightings.queue.title"),
            &html! {
                (parts::heading(&ctx.t("sightings.queue.title"), &ask_again(&ctx)))
                (parts::done(&ctx, listing.get("done")))
                p { (ctx.t("sightings.queue.about")) }
                (chosen)
                @if empty {
                    (parts::empty(&ctx.t("sightings.queue.empty"), &html! { a.button href="/lists" { (ctx.t("sightings.matrix.title")) } }))
                } @else { (markup) }
            },
        )
    };
    table.respond(&ctx, app.db.reader(), select, &listing, body).await
}

fn ask_again(ctx: &Ctx) -> Markup {
    html! {
        @if ctx.viewer.watch().is_ok() {
            form method="post" action="/sightings/queue/again" {
                (parts::token(ctx))
                button type="submit" { (ctx.t("sightings.queue.again")) }
            }
        }
    }
}

/// One address with its evidence and the form to decide.
async fn panel(app: &App, ctx: &Ctx, address: &str) -> Result<Markup> {
    let ids = place::queued_at(app, address).await?;
    let Some(first) = ids.first() else { return Ok(html! {}) };
    let scope = ctx.viewer.scope();
    let shown = read::get(&app.db, scope, first).await?;
    let evidence = place::evidence(app, scope, &shown.sighting).await?;
    Ok(html! {
        section.card aria-labelledby="decide" {
            h2 #decide { (ctx.fill("sightings.queue.decide", &[("address", &address)])) }
            (shown_evidence(ctx, &evidence))
            @if ctx.viewer.watch().is_ok() { (decide_form(app, ctx, address).await?) }
        }
    })
}

fn shown_evidence(ctx: &Ctx, evidence: &Evidence) -> Markup {
    html! {
        h3 { (ctx.t("sightings.queue.holders")) }
        (range_table(ctx, &evidence.holders))
        h3 { (ctx.t("sightings.queue.near")) }
        (range_table(ctx, &evidence.near))
        @if !evidence.notes.is_empty() {
            h3 { (ctx.t("sightings.queue.notes")) }
            ul { @for note in &evidence.notes {
                li { strong { (note.column) } ": " (note.text) " " span.soft { "× " (note.rows) } }
            } }
        }
        @if !evidence.others.is_empty() {
            h3 { (ctx.t("sightings.queue.others")) }
            ul { @for one in &evidence.others {
                li {
                    a href={ "/sightings/" (one.sighting.id) } { (super::family(ctx, &one.sighting.family)) }
                    " · " (one.unit_name.as_deref().unwrap_or_default()) " · " (ctx.day(one.sighting.last_seen)) " "
                    (super::state_badge(ctx, one.sighting.state, one.sighting.reopened))
                }
            } }
        }
    }
}

async fn decide_form(app: &App, ctx: &Ctx, address: &str) -> Result<Markup> {
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    // Nobody is blamed by a slip of the mouse: no unit is chosen beforehand.
    let mut options = vec![(String::new(), "…".to_owned())];
    options.extend(units::options(&app.db, ctx.viewer.scope(), today).await?);
    Ok(html! {
        form method="post" action="/sightings/queue" {
            (parts::token(ctx))
            input type="hidden" name="address" value=(address);
            (parts::choice(ctx.lang, "common.field.unit", "unit", &options, ""))
            (parts::field(ctx.lang, "common.field.reason", "reason", "text", "", true))
            @if ctx.viewer.decide().is_ok() { (teach_fields(ctx)) }
            button.primary type="submit" { (ctx.t("sightings.place.submit")) }
        }
        p.hint { (ctx.t("sightings.queue.teach")) " " a href="/networks" { (ctx.t("sightings.queue.networks")) } }
    })
}

/// A range for the register, from which every later list knows by itself.
fn teach_fields(ctx: &Ctx) -> Markup {
    html! {
        div.row {
            (parts::field(ctx.lang, "sightings.queue.range", "range", "text", "", false))
            (parts::field(ctx.lang, "sightings.queue.range-from", "valid_from", "date", "", false))
            (parts::field(ctx.lang, "sightings.queue.range-to", "valid_to", "date", "", false))
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Decision {
    address: String,
    unit: String,
    reason: String,
    #[serde(default)]
    range: String,
    #[serde(default)]
    valid_from: String,
    #[serde(default)]
    valid_to: String,
}

/// Gives every queued sighting of the address to the unit.
pub(super) async fn decide(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Posted(form): Posted<Decision>,
) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    let ids: Vec<SightingId> = place::queued_at(&app, &form.address).await?;
    if ids.is_empty() {
        return Err(Error::NotFound.into());
    }
    let unit = super::unit(&form.unit)?;
    if !form.range.trim().is_empty() {
        teach(&app, &ctx, &form, unit).await?;
        let moved = place::ask_again(&app, &by, ctx.now).await?;
        return Ok(on(if moved > 0 { "asked" } else { "asked-in-vain" }));
    }
    place::place(&app, &by, ctx.now, &ids, &unit, &form.reason).await?;
    Ok(on("placed"))
}

/// Enters the range into the register; the rows then go by its dates.
async fn teach(app: &App, ctx: &Ctx, form: &Decision, unit_id: UnitId) -> Result<()> {
    let keeper = Keeper::from(ctx.viewer.decide()?);
    let range = form.range.parse().map_err(|_| Error::field("sightings.range-unread", "range"))?;
    let entry = NetworkEntry {
        range,
        unit_id,
        valid_from: form.valid_from.parse().ok(),
        valid_to: form.valid_to.parse().ok(),
        kind: Kind::Public,
        nat: None,
        provider: None,
        note: Some(form.reason.clone()),
        status: Status::Claimed,
    };
    registry::enter::add(&app.db, &keeper, ctx.now, &entry).await?;
    Ok(())
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// Asks the register again about the whole queue.
pub(super) async fn again(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    let moved = place::ask_again(&app, &ctx.viewer.watch()?, ctx.now).await?;
    Ok(on(if moved > 0 { "asked" } else { "asked-in-vain" }))
}

fn on(done: &str) -> Response {
    let done = format!("sightings.done.{done}");
    web::redirect(&parts::with_query("/sightings/queue", &[("done", &done)]))
}
