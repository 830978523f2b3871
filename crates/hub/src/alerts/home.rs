//! What this room has for the first page.

use super::{State, read};
use crate::{
    App,
    nouns::{Greeting, Home, Waiting},
    web::{Ctx, parts::Tone},
};

/// The room's part of the first page: the watch answers for what is new, a unit
/// sees what is open on its machines.
pub(super) fn greet<'a>(app: &'a App, ctx: &'a Ctx) -> Greeting<'a> {
    Box::pin(async move {
        let scope = ctx.viewer.scope();
        let (states, text, path): (&[State], _, _) = if scope.is_province() {
            (&[State::New], "alerts.home.new", "/alerts?state=new")
        } else {
            (&[State::New, State::Acknowledged], "alerts.home.open", "/alerts?state=open")
        };
        let count = read::count(&app.db, scope, states).await?;
        let waiting = vec![Waiting { count, text, path: path.to_owned(), tone: Tone::Bad }];
        Ok(Home { waiting, ..Home::default() })
    })
}
