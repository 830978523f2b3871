//! The pages of exposures, inventories, bulletins and accepted risks. One
//! screen a file.

mod acceptances;
mod bulletins;
mod cves;
mod deliver;
mod filter;
mod hosts;
mod inventories;
mod machines;
mod overview;
mod pair;
mod rows;
mod show;
pub(super) mod todo;

pub(super) use deliver::hand;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use maud::{Markup, html};

use super::{Doubt, Standing, Verdict, raise};
use crate::{
    App,
    store::At,
    web::{Ctx, UPLOAD_LIMIT, parts, parts::Tone},
};

/// The room's pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/exposures", get(overview::page))
        .route("/exposures/hosts", get(hosts::page))
        .route("/exposures/hosts/{id}", get(show::page))
        .route("/exposures/hosts/{id}/bundle", get(show::bundle))
        .route("/exposures/hosts/{id}/{cve}", get(pair::page))
        .route("/exposures/rows", get(rows::page))
        .route("/exposures/cves", get(cves::list))
        .route("/exposures/cves/{cve}", get(cves::show))
        .route("/exposures/todo", get(todo::page))
        .route("/exposures/ask", get(deliver::ask_form).post(deliver::ask))
        .route("/inventories", get(inventories::list))
        .route("/inventories/new", get(deliver::form).post(deliver::upload))
        .route("/inventories/machines", get(machines::page))
        .route("/inventories/machines/{id}/place", post(machines::place))
        .route("/inventories/machines/{id}/add", post(machines::add))
        .route("/inventories/machines/{id}/aside", post(machines::aside))
        .route("/inventories/{id}", get(inventories::show))
        .route("/inventories/{id}/parts/{sha256}", get(inventories::part))
        .route("/bulletins", get(bulletins::page).post(bulletins::upload))
        .route("/bulletins/letters", post(bulletins::letter))
        .route("/bulletins/{id}/withdraw", post(bulletins::withdraw))
        .route("/bulletins/{id}/file", get(bulletins::file))
        .route("/acceptances", get(acceptances::page).post(acceptances::ask))
        .route("/acceptances/{id}", get(acceptances::show))
        .route("/acceptances/{id}/decide", post(acceptances::decide))
        .route("/acceptances/{id}/end", post(acceptances::end))
        .route("/acceptances/{id}/file", get(acceptances::file))
        .layer(DefaultBodyLimit::max(UPLOAD_LIMIT))
}

fn verdict_badge(ctx: &Ctx, verdict: Verdict) -> Markup {
    let tone = match verdict {
        Verdict::Fixed => Tone::Good,
        Verdict::Missing => Tone::Bad,
        Verdict::Unknown => Tone::Unknown,
        Verdict::NotAffected => Tone::Quiet,
    };
    parts::badge(tone, &ctx.t(verdict.text()))
}

fn standing_tone(standing: Standing) -> Tone {
    match standing {
        Standing::Handled => Tone::Good,
        Standing::Missing => Tone::Bad,
        Standing::Accepted => Tone::Claimed,
        Standing::Unknown => Tone::Unknown,
        Standing::NotAffected => Tone::Quiet,
    }
}

/// A standing as a badge; a doubt says more than that it is unknown.
fn standing_badge(ctx: &Ctx, (standing, doubt): (Standing, Option<Doubt>)) -> Markup {
    parts::badge(standing_tone(standing), &ctx.t(doubt.map_or(standing.text(), Doubt::text)))
}

/// Why a verdict is unknown, in words.
fn why(ctx: &Ctx, reason: Option<&str>) -> String {
    reason.map(|reason| ctx.t(&format!("exposures.why.{reason}"))).unwrap_or_default()
}

fn severity(ctx: &Ctx, number: i64) -> String {
    ctx.t(raise::severity_text(number))
}

/// A score in tenths as people write it; nothing when there is none.
fn cvss(ctx: &Ctx, tenths: i64) -> String {
    if tenths > 0 { ctx.lang.decimal(tenths as f64 / 10.0, 1) } else { String::new() }
}

/// When facts were collected, and a mark when that is too long ago.
fn age(ctx: &Ctx, collected: Option<At>) -> Markup {
    let Some(at) = collected else {
        return parts::badge(Tone::Unknown, &ctx.t(Doubt::NoInventory.text()));
    };
    let is_stale = at.0 < super::read::oldest(ctx.now);
    html! {
        (ctx.day(at))
        @if is_stale { " " (parts::badge(Tone::Unknown, &ctx.t(Doubt::Stale.text()))) }
    }
}

/// A month of bulletins, as 202311, for people.
fn month(number: i64) -> String {
    if number > 0 { format!("{:02}/{}", number % 100, number / 100) } else { "–".to_owned() }
}

/// A vocabulary as the options of a select, with "all" first.
fn options(ctx: &Ctx, words: &[(&'static str, &'static str)]) -> Vec<(String, String)> {
    let first = (String::new(), ctx.t("common.answer.all"));
    let rest = words.iter().map(|(name, text)| ((*name).to_owned(), ctx.t(text)));
    std::iter::once(first).chain(rest).collect()
}

/// The units of the scope as the options of a select, with "all" first.
async fn unit_options(app: &App, ctx: &Ctx) -> crate::Result<Vec<(String, String)>> {
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let mut options = vec![(String::new(), ctx.t("common.answer.all"))];
    let scope = ctx.viewer.scope();
    options.extend(crate::registry::units::options(&app.db, scope, today).await?);
    Ok(options)
}

/// Findings, each with what to do.
fn findings(ctx: &Ctx, found: &[diag::Diagnostic]) -> Markup {
    html! {
        @if !found.is_empty() {
            ul.findings { @for one in found {
                @let (text, hint) = ctx.lang.diagnostic(one);
                li { strong { (text) } @if one.place != diag::Place::default() { " " span.place { (one.place) } } br; span.hint { (hint) } }
            } }
        }
    }
}

/// A name for a kept file: its digest, and the ending that a person gave it if
/// that is a plain one.
fn saved_name(sha256: &str, given: &str) -> String {
    let ending = given.rsplit_once('.').map_or("bin", |(_, ending)| ending);
    let plain = ending.len() <= 5 && ending.chars().all(|c| c.is_ascii_alphanumeric());
    format!("{}.{}", &sha256[..16.min(sha256.len())], if plain { ending } else { "bin" })
}
