//! `/exposures/hosts/{id}`: one machine: what to install, what is doubtful, and
//! every CVE that concerns it.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State as Shared},
    response::Response,
};
use maud::{Markup, html};

use super::{filter, rows, todo};
use crate::{
    App,
    exposures::{
        Verdict, bundle as bundles,
        inventories::{self, Machine},
        read::{self, HostRow},
    },
    registry::HostId,
    store::Direction,
    web::{Ctx, Listing, Page, Table, attachment, frame, parts},
};

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let id: HostId = id.parse()?;
    let scope = ctx.viewer.scope();
    let host = read::host(&app.db, scope, &id).await?;
    let machines = inventories::of_host(&app.db, scope, &id).await?;
    let listing = Listing::new(query);
    let asked = filter::asked(&listing)?;
    let select = rows::filtered(&ctx, &listing, &asked).and("a.host_id = {}", [id.as_str()]);
    let table = Table {
        path: format!("/exposures/hosts/{id}"),
        file: "may",
        title: "exposures.rows.title",
        columns: rows::OF_HOST,
        sorted: ("severity", Direction::Down),
    };
    let body = |markup: Markup| {
        frame(
            &ctx,
            &host.name,
            &html! {
                (parts::heading(&host.name, &actions(&ctx, &host)))
                (parts::done(&ctx, listing.get("done")))
                (facts(&ctx, &host))
                @if let Some(warnings) = &host.warnings { (super::findings(&ctx, &warnings.0)) }
                h2 { (ctx.t("exposures.todo.title")) }
                (todo::one(ctx.lang, ctx.now, &host))
                h2 { (ctx.t("exposures.rows.of-host")) }
                (choices(&ctx, &table.path, &listing))
                (markup)
                (delivered(&ctx, &machines))
            },
        )
    };
    table.respond(&ctx, app.db.reader(), select, &listing, body).await
}

fn actions(ctx: &Ctx, host: &HostRow) -> Markup {
    let accept = parts::with_query("/acceptances", &[("host", host.id.as_str())]);
    html! {
        a.button href={ "/hosts/" (host.id) } { (ctx.t("exposures.show.register")) }
        @if host.machine_id.is_some() {
            a.button href={ "/exposures/hosts/" (host.id) "/bundle" } download { (ctx.t("exposures.show.bundle")) }
        }
        @if ctx.viewer.answer(&host.unit_id).is_ok() {
            a.button href=(accept) { (ctx.t("exposures.accept.ask")) }
        }
    }
}

fn facts(ctx: &Ctx, host: &HostRow) -> Markup {
    let number = |n: Option<i64>| ctx.number(n.unwrap_or(0));
    html! {
        dl.facts {
            dt { (ctx.t("common.field.unit")) } dd { (host.unit_name) }
            dt { (ctx.t("common.field.status")) } dd { (super::standing_badge(ctx, host.standing(read::oldest(ctx.now)))) }
            dt { (ctx.t("exposures.field.product")) } dd { (host.product.as_deref().unwrap_or("–")) }
            dt { (ctx.t("exposures.field.build")) } dd.mono { (host.build.as_deref().unwrap_or("–")) }
            dt { (ctx.t("exposures.field.collected")) } dd { (super::age(ctx, host.collected_at)) }
            dt { (ctx.t("exposures.show.counts")) } dd {
                (ctx.fill("exposures.show.counted", &[
                    ("missing", &number(host.missing)), ("unknown", &number(host.unknown)),
                    ("fixed", &number(host.fixed))]))
                @if host.aside.unwrap_or(0) > 0 {
                    br; span.soft { (ctx.fill("exposures.show.aside", &[("n", &number(host.aside))])) }
                }
            }
        }
    }
}

fn choices(ctx: &Ctx, path: &str, listing: &Listing) -> Markup {
    let chosen = |key: &str| listing.get(key).unwrap_or_default().to_owned();
    html! {
        form.row method="get" action=(path) {
            (parts::field(ctx.lang, "exposures.field.cve", "q", "search", &chosen("q"), false))
            (parts::choice(ctx.lang, "exposures.field.verdict", "verdict", &super::options(ctx, Verdict::WORDS), &chosen("verdict")))
            button type="submit" { (ctx.t("common.action.filter")) }
        }
    }
}

/// Every delivery that described it.
fn delivered(ctx: &Ctx, machines: &[Machine]) -> Markup {
    html! {
        h2 { (ctx.t("exposures.show.deliveries")) }
        @if machines.is_empty() { p.soft { (ctx.t("exposures.show.no-delivery")) } }
        @else {
            ul { @for one in machines { li {
                a href={ "/inventories/" (one.inventory_id) } { (ctx.time(one.received_at)) }
                " · " (one.os) " · "
                (ctx.fill("exposures.show.collected", &[("day", &ctx.day(one.collected_at)), ("who", &ctx.t(one.dated.text()))]))
            } } }
        }
    }
}

/// The signed bundle of what is known of a host.
pub(super) async fn bundle(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
) -> Page<Response> {
    let packed = bundles::pack(&app, ctx.viewer.scope(), ctx.now, &id.parse()?).await?;
    Ok(attachment(&packed.name, "application/zip", packed.bytes))
}
