//! `/exposures`: handled of total, unit by unit and month by month.

use std::collections::BTreeMap;

use axum::{
    extract::{Query, State as Shared},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};

use super::filter;
use crate::{
    App, Result,
    exposures::{
        bulletins, campaign,
        rules::Hosts,
        units::{self, Look},
    },
    ids::UnitId,
    registry::units as register,
    web::{CellText, Ctx, Listing, Page, Sheet, attachment, csv_file, frame, parts, xlsx_file},
};

/// Everything on the page.
struct Whole {
    units: Vec<(UnitId, String, Hosts)>,
    months: BTreeMap<i64, BTreeMap<UnitId, Hosts>>,
}

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let listing = Listing::new(query);
    let asked = filter::asked(&listing)?;
    let basis = bulletins::newest(&app.db).await?;
    let today = ctx.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let ground = campaign::ground(&app.db, basis.as_ref(), &asked, today).await?;
    let whole = whole(&app, &ctx, Look::new(&asked, ctx.now)).await?;
    if let Some(format) = listing.get("format").filter(|format| matches!(*format, "csv" | "xlsx")) {
        return Ok(export(&ctx, &whole, format)?);
    }
    let title = ctx.t("exposures.overview.title");
    let query = asked.query();
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &actions(&ctx, &query)))
            (parts::done(&ctx, listing.get("done")))
            p { (ctx.t("exposures.overview.about")) }
            (filter::banner(&ctx, basis.as_ref(), ground.is_short))
            p { strong { (ctx.t("exposures.campaign.title")) ": " } (filter::wording(&ctx, &asked)) }
            @if ground.asks_nothing { p.warning { (ctx.t("exposures.overview.asks-nothing")) } }
            details { summary { (ctx.t("exposures.campaign.change")) }
                form method="get" action="/exposures" {
                    (filter::fields(&ctx, &asked, basis.as_ref()))
                    button type="submit" { (ctx.t("common.action.filter")) }
                    " " a href="/exposures" { (ctx.t("common.action.clear")) }
                }
            }
            (cards(&ctx, &whole))
            (table(&ctx, &whole, &query))
            (exports(&query))
        },
    )
    .into_response())
}

async fn whole(app: &App, ctx: &Ctx, look: Look<'_>) -> Result<Whole> {
    let scope = ctx.viewer.scope();
    let names = register::names(&app.db, scope).await?;
    let found = units::hosts(&app.db, scope, look).await?;
    let mut units: Vec<(UnitId, String, Hosts)> = found
        .into_iter()
        .filter(|(_, hosts)| hosts.all() > 0)
        .map(|(unit, hosts)| {
            let name = names.get(&unit).map(|(_, name)| name.clone()).unwrap_or_default();
            (unit, name, hosts)
        })
        .collect();
    units.sort_by_cached_key(|(_, name, _)| words::sort_key(name));
    Ok(Whole { units, months: units::by_month(&app.db, scope, look).await? })
}

fn actions(ctx: &Ctx, query: &str) -> Markup {
    html! {
        @if ctx.viewer.watch().is_ok() || !ctx.viewer.scope().is_province() {
            a.button.primary href="/inventories/new" { (ctx.t("exposures.deliver.title")) }
        }
        a.button href="/exposures/todo" { (ctx.t("exposures.todo.title")) }
        a.button href={ "/exposures/rows" (query) } { (ctx.t("exposures.rows.title")) }
        a.button href="/exposures/hosts" { (ctx.t("exposures.hosts.title")) }
        a.button href={ "/exposures/cves" (query) } { (ctx.t("exposures.cves.title")) }
        a.button href="/acceptances" { (ctx.t("exposures.accept.title")) }
        @if ctx.viewer.watch().is_ok() {
            a.button href="/exposures/ask" { (ctx.t("exposures.ask.title")) }
        }
    }
}

