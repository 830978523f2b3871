//! The chain as a page: who did what, and whether it holds.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use jiff::Timestamp;
use maud::{Markup, html};

use super::{Row, all, verify};
use crate::{
    App,
    store::Direction,
    web::{Column, Ctx, Listing, Page, Table, frame, parts},
};

/// The room's pages.
pub fn routes() -> Router<App> {
    Router::new().route("/audit", get(page)).route("/audit/verify", get(verify_page))
}

const COLUMNS: &[Column<Row>] = &[
    Column {
        key: "seq",
        title: "audit.seq",
        sort: Some("seq"),
        cell: |_, row| html! { span.num { (row.seq) } },
        text: |_, row| row.seq.into(),
    },
    Column {
        key: "at",
        title: "audit.at",
        sort: None,
        cell: |ctx, row| html! { (time(ctx, row)) },
        text: |ctx, row| time(ctx, row).into(),
    },
    Column {
        key: "actor",
        title: "audit.actor",
        sort: Some("actor_name"),
        cell: |_, row| html! { (row.actor_name) },
        text: |_, row| row.actor_name.clone().into(),
    },
    Column {
        key: "action",
        title: "audit.action",
        sort: Some("action"),
        cell: |_, row| html! { code { (row.action) } },
        text: |_, row| row.action.clone().into(),
    },
    Column {
        key: "subject",
        title: "audit.subject",
        sort: None,
        cell: |_, row| html! { code { (row.subject) } },
        text: |_, row| row.subject.clone().into(),
    },
    Column {
        key: "data",
        title: "audit.data",
        sort: None,
        cell: |ctx, row| data(ctx, row),
        text: |_, row| row.data.clone().into(),
    },
];

fn time(ctx: &Ctx, row: &Row) -> String {
    Timestamp::from_microsecond(row.at).map_or_else(|_| row.at.to_string(), |at| ctx.time(at))
}

fn data(ctx: &Ctx, row: &Row) -> Markup {
    html! {
        @if row.data != "null" {
            details { summary { (ctx.t("audit.show")) } pre tabindex="0" { (row.data) } }
        }
    }
}

async fn page(
    State(app): State<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let listing = Listing::new(query);
    let table = Table {
        path: "/audit".to_owned(),
        file: "audit",
        title: "audit.title",
        columns: COLUMNS,
        sorted: ("seq", Direction::Down),
    };
    let noun = listing.get("noun").map(|noun| format!("{noun}.%"));
    let select = all(ctx.viewer.scope())
        .and_if("action LIKE {}", noun)
        .and_if("actor_name = {}", listing.get("actor"))
        .and_if("subject = {}", listing.get("subject"));
    table
        .respond(&ctx, app.db.reader(), select, &listing, |rows| {
            let check = html! {
                @if ctx.viewer.scope().is_province() { a.button href="/audit/verify" { (ctx.t("audit.verify")) } }
            };
            frame(
                &ctx,
                &ctx.t("audit.title"),
                &html! {
                    (parts::heading(&ctx.t("audit.title"), &check))
                    p.soft { (ctx.t("audit.what")) }
                    (filters(&ctx, &listing))
                    (rows)
                },
            )
        })
        .await
}

fn filters(ctx: &Ctx, listing: &Listing) -> Markup {
    let mut nouns = vec![(String::new(), ctx.t("common.answer.all"))];
    nouns.extend(crate::nouns::ALL.iter().map(|noun| (noun.name.to_owned(), noun.name.to_owned())));
    let value = |key| listing.get(key).unwrap_or_default().to_owned();
    html! {
        form.row method="get" action="/audit" {
            (parts::choice(ctx.lang, "audit.noun", "noun", &nouns, &value("noun")))
            (parts::field(ctx.lang, "audit.actor", "actor", "text", &value("actor"), false))
            (parts::field(ctx.lang, "audit.subject", "subject", "text", &value("subject"), false))
            button type="submit" { (ctx.t("common.action.filter")) }
        }
    }
}

async fn verify_page(State(app): State<App>, ctx: Ctx) -> Page {
    if !ctx.viewer.scope().is_province() {
        return Err(crate::Error::Forbidden.into());
    }
    let outcome = verify(&app.db).await?;
    let title = ctx.t("audit.verify");
    Ok(frame(
        &ctx,
        &title,
        &html! {
            h1 { (title) }
            @match &outcome {
                Ok(summary) => {
                    p.done role="status" { (ctx.fill("audit.holds", &[("n", &summary.entries)])) }
                    @if let Some(head) = &summary.head {
                        dl.facts { dt { (ctx.t("audit.head")) } dd.mono { (head.seq) " " (head.hash) } }
                        p.hint { (ctx.t("audit.head-what")) }
                    }
                }
                Err(found) => p.failed role="alert" {
                    (ctx.fill("audit.broken", &[("seq", &found.seq), ("why", &format!("{:?}", found.why))]))
                },
            }
            p { a href="/audit" { (ctx.t("common.action.back")) } }
        },
    ))
}
