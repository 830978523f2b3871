//! Tasks: what a unit says of them, and what the province answers.

use axum::{
    Json,
    extract::{Path, Query, State as Shared},
    http::StatusCode,
    response::Response,
};
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    Made,
    letters::{self, FileBody},
    views::{DemandView, ReportView, RequestView, TaskView, WholeTask},
};
use crate::{
    App, Error, Result,
    access::Answer,
    api::{Api, Body, Caller, Cursor, Slice, SliceQuery},
    directives::{
        Asked, DirectiveId, Task, TaskId, TaskState, answer as answering,
        ask::{self as asking, Plea},
        board, read,
        report::{self as reporting, Piece, Said},
        review::{self, Seen},
        rules::{self, Claim, Standing},
    },
    ids::UnitId,
};

/// Which tasks are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Only of this letter.
    directive: Option<String>,
    /// Only of this unit.
    unit: Option<String>,
    /// Only in this state.
    #[param(value_type = Option<TaskState>)]
    state: Option<String>,
    /// Where the slice begins: the `next` of the slice before.
    cursor: Option<String>,
    /// Rows wanted, 1 to 500; 100 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

/// The tasks the caller may see.
#[utoipa::path(get, path = "/api/v1/tasks", tag = "directives", params(Wanted), responses((status = 200, body = Slice<TaskView>)))]
pub(super) async fn list(
    Shared(app): Shared<App>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Api<Json<Slice<TaskView>>> {
    let cursor = Cursor::new(&SliceQuery { cursor: wanted.cursor, limit: wanted.limit })?;
    let directive = wanted.directive.map(|id| id.parse::<DirectiveId>()).transpose()?;
    let unit = wanted.unit.map(|id| id.parse::<UnitId>()).transpose()?;
    let select = read::tasks(caller.viewer.scope())
        .and_if("t.directive_id = {}", directive.as_ref().map(DirectiveId::as_str))
        .and_if("t.unit_id = {}", unit.as_ref().map(UnitId::as_str))
        .and_if("t.state = {}", wanted.state);
    let rows: Vec<Task> = cursor.apply(select, "t.id", "t.id > {}").fetch(app.db.reader()).await?;
    let views = rows.into_iter().map(TaskView::from).collect();
    Ok(Json(cursor.slice(views, |row| row.id.to_string())))
}

async fn found(app: &App, caller: &Caller, id: &str) -> Result<Task> {
    read::task(&app.db, caller.viewer.scope(), &id.parse::<TaskId>()?).await
}

async fn right(app: &App, caller: &Caller, id: &str) -> Result<(Task, Answer)> {
    let task = found(app, caller, id).await?;
    let by = caller.viewer.answer(&task.unit_id)?;
    Ok((task, by))
}

/// A task with everything behind its cell of the board.
#[utoipa::path(get, path = "/api/v1/tasks/{id}", tag = "directives",
    params(("id" = String, Path, description = "The task")), responses((status = 200, body = WholeTask)))]
pub(super) async fn show(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<WholeTask>> {
    let task = found(&app, &caller, &id).await?;
    let db = &app.db;
    let letter = read::directive(db, caller.viewer.scope(), &task.directive_id).await?;
    let demand = read::demand(db, &letter.id, &task.demand_id).await?;
    let proof = board::proof_of(&app, &letter, &demand, &task, caller.now).await?;
    let facts = board::facts_of(db, &letter, &demand, &task, caller.now).await?;
    let reports = read::reports(db, &task).await?;
    let evidence = read::evidence(db, &task).await?;
    let requests = read::requests(db, &task).await?;
    let as_of = board::as_of(&letter, caller.now);
    Ok(Json(WholeTask {
        cell: rules::cell(&Standing::of(&task, reports.first()), &proof, as_of),
        demand: DemandView::from(&demand),
        reports: reports.into_iter().map(|one| ReportView::new(one, &evidence)).collect(),
        requests: requests.into_iter().map(RequestView::from).collect(),
        task: task.into(),
        as_of,
        proof,
        facts,
    }))
}

/// What a unit reports.
#[derive(Deserialize, ToSchema)]
pub(super) struct ReportBody {
    /// "Nothing to report", where the demand allows it.
    #[serde(default)]
    zero: bool,
    /// Things done, where the demand counts.
    handled: Option<u32>,
    /// Of how many.
    total: Option<u32>,
    /// In words.
    #[serde(default)]
    text: String,
    /// Evidence.
    #[serde(default)]
    files: Vec<EvidenceBody>,
}

/// A file of evidence handed in as JSON.
#[derive(Deserialize, ToSchema)]
pub(super) struct EvidenceBody {
    /// The file.
    #[serde(flatten)]
    file: FileBody,
    /// The day of which it speaks.
    #[schema(value_type = String, format = Date)]
    effective_on: Date,
}

/// Reports on a task.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/reports", tag = "directives",
    params(("id" = String, Path, description = "The task")), request_body = ReportBody, responses((status = 201, body = Made)))]
