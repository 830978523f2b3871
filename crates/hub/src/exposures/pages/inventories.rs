//! `/inventories`: deliveries; one of them with what became of every file and
//! machine.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State as Shared},
    response::Response,
};
use maud::{Markup, html};

use crate::{
    App, Error,
    exposures::{
        InventoryId,
        inventories::{self, File, Inventory, Machine, Outcome, Part, Place},
    },
    store::Direction,
    web::{Column, Ctx, Listing, Page, Table, attachment, frame, parts, parts::Tone},
};

const COLUMNS: &[Column<Inventory>] = &[
    Column {
        key: "received",
        title: "exposures.field.received",
        sort: Some("i.received_at"),
        cell: |ctx, row| html! { a href={ "/inventories/" (row.id) } { (ctx.time(row.received_at)) } },
        text: |ctx, row| ctx.time(row.received_at).into(),
    },
    Column {
        key: "unit",
        title: "common.field.unit",
        sort: Some("COALESCE(u.code, '')"),
        cell: |ctx, row| html! { (unit(ctx, row)) },
        text: |ctx, row| unit(ctx, row).into(),
    },
    Column {
        key: "title",
        title: "common.field.file",
        sort: Some("i.title"),
        cell: |_, row| html! { (row.title) },
        text: |_, row| row.title.clone().into(),
    },
    Column {
        key: "files",
        title: "exposures.field.files",
        sort: Some("i.files"),
        cell: |ctx, row| {
            html! {
                (ctx.number(row.files))
                @if row.unread > 0 { " " (parts::badge(Tone::Bad, &ctx.fill("exposures.inventories.unread", &[("n", &row.unread)]))) }
            }
        },
        text: |_, row| row.files.into(),
    },
    Column {
        key: "machines",
        title: "exposures.field.machines",
        sort: Some("i.machines"),
        cell: |ctx, row| {
            html! {
                (ctx.number(row.machines))
                @if row.unplaced > 0 { " " (parts::badge(Tone::Unknown, &ctx.fill("exposures.inventories.unplaced", &[("n", &row.unplaced)]))) }
            }
        },
        text: |_, row| row.machines.into(),
    },
    Column {
        key: "by",
        title: "exposures.field.by",
        sort: Some("i.by_name"),
        cell: |ctx, row| html! { (row.by_name) " · " (ctx.t(row.through.text())) },
        text: |_, row| row.by_name.clone().into(),
    },
];

fn unit(ctx: &Ctx, row: &Inventory) -> String {
    row.unit_name.clone().unwrap_or_else(|| ctx.t("exposures.deliver.mixture"))
}

pub(super) async fn list(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let listing = Listing::new(query);
    let table = Table {
        path: "/inventories".to_owned(),
        file: "kiem-ke",
        title: "exposures.inventories.title",
        columns: COLUMNS,
        sorted: ("received", Direction::Down),
    };
    let select =
        inventories::select(ctx.viewer.scope()).and_if("i.unit_id = {}", listing.get("unit"));
    let title = ctx.t("exposures.inventories.title");
    let body = |rows: Markup| {
        frame(
            &ctx,
            &title,
            &html! {
                (parts::heading(&title, &html! {
                    a.button.primary href="/inventories/new" { (ctx.t("exposures.deliver.title")) }
                    a.button href="/inventories/machines" { (ctx.t("exposures.machines.title")) }
                }))
                p { (ctx.t("exposures.inventories.about")) }
                (rows)
            },
        )
    };
    table.respond(&ctx, app.db.reader(), select, &listing, body).await
}

const FILES: &[Column<File>] = &[
    Column {
        key: "name",
        title: "common.field.file",
        sort: Some("f.name"),
        cell: |_, row| html! { span.mono { (row.name) } },
        text: |_, row| row.name.clone().into(),
    },
    Column {
        key: "outcome",
        title: "exposures.field.outcome",
        sort: Some("f.outcome"),
        cell: |ctx, row| {
            let tone = if row.outcome == Outcome::Read { Tone::Good } else { Tone::Bad };
            parts::badge(tone, &ctx.t(row.outcome.text()))
        },
        text: |ctx, row| ctx.t(row.outcome.text()).into(),
    },
    Column {
        key: "machines",
        title: "exposures.field.machines",
        sort: None,
        cell: |_, row| html! { (row.machines.0.join(", ")) },
        text: |_, row| row.machines.0.join(", ").into(),
    },
    Column {
        key: "collector",
        title: "exposures.field.collector",
        sort: Some("f.collector"),
        cell: |_, row| html! { (row.collector) },
        text: |_, row| row.collector.clone().into(),
    },
    Column {
        key: "findings",
        title: "exposures.field.findings",
        sort: None,
        cell: |ctx, row| {
            html! { @for found in &row.diagnostics.0 {
                @let (text, hint) = ctx.lang.diagnostic(found);
                div { (text) " " span.hint { (hint) } }
            } }
        },
        text: |ctx, row| {
            let texts: Vec<String> =
                row.diagnostics.0.iter().map(|found| ctx.lang.diagnostic(found).0).collect();
            texts.join(" ").into()
        },
    },
];

