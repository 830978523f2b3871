//! What waits for the viewer: reports to review for the province; tasks that
//! were returned, are late or fall due soon for a unit.

use super::{State, board, pages::next_three, read, rules, rules::Why};
use crate::{
    App, Result,
    access::Scope,
    nouns::{Greeting, Home, Step, Waiting},
    store::Select,
    web::{Ctx, parts::Tone},
};

pub(super) fn greet<'a>(app: &'a App, ctx: &'a Ctx) -> Greeting<'a> {
    Box::pin(async move {
        if ctx.viewer.role.is_province() {
            let steps = steps(app, ctx).await?;
            return Ok(Home { waiting: province(app).await?, steps, ..Home::default() });
        }
        unit(app, ctx).await
    })
}

async fn province(app: &App) -> Result<Vec<Waiting>> {
    let out = "d.state = {} AND t.state = {}";
    let reports = Select::new("t.id", "tasks t JOIN directives d ON d.id = t.directive_id")
        .and(out, [State::Issued.name(), "reported"])
        .count(app.db.reader())
        .await?;
    let asked = "task_requests q JOIN tasks t ON t.id = q.task_id \
        JOIN directives d ON d.id = t.directive_id";
    let requests = Select::new("q.id", asked)
        .and("q.outcome = {} AND d.state = {}", ["waiting", State::Issued.name()])
        .count(app.db.reader())
        .await?;
    Ok(vec![
        card(reports, "directives.home.reports", "/reviews", Tone::Claimed),
        card(requests, "directives.home.requests", "/reviews#requests", Tone::Partly),
    ])
}

async fn unit(app: &App, ctx: &Ctx) -> Result<Home> {
    let mut counts = [0_i64; 3];
    let boards = board::current(app, ctx.viewer.scope(), ctx.now).await?;
    for board in &boards {
        for (.., slot) in board.slots() {
            match rules::why(&slot.cell, slot.task_state, slot.due_at, ctx.now) {
                Some(Why::Returned) => counts[0] += 1,
                Some(Why::Late) => counts[1] += 1,
                Some(Why::DueSoon) => counts[2] += 1,
                _ => {}
            }
        }
    }
    let [returned, late, soon] = counts;
    let waiting = vec![
        card(returned, "directives.home.returned", "/tasks", Tone::Bad),
        card(late, "directives.home.late", "/tasks", Tone::Bad),
        card(soon, "directives.home.soon", "/tasks", Tone::Partly),
    ];
    Ok(Home { waiting, next: next_three(ctx, &boards), ..Home::default() })
}

fn card(count: i64, text: &'static str, path: &str, tone: Tone) -> Waiting {
    Waiting { count, text, path: path.to_owned(), tone }
}

async fn steps(app: &App, ctx: &Ctx) -> Result<Vec<Step>> {
    if ctx.viewer.decide().is_err() {
        return Ok(Vec::new());
    }
    let finished = !read::issued(&app.db, &Scope::province()).await?.is_empty();
    let (order, text, path) = (50, "directives.home.first", "/directives");
    Ok(vec![Step { order, text, path, finished }])
}