pub(super) async fn report(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<ReportBody>,
) -> Api<(StatusCode, Json<Made>)> {
    let (task, by) = right(&app, &caller, &id).await?;
    let id = reporting::report(&app, &by, caller.now, &task.id, said(body)?).await?;
    Ok((StatusCode::CREATED, Json(Made { id })))
}

fn said(body: ReportBody) -> Result<Said> {
    let piece = |one: EvidenceBody| {
        let bytes = one.file.bytes()?;
        Ok(Piece { name: one.file.name, bytes, effective_on: one.effective_on })
    };
    let claim = Claim {
        zero: body.zero,
        handled: body.handled.map(u64::from),
        total: body.total.map(u64::from),
    };
    let files = body.files.into_iter().map(piece).collect::<Result<_>>()?;
    Ok(Said { claim, text: body.text, files })
}

/// Which report was seen.
#[derive(Deserialize, ToSchema)]
pub(super) struct SeenBody {
    /// The report; left out, the latest.
    report: Option<String>,
}

/// Accepts the report of a task.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/accept", tag = "directives",
    params(("id" = String, Path, description = "The task")), request_body = SeenBody, responses((status = 204)))]
pub(super) async fn accept(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<SeenBody>,
) -> Api<StatusCode> {
    let by = caller.viewer.decide()?;
    let seen = Seen { task: id.parse()?, report: body.report };
    review::accept(&app.db, &by, caller.now, &[seen]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A task and the report of it that was seen.
#[derive(Deserialize, ToSchema)]
pub(super) struct SeenTask {
    /// The task.
    task: TaskId,
    /// The report; left out, the latest.
    report: Option<String>,
}

/// Accepts the reports of several tasks: all of them, or none.
#[utoipa::path(post, path = "/api/v1/tasks/accept", tag = "directives", request_body = [SeenTask], responses((status = 204)))]
pub(super) async fn accept_several(
    Shared(app): Shared<App>,
    caller: Caller,
    Body(body): Body<Vec<SeenTask>>,
) -> Api<StatusCode> {
    let by = caller.viewer.decide()?;
    let seen: Vec<_> =
        body.into_iter().map(|one| Seen { task: one.task, report: one.report }).collect();
    review::accept(&app.db, &by, caller.now, &seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a report is returned.
#[derive(Deserialize, ToSchema)]
pub(super) struct ReturnBody {
    /// The report that was seen; left out, the latest.
    report: Option<String>,
    /// Why, and what is missing.
    reason: String,
}

/// Returns the report of a task.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/return", tag = "directives",
    params(("id" = String, Path, description = "The task")), request_body = ReturnBody, responses((status = 204)))]
pub(super) async fn return_report(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<ReturnBody>,
) -> Api<StatusCode> {
    let by = caller.viewer.decide()?;
    let seen = Seen { task: id.parse()?, report: body.report };
    review::return_report(&app.db, &by, caller.now, &seen, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a unit asks for.
#[derive(Deserialize, ToSchema)]
pub(super) struct AskBody {
    /// More time, or to be excused.
    kind: Asked,
    /// Why.
    reason: String,
    /// What is done meanwhile; needed where it cannot comply.
    #[serde(default)]
    measure: String,
    /// The new last instant.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

/// Asks for more time, or says that the unit cannot comply.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/requests", tag = "directives",
    params(("id" = String, Path, description = "The task")), request_body = AskBody, responses((status = 204)))]
pub(super) async fn ask(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<AskBody>,
) -> Api<StatusCode> {
    let (task, by) = right(&app, &caller, &id).await?;
    let AskBody { kind, reason, measure, until } = body;
    let plea = Plea { kind, reason, measure, until };
    asking::ask(&app.db, &by, caller.now, &task.id, &plea).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the province answers.
#[derive(Deserialize, ToSchema)]
pub(super) struct AnswerBody {
    /// Whether it is granted.
    granted: bool,
    /// What is said with it; needed with a refusal.
    #[serde(default)]
    word: String,
}

/// Grants or refuses what a unit asked for.
#[utoipa::path(post, path = "/api/v1/requests/{id}/answer", tag = "directives",
    params(("id" = String, Path, description = "The request")), request_body = AnswerBody, responses((status = 204)))]
pub(super) async fn answer(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<AnswerBody>,
) -> Api<StatusCode> {
    let by = caller.viewer.decide()?;
    answering::answer(&app.db, &by, caller.now, &id, body.granted, &body.word).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The bytes of a file of evidence.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/files/{sha256}", tag = "directives",
    params(("id" = String, Path, description = "The task"), ("sha256" = String, Path, description = "Digest of the file")),
    responses((status = 200, body = [u8], content_type = "application/octet-stream")))]
pub(super) async fn file(
    Shared(app): Shared<App>,
    caller: Caller,
    Path((id, sha256)): Path<(String, String)>,
) -> Api<Response> {
    let task = found(&app, &caller, &id).await?;
    let files = read::evidence(&app.db, &task).await?;
    let found = files.iter().find(|file| file.sha256 == sha256).ok_or(Error::NotFound)?;
    letters::bytes(&app, &found.sha256).await
}
