//! `/tasks/{id}`, which is also the cell `/board/{directive}/{demand}/{unit}`:
//! everything behind one cell of the board, and the forms of whoever may act.

use axum::{
    extract::{Path, Query, State as Shared},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};

use super::{Pairs, cell_badge, check_text, proof_text, task_forms, task_path, value};
use crate::{
    App, Result,
    checks::{Fact, Proof},
    directives::{
        Asked, Demand, Directive, Evidence, Outcome, Report, Request, State, Task, TaskId,
        TaskState, board,
        read::{self, Trace},
        rules::{self, Cell, Standing},
    },
    registry::units::{self, Unit},
    web::{CellText, Ctx, Page, Sheet, attachment, frame, parts, xlsx_book},
};

/// Facts drawn on the page; the file has all of them.
const MOST_FACTS: usize = 200;

/// A task with all that is known about it.
pub(super) struct Whole {
    pub(super) task: Task,
    pub(super) letter: Directive,
    pub(super) demand: Demand,
    pub(super) unit: Unit,
    pub(super) proof: Proof,
    pub(super) cell: Cell,
    pub(super) reports: Vec<Report>,
    pub(super) requests: Vec<Request>,
    evidence: Vec<Evidence>,
    facts: Vec<Fact>,
    traces: Vec<Trace>,
}

/// A cell of the board, by its place.
pub(super) async fn cell(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path((_, demand, unit)): Path<(String, String, String)>,
    Query(pairs): Query<Pairs>,
) -> Page<Response> {
    let (demand, unit) = (demand.parse()?, unit.parse()?);
    let task = read::task_at(&app.db, ctx.viewer.scope(), &demand, &unit).await?;
    page(&app, &ctx, task, &pairs).await
}

pub(super) async fn show(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Query(pairs): Query<Pairs>,
) -> Page<Response> {
    let id: TaskId = id.parse()?;
    let task = read::task(&app.db, ctx.viewer.scope(), &id).await?;
    page(&app, &ctx, task, &pairs).await
}

async fn page(app: &App, ctx: &Ctx, task: Task, pairs: &Pairs) -> Page<Response> {
    let whole = whole(app, ctx, task).await?;
    if value(pairs, "format") == "xlsx" {
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        return Ok(attachment("minh-chung.xlsx", kind, xlsx(ctx, &whole)?));
    }
    let title = whole.demand.title.0.of(ctx.lang).to_owned();
    let done = pairs.get("done").map(String::as_str);
    Ok(frame(ctx, &title, &draw(ctx, &whole, &title, done)).into_response())
}

async fn whole(app: &App, ctx: &Ctx, task: Task) -> Result<Whole> {
    let db = &app.db;
    let scope = ctx.viewer.scope();
    let letter = read::directive(db, scope, &task.directive_id).await?;
    let demand = read::demand(db, &letter.id, &task.demand_id).await?;
    let unit = units::get(db, scope, &task.unit_id).await?;
    let proof = board::proof_of(app, &letter, &demand, &task, ctx.now).await?;
    let facts = board::facts_of(db, &letter, &demand, &task, ctx.now).await?;
    let reports = read::reports(db, &task).await?;
    Ok(Whole {
        cell: rules::cell(
            &Standing::of(&task, reports.first()),
            &proof,
            board::as_of(&letter, ctx.now),
        ),
        evidence: read::evidence(db, &task).await?,
        requests: read::requests(db, &task).await?,
        traces: read::traces(db, &task).await?,
        task,
        letter,
        demand,
        unit,
        proof,
        reports,
        facts,
    })
}

fn draw(ctx: &Ctx, whole: &Whole, title: &str, done: Option<&str>) -> Markup {
    let open = whole.letter.state == State::Issued;
    let answers = open && ctx.viewer.answer(&whole.task.unit_id).is_ok();
    let decides = open && ctx.viewer.decide().is_ok();
    let own = answers && !ctx.viewer.role.is_province();
    html! {
        (parts::heading(title, &actions(ctx, whole)))
        (parts::done(ctx, done))
        p { (cell_badge(ctx, &whole.cell)) " " (ctx.t(&format!("directives.says.{}", whole.cell.name()))) }
        @if decides { (task_forms::decisions(ctx, whole)) }
        (asked(ctx, whole))
        @if own { (task_forms::answers(ctx, whole)) }
        (proved(ctx, whole))
        (reports(ctx, whole))
        (requests(ctx, whole))
        @if answers && !own {
            details { summary { (ctx.t("directives.report.for-unit")) } (task_forms::answers(ctx, whole)) }
        }
        (traces(ctx, whole))
    }
}

