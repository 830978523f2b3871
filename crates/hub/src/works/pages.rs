//! How far a work is, and what came of it.

use std::time::Duration;

use axum::{Router, extract::State as Shared, response::Response, routing::get};
use maud::{Markup, html};

use super::{Reached, State, Work, WorkId, read, wait};
use crate::{
    App,
    web::{self, Ctx, Id, Page, findings, frame, frame_refreshing, parts, parts::Tone},
};

/// A work that ends within this leads straight to what came of it.
const AT_ONCE: Duration = Duration::from_millis(1_500);

/// The room's pages.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/works", get(list)).route("/works/{id}", get(show))
}

/// Where a browser goes that has just started a work: to what came of it if
/// that is known within a moment, else to the page that shows how far it is.
pub async fn follow(app: &App, ctx: &Ctx, id: &WorkId) -> Page<Response> {
    wait(app, id, AT_ONCE).await;
    let work = read::get(app, &ctx.viewer, ctx.now, id).await?;
    Ok(web::redirect(&work.result.unwrap_or_else(|| format!("/works/{id}"))))
}

async fn show(Shared(app): Shared<App>, ctx: Ctx, Id(id): Id<WorkId>) -> Page {
    let work = read::get(&app, &ctx.viewer, ctx.now, &id).await?;
    let title = ctx.t(work.kind.text());
    let body = html! {
        (parts::heading(&title, &html! { a.button href="/works" { (ctx.t("works.all")) } }))
        p { strong { (work.title) } " · " (work.by_name) " · " (ctx.time(work.begun_at)) }
        div #work.work data-live="works" aria-live="polite" { (standing(&ctx, &work)) }
    };
    let draw = if work.is_running() { frame_refreshing } else { frame };
    Ok(draw(&ctx, &title, &body))
}

fn standing(ctx: &Ctx, work: &Work) -> Markup {
    let again = html! { p { a.button.primary href=(work.origin) { (ctx.t("works.again")) } } };
    html! {
        p { (badge(ctx, work.state)) }
        @match work.state {
            State::Running => {
                (reached(ctx, work.reached))
                p.hint { (ctx.t("works.may-leave")) }
            }
            State::Done => {
                p.done role="status" { (ctx.t("works.done")) }
                @if let Some(result) = &work.result {
                    p { a.button.primary href=(result) { (ctx.t("works.result")) } }
                }
            }
            State::Refused => {
                div.failed role="alert" {
                    p { (ctx.t("works.refused")) }
                    (findings(ctx.lang, &work.findings.0))
                }
                (again)
            }
            State::Failed => { p.failed role="alert" { (ctx.t("works.failed")) } (again) }
            State::Stopped => { p.failed role="alert" { (ctx.t("works.stopped")) } (again) }
        }
    }
}

/// The stage with its rows: a bar with its numbers, or the numbers alone where
/// nobody knows how many there will be.
fn reached(ctx: &Ctx, reached: Option<Reached>) -> Markup {
    let Some(at) = reached else { return html! { p { (ctx.t("works.elsewhere")) } } };
    html! {
        p { strong { (ctx.t(at.stage.text())) } }
        @if at.total > 0 {
            p { (parts::share(ctx, at.done.min(at.total), at.total)) }
        } @else if at.done > 0 {
            p { (ctx.fill("web.rows", &[("n", &ctx.number(at.done as i64))])) }
        }
    }
}

fn badge(ctx: &Ctx, state: State) -> Markup {
    let tone = match state {
        State::Running => Tone::Partly,
        State::Done => Tone::Good,
        State::Refused | State::Failed => Tone::Bad,
        State::Stopped => Tone::Unknown,
    };
    parts::badge(tone, &ctx.t(state.text()))
}

async fn list(Shared(app): Shared<App>, ctx: Ctx) -> Page {
    let works = read::all(&app, &ctx.viewer, ctx.now).await?;
    let title = ctx.t("works.title");
    let body = html! {
        (parts::heading(&title, &html! {}))
        p.soft { (ctx.t("works.about")) }
        div #works data-live="works" { (table(&ctx, &works)) }
    };
    Ok(frame(&ctx, &title, &body))
}

fn table(ctx: &Ctx, works: &[Work]) -> Markup {
    html! {
        @if works.is_empty() { p.none { (ctx.t("web.no-rows")) } } @else {
            div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("works.title")) { table {
                thead { tr {
                    th scope="col" { (ctx.t("common.field.file")) }
                    th scope="col" { (ctx.t("works.what")) }
                    th scope="col" { (ctx.t("common.field.status")) }
                    th scope="col" { (ctx.t("works.by")) }
                    th scope="col" { (ctx.t("common.field.time")) }
                } }
                tbody { @for work in works { tr {
                    td { a href={ "/works/" (work.id) } { (work.title) } }
                    td { (ctx.t(work.kind.text())) }
                    td { (badge(ctx, work.state)) }
                    td { (work.by_name) }
                    td { (ctx.time(work.begun_at)) }
                } } }
            } }
        }
    }
}
