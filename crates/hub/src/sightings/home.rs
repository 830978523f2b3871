//! What this room has for the first page.

use super::{State, lists, read};
use crate::{
    App, Result,
    nouns::{Greeting, Home, Step, Waiting},
    web::{Ctx, parts::Tone},
};

/// The room's part of the first page.
pub(super) fn greet<'a>(app: &'a App, ctx: &'a Ctx) -> Greeting<'a> {
    Box::pin(home(app, ctx))
}

async fn home(app: &App, ctx: &Ctx) -> Result<Home> {
    let scope = ctx.viewer.scope();
    let states = read::by_state(&app.db, scope).await?;
    let of = |wanted: &[State]| {
        states.iter().filter(|(state, _)| wanted.contains(state)).map(|(_, count)| count).sum()
    };
    let one = |count, text, path: &str, tone| Waiting { count, text, path: path.to_owned(), tone };
    if !scope.is_province() {
        let open = of(&[State::Placed, State::HostFound, State::Reopened]);
        let path = "/sightings?state=open";
        return Ok(Home {
            waiting: vec![one(open, "sightings.home.to-answer", path, Tone::Bad)],
            ..Home::default()
        });
    }
    let words =
        read::select(scope).and::<&str>("s.waiting IS NOT NULL", []).count(app.db.reader()).await?;
    let lists = lists::select(scope).count(app.db.reader()).await?;
    Ok(Home {
        waiting: vec![
            one(of(&[State::New]), "sightings.home.queue", "/sightings/queue", Tone::Unknown),
            one(words, "sightings.home.words", "/sightings?waiting=any", Tone::Claimed),
            one(
                of(&[State::Reopened]),
                "sightings.home.reopened",
                "/sightings?state=reopened",
                Tone::Bad,
            ),
        ],
        steps: vec![Step {
            order: 60,
            text: "sightings.home.first-list",
            path: "/lists/import",
            finished: lists > 0,
        }],
        ..Home::default()
    })
}
