//! The province accepts a report, or returns it with a reason.

use jiff::Timestamp;

use super::{State, Task, TaskId, TaskState, read};
use crate::{
    Error, Result,
    access::{Decide, Scope},
    store::{Change, Db, Record},
};

/// A task whose latest report is to be decided on, and the report that the
/// reviewer saw: a newer one is not decided on unseen.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The task.
    pub task: TaskId,
    /// The report; where the reviewer did not say, the latest.
    pub report: Option<String>,
}

/// Accepts reports of several tasks: all of them, or none.
pub async fn accept(db: &Db, by: &Decide, at: Timestamp, seen: &[Seen]) -> Result<()> {
    if seen.is_empty() {
        return Err(Error::field("directives.nothing-ticked", "task"));
    }
    let mut tasks = Vec::new();
    for seen in seen {
        tasks.push(waiting(db, seen).await?);
    }
    let mut change = db.change(by.actor(), at).await?;
    for (task, report) in &tasks {
        decide(&mut change, task, report, Verdict::Accept).await?;
    }
    change.commit().await
}

/// Returns the report of a task. A report accepted before keeps standing
/// as proof until another is accepted.
pub async fn return_report(
    db: &Db,
    by: &Decide,
    at: Timestamp,
    seen: &Seen,
    reason: &str,
) -> Result<()> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::field("directives.reason-empty", "reason"));
    }
    let (task, report) = waiting(db, seen).await?;
    let mut change = db.change(by.actor(), at).await?;
    decide(&mut change, &task, &report, Verdict::Return(reason)).await?;
    change.commit().await
}

#[derive(Clone, Copy)]
enum Verdict<'a> {
    Accept,
    Return(&'a str),
}

/// The task whose latest report waits, with that report.
async fn waiting(db: &Db, seen: &Seen) -> Result<(Task, String)> {
    let task = read::task(db, &Scope::province(), &seen.task).await?;
    let letter = read::directive(db, &Scope::province(), &task.directive_id).await?;
    if letter.state != State::Issued {
        return Err(Error::conflict("directives.not-issued"));
    }
    let latest = task.report_id.clone().filter(|_| task.state == TaskState::Reported);
    let report = latest.ok_or_else(|| Error::conflict("directives.nothing-to-decide"))?;
    if seen.report.as_ref().is_some_and(|seen| *seen != report) {
        return Err(Error::conflict("directives.changed-meanwhile"));
    }
    Ok((task, report))
}

async fn decide(
    change: &mut Change,
    task: &Task,
    report: &str,
    verdict: Verdict<'_>,
) -> Result<()> {
    let (state, reason) = match verdict {
        Verdict::Accept => (TaskState::Accepted, None),
        Verdict::Return(reason) => (TaskState::Returned, Some(reason)),
    };
    let accepted = matches!(verdict, Verdict::Accept).then_some(report);
    let (at, name) = (change.at().as_microsecond(), change.actor().name.clone());
    // The unit may have reported again since the reviewer looked.
    let moved = sqlx::query(
        "UPDATE tasks SET state = $2, accepted_report_id = COALESCE($3, accepted_report_id),
            changed_at = $4
         WHERE id = $1 AND state = 'reported' AND report_id = $5",
    )
    .bind(task.id.as_str())
    .bind(state.name())
    .bind(accepted)
    .bind(at)
    .bind(report)
    .execute(change.conn())
    .await?;
    if moved.rows_affected() == 0 {
        return Err(Error::conflict("directives.changed-meanwhile"));
    }
    sqlx::query(
        "UPDATE reports SET outcome = $2, decided_at = $3, decided_by = $4, reason = $5 WHERE id = $1",
    )
    .bind(report)
    .bind(state.name())
    .bind(at)
    .bind(name)
    .bind(reason)
    .execute(change.conn())
    .await?;
    let action = if accepted.is_some() { "directives.accept" } else { "directives.return" };
    let data = serde_json::json!({"report": report, "reason": reason});
    change.record(Record::new(action, &task.id).of_unit(&task.unit_id).with(data));
    Ok(())
}