fn actions(ctx: &Ctx, whole: &Whole) -> Markup {
    let path = task_path(&whole.task.id);
    html! {
        a.button href={ "/board/" (whole.letter.id) } { (ctx.t("directives.board.open")) }
        a.button href={ (path) "?format=xlsx" } download { "XLSX" }
        @if whole.task.state == TaskState::Accepted {
            a.button href={ (path) "/bundle" } download { (ctx.t("directives.bundle.download")) }
        }
    }
}

fn asked(ctx: &Ctx, whole: &Whole) -> Markup {
    let Whole { task, letter, demand, unit, .. } = whole;
    html! {
        p { (demand.text.0.of(ctx.lang)) }
        dl.facts {
            dt { (ctx.t("common.field.unit")) } dd { (unit.name) " (" (unit.code) ")" }
            dt { (ctx.t("directives.column.letter")) }
            dd { a href=(super::letter_path(&letter.id)) { (letter.number) } " " (demand.clause) }
            dt { (ctx.t("common.field.due")) }
            dd {
                (ctx.time(task.due_at))
                @if task.due_at != demand.due_at { " " span.soft { (ctx.fill("directives.task.extended", &[("due", &ctx.time(demand.due_at))])) } }
            }
            @if let Some(until) = task.excused_until {
                dt { (ctx.t("directives.cell.excused")) } dd { (ctx.fill("directives.task.until", &[("until", &ctx.time(until))])) }
            }
            dt { (ctx.t("directives.column.check")) } dd { (check_text(ctx, &demand.check_kind)) }
            dt { (ctx.t("directives.task.shown")) } dd { (proof_text(ctx, &whole.proof)) }
            dt { (ctx.t("directives.task.claimed")) } dd { (claimed(ctx, whole)) }
        }
    }
}

/// What the latest report says, in one line.
fn claimed(ctx: &Ctx, whole: &Whole) -> String {
    match whole.reports.first() {
        None => ctx.t("directives.report.none"),
        Some(report) => figures(ctx, report),
    }
}

fn figures(ctx: &Ctx, report: &Report) -> String {
    match (report.zero.0, report.handled, report.total) {
        (true, ..) => ctx.t("directives.report.zero"),
        (_, Some(handled), Some(total)) => format!("{}/{}", ctx.number(handled), ctx.number(total)),
        _ => ctx.t("directives.report.in-words"),
    }
}

fn proved(ctx: &Ctx, whole: &Whole) -> Markup {
    html! {
        h2 { (ctx.t("directives.task.facts")) }
        @if whole.facts.is_empty() { p.soft { (ctx.t("directives.task.no-facts")) } }
        @else {
            div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("directives.task.facts")) {
                table {
                    thead { tr {
                        @for key in ["directives.fact.what", "common.field.status", "directives.fact.counts", "directives.fact.at"] {
                            th scope="col" { (ctx.t(key)) }
                        }
                    } }
                    tbody {
                        @for fact in whole.facts.iter().take(MOST_FACTS) {
                            tr {
                                th scope="row" { a href=(fact.path) { (fact.title) } }
                                td { (ctx.t(&fact.state)) }
                                td { (yes_no(ctx, fact.handled)) }
                                td { (ctx.time(fact.at)) }
                            }
                        }
                    }
                }
            }
            @if whole.facts.len() > MOST_FACTS {
                p { (ctx.fill("directives.fact.more", &[("shown", &MOST_FACTS), ("total", &whole.facts.len())])) }
            }
        }
    }
}

fn yes_no(ctx: &Ctx, yes: bool) -> Markup {
    let (tone, key) = if yes {
        (parts::Tone::Good, "common.answer.yes")
    } else {
        (parts::Tone::Unknown, "common.answer.no")
    };
    parts::badge(tone, &ctx.t(key))
}

