//! `/exposures/rows`: every (host, CVE) that is missing or unknown, filtered and
//! exported.

use std::collections::BTreeMap;

use axum::{
    extract::{Query, State as Shared},
    response::Response,
};
use maud::{Markup, html};

use super::filter;
use crate::{
    App,
    exposures::{
        Verdict, bulletins, campaign,
        campaign::Asked,
        read::{self, Exposure},
    },
    store::{Direction, Select},
    web::{Column, Ctx, Listing, Page, Table, frame, parts},
};

const HOST: Column<Exposure> = Column {
    key: "host",
    title: "exposures.field.host",
    sort: Some("h.name_key"),
    cell: |_, row| html! { a href={ "/exposures/hosts/" (row.host_id) } { (row.host) } },
    text: |_, row| row.host.clone().into(),
};
const UNIT: Column<Exposure> = Column {
    key: "unit",
    title: "common.field.unit",
    sort: Some("u.code"),
    cell: |_, row| html! { (row.unit_name) },
    text: |_, row| row.unit_name.clone().into(),
};
const CVE: Column<Exposure> = Column {
    key: "cve",
    title: "exposures.field.cve",
    sort: Some("r.cve"),
    cell: |_, row| {
        html! { a.nowrap href={ "/exposures/hosts/" (row.host_id) "/" (row.cve) } { (row.cve) } }
    },
    text: |_, row| row.cve.clone().into(),
};
const VERDICT: Column<Exposure> = Column {
    key: "verdict",
    title: "exposures.field.verdict",
    sort: Some("r.verdict"),
    cell: verdict,
    text: |ctx, row| ctx.t(row.now(read::oldest(ctx.now)).0.text()).into(),
};
const SEVERITY: Column<Exposure> = Column {
    key: "severity",
    title: "exposures.field.severity",
    sort: Some("r.severity * 1000 + r.cvss"),
    cell: |ctx, row| {
        html! {
            (super::severity(ctx, row.severity))
            @if row.kev_added.is_some() { " " (parts::badge(parts::Tone::Bad, "KEV")) }
        }
    },
    text: |ctx, row| super::severity(ctx, row.severity).into(),
};
const SCORE: Column<Exposure> = Column {
    key: "cvss",
    title: "exposures.field.cvss",
    sort: Some("r.cvss"),
    cell: |ctx, row| html! { (super::cvss(ctx, row.cvss)) },
    text: |ctx, row| super::cvss(ctx, row.cvss).into(),
};
const KEV: Column<Exposure> = Column {
    key: "kev",
    title: "exposures.field.kev",
    sort: Some("COALESCE(c.kev_added, '')"),
    cell: |ctx, row| html! { @if let Some(day) = row.kev_added { (ctx.lang.date(day.0)) } },
    text: |ctx, row| row.kev_added.map(|day| ctx.lang.date(day.0)).unwrap_or_default().into(),
};
const NEEDED: Column<Exposure> = Column {
    key: "needed",
    title: "exposures.field.needed",
    sort: Some("r.needed"),
    cell: |_, row| html! { span.mono { (row.needed) } },
    text: |_, row| row.needed.clone().into(),
};
const REASON: Column<Exposure> = Column {
    key: "reason",
    title: "exposures.field.reason",
    sort: None,
    cell: |ctx, row| html! { (super::why(ctx, row.now(read::oldest(ctx.now)).1)) },
    text: |ctx, row| super::why(ctx, row.now(read::oldest(ctx.now)).1).into(),
};

const COLUMNS: &[Column<Exposure>] =
    &[HOST, UNIT, CVE, VERDICT, SEVERITY, SCORE, KEV, NEEDED, REASON];
/// The columns on the page of one host.
pub(super) const OF_HOST: &[Column<Exposure>] =
    &[CVE, VERDICT, SEVERITY, SCORE, KEV, NEEDED, REASON];
/// The columns on the page of one CVE.
pub(super) const OF_CVE: &[Column<Exposure>] = &[HOST, UNIT, VERDICT, NEEDED, REASON];

fn verdict(ctx: &Ctx, row: &Exposure) -> Markup {
    let (verdict, _) = row.now(read::oldest(ctx.now));
    html! {
        (super::verdict_badge(ctx, verdict))
        @if row.accepted.0 {
            " " (parts::badge(parts::Tone::Claimed, &ctx.t("exposures.standing.accepted")))
        }
    }
}

/// The rows that a query asks for, of whatever verdict.
pub(super) fn filtered(ctx: &Ctx, listing: &Listing, asked: &Asked) -> Select {
    let oldest = read::oldest(ctx.now);
    let today = ctx.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut select = read::exposures(ctx.viewer.scope())
        .and_if("h.unit_id = {}", listing.get("unit"))
        .and_if("c.month = {}", listing.get("month").and_then(|month| month.parse::<i64>().ok()))
        .and_if("r.cve LIKE '%' || {} || '%'", listing.search().map(str::to_uppercase));
    if is_campaign(listing) {
        select = campaign::narrow(select, asked, today);
    }
    match listing.get("verdict").and_then(Verdict::named) {
        Some(verdict) => read::of_verdict(select, verdict, oldest),
        None => select,
    }
}

/// Whether the query says anything of a campaign.
fn is_campaign(listing: &Listing) -> bool {
    let names = [
        "named",
        "critical",
        "important",
        "exploited",
        "kev",
        "everything",
        "cvss_from",
        "from",
        "to",
        "cves",
    ];
    names.iter().any(|name| listing.get(name).is_some())
}

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(mut query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    query.entry("verdict".to_owned()).or_insert_with(|| Verdict::Missing.name().to_owned());
    let listing = Listing::new(query);
    let asked = filter::asked(&listing)?;
    let select = filtered(&ctx, &listing, &asked);
    let table = Table {
        path: "/exposures/rows".to_owned(),
        file: "ban-va-con-thieu",
        title: "exposures.rows.title",
        columns: COLUMNS,
        sorted: ("severity", Direction::Down),
    };
    let basis = bulletins::newest(&app.db).await?;
    let units = super::unit_options(&app, &ctx).await?;
    let title = ctx.t("exposures.rows.title");
    let chosen = |key: &str| listing.get(key).unwrap_or_default().to_owned();
    let body = |rows: Markup| {
        frame(
            &ctx,
            &title,
            &html! {
                (parts::heading(&title, &html! { a.button href="/exposures" { (ctx.t("exposures.overview.title")) } }))
                p { (ctx.t("exposures.rows.about")) }
                form method="get" action="/exposures/rows" {
                    div.row {
                        (parts::field(ctx.lang, "exposures.field.cve", "q", "search", &chosen("q"), false))
                        (parts::choice(ctx.lang, "exposures.field.verdict", "verdict", &super::options(&ctx, Verdict::WORDS), &chosen("verdict")))
                        (parts::choice(ctx.lang, "common.field.unit", "unit", &units, &chosen("unit")))
                        button type="submit" { (ctx.t("common.action.filter")) }
                    }
                    details { summary { (ctx.t("exposures.campaign.change")) }
                        (filter::fields(&ctx, &asked, basis.as_ref()))
                    }
                }
                (rows)
            },
        )
    };
    table.respond(&ctx, app.db.reader(), select, &listing, body).await
}
