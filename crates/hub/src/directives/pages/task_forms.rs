//! The forms of a task: the unit's answer, and the province's decision.

use axum::{
    extract::{Path, State as Shared},
    response::Response,
};
use maud::{Markup, html};

use super::{Pairs, demand::instant, done, task::Whole, task_path, value};
use crate::{
    App, Error, Result,
    access::Answer,
    checks::Proof,
    directives::{
        Asked, Outcome, Request, TaskId, TaskState, answer as decide,
        ask::{self, Plea},
        draft, read,
        report::{self, Piece, Said},
        review::{self, Seen},
        rules::Claim,
    },
    web::{Ctx, Page, Posted, Upload, parts, redirect},
};

/// What a unit can say: a report, and in folded parts what it can ask for.
pub(super) fn answers(ctx: &Ctx, whole: &Whole) -> Markup {
    let waiting = whole.requests.iter().any(|one| one.outcome == Outcome::Waiting);
    html! {
        section.card {
            h2 { (ctx.t("directives.report.title")) }
            @if let Some(reason) = returned(whole) {
                p.failed { (ctx.t("directives.report.returned-because")) " " strong { (reason) } }
            }
            (report_form(ctx, whole))
            @if waiting { p.soft { (ctx.t("directives.request.waiting")) } }
            @else {
                (plea_form(ctx, whole, Asked::Extension))
                (plea_form(ctx, whole, Asked::Cannot))
            }
        }
    }
}

fn returned(whole: &Whole) -> Option<&str> {
    let last = whole.reports.first().filter(|_| whole.task.state == TaskState::Returned)?;
    last.reason.as_deref()
}

fn report_form(ctx: &Ctx, whole: &Whole) -> Markup {
    let path = task_path(&whole.task.id);
    let today = ctx.now.to_zoned(ctx.zone.clone()).date().to_string();
    html! {
        form method="post" action={ (path) "/report" } enctype="multipart/form-data" {
            (parts::token(ctx))
            @if whole.demand.zero_allowed.0 {
                div.check {
                    input #zero type="checkbox" name="zero" value="1";
                    label for="zero" { (ctx.t("directives.report.zero")) }
                }
            }
            (figure_fields(ctx, whole))
            (parts::area(ctx.lang, "directives.report.text", "text", ""))
            div.field {
                label for="file" { (ctx.t("directives.report.file-field")) }
                input #file type="file" name="file" multiple;
                span.hint { (ctx.t("directives.report.file-hint")) }
            }
            (parts::field(ctx.lang, "directives.report.effective", "effective_on", "date", &today, false))
            button.primary type="submit" data-busy=(ctx.t("common.state.loading")) { (ctx.t("directives.report.submit")) }
        }
    }
}

fn figure_fields(ctx: &Ctx, whole: &Whole) -> Markup {
    let Some(counts) = &whole.demand.counts else { return html! {} };
    let (handled, total) = prefilled(whole);
    let field = |name: &str, label: &str, figure: Option<u64>| {
        html! {
            div.field {
                label for=(name) { (label) }
                input id=(name) name=(name) type="number" min="0" inputmode="numeric" value=[figure];
            }
        }
    };
    html! {
        div.row {
            (field("handled", counts.0.handled.of(ctx.lang), handled))
            (field("total", counts.0.total.of(ctx.lang), total))
        }
        @if !matches!(whole.proof, Proof::Unknown { .. }) { p.hint { (ctx.t("directives.report.prefilled")) } }
    }
}

/// The machine's figures, or else those said last.
fn prefilled(whole: &Whole) -> (Option<u64>, Option<u64>) {
    let said = |pick: fn(&super::super::Report) -> Option<i64>| {
        whole.reports.first().and_then(pick).and_then(|number| u64::try_from(number).ok())
    };
    match whole.proof {
        Proof::Met { total } => (Some(total), Some(total)),
        Proof::Partly { handled, total } => (Some(handled), Some(total)),
        Proof::Unmet { total } => (Some(0), Some(total)),
        Proof::Unknown { .. } => (said(|one| one.handled), said(|one| one.total)),
    }
}

fn plea_form(ctx: &Ctx, whole: &Whole, kind: Asked) -> Markup {
    let path = task_path(&whole.task.id);
    let name = kind.name();
    let id = |field: &str| format!("{name}-{field}");
    let area = |field: &str, label: &str| {
        html! {
            div.field {
                label for=(id(field)) { (ctx.t(label)) }
                textarea id=(id(field)) name=(field) rows="3" required {}
            }
        }
    };
    html! {
        details {
            summary { (ctx.t(kind.text())) }
            p { (ctx.t(&format!("directives.request.about-{name}"))) }
            form method="post" action={ (path) "/ask" } {
                (parts::token(ctx))
                input type="hidden" name="kind" value=(name);
                (area("reason", "common.field.reason"))
                @if kind == Asked::Cannot { (area("measure", "directives.request.measure")) }
                div.field {
                    label for=(id("until")) { (ctx.t("directives.request.until")) }
                    input id=(id("until")) name="until" type="date" required;
                }
                button type="submit" { (ctx.t("directives.request.submit")) }
            }
        }
    }
}

