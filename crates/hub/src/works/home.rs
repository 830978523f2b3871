//! What this room has for the first page: the works under way.

use super::all;
use crate::{
    App,
    nouns::{Greeting, Home, Waiting},
    web::{Ctx, parts::Tone},
};

pub(super) fn greet<'a>(app: &'a App, ctx: &'a Ctx) -> Greeting<'a> {
    Box::pin(async move {
        let works = all(app, &ctx.viewer, ctx.now).await?;
        let running = works.iter().filter(|work| work.is_running()).count();
        let waiting = Waiting {
            count: running as i64,
            text: "works.home.running",
            path: "/works".to_owned(),
            tone: Tone::Partly,
        };
        Ok(Home { waiting: vec![waiting], ..Home::default() })
    })
}
