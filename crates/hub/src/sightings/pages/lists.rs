//! `/lists/{id}`: one list, every row of it with what became of it.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State as Shared},
    response::Response,
};
use maud::{Markup, html};

use crate::{
    App,
    sightings::{
        ListId, Outcome, Tally,
        lists::{self, List, Row},
    },
    store::Direction,
    web::{Column, Ctx, Listing, Page, Table, attachment, frame, parts},
};

const COLUMNS: &[Column<Row>] = &[
    Column {
        key: "line",
        title: "sightings.field.line",
        sort: Some("r.line"),
        cell: |_, row| html! { (row.line) @if row.part > 0 { "." (row.part) } },
        text: |_, row| row.line.into(),
    },
    Column {
        key: "outcome",
        title: "sightings.field.outcome",
        sort: Some("r.outcome"),
        cell: |ctx, row| {
            html! {
                (super::outcome_badge(ctx, row.outcome)) " " (super::reason(ctx, row.reason.as_deref()))
            }
        },
        text: |ctx, row| ctx.t(row.outcome.text()).into(),
    },
    Column {
        key: "address",
        title: "sightings.field.address",
        sort: Some("r.address_key"),
        cell: |_, row| {
            html! { @if let Some(address) = &row.address {
                @if let Some(id) = &row.sighting_id { a.mono href={ "/sightings/" (id) } { (address) } }
                @else { span.mono { (address) } }
            } }
        },
        text: |_, row| row.address.clone().unwrap_or_default().into(),
    },
    Column {
        key: "family",
        title: "sightings.field.family",
        sort: Some("r.family"),
        cell: |_, row| html! { (row.family.as_deref().unwrap_or_default()) },
        text: |_, row| row.family.clone().unwrap_or_default().into(),
    },
    Column {
        key: "seen",
        title: "sightings.field.seen-at",
        sort: Some("r.seen_at"),
        cell: |ctx, row| html! { @if let Some(at) = row.seen_at { (ctx.time(at)) } },
        text: |ctx, row| row.seen_at.map(|at| ctx.time(at)).unwrap_or_default().into(),
    },
    Column {
        key: "raw",
        title: "sightings.field.raw",
        sort: None,
        cell: |_, row| html! { code { (row.raw.chars().take(300).collect::<String>()) } },
        text: |_, row| row.raw.clone().into(),
    },
    Column {
        key: "findings",
        title: "sightings.field.findings",
        sort: None,
        cell: |ctx, row| {
            html! { @for found in &row.findings.0 {
                @let (text, hint) = ctx.lang.diagnostic(found);
                div { (text) " " span.hint { (hint) } }
            } }
        },
        text: |ctx, row| {
            let texts: Vec<String> =
                row.findings.0.iter().map(|found| ctx.lang.diagnostic(found).0).collect();
            texts.join(" ").into()
        },
    },
];

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let id: ListId = id.parse()?;
    let scope = ctx.viewer.scope();
    let list = lists::get(&app.db, scope, &id).await?;
    let found = lists::diagnostics(&app.db, scope, &id).await?;
    let listing = Listing::new(query);
    let select = lists::rows(scope)
        .and("r.list_id = {}", [id.as_str()])
        .and_if("r.outcome = {}", listing.get("outcome"))
        .search("r.raw", listing.search());
    let table = Table {
        path: format!("/lists/{id}"),
        file: "danh-sach",
        title: "sightings.rows.title",
        columns: COLUMNS,
        sorted: ("line", Direction::Up),
    };
    let body = |rows: Markup| {
        frame(
            &ctx,
            &list.file_name,
            &html! {
                (parts::heading(&list.file_name, &actions(&ctx, &list)))
                (parts::done(&ctx, listing.get("done")))
                p { (ctx.t("sightings.received.about")) }
                (next(&ctx, &list))
                (facts(&ctx, &list))
                (tally(&ctx, &list.tally.0, &table.path))
                (whole_findings(&ctx, &found))
                h2 { (ctx.t("sightings.rows.title")) }
                (filter(&ctx, &table.path, &listing))
                (rows)
            },
        )
    };
    table.respond(&ctx, app.db.reader(), select, &listing, body).await
}

fn actions(ctx: &Ctx, list: &List) -> Markup {
    html! { a.button href={ "/lists/" (list.id) "/file" } { (ctx.t("sightings.received.download")) } }
}