/// What the province can decide now.
pub(super) fn decisions(ctx: &Ctx, whole: &Whole) -> Markup {
    let waits = whole.task.state == TaskState::Reported;
    let request = whole.requests.iter().find(|one| one.outcome == Outcome::Waiting);
    html! {
        @if waits { section.card { h2 { (ctx.t("directives.review.report")) } (verdict(ctx, whole)) } }
        @if let Some(request) = request { section.card { (answer_form(ctx, request)) } }
    }
}

fn verdict(ctx: &Ctx, whole: &Whole) -> Markup {
    let path = task_path(&whole.task.id);
    let seen = html! { input type="hidden" name="report" value=[&whole.task.report_id]; };
    html! {
        form method="post" action={ (path) "/accept" } {
            (parts::token(ctx)) (seen)
            button.primary type="submit" { (ctx.t("common.action.accept")) }
        }
        form.row method="post" action={ (path) "/return" } {
            (parts::token(ctx)) (seen)
            (parts::field(ctx.lang, "directives.review.why", "reason", "text", "", true))
            button.danger type="submit" { (ctx.t("common.action.return")) }
        }
    }
}

/// Granting or refusing what a unit asked for.
pub(super) fn answer_form(ctx: &Ctx, request: &Request) -> Markup {
    let field = format!("word-{}", request.id);
    html! {
        (super::task::one_request(ctx, request))
        form.row method="post" action={ (task_path(&request.task_id)) "/answer" } {
            (parts::token(ctx))
            input type="hidden" name="request" value=(request.id);
            div.field {
                label for=(field) { (ctx.t("directives.request.word")) }
                input id=(field) name="word" type="text";
            }
            button.primary type="submit" name="granted" value="1" { (ctx.t("common.action.approve")) }
            button.danger type="submit" name="granted" value="0" { (ctx.t("common.action.refuse")) }
        }
    }
}

/// The right to answer for a task's unit.
async fn right(app: &App, ctx: &Ctx, id: &TaskId) -> Result<Answer> {
    let task = read::task(&app.db, ctx.viewer.scope(), id).await?;
    ctx.viewer.answer(&task.unit_id)
}

pub(super) async fn report(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    upload: Upload,
) -> Page<Response> {
    let id: TaskId = id.parse()?;
    let by = right(&app, &ctx, &id).await?;
    let said = said(&ctx, upload)?;
    report::report(&app, &by, ctx.now, &id, said).await?;
    Ok(redirect(&done(&task_path(&id), "directives.done.reported")))
}

fn said(ctx: &Ctx, upload: Upload) -> Result<Said> {
    let zero = upload.text("zero").is_some();
    // The figures of the form are prefilled: with "nothing to report" they mean nothing.
    let figure = |name: &'static str| match upload.text(name).filter(|_| !zero) {
        None => Ok(None),
        Some(text) => text
            .parse::<u32>()
            .map(|n| Some(u64::from(n)))
            .map_err(|_| Error::field("directives.figures-missing", name)),
    };
    let claim = Claim { zero, handled: figure("handled")?, total: figure("total")? };
    let text = upload.text("text").unwrap_or_default().to_owned();
    let effective_on = match upload.text("effective_on") {
        Some(day) => draft::day(day, "effective_on")?,
        None => ctx.now.to_zoned(ctx.zone.clone()).date(),
    };
    let piece =
        |file: crate::web::FileField| Piece { name: file.name, bytes: file.bytes, effective_on };
    Ok(Said { claim, text, files: upload.files.into_iter().map(piece).collect() })
}

pub(super) async fn ask(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(form): Posted<Pairs>,
) -> Page<Response> {
    let id: TaskId = id.parse()?;
    let by = right(&app, &ctx, &id).await?;
    let plea = Plea {
        kind: Asked::named(value(&form, "kind")).ok_or(Error::NotFound)?,
        reason: value(&form, "reason").to_owned(),
        measure: value(&form, "measure").to_owned(),
        until: instant(value(&form, "until"), "until", &ctx.zone)?,
    };
    ask::ask(&app.db, &by, ctx.now, &id, &plea).await?;
    Ok(redirect(&done(&task_path(&id), "directives.done.asked")))
}

fn seen(id: &TaskId, form: &Pairs) -> Seen {
    let report = Some(value(form, "report").to_owned()).filter(|report| !report.is_empty());
    Seen { task: id.clone(), report }
}

pub(super) async fn accept(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(form): Posted<Pairs>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let id: TaskId = id.parse()?;
    review::accept(&app.db, &by, ctx.now, &[seen(&id, &form)]).await?;
    Ok(redirect(&done(&task_path(&id), "directives.done.accepted")))
}

pub(super) async fn return_report(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(form): Posted<Pairs>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let id: TaskId = id.parse()?;
    review::return_report(&app.db, &by, ctx.now, &seen(&id, &form), value(&form, "reason")).await?;
    Ok(redirect(&done(&task_path(&id), "directives.done.returned")))
}

pub(super) async fn answer(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(form): Posted<Pairs>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let id: TaskId = id.parse()?;
    let granted = match value(&form, "granted") {
        "1" => true,
        "0" => false,
        _ => return Err(Error::NotFound.into()),
    };
    decide::answer(&app.db, &by, ctx.now, value(&form, "request"), granted, value(&form, "word"))
        .await?;
    Ok(redirect(&done(&task_path(&id), "directives.done.answered")))
}