fn outcome_badge(ctx: &Ctx, outcome: Outcome) -> Markup {
    let tone = match outcome {
        Outcome::Waiting => parts::Tone::Claimed,
        Outcome::Accepted => parts::Tone::Good,
        Outcome::Returned => parts::Tone::Bad,
        Outcome::Overtaken => parts::Tone::Quiet,
    };
    parts::badge(tone, &ctx.t(outcome.text()))
}

fn reports(ctx: &Ctx, whole: &Whole) -> Markup {
    html! {
        h2 #evidence { (ctx.t("directives.report.all")) }
        @if whole.reports.is_empty() { p.soft { (ctx.t("directives.report.none")) } }
        ol.timeline reversed { @for report in &whole.reports { li { (one_report(ctx, whole, report)) } } }
    }
}

fn one_report(ctx: &Ctx, whole: &Whole, report: &Report) -> Markup {
    let files = whole.evidence.iter().filter(|file| file.report_id == report.id);
    html! {
        strong { (ctx.fill("directives.report.revision", &[("n", &report.revision)])) } " "
        (outcome_badge(ctx, report.outcome))
        " " span.soft {
            (ctx.time(report.reported_at)) " · " (report.reported_by)
            @if report.as_head.0 { " (" (ctx.t("people.role.unit_head")) ")" }
        }
        dl.facts {
            dt { (ctx.t("directives.task.claimed")) } dd { (figures(ctx, report)) }
            dt { (ctx.t("directives.report.machine")) } dd { (proof_text(ctx, &report.machine.0)) }
            @if let Some(reason) = &report.reason { dt { (ctx.t("common.field.reason")) } dd { strong { (reason) } } }
            @if let (Some(at), Some(by)) = (report.decided_at, &report.decided_by) {
                dt { (ctx.t("directives.report.decided")) } dd { (ctx.time(at)) " · " (by) }
            }
        }
        @if !report.text.is_empty() { p { (report.text) } }
        ul { @for file in files { li { (one_file(ctx, &whole.task, file)) } } }
    }
}

fn one_file(ctx: &Ctx, task: &Task, file: &Evidence) -> Markup {
    html! {
        a href={ (task_path(&task.id)) "/files/" (file.sha256) } { (file.name) }
        " " span.soft {
            (ctx.fill("directives.report.file", &[
                ("effective", &ctx.lang.date(file.effective_on.0)),
                ("uploaded", &ctx.time(file.uploaded_at)),
                ("size", &ctx.number(file.size)),
            ]))
        }
        br; code { "sha256 " (file.sha256) }
    }
}

fn requests(ctx: &Ctx, whole: &Whole) -> Markup {
    html! {
        @if !whole.requests.is_empty() {
            h2 { (ctx.t("directives.request.all")) }
            ol.timeline reversed {
                @for request in &whole.requests { li { (one_request(ctx, request)) } }
            }
        }
    }
}

pub(super) fn one_request(ctx: &Ctx, request: &Request) -> Markup {
    html! {
        strong { (ctx.t(request.kind.text())) } " " (outcome_badge(ctx, request.outcome))
        " " span.soft { (ctx.time(request.asked_at)) " · " (request.asked_by) }
        dl.facts {
            dt { (ctx.t("common.field.reason")) } dd { (request.reason) }
            @if request.kind == Asked::Cannot { dt { (ctx.t("directives.request.measure")) } dd { (request.measure) } }
            dt { (ctx.t("directives.request.until")) } dd { (ctx.time(request.until_at)) }
            @if let (Some(at), Some(by)) = (request.decided_at, &request.decided_by) {
                dt { (ctx.t("directives.report.decided")) }
                dd { (ctx.time(at)) " · " (by) @if let Some(word) = &request.decision { " · " (word) } }
            }
        }
    }
}

fn traces(ctx: &Ctx, whole: &Whole) -> Markup {
    html! {
        h2 { (ctx.t("directives.trace.title")) }
        div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("directives.trace.title")) {
            table {
                thead { tr {
                    @for key in ["directives.trace.seq", "common.field.time", "directives.trace.who", "directives.trace.what", "directives.trace.hash"] {
                        th scope="col" { (ctx.t(key)) }
                    }
                } }
                tbody {
                    @for trace in &whole.traces {
                        tr {
                            th scope="row" { (trace.seq) }
                            td { (ctx.time(trace.at)) }
                            td { (trace.actor_name) }
                            td { (action_text(ctx, &trace.action)) }
                            td { code { (trace.hash.get(..16).unwrap_or(&trace.hash)) "…" } }
                        }
                    }
                }
            }
        }
    }
}

