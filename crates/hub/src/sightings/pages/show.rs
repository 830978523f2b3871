//! `/sightings/{id}`: the whole chain on one page, from the raw row to the
//! silence that proves it gone.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State as Shared};
use maud::{Markup, html};

use super::act;
use crate::{
    App, Error, Result, audit,
    registry::networks,
    sightings::{
        Sighting, SightingId, State,
        answer::{self, Given, Word},
        feeds::{self, Feed},
        lists::{self, Row},
        read::{self, Shown},
        review::{Lists, Seen},
        silence,
    },
    web::{Ctx, Page, frame, parts},
};

/// Rows shown; the rest is counted.
const ROWS: u32 = 100;

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    let id: SightingId = id.parse()?;
    let scope = ctx.viewer.scope();
    let shown = read::get(&app.db, scope, &id).await?;
    let title = format!("{} · {}", shown.sighting.address, shown.sighting.family);
    let done = query.get("done").map(String::as_str);
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! { (super::state_badge(&ctx, shown.sighting.state, shown.sighting.reopened)) }))
            (parts::done(&ctx, done))
            p { (ctx.t("sightings.show.about")) }
            (next(&ctx, &shown))
            (summary(&ctx, &shown))
            (act::forms(&app, &ctx, &shown).await?)
            (silences(&app, &ctx, &shown.sighting).await?)
            (words_said(&ctx, &answer::of(&app.db, scope, &shown.sighting.id).await?))
            (ownership(&app, &ctx, &shown.sighting).await?)
            (rows(&app, &ctx, &shown.sighting).await?)
            (records(&app, &ctx, &shown.sighting).await?)
        },
    ))
}

/// What is to be done now, in a sentence.
fn next(ctx: &Ctx, shown: &Shown) -> Markup {
    let whose = if ctx.viewer.scope().is_province() { "province" } else { "unit" };
    let key = format!("sightings.next.{whose}.{}", shown.sighting.state.name());
    html! { p.warning { strong { (ctx.t("sightings.show.next")) } " " (ctx.t(&key)) } }
}

fn summary(ctx: &Ctx, shown: &Shown) -> Markup {
    let one = &shown.sighting;
    let day = |day: crate::store::Day| ctx.lang.date(day.0);
    html! {
        dl.facts {
            dt { (ctx.t("common.field.unit")) }
            dd {
                @match (&one.unit_id, &shown.unit_name) {
                    (Some(id), Some(name)) => a href={ "/units/" (id) } { (name) },
                    _ => (ctx.t("sightings.whose")),
                }
            }
            dt { (ctx.t("sightings.field.kind")) } dd { code { (one.kind) } }
            dt { (ctx.t("sightings.field.first-seen")) } dd { (ctx.time(one.first_seen)) }
            dt { (ctx.t("sightings.field.last-seen")) } dd { (ctx.time(one.last_seen)) }
            dt { (ctx.t("sightings.field.rows")) } dd { (ctx.number(one.row_count)) }
            dt { (ctx.t("sightings.field.host")) }
            dd {
                @match (&one.host_id, &one.host_name) {
                    (Some(id), Some(name)) => a href={ "/hosts/" (id) } { (name) },
                    (None, Some(name)) => { (name) " " span.soft { (ctx.t("sightings.show.host-not-listed")) } },
                    _ => span.soft { (ctx.t("common.answer.unknown")) },
                }
            }
            @if let Some(cleaned) = one.cleaned_on {
                dt { (ctx.t("sightings.field.cleaned-on")) } dd { (day(cleaned)) }
            }
            @if let Some(at) = one.verified_at {
                dt { (ctx.t("sightings.field.verified-at")) } dd { (ctx.time(at)) }
            }
            @if one.reopened > 0 {
                dt { (ctx.t("sightings.field.reopened")) }
                dd { (ctx.number(one.reopened)) @if let Some(at) = one.reopened_at { " · " (ctx.time(at)) } }
            }
            @if let (Some(kind), Some(until)) = (one.refusal, one.refused_until) {
                dt { (ctx.t("sightings.field.refused")) }
                dd {
                    (ctx.t(kind.text())) ". " (one.refused_reason.as_deref().unwrap_or_default()) " "
                    span.soft { (ctx.fill("sightings.show.refused-until", &[
                        ("approver", &one.refused_by.as_deref().unwrap_or_default()), ("day", &day(until))])) }
                }
            }
        }
    }
}

