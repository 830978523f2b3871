//! `/reviews`: what waits for the province's word.

use axum::{
    extract::{Query, State as Shared},
    response::Response,
};
use maud::{Markup, html};

use super::{Pairs, about, done, proof_text, task_forms, task_path, value};
use crate::{
    App, Result,
    checks::Proof,
    directives::{
        DirectiveId, Request, TaskId, Text,
        review::{self, Seen},
    },
    store::{At, Db, Direction, Flag, Json, Page as Window, Select},
    web::{Ctx, Page, Posted, frame, parts, redirect},
};

/// Rows shown at once: the queue is worked from its top.
const MOST: u32 = 100;

#[derive(sqlx::FromRow)]
struct Waiting {
    task_id: TaskId,
    report_id: String,
    directive_id: DirectiveId,
    number: String,
    code: String,
    title: Json<Text>,
    unit: String,
    reported_at: At,
    reported_by: String,
    zero: Flag,
    handled: Option<i64>,
    total: Option<i64>,
    text: String,
    machine: Json<Proof>,
    files: i64,
}

pub(super) async fn queue(Shared(app): Shared<App>, ctx: Ctx, Query(pairs): Query<Pairs>) -> Page {
    if !ctx.viewer.role.is_province() {
        return Err(crate::Error::Forbidden.into());
    }
    let select = waiting(&pairs);
    let total = select.count(app.db.reader()).await?;
    let rows: Vec<Waiting> = select
        .order("r.reported_at", Direction::Up)
        .page(Window { number: 0, size: MOST })
        .fetch(app.db.reader())
        .await?;
    let requests = requests(&app.db).await?;
    let title = ctx.t("directives.review.title");
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! {}))
            (parts::done(&ctx, pairs.get("done").map(String::as_str)))
            (about(&ctx, "directives.review.about"))
            form.row method="get" action="/reviews" role="search" {
                (parts::field(ctx.lang, "directives.board.find", "q", "search", value(&pairs, "q"), false))
                button type="submit" { (ctx.t("common.action.filter")) }
            }
            (reports(&ctx, &rows, total))
            (asked(&ctx, &requests))
        },
    ))
}

fn waiting(pairs: &Pairs) -> Select {
    let columns = "t.id AS task_id, r.id AS report_id, t.directive_id, d.number, m.code, m.title, u.name AS unit, \
        r.reported_at, r.reported_by, r.zero, r.handled, r.total, r.text, r.machine, \
        (SELECT COUNT(*) FROM report_files f WHERE f.report_id = r.id) AS files";
    let from = "tasks t JOIN reports r ON r.id = t.report_id \
        JOIN directives d ON d.id = t.directive_id JOIN demands m ON m.id = t.demand_id \
        JOIN units u ON u.id = t.unit_id";
    Select::new(columns, from)
        .and("t.state = {} AND d.state = {}", ["reported", "issued"])
        .search("u.fold", Some(value(pairs, "q")))
}

async fn requests(db: &Db) -> Result<Vec<Named>> {
    let columns = "q.id, q.task_id, q.kind, q.reason, q.measure, q.until_at, q.asked_at, \
        q.asked_by, q.outcome, q.decided_at, q.decided_by, q.decision, u.name AS unit, m.code, m.title";
    let from = "task_requests q JOIN tasks t ON t.id = q.task_id \
        JOIN directives d ON d.id = t.directive_id JOIN demands m ON m.id = t.demand_id \
        JOIN units u ON u.id = t.unit_id";
    Select::new(columns, from)
        .and("q.outcome = {} AND d.state = {}", ["waiting", "issued"])
        .order("q.asked_at", Direction::Up)
        .page(Window { number: 0, size: MOST })
        .fetch(db.reader())
        .await
}

#[derive(sqlx::FromRow)]
struct Named {
    #[sqlx(flatten)]
    request: Request,
    unit: String,
    code: String,
    title: Json<Text>,
}

fn reports(ctx: &Ctx, rows: &[Waiting], total: i64) -> Markup {
    let may = ctx.viewer.decide().is_ok();
    html! {
        h2 { (ctx.t("directives.review.reports")) " (" (ctx.number(total)) ")" }
        @if rows.is_empty() { (parts::empty(&ctx.t("directives.review.empty"), &html! { a href="/board" { (ctx.t("directives.board.open")) } })) }
        @else {
            form method="post" action="/reviews/accept" {
                (parts::token(ctx))
                div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("directives.review.reports")) {
                    table {
                        thead { tr {
                            @if may { th scope="col" { (ctx.t("common.action.accept")) } }
                            @for key in ["common.field.unit", "directives.column.title", "directives.task.claimed", "directives.report.machine", "directives.report.files", "common.field.time"] {
                                th scope="col" { (ctx.t(key)) }
                            }
                        } }
                        tbody { @for row in rows { (report_row(ctx, row, may)) } }
                    }
                }
                @if may { p { button.primary type="submit" { (ctx.t("directives.review.accept-ticked")) } } }
            }
            @if total > i64::from(MOST) { p.soft { (ctx.fill("directives.review.more", &[("n", &MOST)])) } }
        }
    }
}

fn report_row(ctx: &Ctx, row: &Waiting, may: bool) -> Markup {
    let claimed = match (row.zero.0, row.handled, row.total) {
        (true, ..) => ctx.t("directives.report.zero"),
        (_, Some(handled), Some(total)) => format!("{}/{}", ctx.number(handled), ctx.number(total)),
        _ => ctx.t("directives.report.in-words"),
    };
    let tick = format!("task.{}", row.task_id);
    let title = row.title.0.of(ctx.lang);
    html! {
        tr {
            @if may {
                td { input type="checkbox" name=(tick) value=(row.report_id) aria-label={ (row.unit) ": " (title) }; }
            }
            th scope="row" { (row.unit) }
            td.words {
                a href=(task_path(&row.task_id)) { (title) }
                br; a.soft href={ "/directives/" (row.directive_id) } { (row.code) " · " (row.number) }
                @if !row.text.is_empty() { p { (row.text) } }
            }
            td { (claimed) }
            td { (proof_text(ctx, &row.machine.0)) }
            td.num { (row.files) }
            td { (ctx.time(row.reported_at)) br; span.soft { (row.reported_by) } }
        }
    }
}

fn asked(ctx: &Ctx, requests: &[Named]) -> Markup {
    let may = ctx.viewer.decide().is_ok();
    html! {
        h2 #requests { (ctx.t("directives.review.requests")) " (" (requests.len()) ")" }
        @if requests.is_empty() { p.soft { (ctx.t("directives.review.no-requests")) } }
        @for one in requests {
            section.card {
                h3 { (one.unit) ": " a href=(task_path(&one.request.task_id)) { (one.code) " " (one.title.0.of(ctx.lang)) } }
                @if may { (task_forms::answer_form(ctx, &one.request)) }
                @else { (super::task::one_request(ctx, &one.request)) }
            }
        }
    }
}

pub(super) async fn accept(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Posted(form): Posted<Pairs>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let ticked =
        form.iter().filter_map(|(name, report)| Some((name.strip_prefix("task.")?, report)));
    let seen = ticked
        .map(|(id, report)| Ok(Seen { task: id.parse()?, report: Some(report.clone()) }))
        .collect::<Result<Vec<_>>>()?;
    review::accept(&app.db, &by, ctx.now, &seen).await?;
    Ok(redirect(&done("/reviews", "directives.done.accepted")))
}