/// After a list: tell the units, and decide what is nobody's.
fn next(ctx: &Ctx, list: &List) -> Markup {
    let tally = &list.tally.0;
    html! {
        @if ctx.viewer.watch().is_ok() {
            p.row {
                @if tally.placed > 0 {
                    a.button.primary href=(parts::with_query("/notices/new", &[("list", list.id.as_str())])) {
                        (ctx.fill("sightings.received.notify", &[("n", &ctx.number(tally.units as i64))]))
                    }
                }
                @if tally.queued > 0 {
                    a.button href="/sightings/queue" { (ctx.fill("sightings.received.queue", &[("n", &ctx.number(tally.queued as i64))])) }
                }
            }
        }
    }
}

fn facts(ctx: &Ctx, list: &List) -> Markup {
    html! {
        dl.facts {
            dt { (ctx.t("sightings.field.feed")) } dd { a href={ "/feeds/" (list.feed_id) } { (list.feed_name) } }
            dt { (ctx.t("sightings.field.covers")) }
            dd { (ctx.lang.date(list.covers_from.0)) " – " (ctx.lang.date(list.covers_to.0)) }
            dt { (ctx.t("sightings.field.received-at")) } dd { (ctx.time(list.received_at)) " · " (list.by_name) }
            dt { (ctx.t("sightings.field.format")) }
            dd { (list.format) @if let Some(report) = &list.report { " · " code { (report) } } }
            dt { "SHA-256" } dd { code { (list.sha256) } " · " (ctx.number(list.size)) " B" }
            dt { (ctx.t("sightings.field.complete")) }
            dd { (ctx.t(if list.complete.0 { "sightings.received.complete" } else { "sightings.received.incomplete" })) }
        }
    }
}

/// The rows, counted: each figure leads to its rows.
pub(super) fn tally(ctx: &Ctx, tally: &Tally, path: &str) -> Markup {
    let counts = [
        (Outcome::Placed, tally.placed),
        (Outcome::Queued, tally.queued),
        (Outcome::Excluded, tally.excluded),
        (Outcome::Duplicate, tally.duplicate),
        (Outcome::Rejected, tally.rejected),
    ];
    html! {
        div.cards {
            @for (outcome, count) in counts {
                div.card {
                    a href=(parts::with_query(path, &[("outcome", outcome.name())])) {
                        span.big { (ctx.number(count as i64)) }
                        (super::outcome_badge(ctx, outcome))
                    }
                }
            }
        }
        p.soft { (ctx.fill("sightings.tally.sum", &[
            ("lines", &ctx.number(tally.lines as i64)), ("naming", &ctx.number(tally.naming as i64)),
            ("entries", &ctx.number(tally.entries as i64)), ("rejected", &ctx.number(tally.rejected as i64)),
            ("skipped", &ctx.number(tally.skipped as i64))])) }
        @if tally.verified + tally.reopened > 0 {
            p { (ctx.fill("sightings.tally.moved", &[
                ("verified", &ctx.number(tally.verified as i64)), ("reopened", &ctx.number(tally.reopened as i64))])) }
        }
    }
}

/// Findings about the file as a whole; those of a line stand at its row.
pub(super) fn whole_findings(ctx: &Ctx, found: &[diag::Diagnostic]) -> Markup {
    let whole: Vec<_> = found.iter().filter(|one| one.place.line.is_none()).collect();
    html! {
        @if !whole.is_empty() {
            ul.findings { @for one in whole {
                @let (text, hint) = ctx.lang.diagnostic(one);
                li { strong { (text) } " " span.place { (one.place) } br; span.hint { (hint) } }
            } }
        }
    }
}

fn filter(ctx: &Ctx, path: &str, listing: &Listing) -> Markup {
    let words: Vec<_> = Outcome::ALL.iter().map(|one| (one.name(), one.text())).collect();
    html! {
        form.row method="get" action=(path) {
            (parts::choice(ctx.lang, "sightings.field.outcome", "outcome", &super::options(ctx, true, &words), listing.get("outcome").unwrap_or_default()))
            button type="submit" { (ctx.t("common.action.filter")) }
        }
    }
}

/// The very bytes that came.
pub(super) async fn file(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
) -> Page<Response> {
    let list = lists::get(&app.db, ctx.viewer.scope(), &id.parse()?).await?;
    let bytes = app.files.read(&list.sha256).await?;
    let name = super::saved_name(&list.sha256, &list.file_name);
    Ok(attachment(&name, "application/octet-stream", bytes))
}
