//! `/tasks`: what is asked of my unit, what to do next, and until when.

use std::sync::Arc;

use axum::{
    extract::{Query, State as Shared},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use maud::{Markup, html};

use super::{Pairs, about, cell_badge, task_path, value};
use crate::{
    App,
    directives::{
        TaskId, TaskState,
        board::{self, Board},
        rules::{self, Cell, Why},
    },
    nouns::Next,
    web::{CellText, Ctx, Page, Sheet, attachment, frame, parts, xlsx_file},
};

const COLUMNS: [&str; 5] = [
    "directives.column.title",
    "common.field.unit",
    "common.field.due",
    "common.field.status",
    "directives.tasks.step",
];

/// A task as its unit sees it.
struct Line {
    task: TaskId,
    unit: String,
    letter: String,
    code: String,
    title: String,
    due_at: Timestamp,
    cell: Cell,
    state: TaskState,
    why: Option<Why>,
}

pub(super) async fn list(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(pairs): Query<Pairs>,
) -> Page<Response> {
    let boards = board::current(&app, ctx.viewer.scope(), ctx.now).await?;
    let mut lines = lines(&ctx, &boards);
    if let Some(typed) = pairs.get("q").map(|typed| typed.trim()).filter(|typed| !typed.is_empty())
    {
        lines.retain(|line| {
            [&line.unit, &line.letter, &line.code, &line.title]
                .iter()
                .any(|text| words::matches(typed, text))
        });
    }
    if value(&pairs, "format") == "xlsx" {
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        return Ok(attachment("nhiem-vu.xlsx", kind, xlsx_file(&sheet(&ctx, &lines))?));
    }
    let title = ctx.t("directives.tasks.title");
    let export = html! { a.button href="/tasks?format=xlsx" download { "XLSX" } };
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &export))
            (parts::done(&ctx, pairs.get("done").map(String::as_str)))
            (about(&ctx, "directives.tasks.about"))
            div #tasks data-live="directives sightings" {
                (to_do(&ctx, &lines))
                (table(&ctx, &lines))
            }
        },
    )
    .into_response())
}

fn lines(ctx: &Ctx, boards: &[Arc<Board>]) -> Vec<Line> {
    let mut lines = Vec::new();
    for board in boards {
        for (row, column, slot) in board.slots() {
            lines.push(Line {
                task: slot.task.clone(),
                unit: row.name.clone(),
                letter: board.number.clone(),
                code: column.code.clone(),
                title: column.title.of(ctx.lang).to_owned(),
                due_at: slot.due_at,
                why: rules::why(&slot.cell, slot.task_state, slot.due_at, ctx.now),
                state: slot.task_state,
                cell: slot.cell.clone(),
            });
        }
    }
    // What asks for a hand first; then by due time.
    lines.sort_by_key(|line| (line.why.is_none(), line.why, line.due_at));
    lines
}

/// What a unit had best do next about the letters of these boards.
pub(in crate::directives) fn next_three(ctx: &Ctx, boards: &[Arc<Board>]) -> Vec<Next> {
    next_of(ctx, &lines(ctx, boards))
}

fn next_of(ctx: &Ctx, lines: &[Line]) -> Vec<Next> {
    let pressing = lines.iter().filter_map(|line| Some((line.why?, line.due_at, line))).collect();
    let next = |(why, line): (Why, &Line)| Next {
        title: line.title.clone(),
        why: ctx
            .fill(&format!("directives.why.{}", why.name()), &[("due", &ctx.time(line.due_at))]),
        path: task_path(&line.task),
    };
    rules::next_three(pressing).into_iter().map(next).collect()
}

fn to_do(ctx: &Ctx, lines: &[Line]) -> Markup {
    let next = next_of(ctx, lines);
    html! {
        @if !lines.is_empty() && next.is_empty() { p.done { (ctx.t("directives.tasks.all-done")) } }
        (parts::next(ctx.lang, &next))
    }
}

fn table(ctx: &Ctx, lines: &[Line]) -> Markup {
    html! {
        h2 { (ctx.t("directives.tasks.all")) }
        @if lines.is_empty() {
            (parts::empty(&ctx.t("directives.tasks.empty"), &html! { a href="/directives" { (ctx.t("directives.list.title")) } }))
        } @else {
            div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("directives.tasks.title")) {
                table.stacks {
                    thead { tr {
                        @for key in COLUMNS { th scope="col" { (ctx.t(key)) } }
                    } }
                    tbody { @for line in lines { (row(ctx, line)) } }
                }
            }
        }
    }
}

fn row(ctx: &Ctx, line: &Line) -> Markup {
    let [_, unit, due, status, to_do] = COLUMNS.map(|key| ctx.t(key));
    html! {
        tr {
            th scope="row" {
                a href=(task_path(&line.task)) { (line.title) }
                br; span.soft { (line.code) " · " (line.letter) }
            }
            td data-label=(unit) { (line.unit) }
            td data-label=(due) { (ctx.time(line.due_at)) }
            td data-label=(status) { (cell_badge(ctx, &line.cell)) }
            td data-label=(to_do) { (step(ctx, line)) }
        }
    }
}

/// What the unit does next about a task, in words.
fn step(ctx: &Ctx, line: &Line) -> String {
    let key = match (line.why, line.state) {
        (None, TaskState::Reported) => "directives.step.wait",
        (None, _) => "directives.step.none",
        (Some(Why::Returned), _) => "directives.step.mend",
        (Some(_), TaskState::Reported | TaskState::Accepted) => "directives.step.go-on",
        (Some(_), _) => "directives.step.report",
    };
    ctx.t(key)
}

fn sheet(ctx: &Ctx, lines: &[Line]) -> Sheet {
    let keys = [
        "directives.column.number",
        "directives.column.demand",
        "directives.column.title",
        "common.field.unit",
        "common.field.due",
        "common.field.status",
        "directives.tasks.step",
    ];
    let row = |line: &Line| -> Vec<CellText> {
        vec![
            line.letter.as_str().into(),
            line.code.as_str().into(),
            line.title.as_str().into(),
            line.unit.as_str().into(),
            ctx.time(line.due_at).into(),
            ctx.t(&format!("directives.cell.{}", line.cell.name())).into(),
            step(ctx, line).into(),
        ]
    };
    Sheet {
        title: ctx.t("directives.tasks.title"),
        as_of: ctx.fill("web.as-of", &[("time", &ctx.time(ctx.now))]),
        header: keys.iter().map(|key| ctx.t(key)).collect(),
        rows: lines.iter().map(row).collect(),
    }
}