/// Feed by feed: which lists were silent, and which are still needed.
async fn silences(app: &App, ctx: &Ctx, sighting: &Sighting) -> Result<Markup> {
    let Some(cleaned_on) = sighting.cleaned_on else { return Ok(html! {}) };
    let seen = read::seen(&app.db, ctx.viewer.scope(), &sighting.id).await?;
    let mut conn = app.db.reader().acquire().await?;
    let known = Lists::load(&mut conn).await?;
    drop(conn);
    let all = lists::all(&app.db, &crate::access::Scope::province()).await?;
    let feeds = feeds::all(&app.db).await?;
    Ok(html! {
        h2 { (ctx.t("sightings.silence.title")) }
        p.soft { (ctx.t("sightings.silence.about")) }
        ul {
            @for one in &seen {
                @if let Some(feed) = feeds.iter().find(|feed| feed.id == one.feed_id) {
                    (silent_feed(ctx, sighting, one, feed, &known, &all, cleaned_on.0))
                }
            }
        }
    })
}

fn silent_feed(
    ctx: &Ctx,
    sighting: &Sighting,
    seen: &Seen,
    feed: &Feed,
    known: &Lists,
    all: &[lists::List],
    cleaned_on: jiff::civil::Date,
) -> Markup {
    let silent = silence::silent(&known.watched(sighting, seen, &ctx.zone), cleaned_on);
    let missing = feed.silent_lists - silent.len() as i64;
    html! {
        li {
            strong { (feed.name) } " · "
            (ctx.fill("sightings.silence.last-seen", &[("day", &ctx.day(seen.last_seen))])) ": "
            (parts::share(ctx, silent.len() as u64, feed.silent_lists.unsigned_abs()))
            @if missing > 0 {
                " " (parts::badge(parts::Tone::Unknown, &ctx.fill("sightings.silence.missing", &[("n", &missing)])))
            }
            ul {
                @for list in all.iter().filter(|list| silent.contains(&list.id)) {
                    li {
                        (ctx.lang.date(list.covers_from.0)) " – " (ctx.lang.date(list.covers_to.0)) ": "
                        @if ctx.viewer.scope().is_province() { a href={ "/lists/" (list.id) } { (list.file_name) } }
                        @else { (list.file_name) }
                        " " code.soft { (list.sha256[..12]) }
                    }
                }
            }
        }
    }
}

fn words_said(ctx: &Ctx, answers: &[Given]) -> Markup {
    html! {
        h2 { (ctx.t("sightings.answers.title")) }
        @if answers.is_empty() { p.soft { (ctx.t("sightings.answers.none")) } }
        ol.timeline { @for one in answers { li { (said(ctx, one)) } } }
    }
}

fn said(ctx: &Ctx, one: &Given) -> Markup {
    let tone = if one.word == Word::Cleaned { parts::Tone::Claimed } else { parts::Tone::Partly };
    html! {
        (parts::badge(tone, &ctx.t(one.word.text()))) " " (one.text)
        @if let Some(day) = one.cleaned_on { " · " (ctx.t("sightings.field.cleaned-on")) " " (ctx.lang.date(day.0)) }
        @if let Some(host) = &one.host_name { " · " (host) }
        br;
        span.soft { (one.by_name) " · " (ctx.time(one.at)) }
        @if let (Some(name), Some(sha256)) = (&one.file_name, &one.file_sha256) {
            br;
            a href={ "/sightings/" (one.sighting_id) "/answers/" (one.id) "/file" } { (name) }
            " " code.soft title=(sha256) { (sha256[..12]) }
        }
        @if let Some(decision) = one.decision {
            br;
            (ctx.t(decision.text())) ": " (one.decided_reason.as_deref().unwrap_or_default()) " "
            span.soft { (one.decided_by.as_deref().unwrap_or_default()) }
        }
    }
}

/// Which ranges of the register speak for it. A unit sees its own only.
async fn ownership(app: &App, ctx: &Ctx, sighting: &Sighting) -> Result<Markup> {
    let key = sighting.address_key.as_str();
    let ranges: Vec<networks::Network> = networks::select(ctx.viewer.scope())
        .and("n.low <= {} AND n.high >= {}", [key, key])
        .order("n.valid_from", crate::store::Direction::Up)
        .fetch(app.db.reader())
        .await?;
    Ok(html! {
        h2 { (ctx.t("sightings.ownership.title")) }
        p.soft { (ctx.t("sightings.ownership.about")) }
        (range_table(ctx, &ranges))
    })
}

