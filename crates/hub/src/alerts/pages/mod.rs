//! The pages of alerts. One screen a file.

mod act;
mod list;
mod show;
mod why;

use axum::{
    Router,
    routing::{get, post},
};
use maud::{Markup, html};

use super::{Alert, Level, State, read, read::Shown};
use crate::{
    App,
    nouns::Part,
    registry::HostId,
    web::{Ctx, parts, parts::Tone},
};

/// Alerts on the page of a machine; the rest is one click away.
const ON_HOST: u32 = 10;

/// The room's pages.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/alerts", get(list::page))
        .route("/alerts/{id}", get(show::page))
        .route("/alerts/{id}/acknowledge", post(act::acknowledge))
        .route("/alerts/{id}/close", post(act::close))
        .route("/alerts/{id}/notes", post(act::note))
        .route("/alerts/{id}/place", post(act::place))
        .route("/alerts/{id}/bundle", get(act::bundle))
        .route("/alerts/{id}/file", get(act::file))
}

/// The alerts of a machine, on its page; nothing where there are none.
pub(super) fn on_host<'a>(app: &'a App, ctx: &'a Ctx, host: &'a HostId) -> Part<'a> {
    Box::pin(async move {
        let scope = ctx.viewer.scope();
        let alerts = read::of_host(&app.db, scope, host, ON_HOST).await?;
        Ok(html! {
            @if !alerts.is_empty() {
                h2 { (ctx.t("alerts.on-host.title")) }
                div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("alerts.on-host.title")) { table.stacks {
                    thead { tr {
                        @for title in ["alerts.field.level", "alerts.field.title", "common.field.status", "alerts.field.detections", "alerts.field.last-seen"] {
                            th scope="col" { (ctx.t(title)) }
                        }
                    } }
                    tbody { @for one in &alerts { (row(ctx, one)) } }
                } }
                p { a href={ "/alerts?host=" (host) } { (ctx.t("alerts.on-host.all")) } }
            }
        })
    })
}

fn row(ctx: &Ctx, shown: &Shown) -> Markup {
    let alert = &shown.alert;
    html! { tr {
        td data-label=(ctx.t("alerts.field.level")) { (level_badge(ctx, alert.level)) }
        td data-label=(ctx.t("alerts.field.title")) { a href={ "/alerts/" (alert.id) } { (alert.title) } }
        td data-label=(ctx.t("common.field.status")) { (state_badge(ctx, alert)) }
        td data-label=(ctx.t("alerts.field.detections")) { (ctx.number(alert.detection_count)) }
        td data-label=(ctx.t("alerts.field.last-seen")) { (seen(ctx, alert.last_seen)) }
    } }
}

fn level_badge(ctx: &Ctx, level: Level) -> Markup {
    let tone = match level {
        Level::Critical | Level::High => Tone::Bad,
        Level::Medium => Tone::Partly,
        Level::Low | Level::Informational => Tone::Quiet,
    };
    parts::badge(tone, &ctx.t(level.text()))
}

fn state_badge(ctx: &Ctx, alert: &Alert) -> Markup {
    let tone = match alert.state {
        State::New => Tone::Bad,
        State::Acknowledged => Tone::Partly,
        State::Closed => Tone::Quiet,
    };
    parts::badge(tone, &state_text(ctx, alert))
}

/// The state, and what it turned out to be.
fn state_text(ctx: &Ctx, alert: &Alert) -> String {
    let state = ctx.t(alert.state.text());
    alert.outcome.map_or(state.clone(), |outcome| format!("{state}: {}", ctx.t(outcome.text())))
}

/// A time of the log, which may not have one.
fn seen(ctx: &Ctx, at: Option<crate::store::At>) -> Markup {
    html! {
        @match at {
            Some(at) => (ctx.time(at)),
            None => span.soft { (ctx.t("alerts.no-time")) },
        }
    }
}

/// A vocabulary as the options of a select. `first` is what stands there before
/// anything is chosen: nobody decides by leaving a form as it is.
fn options(ctx: &Ctx, first: &str, words: &[(&str, &str)]) -> Vec<(String, String)> {
    let rest = words.iter().map(|(name, text)| ((*name).to_owned(), ctx.t(text)));
    [(String::new(), ctx.t(first))].into_iter().chain(rest).collect()
}
