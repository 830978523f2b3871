//! Reading letters, tasks and what was said of them. A unit sees the letters
//! that ask something of it, never a draft, and only its own tasks.

use super::{Demand, DemandId, Directive, DirectiveId, Evidence, Report, Request, Task, TaskId};
use crate::{
    Error, Result,
    access::Scope,
    ids::UnitId,
    store::{At, Db, Direction, Select},
};

const DIRECTIVE: &str = "d.id, d.number, d.issuer, d.date, d.title, d.period_from, d.period_to, \
    d.legal_base, d.refers_to, d.supersedes, d.pack, d.state, d.made_at, d.issued_at, d.issued_by, \
    d.closed_at, d.close_reason";
const TASK: &str = "t.id, t.directive_id, t.demand_id, t.unit_id, t.state, t.due_at, \
    t.excused_until, t.report_id, t.accepted_report_id, t.changed_at";

/// The letters that a viewer of this scope may see.
pub async fn directives(db: &Db, scope: &Scope) -> Result<Select> {
    let select = Select::new(DIRECTIVE, "directives d");
    if scope.is_province() {
        return Ok(select);
    }
    let asked: Vec<(String,)> = Select::new("DISTINCT t.directive_id", "tasks t")
        .scoped(scope, "t.unit_id")
        .fetch(db.reader())
        .await?;
    Ok(select.any_of("d.id", asked.into_iter().map(|(id,)| id)))
}

/// A letter by its identifier.
pub async fn directive(db: &Db, scope: &Scope, id: &DirectiveId) -> Result<Directive> {
    let select = directives(db, scope).await?.and("d.id = {}", [id.as_str()]);
    select.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// Letters by the number printed on them, the newest first.
pub async fn numbered(db: &Db, scope: &Scope, number: &str) -> Result<Vec<Directive>> {
    let select = directives(db, scope).await?.and("d.number = {}", [number]);
    select.order("d.id", Direction::Down).fetch(db.reader()).await
}

/// Letters that were issued, the newest first.
pub async fn issued(db: &Db, scope: &Scope) -> Result<Vec<Directive>> {
    let select = directives(db, scope).await?.and("d.state <> {}", ["draft"]);
    select.order("d.issued_at", Direction::Down).fetch(db.reader()).await
}

/// What a letter asks, in its order.
pub async fn demands(db: &Db, id: &DirectiveId) -> Result<Vec<Demand>> {
    Ok(sqlx::query_as(
        "SELECT id, directive_id, place, code, clause, title, text, covers, due_at, check_kind,
            check_parameters, zero_allowed, counts
         FROM demands WHERE directive_id = $1 ORDER BY place, id",
    )
    .bind(id.as_str())
    .fetch_all(db.reader())
    .await?)
}

/// One demand of a letter.
pub async fn demand(db: &Db, directive: &DirectiveId, id: &DemandId) -> Result<Demand> {
    demands(db, directive).await?.into_iter().find(|one| one.id == *id).ok_or(Error::NotFound)
}

/// The tasks of this scope.
pub fn tasks(scope: &Scope) -> Select {
    Select::new(TASK, "tasks t").scoped(scope, "t.unit_id")
}

/// A task by its identifier.
pub async fn task(db: &Db, scope: &Scope, id: &TaskId) -> Result<Task> {
    let found = tasks(scope).and("t.id = {}", [id.as_str()]).fetch_first(db.reader()).await?;
    found.ok_or(Error::NotFound)
}

/// The task behind a cell of the board.
pub async fn task_at(db: &Db, scope: &Scope, demand: &DemandId, unit: &UnitId) -> Result<Task> {
    let found = tasks(scope)
        .and("t.demand_id = {} AND t.unit_id = {}", [demand.as_str(), unit.as_str()])
        .fetch_first(db.reader())
        .await?;
    found.ok_or(Error::NotFound)
}

/// Everything that was said of a task. Ask for the task itself first: that is
/// where the scope is checked.
pub async fn reports(db: &Db, task: &Task) -> Result<Vec<Report>> {
    Ok(sqlx::query_as(
        "SELECT id, task_id, revision, reported_at, reported_by, as_head, zero, handled, total,
            text, machine, outcome, decided_at, decided_by, reason
         FROM reports WHERE task_id = $1 ORDER BY revision DESC",
    )
    .bind(task.id.as_str())
    .fetch_all(db.reader())
    .await?)
}

/// The files of every report of a task.
pub async fn evidence(db: &Db, task: &Task) -> Result<Vec<Evidence>> {
    Ok(sqlx::query_as(
        "SELECT f.report_id, f.sha256, f.name, f.size, f.effective_on, f.uploaded_at
         FROM report_files f JOIN reports r ON r.id = f.report_id
         WHERE r.task_id = $1 ORDER BY r.revision DESC, f.name, f.sha256",
    )
    .bind(task.id.as_str())
    .fetch_all(db.reader())
    .await?)
}

/// What was asked for about a task, the latest first.
pub async fn requests(db: &Db, task: &Task) -> Result<Vec<Request>> {
    Ok(sqlx::query_as(
        "SELECT id, task_id, kind, reason, measure, until_at, asked_at, asked_by, outcome,
            decided_at, decided_by, decision
         FROM task_requests WHERE task_id = $1 ORDER BY asked_at DESC, id DESC",
    )
    .bind(task.id.as_str())
    .fetch_all(db.reader())
    .await?)
}

/// A file that came with a letter.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow)]
pub struct Attachment {
    /// Digest of the bytes.
    pub sha256: String,
    /// Name that the person gave.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// When it was uploaded.
    pub uploaded_at: At,
}

/// The files that came with a letter.
pub async fn attachments(db: &Db, id: &DirectiveId) -> Result<Vec<Attachment>> {
    Ok(sqlx::query_as(
        "SELECT sha256, name, size, uploaded_at FROM directive_files
         WHERE directive_id = $1 ORDER BY uploaded_at, sha256",
    )
    .bind(id.as_str())
    .fetch_all(db.reader())
    .await?)
}

/// An entry of the chain about a task.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Trace {
    /// Number in the chain.
    pub seq: i64,
    /// When.
    pub at: At,
    /// Who, by name.
    pub actor_name: String,
    /// What: `<noun>.<verb>`.
    pub action: String,
    /// What changed.
    pub data: String,
    /// The entry's hash.
    pub hash: String,
}

/// The entries of the chain about a task, the making of it included.
pub async fn traces(db: &Db, task: &Task) -> Result<Vec<Trace>> {
    Ok(sqlx::query_as(
        "SELECT seq, at, actor_name, action, data, hash FROM audit
         WHERE subject = $1 OR (subject = $2 AND (unit_id = $3 OR unit_id IS NULL)
            AND action IN ('directives.issue', 'directives.assign', 'directives.close'))
         ORDER BY seq",
    )
    .bind(task.id.as_str())
    .bind(task.directive_id.as_str())
    .bind(task.unit_id.as_str())
    .fetch_all(db.reader())
    .await?)
}