fn action_text(ctx: &Ctx, action: &str) -> String {
    let verb = action.split_once('.').map_or(action, |(_, verb)| verb);
    ctx.t(&format!("directives.action.{verb}"))
}

fn xlsx(ctx: &Ctx, whole: &Whole) -> Result<Vec<u8>> {
    let names = [
        ctx.t("directives.sheet.facts"),
        ctx.t("directives.sheet.reports"),
        ctx.t("directives.sheet.trace"),
    ];
    let [facts, reports, traces] = &names;
    xlsx_book(&[
        (facts, &facts_sheet(ctx, whole)),
        (reports, &reports_sheet(ctx, whole)),
        (traces, &traces_sheet(ctx, whole)),
    ])
}

fn sheet(ctx: &Ctx, whole: &Whole, header: &[&str], rows: Vec<Vec<CellText>>) -> Sheet {
    Sheet {
        title: format!(
            "{} · {} · {} · {}",
            whole.letter.number,
            whole.demand.code,
            whole.unit.name,
            ctx.t(&format!("directives.cell.{}", whole.cell.name())),
        ),
        as_of: ctx.fill("web.as-of", &[("time", &ctx.time(board::as_of(&whole.letter, ctx.now)))]),
        header: header.iter().map(|key| ctx.t(key)).collect(),
        rows,
    }
}

fn facts_sheet(ctx: &Ctx, whole: &Whole) -> Sheet {
    let header = [
        "directives.fact.what",
        "common.field.status",
        "directives.fact.counts",
        "directives.fact.at",
    ];
    let row = |fact: &Fact| -> Vec<CellText> {
        let counts = if fact.handled { "common.answer.yes" } else { "common.answer.no" };
        vec![
            fact.title.as_str().into(),
            ctx.t(&fact.state).into(),
            ctx.t(counts).into(),
            ctx.time(fact.at).into(),
        ]
    };
    sheet(ctx, whole, &header, whole.facts.iter().map(row).collect())
}

fn reports_sheet(ctx: &Ctx, whole: &Whole) -> Sheet {
    let header = [
        "directives.report.number",
        "common.field.time",
        "directives.trace.who",
        "directives.task.claimed",
        "directives.report.machine",
        "common.field.status",
        "common.field.reason",
        "directives.report.words",
        "directives.report.files",
    ];
    let files = |report: &Report| {
        let of = whole.evidence.iter().filter(|file| file.report_id == report.id);
        let line = |file: &Evidence| {
            format!("{} ({}, sha256 {})", file.name, file.effective_on, file.sha256)
        };
        of.map(line).collect::<Vec<_>>().join("; ")
    };
    let row = |report: &Report| -> Vec<CellText> {
        vec![
            report.revision.into(),
            ctx.time(report.reported_at).into(),
            report.reported_by.as_str().into(),
            figures(ctx, report).into(),
            proof_text(ctx, &report.machine.0).into(),
            ctx.t(report.outcome.text()).into(),
            report.reason.clone().unwrap_or_default().into(),
            report.text.as_str().into(),
            files(report).into(),
        ]
    };
    sheet(ctx, whole, &header, whole.reports.iter().map(row).collect())
}

fn traces_sheet(ctx: &Ctx, whole: &Whole) -> Sheet {
    let header = [
        "directives.trace.seq",
        "common.field.time",
        "directives.trace.who",
        "directives.trace.what",
        "directives.trace.data",
        "directives.trace.hash",
    ];
    let row = |trace: &Trace| -> Vec<CellText> {
        vec![
            trace.seq.into(),
            ctx.time(trace.at).into(),
            trace.actor_name.as_str().into(),
            action_text(ctx, &trace.action).into(),
            trace.data.as_str().into(),
            trace.hash.as_str().into(),
        ]
    };
    sheet(ctx, whole, &header, whole.traces.iter().map(row).collect())
}