pub(super) async fn show(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let id: InventoryId = id.parse()?;
    let scope = ctx.viewer.scope();
    let inventory = inventories::get(&app.db, scope, &id).await?;
    let kept = inventories::parts(&app.db, scope, &id).await?;
    let machines: Vec<Machine> = inventories::machines(scope)
        .and("m.inventory_id = {}", [id.as_str()])
        .order("m.place", Direction::Up)
        .order("m.fold", Direction::Up)
        .page(crate::store::Page { number: 0, size: MOST })
        .fetch(app.db.reader())
        .await?;
    let listing = Listing::new(query);
    let select = inventories::files(scope).and("f.inventory_id = {}", [id.as_str()]);
    let table = Table {
        path: format!("/inventories/{id}"),
        file: "kiem-ke-tep",
        title: "exposures.inventories.files",
        columns: FILES,
        sorted: ("outcome", Direction::Down),
    };
    let body = |rows: Markup| {
        frame(
            &ctx,
            &inventory.title,
            &html! {
                (parts::heading(&inventory.title, &html! {
                    a.button href="/exposures/todo" { (ctx.t("exposures.todo.title")) }
                }))
                (parts::done(&ctx, listing.get("done")))
                (facts(&ctx, &inventory, &kept))
                h2 { (ctx.t("exposures.field.machines")) }
                (machine_list(&ctx, &machines, inventory.machines))
                h2 { (ctx.t("exposures.inventories.files")) }
                (rows)
            },
        )
    };
    table.respond(&ctx, app.db.reader(), select, &listing, body).await
}

/// Machines listed on the page of a delivery.
const MOST: u32 = 500;

fn facts(ctx: &Ctx, one: &Inventory, kept: &[Part]) -> Markup {
    html! {
        dl.facts {
            dt { (ctx.t("common.field.unit")) } dd { (unit(ctx, one)) }
            dt { (ctx.t("exposures.field.received")) } dd { (ctx.time(one.received_at)) " · " (one.by_name) " · " (ctx.t(one.through.text())) }
            @if let Some(day) = one.said_on { dt { (ctx.t("exposures.deliver.collected-on")) } dd { (ctx.lang.date(day.0)) } }
            dt { (ctx.t("exposures.inventories.kept")) }
            dd { @for part in kept {
                a href={ "/inventories/" (one.id) "/parts/" (part.sha256) } { (part.name) }
                " " span.soft { (ctx.number(part.size)) " B" } br; code { "sha256 " (part.sha256) } br;
            } }
        }
    }
}

fn machine_list(ctx: &Ctx, machines: &[Machine], all: i64) -> Markup {
    html! {
        @if machines.is_empty() { p.none { (ctx.t("web.no-rows")) } }
        @else {
            ul { @for one in machines { li {
                @match &one.host_id {
                    Some(host) => a href={ "/exposures/hosts/" (host) } { (one.name) },
                    None => span { (one.name) },
                }
                " " (place_badge(ctx, one.place)) " " span.soft { (one.os) }
            } } }
            @if all > machines.len() as i64 { p.soft { "+" (ctx.number(all - machines.len() as i64)) } }
        }
    }
}

/// How a machine's place looks.
pub(super) fn place_badge(ctx: &Ctx, place: Place) -> Markup {
    let tone = match place {
        Place::Placed => Tone::Good,
        Place::New | Place::Several => Tone::Unknown,
        Place::SetAside => Tone::Quiet,
    };
    parts::badge(tone, &ctx.t(place.text()))
}

/// The very bytes that came.
pub(super) async fn part(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path((id, sha256)): Path<(String, String)>,
) -> Page<Response> {
    let id: InventoryId = id.parse()?;
    let kept = inventories::parts(&app.db, ctx.viewer.scope(), &id).await?;
    let part = kept.into_iter().find(|part| part.sha256 == sha256).ok_or(Error::NotFound)?;
    let bytes = app.files.read(&part.sha256).await?;
    let name = super::saved_name(&part.sha256, &part.name);
    Ok(attachment(&name, "application/octet-stream", bytes))
}
