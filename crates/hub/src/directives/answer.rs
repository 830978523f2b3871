//! The province grants or refuses what a unit asked for. Granted, more time
//! moves the task's due time; "cannot comply" excuses it until its day.

use jiff::Timestamp;

use super::{Asked, Outcome, Request, State, Task, read};
use crate::{
    Error, Result,
    access::{Decide, Scope},
    store::{Change, Db, Record},
};

/// Grants or refuses. A refusal says why.
pub async fn answer(
    db: &Db,
    by: &Decide,
    at: Timestamp,
    request: &str,
    granted: bool,
    word: &str,
) -> Result<()> {
    let word = word.trim();
    if !granted && word.is_empty() {
        return Err(Error::field("directives.reason-empty", "word"));
    }
    let request = find(db, request).await?;
    let task = read::task(db, &Scope::province(), &request.task_id).await?;
    let letter = read::directive(db, &Scope::province(), &task.directive_id).await?;
    if letter.state != State::Issued {
        return Err(Error::conflict("directives.not-issued"));
    }
    let mut change = db.change(by.actor(), at).await?;
    decide(&mut change, &request, granted, word).await?;
    if granted {
        grant(&mut change, &request).await?;
    }
    change.record(record(&task, &request, granted, word));
    change.commit().await
}

async fn find(db: &Db, id: &str) -> Result<Request> {
    let found: Option<Request> = sqlx::query_as(
        "SELECT id, task_id, kind, reason, measure, until_at, asked_at, asked_by, outcome,
            decided_at, decided_by, decision FROM task_requests WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(db.reader())
    .await?;
    found.ok_or(Error::NotFound)
}

async fn decide(change: &mut Change, request: &Request, granted: bool, word: &str) -> Result<()> {
    let outcome = if granted { Outcome::Accepted } else { Outcome::Returned };
    let (at, name) = (change.at().as_microsecond(), change.actor().name.clone());
    let decided = sqlx::query(
        "UPDATE task_requests SET outcome = $2, decided_at = $3, decided_by = $4, decision = $5
         WHERE id = $1 AND outcome = 'waiting'",
    )
    .bind(&request.id)
    .bind(outcome.name())
    .bind(at)
    .bind(name)
    .bind(word)
    .execute(change.conn())
    .await?;
    if decided.rows_affected() == 0 {
        return Err(Error::conflict("directives.nothing-to-decide"));
    }
    Ok(())
}

async fn grant(change: &mut Change, request: &Request) -> Result<()> {
    let sql = match request.kind {
        Asked::Extension => "UPDATE tasks SET due_at = $2, changed_at = $3 WHERE id = $1",
        Asked::Cannot => "UPDATE tasks SET excused_until = $2, changed_at = $3 WHERE id = $1",
    };
    let at = change.at().as_microsecond();
    sqlx::query(sql)
        .bind(request.task_id.as_str())
        .bind(request.until_at.0.as_microsecond())
        .bind(at)
        .execute(change.conn())
        .await?;
    Ok(())
}

fn record(task: &Task, request: &Request, granted: bool, word: &str) -> Record {
    let action = if granted { "directives.grant" } else { "directives.refuse" };
    let data = serde_json::json!({
        "request": request.id, "kind": request.kind, "until": request.until_at.0, "word": word,
    });
    Record::new(action, &task.id).of_unit(&task.unit_id).with(data)
}
