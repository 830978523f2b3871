//! `/inventories/machines`: delivered machines that the register does not know.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State as Shared},
    response::Response,
};
use maud::{Markup, html};
use serde::Deserialize;

use super::inventories::place_badge;
use crate::{
    App, Error, Result,
    exposures::{
        MachineId,
        inventories::{self, Machine, place as placing},
    },
    registry::{HostId, Keeper, hosts},
    store::Direction,
    web::{Ctx, Listing, Page, Posted, frame, parts, redirect},
};

/// Machines on the page; the rest comes when these are done.
const MOST: u32 = 100;

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    let listing = Listing::new(query);
    let select =
        inventories::machines(ctx.viewer.scope()).and::<&str>("m.place IN ('new', 'several')", []);
    let all = select.count(app.db.reader()).await?;
    let machines: Vec<Machine> = select
        .order("m.id", Direction::Down)
        .page(crate::store::Page { number: 0, size: MOST })
        .fetch(app.db.reader())
        .await?;
    let mut shown = Vec::new();
    for machine in machines {
        let others = elsewhere(&app, &ctx, &machine).await?;
        shown.push((machine, others));
    }
    let title = ctx.t("exposures.machines.title");
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! { a.button href="/inventories" { (ctx.t("exposures.inventories.title")) } }))
            (parts::done(&ctx, listing.get("done")))
            p { (ctx.t("exposures.machines.about")) }
            @if shown.is_empty() { p.none { (ctx.t("exposures.machines.none")) } }
            @for (machine, others) in &shown { (one(&ctx, machine, others)) }
            @if all > i64::from(MOST) { p.soft { "+" (ctx.number(all - i64::from(MOST))) } }
        },
    ))
}

/// Hosts of that name anywhere in the viewer's scope. Only the province sees
/// that another unit has one.
async fn elsewhere(app: &App, ctx: &Ctx, machine: &Machine) -> Result<Vec<hosts::Host>> {
    hosts::select(ctx.viewer.scope())
        .and("h.name_key = {}", [words::fold(machine.name.trim())])
        .order("u.code", Direction::Up)
        .fetch(app.db.reader())
        .await
}

fn one(ctx: &Ctx, machine: &Machine, others: &[hosts::Host]) -> Markup {
    let action = |verb: &str| format!("/inventories/machines/{}/{verb}", machine.id);
    let may = Keeper::of(&ctx.viewer).is_ok();
    html! {
        section.card {
            h2 { (machine.name) " " (place_badge(ctx, machine.place)) }
            p {
                (machine.unit_name.as_deref().unwrap_or_default()) " · " (machine.os) " · "
                a href={ "/inventories/" (machine.inventory_id) } { (ctx.time(machine.received_at)) }
            }
            @if may {
                @for host in others {
                    form.row method="post" action=(action("place")) {
                        (parts::token(ctx))
                        input type="hidden" name="host" value=(host.id);
                        button type="submit" { (ctx.fill("exposures.machines.is", &[("host", &host.name), ("unit", &host.unit_name)])) }
                    }
                }
                @if machine.unit_id.is_some() {
                    form.row method="post" action=(action("add")) {
                        (parts::token(ctx))
                        (kinds(ctx, machine))
                        button.primary type="submit" { (ctx.t("exposures.machines.add")) }
                    }
                }
                form.row method="post" action=(action("aside")) {
                    (parts::token(ctx))
                    div.field {
                        label for={ "reason-" (machine.id) } { (ctx.t("common.field.reason")) }
                        input id={ "reason-" (machine.id) } name="reason" type="text" required;
                    }
                    button type="submit" { (ctx.t("exposures.machines.aside")) }
                }
            }
        }
    }
}

fn kinds(ctx: &Ctx, machine: &Machine) -> Markup {
    let is_server = words::fold(&machine.os).contains("server");
    let guess = if is_server { "server" } else { "workstation" };
    let id = format!("kind-{}", machine.id);
    html! {
        div.field {
            label for=(id) { (ctx.t("registry.hosts.kind")) }
            select id=(id) name="kind" {
                @for (name, text) in hosts::Kind::WORDS { option value=(name) selected[*name == guess] { (ctx.t(text)) } }
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Form {
    #[serde(default)]
    host: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    reason: String,
}

fn back(done: &str) -> Response {
    redirect(&parts::with_query("/inventories/machines", &[("done", done)]))
}

pub(super) async fn place(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<MachineId>,
    Posted(form): Posted<Form>,
) -> Page<Response> {
    let by = Keeper::of(&ctx.viewer)?;
    let host: HostId = form.host.parse()?;
    placing::on_host(&app, &by, ctx.now, &id, &host).await?;
    Ok(back("exposures.done.placed"))
}

pub(super) async fn add(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<MachineId>,
    Posted(form): Posted<Form>,
) -> Page<Response> {
    let by = Keeper::of(&ctx.viewer)?;
    let kind = hosts::Kind::named(&form.kind).ok_or(Error::NotFound)?;
    placing::as_new_host(&app, &by, ctx.now, &id, kind).await?;
    Ok(back("exposures.done.added"))
}

pub(super) async fn aside(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<MachineId>,
    Posted(form): Posted<Form>,
) -> Page<Response> {
    let by = Keeper::of(&ctx.viewer)?;
    placing::set_aside(&app, &by, ctx.now, &id, &form.reason).await?;
    Ok(back("exposures.done.aside"))
}
