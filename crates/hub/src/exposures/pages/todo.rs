//! `/exposures/todo`: what to do on each machine, in words that a clerk can
//! follow, to be printed.

use std::collections::BTreeMap;

use axum::extract::{Query, State as Shared};
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};
use words::Lang;

use crate::{
    App,
    exposures::{
        raise,
        read::{self, HostRow},
    },
    store::Direction,
    web::{Ctx, Listing, Page, frame, parts},
};

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    let listing = Listing::new(query);
    let select = read::hosts(ctx.viewer.scope()).and_if("h.unit_id = {}", listing.get("unit"));
    let hosts: Vec<HostRow> = raise::open_hosts(select, ctx.now)
        .order("u.code", Direction::Up)
        .order("h.name_key", Direction::Up)
        .fetch(app.db.reader())
        .await?;
    let mut by_unit: BTreeMap<(&str, &str), Vec<&HostRow>> = BTreeMap::new();
    for host in &hosts {
        by_unit.entry((&host.unit_code, &host.unit_name)).or_default().push(host);
    }
    let units = super::unit_options(&app, &ctx).await?;
    let title = ctx.t("exposures.todo.title");
    let chosen = listing.get("unit").unwrap_or_default();
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! {}))
            p { (ctx.t("exposures.todo.about")) }
            p.soft { (ctx.fill("web.as-of", &[("time", &ctx.time(ctx.now))])) }
            @if ctx.viewer.scope().is_province() {
                form.row method="get" action="/exposures/todo" {
                    (parts::choice(ctx.lang, "common.field.unit", "unit", &units, chosen))
                    button type="submit" { (ctx.t("common.action.filter")) }
                }
            }
            @if hosts.is_empty() { p { (ctx.t("exposures.todo.none")) } }
            @for ((_, name), hosts) in &by_unit {
                h2 { (name) }
                (table(ctx.lang, ctx.now, &ctx.zone, hosts))
            }
            (steps(ctx.lang))
        },
    ))
}

/// The machines with what to do on each.
pub(in crate::exposures) fn list(
    lang: Lang,
    now: Timestamp,
    zone: &TimeZone,
    hosts: &[HostRow],
) -> Markup {
    html! {
        (table(lang, now, zone, &hosts.iter().collect::<Vec<_>>()))
        (steps(lang))
    }
}

fn table(lang: Lang, now: Timestamp, zone: &TimeZone, hosts: &[&HostRow]) -> Markup {
    let heads = [
        "exposures.field.host",
        "exposures.field.todo",
        "exposures.field.product",
        "exposures.field.collected",
    ];
    html! {
        div.table-wrap tabindex="0" role="region" aria-label=(lang.t("exposures.todo.title")) { table.stacks {
            thead { tr { @for key in heads { th scope="col" { (lang.t(key)) } } } }
            tbody { @for host in hosts { tr {
                td data-label=(lang.t(heads[0])) { strong { (host.name) } }
                td data-label=(lang.t(heads[1])) { span { (one(lang, now, host)) } }
                td data-label=(lang.t(heads[2])) { span { (host.product.as_deref().unwrap_or_default()) " " span.mono { (host.build.as_deref().unwrap_or_default()) } } }
                td data-label=(lang.t(heads[3])) {
                    @if let Some(at) = host.collected_at { (lang.date(at.0.to_zoned(zone.clone()).date())) } @else { "–" }
                }
            } } }
        } }
    }
}

/// What to do on one machine.
pub(super) fn one(lang: Lang, now: Timestamp, host: &HostRow) -> Markup {
    let missing = host.missing.unwrap_or(0).unsigned_abs();
    html! {
        (raise::to_do_text(lang, now, host))
        @if missing > 0 && !host.is_stale(read::oldest(now)) {
            " " span.soft { (lang.count("exposures.todo.closes", missing)) }
        }
    }
}

/// How it is done, once for the page.
fn steps(lang: Lang) -> Markup {
    html! {
        section.card {
            h2 { (lang.t("exposures.todo.how")) }
            ol.steps {
                @for key in ["install", "restart", "collect", "deliver"] { li { (lang.t(&format!("exposures.todo.step-{key}"))) } }
            }
        }
    }
}

/// The fields of a form that takes inventories.
pub(in crate::exposures) fn delivery_fields(lang: Lang) -> Markup {
    html! {
        div.field {
            label for="file" { (lang.t("exposures.deliver.files")) span.required title=(lang.t("common.answer.required")) { " *" } }
            input #file type="file" name="file" multiple required;
            span.hint { (lang.t("exposures.deliver.formats")) }
        }
        (parts::field(lang, "exposures.deliver.collected-on", "collected_on", "date", "", false))
        p.hint { (lang.t("exposures.deliver.collected-hint")) }
    }
}
