//! A unit asks for more time, or says that it cannot comply: with a reason,
//! what is done meanwhile, and a new day (NIST SP 800-53 SI-5 calls it the
//! degree of noncompliance).

use jiff::Timestamp;

use super::{Asked, State, Task, TaskId, read};
use crate::{
    Error, Result,
    access::{Answer, Scope},
    ids::ulid,
    store::{Db, Record},
};

/// What a unit asks for.
#[derive(Clone, Debug)]
pub struct Plea {
    /// More time, or to be excused.
    pub kind: Asked,
    /// Why.
    pub reason: String,
    /// What is done meanwhile; needed where it cannot comply.
    pub measure: String,
    /// The new last instant.
    pub until: Timestamp,
}

/// Asks. One thing at a time: a second wish waits for the answer to the first.
pub async fn ask(db: &Db, by: &Answer, at: Timestamp, id: &TaskId, plea: &Plea) -> Result<()> {
    let scope = Scope::of([by.unit().clone()]);
    let task = read::task(db, &scope, id).await?;
    let letter = read::directive(db, &scope, &task.directive_id).await?;
    if letter.state != State::Issued {
        return Err(Error::conflict("directives.not-issued"));
    }
    check(&task, plea, at)?;
    let mut change = db.change(by.actor(), at).await?;
    let made = sqlx::query(
        "INSERT INTO task_requests (id, task_id, kind, reason, measure, until_at, asked_at,
            asked_by, outcome)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'waiting'
         WHERE NOT EXISTS (SELECT 1 FROM task_requests WHERE task_id = $2 AND outcome = 'waiting')",
    )
    .bind(ulid(at))
    .bind(task.id.as_str())
    .bind(plea.kind.name())
    .bind(plea.reason.trim())
    .bind(plea.measure.trim())
    .bind(plea.until.as_microsecond())
    .bind(at.as_microsecond())
    .bind(&by.actor().name)
    .execute(change.conn())
    .await?;
    if made.rows_affected() == 0 {
        return Err(Error::conflict("directives.already-asked"));
    }
    let data = serde_json::json!({
        "kind": plea.kind, "reason": plea.reason.trim(), "measure": plea.measure.trim(),
        "until": plea.until,
    });
    change.record(Record::new("directives.ask", &task.id).of_unit(&task.unit_id).with(data));
    change.commit().await
}

fn check(task: &Task, plea: &Plea, at: Timestamp) -> Result<()> {
    let bare = plea.kind == Asked::Cannot && plea.measure.trim().is_empty();
    let later = plea.until > at && plea.until > task.due_at.0;
    Error::any(&[
        (plea.reason.trim().is_empty(), "directives.reason-empty", "reason"),
        (bare, "directives.measure-empty", "measure"),
        (!later, "directives.until-not-later", "until"),
    ])
}
