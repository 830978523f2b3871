//! What the first page says of notices.

use super::{State, read};
use crate::{
    App, Result,
    notify::bounces,
    nouns::{Greeting, Home, Step, Waiting},
    web::{Ctx, parts::Tone},
};

/// The room's part of the first page.
pub(super) fn greet<'a>(app: &'a App, ctx: &'a Ctx) -> Greeting<'a> {
    Box::pin(async move {
        if ctx.viewer.role.is_province() { province(app, ctx).await } else { unit(app, ctx).await }
    })
}

async fn province(app: &App, ctx: &Ctx) -> Result<Home> {
    let scope = ctx.viewer.scope();
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let drafted = read::counts(&app.db, scope, State::Drafted).await?;
    let bounced = read::counts(&app.db, scope, State::Bounced).await?;
    let late = read::unanswered(scope, today).count(app.db.reader()).await?;
    let mail = crate::installation::read(&app.db).await?.mail.is_some();
    let waiting = vec![
        waits(drafted, "notices.home.drafted", "/notices?state=drafted", Tone::Partly),
        waits(bounced, "notices.home.bounced", "/notices?state=bounced", Tone::Bad),
        waits(late, "notices.home.late", "/notices?late=1", Tone::Bad),
        waits(
            bounces::open(&app.db).await?,
            "notices.home.mail-in",
            "/notices/bounces",
            Tone::Unknown,
        ),
    ];
    let step =
        Step { order: 60, text: "notices.home.step-mail", path: "/notices/mail", finished: mail };
    let steps = if ctx.viewer.administer().is_ok() { vec![step] } else { Vec::new() };
    Ok(Home { waiting, steps, ..Home::default() })
}

async fn unit(app: &App, ctx: &Ctx) -> Result<Home> {
    let told = [State::Sent, State::Delivered, State::Opened].map(State::name);
    let select = read::select(ctx.viewer.scope()).any_of("n.state", told);
    let open = select.count(app.db.reader()).await?;
    let waiting = vec![waits(open, "notices.home.to-answer", "/notices?open=1", Tone::Bad)];
    Ok(Home { waiting, ..Home::default() })
}

fn waits(count: i64, text: &'static str, path: &str, tone: Tone) -> Waiting {
    Waiting { count, text, path: path.to_owned(), tone }
}
