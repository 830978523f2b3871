//! The register's part of the first page.

use super::{Keeper, Kind, contacts, networks};
use crate::{
    App, Result,
    nouns::{Greeting, Home, Step, Waiting},
    web::{Ctx, parts::Tone},
};

/// What waits, and the steps of filling the register.
pub(super) fn home<'a>(app: &'a App, ctx: &'a Ctx) -> Greeting<'a> {
    Box::pin(async move {
        let mut home = Home::default();
        if Keeper::of(&ctx.viewer).is_err() {
            return Ok(home);
        }
        home.waiting = waiting(app, ctx).await?;
        if ctx.viewer.decide().is_ok() {
            home.steps = steps(app).await?;
        }
        Ok(home)
    })
}

async fn waiting(app: &App, ctx: &Ctx) -> Result<Vec<Waiting>> {
    let scope = ctx.viewer.scope();
    let mut all = Vec::new();
    if ctx.viewer.decide().is_ok() {
        all.push(Waiting {
            count: networks::waiting(&app.db, scope).await?,
            text: "registry.home.claims",
            path: "/networks?status=claimed".into(),
            tone: Tone::Claimed,
        });
    }
    all.push(Waiting {
        count: contacts::stale(&app.db, scope, ctx.now).await?,
        text: "registry.home.stale",
        path: "/contacts?stale=1".into(),
        tone: Tone::Unknown,
    });
    Ok(all)
}

const STEPS: [(u32, Kind, &str, &str); 5] = [
    (10, Kind::Units, "registry.home.units", "/registry/import?kind=units"),
    (20, Kind::Networks, "registry.home.networks", "/registry/import?kind=networks"),
    (30, Kind::Contacts, "registry.home.contacts", "/registry/import?kind=contacts"),
    (40, Kind::Systems, "registry.home.systems", "/registry/import?kind=systems"),
    (50, Kind::Hosts, "registry.home.hosts", "/registry/import?kind=hosts"),
];

async fn steps(app: &App) -> Result<Vec<Step>> {
    let counts: (i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM units LIMIT 1) a) AS u,
            (SELECT COUNT(*) FROM (SELECT 1 FROM networks LIMIT 1) b) AS n,
            (SELECT COUNT(*) FROM (SELECT 1 FROM contacts LIMIT 1) c) AS c,
            (SELECT COUNT(*) FROM (SELECT 1 FROM systems LIMIT 1) d) AS s,
            (SELECT COUNT(*) FROM (SELECT 1 FROM hosts LIMIT 1) e) AS h",
    )
    .fetch_one(app.db.reader())
    .await?;
    let finished = [counts.0, counts.1, counts.2, counts.3, counts.4].map(|any| any > 0);
    let step =
        |((order, _, text, path), finished): ((u32, Kind, &'static str, &'static str), bool)| {
            Step { order, text, path, finished }
        };
    Ok(STEPS.into_iter().zip(finished).map(step).collect())
}
