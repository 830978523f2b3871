//! The first page: what waits for me, and the next step for a house that is
//! still empty. Every room adds its part through its card.

use axum::{Router, extract::State, routing::get};
use maud::{Markup, html};

use super::{Ctx, Page, frame, parts};
use crate::{
    App,
    nouns::{self, Home},
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/", get(home))
}

async fn home(State(app): State<App>, ctx: Ctx) -> Page {
    let mut all = Home::default();
    for greeting in nouns::ALL.iter().rev().filter_map(|noun| noun.home) {
        let part = greeting(&app, &ctx).await?;
        all.waiting.extend(part.waiting);
        all.next.extend(part.next);
        all.steps.extend(part.steps);
    }
    all.steps.sort_by_key(|step| step.order);
    Ok(frame(
        &ctx,
        &ctx.t("web.home.title"),
        &html! {
            (parts::heading(&ctx.fill("web.home.greeting", &[("name", &ctx.viewer.actor.name)]), &html! {}))
            div #waiting data-live=(nouns_at_home()) {
                (parts::next(ctx.lang, &all.next))
                (waiting(&ctx, &all))
            }
            (steps(&ctx, &all))
        },
    ))
}

/// The nouns whose changes show here.
fn nouns_at_home() -> String {
    let names = nouns::ALL.iter().filter(|noun| noun.home.is_some()).map(|noun| noun.name);
    names.collect::<Vec<_>>().join(" ")
}

fn waiting(ctx: &Ctx, home: &Home) -> Markup {
    html! {
        h2 { (ctx.t("web.home.waiting")) }
        @if home.waiting.iter().all(|one| one.count == 0) {
            p.soft { (ctx.t("web.home.nothing-waits")) }
        }
        div.cards {
            @for one in home.waiting.iter().filter(|one| one.count > 0) {
                a class={ "card count " (one.tone.class()) } href=(one.path) {
                    span.big { (ctx.number(one.count)) }
                    span.mark aria-hidden="true" { (one.tone.mark()) } " "
                    (ctx.t(one.text))
                }
            }
        }
    }
}

fn steps(ctx: &Ctx, home: &Home) -> Markup {
    let open = home.steps.iter().filter(|step| !step.finished).count();
    html! {
        @if open > 0 {
            h2 { (ctx.t("web.home.steps")) }
            ol.steps {
                @for step in &home.steps {
                    li.finished[step.finished] {
                        a href=(step.path) { (ctx.t(step.text)) }
                        @if step.finished { " " span.soft { (ctx.t("web.home.step-finished")) } }
                    }
                }
            }
        }
    }
}
