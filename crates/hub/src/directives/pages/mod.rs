//! The room's pages: one file a screen.

mod board;
mod demand;
mod edit;
mod files;
mod letter;
mod list;
mod pack;
mod review;
mod task;
mod task_forms;
mod tasks;
mod trend;

use std::collections::BTreeMap;

use axum::{
    Router,
    routing::{get, post},
};
use maud::{Markup, html};

use super::{DirectiveId, State, TaskId, board::text, rules::Cell};
use crate::{
    App, Result,
    checks::Proof,
    web::{Ctx, parts, parts::Tone},
};

/// The pairs of a query string or of a form.
pub(super) use tasks::next_three;

type Pairs = BTreeMap<String, String>;

/// The room's pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/directives", get(list::list))
        .route("/directives/new", get(edit::new_form).post(edit::create))
        .route("/directives/packs", get(pack::list).post(pack::draft))
        .route("/directives/{id}", get(letter::show))
        .route("/directives/{id}/edit", get(edit::edit_form).post(edit::save))
        .route("/directives/{id}/issue", get(letter::issue_page).post(letter::issue))
        .route("/directives/{id}/close", post(letter::close))
        .route("/directives/{id}/discard", post(letter::discard))
        .route("/directives/{id}/attach", post(letter::attach))
        .route("/directives/{id}/files/{sha256}", get(files::of_letter))
        .route("/directives/{id}/bundle", get(files::bundle_of_letter))
        .route("/tasks/{id}/bundle", get(files::bundle_of_task))
        .route("/directives/{id}/demands/new", get(demand::new_form).post(demand::create))
        .route("/directives/{id}/demands/{demand}", get(demand::edit_form).post(demand::save))
        .route("/directives/{id}/demands/{demand}/remove", post(demand::remove))
        .route("/board", get(board::latest))
        .route("/board/{id}", get(board::show))
        .route("/board/{id}/{demand}/{unit}", get(task::cell))
        .route("/tasks", get(tasks::list))
        .route("/tasks/{id}", get(task::show))
        .route("/tasks/{id}/report", post(task_forms::report))
        .route("/tasks/{id}/ask", post(task_forms::ask))
        .route("/tasks/{id}/accept", post(task_forms::accept))
        .route("/tasks/{id}/return", post(task_forms::return_report))
        .route("/tasks/{id}/answer", post(task_forms::answer))
        .route("/tasks/{id}/files/{sha256}", get(files::of_task))
        .route("/reviews", get(review::queue))
        .route("/reviews/accept", post(review::accept))
        .layer(axum::extract::DefaultBodyLimit::max(crate::web::UPLOAD_LIMIT))
}

/// How a cell looks.
fn tone(state: &str) -> Tone {
    match state {
        "proved" => Tone::Good,
        "claimed" => Tone::Claimed,
        "partly" => Tone::Partly,
        "late" | "returned" => Tone::Bad,
        "unknown" => Tone::Unknown,
        _ => Tone::Quiet,
    }
}

/// A cell as a badge: its mark, its word, its figures.
fn cell_badge(ctx: &Ctx, cell: &Cell) -> Markup {
    let word = ctx.t(&format!("directives.cell.{}", cell.name()));
    let figures = match cell.figures() {
        (Some(handled), Some(total)) if total > 0 => format!(" {handled}/{total}"),
        _ => String::new(),
    };
    html! {
        span class={ "badge " (tone(cell.name()).class()) } {
            span.mark aria-hidden="true" { (text::mark(cell.name())) } " " (word) (figures)
        }
    }
}

fn state_badge(ctx: &Ctx, state: State) -> Markup {
    let tone = match state {
        State::Draft => Tone::Partly,
        State::Issued => Tone::Good,
        State::Closed => Tone::Quiet,
    };
    parts::badge(tone, &ctx.t(state.text()))
}

/// What a check says, in words.
fn proof_text(ctx: &Ctx, proof: &Proof) -> String {
    let fill = |key: &str, handled: u64, total: u64| {
        ctx.fill(key, &[("handled", &handled), ("total", &total)])
    };
    match proof {
        Proof::Met { total: 0 } => ctx.t("directives.proof.met-nothing"),
        Proof::Met { total } => fill("directives.proof.met", *total, *total),
        Proof::Partly { handled, total } => fill("directives.proof.partly", *handled, *total),
        Proof::Unmet { total } => fill("directives.proof.unmet", 0, *total),
        Proof::Unknown { reason } => {
            let reason = ctx.t(&format!("reason.{reason}"));
            ctx.fill("directives.proof.unknown", &[("reason", &reason)])
        }
    }
}

/// How a demand is proved, in words; the bare kind where no text speaks of it.
fn check_text(ctx: &Ctx, kind: &str) -> String {
    let key = format!("directives.check.{kind}");
    if ctx.lang.has(&key) { ctx.t(&key) } else { kind.to_owned() }
}

fn letter_path(id: &DirectiveId) -> String {
    format!("/directives/{id}")
}

fn task_path(id: &TaskId) -> String {
    format!("/tasks/{id}")
}

/// The same path with what was done, for the page to say.
fn done(path: &str, what: &str) -> String {
    parts::with_query(path, &[("done", what)])
}

/// A value of a form without the spaces around it; empty when it is missing.
fn value<'a>(form: &'a Pairs, name: &str) -> &'a str {
    form.get(name).map_or("", |text| text.trim())
}

/// A date field, or nothing where it was left empty.
fn optional_day(form: &Pairs, name: &'static str) -> Result<Option<jiff::civil::Date>> {
    match value(form, name) {
        "" => Ok(None),
        text => super::draft::day(text, name).map(Some),
    }
}

/// A page's sentence on what it is.
fn about(ctx: &Ctx, key: &str) -> Markup {
    html! { p.soft { (ctx.t(key)) } }
}
