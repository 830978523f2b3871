//! `/lists`: what came in, feed by month, so that what did not come shows.

use std::collections::BTreeMap;

use axum::extract::State as Shared;
use jiff::{ToSpan, civil::Date};
use maud::{Markup, html};

use crate::{
    App, Error,
    sightings::{
        feeds::{self, Every, Feed},
        lists::{self, List},
    },
    web::{Ctx, Page, frame, parts},
};

/// Months shown at most.
const MONTHS: usize = 18;

pub(super) async fn page(Shared(app): Shared<App>, ctx: Ctx) -> Page {
    if !ctx.viewer.scope().is_province() {
        return Err(Error::NotFound.into());
    }
    let lists = lists::all(&app.db, ctx.viewer.scope()).await?;
    let feeds = feeds::all(&app.db).await?;
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let title = ctx.t("sightings.matrix.title");
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &actions(&ctx)))
            p { (ctx.t("sightings.matrix.about")) }
            div #lists data-live="sightings" {
                @if lists.is_empty() {
                    (parts::empty(&ctx.t("sightings.matrix.empty"), &html! {
                        a.button.primary href="/lists/import" { (ctx.t("sightings.list.import")) }
                    }))
                } @else { (matrix(&ctx, &feeds, &lists, today)) (latest(&ctx, &lists)) }
            }
        },
    ))
}

fn actions(ctx: &Ctx) -> Markup {
    html! {
        @if ctx.viewer.watch().is_ok() {
            a.button.primary href="/lists/import" { (ctx.t("sightings.list.import")) }
        }
        a.button href="/feeds" { (ctx.t("sightings.feeds.title")) }
        a.button href="/exclusions" { (ctx.t("sightings.exclusions.title")) }
    }
}

/// The months from the first list to this one, the latest first.
fn months(lists: &[List], today: Date) -> Vec<Date> {
    let first = lists.iter().map(|list| list.covers_from.0.first_of_month()).min();
    let mut month = today.first_of_month();
    let mut months = Vec::new();
    while first.is_some_and(|first| month >= first) && months.len() < MONTHS {
        months.push(month);
        month = month.saturating_sub(1.month());
    }
    months
}

fn matrix(ctx: &Ctx, feeds: &[Feed], lists: &[List], today: Date) -> Markup {
    let months = months(lists, today);
    let mut cells: BTreeMap<(&str, Date), Vec<&List>> = BTreeMap::new();
    for list in lists {
        let mut month = list.covers_from.0.first_of_month();
        while month <= list.covers_to.0 {
            cells.entry((list.feed_id.as_str(), month)).or_default().push(list);
            month = month.saturating_add(1.month());
        }
    }
    html! {
        div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("sightings.matrix.title")) { table {
            thead { tr {
                th scope="col" { (ctx.t("sightings.field.feed")) }
                @for month in &months { th scope="col" { (month.strftime("%m/%Y")) } }
            } }
            tbody { @for feed in feeds {
                @let first = lists.iter().filter(|list| list.feed_id == feed.id).map(|list| list.covers_from.0).min();
                tr {
                    th scope="row" { a href={ "/feeds/" (feed.id) } { (feed.name) } }
                    @for month in &months {
                        td { (cell(ctx, feed, cells.get(&(feed.id.as_str(), *month)), *month, first, today)) }
                    }
                }
            } }
        } }
    }
}

/// The lists of a month; a gap only where one was to be expected.
fn cell(
    ctx: &Ctx,
    feed: &Feed,
    lists: Option<&Vec<&List>>,
    month: Date,
    first: Option<Date>,
    today: Date,
) -> Markup {
    let expected = feed.every != Every::Irregular
        && first.is_some_and(|first| month >= first.first_of_month())
        && month.last_of_month() < today;
    html! {
        @match lists {
            Some(lists) if lists.len() > 3 => {
                (parts::badge(parts::Tone::Good, &ctx.fill("sightings.matrix.count", &[("n", &lists.len())])))
            },
            Some(lists) => @for list in lists {
                a href={ "/lists/" (list.id) } {
                    @if list.complete.0 {
                        (parts::badge(parts::Tone::Good, &ctx.fill("sightings.matrix.rows", &[("n", &ctx.number(list.tally.0.entries as i64))])))
                    } @else { (parts::badge(parts::Tone::Unknown, &ctx.t("sightings.matrix.incomplete"))) }
                } " "
            },
            None if expected => (parts::badge(parts::Tone::Bad, &ctx.t("sightings.matrix.missing"))),
            None => span.soft { "–" },
        }
    }
}

fn latest(ctx: &Ctx, lists: &[List]) -> Markup {
    let mut latest: Vec<&List> = lists.iter().collect();
    latest.sort_by_key(|list| std::cmp::Reverse(list.received_at));
    html! {
        h2 { (ctx.t("sightings.matrix.latest")) }
        div.table-wrap tabindex="0" { table {
            thead { tr {
                th scope="col" { (ctx.t("sightings.field.received-at")) } th scope="col" { (ctx.t("sightings.field.list")) }
                th scope="col" { (ctx.t("sightings.field.feed")) } th scope="col" { (ctx.t("sightings.outcome.placed")) }
                th scope="col" { (ctx.t("sightings.outcome.queued")) } th scope="col" { (ctx.t("sightings.outcome.rejected")) }
                th scope="col" { (ctx.t("sightings.tally.verified")) } th scope="col" { (ctx.t("sightings.tally.reopened")) }
            } }
            tbody { @for list in latest.iter().take(30) { tr {
                td { (ctx.time(list.received_at)) }
                td { a href={ "/lists/" (list.id) } { (list.file_name) } }
                td { (list.feed_name) }
                @let tally = &list.tally.0;
                @for count in [tally.placed, tally.queued, tally.rejected, tally.verified, tally.reopened] {
                    td.num { (ctx.number(count as i64)) }
                }
            } } }
        } }
    }
}