fn cards(ctx: &Ctx, whole: &Whole) -> Markup {
    let sum = |of: fn(&Hosts) -> u64| whole.units.iter().map(|(.., hosts)| of(hosts)).sum::<u64>();
    let card = |number: u64, key: &str| {
        html! { div.card { span.big { (ctx.number(number as i64)) } (ctx.t(key)) } }
    };
    html! {
        div.cards {
            (card(sum(|one| one.handled), "exposures.overview.handled"))
            (card(sum(|one| one.missing), "exposures.overview.missing"))
            (card(sum(|one| one.accepted), "exposures.overview.accepted"))
            (card(sum(|one| one.unknown), "exposures.overview.unknown"))
            (card(sum(|one| one.stale), "exposures.overview.stale"))
            (card(sum(|one| one.unread), "exposures.overview.unread"))
        }
    }
}

fn table(ctx: &Ctx, whole: &Whole, query: &str) -> Markup {
    let title = ctx.t("exposures.overview.title");
    html! {
        div.table-wrap.names tabindex="0" role="region" aria-label=(title) {
            table {
                thead { tr {
                    th scope="col" { (ctx.t("common.field.unit")) }
                    th scope="col" { (ctx.t("exposures.overview.share")) }
                    @for key in HEADS { th.num scope="col" { (ctx.t(key)) } }
                    @for number in whole.months.keys() { th.num scope="col" { (super::month(*number)) } }
                } }
                tbody { @for (unit, name, hosts) in &whole.units { tr {
                    th scope="row" { a href=(of_unit(unit)) { (name) } }
                    td { a href=(rows_of(unit, query)) { (parts::share(ctx, hosts.handled, hosts.total())) } }
                    @for number in figures(hosts) { td.num { (ctx.number(number as i64)) } }
                    @for units in whole.months.values() { td.num { (month_cell(units.get(unit))) } }
                } } }
            }
        }
        @if whole.units.is_empty() { p.none { (ctx.t("web.no-rows")) } }
    }
}

const HEADS: [&str; 5] = [
    "exposures.head.missing",
    "exposures.head.accepted",
    "exposures.head.unknown",
    "exposures.head.stale",
    "exposures.head.unread",
];

fn figures(hosts: &Hosts) -> [u64; 5] {
    [hosts.missing, hosts.accepted, hosts.unknown, hosts.stale, hosts.unread]
}

fn month_cell(hosts: Option<&Hosts>) -> String {
    hosts.map_or_else(String::new, |hosts| format!("{}/{}", hosts.handled, hosts.total()))
}

/// The hosts of a unit, and the rows of a campaign at a unit.
fn of_unit(unit: &UnitId) -> String {
    parts::with_query("/exposures/hosts", &[("unit", unit.as_str())])
}

fn rows_of(unit: &UnitId, query: &str) -> String {
    let join = if query.is_empty() { "?" } else { "&" };
    format!("/exposures/rows{query}{join}unit={unit}")
}

fn exports(query: &str) -> Markup {
    let join = if query.is_empty() { "?" } else { "&" };
    html! {
        p.exports {
            a href={ "/exposures" (query) (join) "format=xlsx" } download { "XLSX" } " "
            a href={ "/exposures" (query) (join) "format=csv" } download { "CSV" }
        }
    }
}

fn export(ctx: &Ctx, whole: &Whole, format: &str) -> Result<Response> {
    let mut header = vec![
        ctx.t("common.field.unit"),
        ctx.t("exposures.overview.handled"),
        ctx.t("common.field.total"),
    ];
    header.extend(HEADS.map(|key| ctx.t(key)));
    header.extend(whole.months.keys().map(|number| super::month(*number)));
    let row = |(unit, name, hosts): &(UnitId, String, Hosts)| -> Vec<CellText> {
        let mut cells: Vec<CellText> = vec![
            name.as_str().into(),
            (hosts.handled as i64).into(),
            (hosts.total() as i64).into(),
        ];
        cells.extend(figures(hosts).map(|number| (number as i64).into()));
        cells.extend(whole.months.values().map(|units| month_cell(units.get(unit)).into()));
        cells
    };
    let sheet = Sheet {
        title: ctx.t("exposures.overview.title"),
        as_of: ctx.fill("web.as-of", &[("time", &ctx.time(ctx.now))]),
        header,
        rows: whole.units.iter().map(row).collect(),
    };
    if format == "csv" {
        return Ok(attachment("phoi-nhiem.csv", "text/csv; charset=utf-8", csv_file(&sheet)?));
    }
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(attachment("phoi-nhiem.xlsx", kind, xlsx_file(&sheet)?))
}