/// Ranges with their dates and units.
pub(super) fn range_table(ctx: &Ctx, ranges: &[networks::Network]) -> Markup {
    let day = |day: Option<crate::store::Day>| {
        day.map_or_else(|| "…".to_owned(), |day| ctx.lang.date(day.0))
    };
    html! {
        @if ranges.is_empty() { p.none { (ctx.t("sightings.ownership.none")) } } @else {
            div.table-wrap { table {
                thead { tr {
                    th scope="col" { (ctx.t("sightings.field.range")) } th scope="col" { (ctx.t("common.field.unit")) }
                    th scope="col" { (ctx.t("common.field.from")) } th scope="col" { (ctx.t("common.field.to")) }
                    th scope="col" { (ctx.t("common.field.status")) } th scope="col" { (ctx.t("common.field.note")) }
                } }
                tbody { @for one in ranges { tr {
                    td.mono.nowrap { (one.range_text) } td { (one.unit_name) }
                    td { (day(one.valid_from)) } td { (day(one.valid_to)) }
                    td { (ctx.t(one.status.text())) " · " (ctx.t(one.kind.text())) }
                    td { (one.note.as_deref().unwrap_or_default()) }
                } } }
            } }
        }
    }
}

async fn rows(app: &App, ctx: &Ctx, sighting: &Sighting) -> Result<Markup> {
    let rows = read::rows(&app.db, ctx.viewer.scope(), &sighting.id, ROWS).await?;
    let more = sighting.row_count - rows.len() as i64;
    Ok(html! {
        h2 { (ctx.t("sightings.rows.title")) }
        p.soft { (ctx.t("sightings.rows.about")) }
        div.table-wrap tabindex="0" { table {
            thead { tr {
                th scope="col" { (ctx.t("sightings.field.seen-at")) } th scope="col" { (ctx.t("sightings.field.port")) }
                th scope="col" { (ctx.t("sightings.field.destination")) } th scope="col" { (ctx.t("sightings.field.list")) }
                th scope="col" { (ctx.t("sightings.field.line")) } th scope="col" { (ctx.t("sightings.field.raw")) }
            } }
            tbody { @for row in &rows { (raw_row(ctx, row)) } }
        } }
        @if more > 0 { p.soft { (ctx.fill("sightings.rows.more", &[("n", &ctx.number(more))])) } }
    })
}

fn raw_row(ctx: &Ctx, row: &Row) -> Markup {
    let province = ctx.viewer.scope().is_province();
    html! { tr {
        td {
            @if let Some(at) = row.seen_at { (ctx.time(at)) }
            @if row.seen_from.as_deref() == Some("list") { br; span.soft { (ctx.t("sightings.rows.by-list")) } }
        }
        td { @if let Some(port) = row.port { (port) } }
        td.mono { (destination(&row.detail.0)) }
        td {
            @if province {
                a href={ "/lists/" (row.list_id) } { (row.file_name) } " · "
                a href={ "/lists/" (row.list_id) "/file" } { (ctx.t("common.action.download")) }
            } @else { (row.file_name) }
            br; code.soft title=(row.sha256) { (row.sha256[..12]) }
        }
        td { (row.line) }
        td.mono { (row.raw) }
    } }
}

/// `host:port` of the other side, as a firewall's log would be searched for.
fn destination(detail: &serde_json::Value) -> String {
    let Some(to) = detail.get("destination") else { return String::new() };
    let text = |name: &str| to.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    let host = text("fqdn").or_else(|| text("ip")).or_else(|| text("url")).unwrap_or_default();
    match to.get("port").and_then(serde_json::Value::as_u64) {
        Some(port) => format!("{host}:{port}"),
        None => host,
    }
}

async fn records(app: &App, ctx: &Ctx, sighting: &Sighting) -> Result<Markup> {
    let entries = audit::of_subject(&app.db, ctx.viewer.scope(), sighting.id.as_str()).await?;
    let closed = matches!(sighting.state, State::Verified | State::Refused);
    let time = |micros| jiff::Timestamp::from_microsecond(micros).map_err(Error::internal);
    Ok(html! {
        h2 { (ctx.t("sightings.records.title")) }
        @if closed {
            p { a.button href={ "/sightings/" (sighting.id) "/bundle" } { (ctx.t("sightings.records.bundle")) } }
        }
        @if entries.is_empty() { p.soft { (ctx.t("sightings.records.none")) } }
        ol.timeline {
            @for one in &entries {
                li {
                    strong { (ctx.t(&format!("sightings.act.{}", one.action.trim_start_matches("sightings.")))) }
                    " · " (one.actor_name) " · " (ctx.time(time(one.at)?))
                    br; code.soft title=(one.hash) { "#" (one.seq) " " (one.hash[..12]) }
                }
            }
        }
    })
}
