//! `/exposures/cves`: what a campaign takes in; and one CVE with the hosts that
//! have it.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State as Shared},
    response::Response,
};
use maud::{Markup, html};

use super::{filter, rows};
use crate::{
    App,
    exposures::{
        Verdict,
        bulletins::{self, CveRow},
        campaign, raise,
    },
    store::Direction,
    web::{Column, Ctx, Listing, Page, Table, frame, parts},
};

const COLUMNS: &[Column<CveRow>] = &[
    Column {
        key: "cve",
        title: "exposures.field.cve",
        sort: Some("c.cve"),
        cell: |_, row| html! { a.nowrap href={ "/exposures/cves/" (row.cve) } { (row.cve) } },
        text: |_, row| row.cve.clone().into(),
    },
    Column {
        key: "month",
        title: "exposures.field.month",
        sort: Some("c.month"),
        cell: |_, row| html! { (super::month(row.month)) },
        text: |_, row| super::month(row.month).into(),
    },
    Column {
        key: "severity",
        title: "exposures.field.severity",
        sort: Some("c.severity * 1000 + c.cvss"),
        cell: |ctx, row| html! { (super::severity(ctx, row.severity)) },
        text: |ctx, row| super::severity(ctx, row.severity).into(),
    },
    Column {
        key: "cvss",
        title: "exposures.field.cvss",
        sort: Some("c.cvss"),
        cell: |ctx, row| html! { (super::cvss(ctx, row.cvss)) },
        text: |ctx, row| super::cvss(ctx, row.cvss).into(),
    },
    Column {
        key: "exploited",
        title: "exposures.field.exploited",
        sort: Some("c.exploited"),
        cell: |ctx, row| html! { (yes_no(ctx, row.exploited.0)) },
        text: |ctx, row| yes_no(ctx, row.exploited.0).into(),
    },
    Column {
        key: "kev",
        title: "exposures.field.kev",
        sort: Some("COALESCE(c.kev_added, '')"),
        cell: |ctx, row| html! { @if let Some(day) = row.kev_added { (ctx.lang.date(day.0)) } },
        text: |ctx, row| row.kev_added.map(|day| ctx.lang.date(day.0)).unwrap_or_default().into(),
    },
    Column {
        key: "named",
        title: "exposures.field.named",
        sort: Some("c.named"),
        cell: |ctx, row| html! { (yes_no(ctx, row.named > 0)) },
        text: |ctx, row| yes_no(ctx, row.named > 0).into(),
    },
];

fn yes_no(ctx: &Ctx, yes: bool) -> String {
    ctx.t(if yes { "common.answer.yes" } else { "common.answer.no" })
}

pub(super) async fn list(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let listing = Listing::new(query);
    let asked = filter::asked(&listing)?;
    let basis = bulletins::newest(&app.db).await?;
    let today = ctx.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let select = campaign::narrow(bulletins::cves(), &asked, today)
        .and_if("c.cve LIKE '%' || {} || '%'", listing.search().map(str::to_uppercase));
    let table = Table {
        path: "/exposures/cves".to_owned(),
        file: "lo-hong",
        title: "exposures.cves.title",
        columns: COLUMNS,
        sorted: ("severity", Direction::Down),
    };
    let title = ctx.t("exposures.cves.title");
    let body = |rows: Markup| {
        frame(
            &ctx,
            &title,
            &html! {
                (parts::heading(&title, &html! {}))
                p { (ctx.t("exposures.cves.about")) }
                form method="get" action="/exposures/cves" {
                    div.row {
                        (parts::field(ctx.lang, "exposures.field.cve", "q", "search", listing.search().unwrap_or_default(), false))
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

/// What is known of a CVE.
pub(super) fn facts(ctx: &Ctx, row: &CveRow) -> Markup {
    let link = format!("https://msrc.microsoft.com/update-guide/vulnerability/{}", row.cve);
    html! {
        dl.facts {
            dt { (ctx.t("exposures.field.month")) } dd { (super::month(row.month)) }
            dt { (ctx.t("exposures.field.severity")) }
            dd { (super::severity(ctx, row.severity)) @if row.cvss > 0 { " · CVSS " (super::cvss(ctx, row.cvss)) } }
            dt { (ctx.t("exposures.field.exploited")) } dd { (yes_no(ctx, row.exploited.0)) }
            dt { (ctx.t("exposures.field.kev")) }
            dd { @match row.kev_added { Some(day) => (ctx.lang.date(day.0)), None => (ctx.t("common.answer.no")) } }
            dt { (ctx.t("exposures.cves.vendor-page")) } dd { a href=(link) rel="noreferrer" { (link) } }
        }
    }
}

pub(super) async fn show(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(cve): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let row = bulletins::cve(&app.db, &cve).await?;
    let letters = bulletins::named_by(&app.db, &cve).await?;
    let raised: Vec<bulletins::Raised> =
        bulletins::raised().and("r.cve = {}", [cve.as_str()]).fetch(app.db.reader()).await?;
    let listing = Listing::new(query);
    let asked = filter::asked(&listing)?;
    let select = rows::filtered(&ctx, &listing, &asked)
        .and("r.cve = {}", [cve.as_str()])
        .and::<&str>("r.aside = 0", []);
    let table = Table {
        path: format!("/exposures/cves/{cve}"),
        file: "lo-hong-may",
        title: "exposures.rows.title",
        columns: rows::OF_CVE,
        sorted: ("verdict", Direction::Up),
    };
    let chosen = listing.get("verdict").unwrap_or_default().to_owned();
    let body = |markup: Markup| {
        frame(
            &ctx,
            &cve,
            &html! {
                (parts::heading(&cve, &html! {}))
                (facts(&ctx, &row))
                @if !letters.is_empty() {
                    h2 { (ctx.t("exposures.cves.letters")) }
                    ul { @for one in &letters { li { (letter(&ctx, one)) } } }
                }
                @if !raised.is_empty() {
                    h2 { (ctx.t("exposures-notice.raised.title")) }
                    ul { @for one in &raised { li { (ctx.time(one.at)) ": " (raise::said(ctx.lang, one)) } } }
                }
                h2 { (ctx.t("exposures.cves.hosts")) }
                form.row method="get" action=(table.path) {
                    (parts::choice(ctx.lang, "exposures.field.verdict", "verdict", &super::options(&ctx, Verdict::WORDS), &chosen))
                    button type="submit" { (ctx.t("common.action.filter")) }
                }
                (markup)
            },
        )
    };
    table.respond(&ctx, app.db.reader(), select, &listing, body).await
}

/// A letter's own severity and score, apart from the vendor's.
fn letter(ctx: &Ctx, one: &bulletins::NamedBy) -> Markup {
    html! {
        (one.letter)
        @if let Some(number) = one.severity { " · " (super::severity(ctx, number)) }
        @if let Some(tenths) = one.cvss { " · CVSS " (super::cvss(ctx, tenths)) }
    }
}
