//! The pages of sightings, lists, feeds and exclusions. One screen a file.

mod act;
mod exclusions;
mod feeds;
mod import;
mod list;
mod lists;
mod mapping;
mod matrix;
mod queue;
mod show;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use maud::{Markup, html};

use super::{Outcome, State, feeds::Feed};
use crate::{
    App, Error, Result,
    ids::UnitId,
    web::{Ctx, UPLOAD_LIMIT, parts, parts::Tone},
};

/// The room's pages.
pub(super) fn routes() -> Router<App> {
    super::notify::routes()
        .route("/sightings", get(list::page))
        .route("/sightings/queue", get(queue::page).post(queue::decide))
        .route("/sightings/queue/again", post(queue::again))
        .route("/sightings/{id}", get(show::page))
        .route("/sightings/{id}/answer", post(act::answer))
        .route("/sightings/{id}/locate", post(act::locate))
        .route("/sightings/{id}/refuse", post(act::refuse))
        .route("/sightings/{id}/decline", post(act::decline))
        .route("/sightings/{id}/reopen", post(act::reopen))
        .route("/sightings/{id}/place", post(act::place))
        .route("/sightings/{id}/bundle", get(act::bundle))
        .route("/sightings/{id}/answers/{answer}/file", get(act::answer_file))
        .route("/lists", get(matrix::page))
        .route("/lists/import", get(import::form).post(import::upload))
        .route("/lists/import/{draft}", get(import::preview).post(import::confirm))
        .route("/lists/{id}", get(lists::page))
        .route("/lists/{id}/file", get(lists::file))
        .route("/feeds", get(feeds::page).post(feeds::create))
        .route("/feeds/{id}", get(feeds::edit).post(feeds::change))
        .route("/exclusions", get(exclusions::page).post(exclusions::create))
        .route("/exclusions/{id}/end", post(exclusions::end))
        .layer(DefaultBodyLimit::max(UPLOAD_LIMIT))
}

/// How a state looks.
pub(super) fn tone(state: State) -> Tone {
    match state {
        State::New => Tone::Unknown,
        State::Placed | State::Reopened => Tone::Bad,
        State::HostFound => Tone::Partly,
        State::Claimed => Tone::Claimed,
        State::Verified => Tone::Good,
        State::Refused | State::Merged => Tone::Quiet,
    }
}

fn state_badge(ctx: &Ctx, state: State, reopened: i64) -> Markup {
    let mut text = ctx.t(state.text());
    if state == State::Reopened && reopened > 1 {
        text = ctx.fill("sightings.reopened-times", &[("n", &reopened)]);
    }
    parts::badge(tone(state), &text)
}

fn outcome_badge(ctx: &Ctx, outcome: Outcome) -> Markup {
    let tone = match outcome {
        Outcome::Placed => Tone::Good,
        Outcome::Queued => Tone::Unknown,
        Outcome::Excluded | Outcome::Duplicate => Tone::Quiet,
        Outcome::Rejected => Tone::Bad,
    };
    parts::badge(tone, &ctx.t(outcome.text()))
}

/// A family, or the words for none.
fn family(ctx: &Ctx, name: &str) -> Markup {
    html! { @if name.is_empty() { span.soft { (ctx.t("sightings.family-unnamed")) } } @else { (name) } }
}

/// Why a row became what it became, with a link where there is one.
fn reason(ctx: &Ctx, reason: Option<&str>) -> Markup {
    let Some(text) = reason else { return html! {} };
    match text.split_once(':') {
        Some(("line", line)) => html! { (ctx.fill("sightings.reason.line", &[("line", &line)])) },
        Some(("list", list)) => {
            html! { a href={ "/lists/" (list) } { (ctx.t("sightings.reason.list")) } }
        }
        Some(("exclusion", _)) => {
            html! { a href="/exclusions" { (ctx.t("sightings.reason.exclusion")) } }
        }
        _ if text.contains('.') => html! {},
        _ => html! { (ctx.t(&format!("sightings.reason.{text}"))) },
    }
}

/// The unit that a form chose.
fn unit(typed: &str) -> Result<UnitId> {
    typed.trim().parse().map_err(|_| Error::field("sightings.unit-missing", "unit"))
}

/// Feeds as the options of a select.
fn feed_options(feeds: &[Feed]) -> Vec<(String, String)> {
    feeds
        .iter()
        .map(|feed| (feed.id.to_string(), format!("{} ({})", feed.name, feed.code)))
        .collect()
}

/// A vocabulary as the options of a select, with "all" first when asked.
fn options(ctx: &Ctx, all: bool, words: &[(&'static str, &'static str)]) -> Vec<(String, String)> {
    let first = all.then(|| (String::new(), ctx.t("common.answer.all")));
    let rest = words.iter().map(|(name, text)| ((*name).to_owned(), ctx.t(text)));
    first.into_iter().chain(rest).collect()
}

/// A name for a kept file: its digest, and the ending that a person gave it if
/// that is a plain one.
fn saved_name(sha256: &str, given: &str) -> String {
    let ending = given.rsplit_once('.').map_or("bin", |(_, ending)| ending);
    let plain = ending.len() <= 5 && ending.chars().all(|c| c.is_ascii_alphanumeric());
    format!("{}.{}", &sha256[..16.min(sha256.len())], if plain { ending } else { "bin" })
}
