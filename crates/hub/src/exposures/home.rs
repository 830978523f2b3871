//! What this room has for the first page.

use super::{Standing, accept, bulletins, inventories, read};
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
    let (pool, oldest) = (app.db.reader(), read::oldest(ctx.now));
    let hosts = |standing| read::of_standing(read::hosts(scope), standing, oldest);
    let waiting = inventories::machines(scope).and::<&str>("m.place IN ('new', 'several')", []);
    let one = |count, text, path: &str, tone| Waiting { count, text, path: path.to_owned(), tone };
    let mut found = vec![
        one(
            hosts(Standing::Missing).count(pool).await?,
            "exposures.home.missing",
            "/exposures/hosts?standing=missing",
            Tone::Bad,
        ),
        one(
            waiting.count(pool).await?,
            "exposures.home.unplaced",
            "/inventories/machines",
            Tone::Unknown,
        ),
    ];
    if scope.is_province() {
        let asked = accept::select(scope).and("x.state = {}", ["asked"]).count(pool).await?;
        found.push(one(asked, "exposures.home.asked", "/acceptances?state=asked", Tone::Claimed));
    }
    Ok(Home { waiting: found, steps: steps(app, ctx).await?, ..Home::default() })
}

async fn steps(app: &App, ctx: &Ctx) -> Result<Vec<Step>> {
    if !ctx.viewer.scope().is_province() {
        return Ok(Vec::new());
    }
    let inventories = inventories::select(ctx.viewer.scope()).count(app.db.reader()).await?;
    let has_basis = bulletins::newest(&app.db).await?.is_some();
    Ok(vec![Step {
        order: 70,
        text: "exposures.home.first-inventory",
        path: "/inventories/new",
        finished: has_basis && inventories > 0,
    }])
}
