//! A unit says what it has done about a task. A new report never takes the
//! place of an old one: it is a revision, and the old one keeps its files.

use jiff::{Timestamp, civil::Date};

use super::{Demand, Outcome, State, Task, TaskId, read, rules, rules::Claim};
use crate::{
    App, Error, Result,
    access::{Answer, Scope},
    checks::Proof,
    ids::ulid,
    store::{Change, Json, Record, files, files::Stored},
};

/// Most files of one report.
pub const MOST_FILES: usize = 20;

/// What a unit hands in.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The figures, or that there is nothing to report.
    pub claim: Claim,
    /// In words.
    pub text: String,
    /// Evidence.
    pub files: Vec<Piece>,
}

/// A file of evidence as it is handed in.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Name that the person gave it.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
    /// The day of which it speaks.
    pub effective_on: Date,
}

/// Takes a unit's report on a task. `machine` is what the demand's check says
/// now: it is kept beside the claim, whatever the claim says.
pub async fn report(
    app: &App,
    by: &Answer,
    at: Timestamp,
    id: &TaskId,
    said: Said,
) -> Result<String> {
    let scope = Scope::of([by.unit().clone()]);
    let task = read::task(&app.db, &scope, id).await?;
    let letter = read::directive(&app.db, &scope, &task.directive_id).await?;
    if letter.state != State::Issued {
        return Err(Error::conflict("directives.not-issued"));
    }
    let demand = read::demand(&app.db, &letter.id, &task.demand_id).await?;
    check(&demand, &said)?;
    let machine = super::board::proof_of(app, &letter, &demand, &task, at).await?;
    let files = keep(app, said.files).await?;
    let mut change = app.db.change(by.actor(), at).await?;
    let (report, revision) =
        write(&mut change, by, &task, &said.claim, &said.text, &machine).await?;
    for (piece, stored) in &files {
        attach(&mut change, &report, piece, stored).await?;
    }
    change.record(record(&task, revision, &said.claim, &said.text, &machine, &files));
    change.commit().await?;
    Ok(report)
}

fn check(demand: &Demand, said: &Said) -> Result<()> {
    if said.files.len() > MOST_FILES {
        return Err(Error::field("directives.too-many-files", "file"));
    }
    let says_something = !said.text.trim().is_empty() || !said.files.is_empty();
    let counted = demand.counts.is_some();
    match rules::report_fault(&said.claim, counted, demand.zero_allowed.0, says_something) {
        Some((code, field)) => Err(Error::field(code, field)),
        None => Ok(()),
    }
}

/// A file's particulars once its bytes are kept.
struct Kept {
    name: String,
    effective_on: Date,
}

async fn keep(app: &App, pieces: Vec<Piece>) -> Result<Vec<(Kept, Stored)>> {
    let mut kept = Vec::new();
    for piece in pieces {
        let stored = app.files.keep(piece.bytes).await?;
        kept.push((Kept { name: piece.name, effective_on: piece.effective_on }, stored));
    }
    Ok(kept)
}

async fn write(
    change: &mut Change,
    by: &Answer,
    task: &Task,
    claim: &Claim,
    text: &str,
    machine: &Proof,
) -> Result<(String, i64)> {
    let at = change.at();
    let id = ulid(at);
    overtake(change, task).await?;
    let (last,): (i64,) = sqlx::query_as(
        "SELECT CAST(COALESCE(MAX(revision), 0) AS BIGINT) FROM reports WHERE task_id = $1",
    )
    .bind(task.id.as_str())
    .fetch_one(change.conn())
    .await?;
    sqlx::query(
        "INSERT INTO reports (id, task_id, revision, reported_at, reported_by, as_head, zero,
            handled, total, text, machine, outcome)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting')",
    )
    .bind(&id)
    .bind(task.id.as_str())
    .bind(last + 1)
    .bind(at.as_microsecond())
    .bind(&by.actor().name)
    .bind(i64::from(by.as_head()))
    .bind(i64::from(claim.zero))
    .bind(claim.handled.map(u64::cast_signed))
    .bind(claim.total.map(u64::cast_signed))
    .bind(text.trim())
    .bind(Json(machine))
    .execute(change.conn())
    .await?;
    sqlx::query(
        "UPDATE tasks SET state = 'reported', report_id = $2, changed_at = $3 WHERE id = $1",
    )
    .bind(task.id.as_str())
    .bind(&id)
    .bind(at.as_microsecond())
    .execute(change.conn())
    .await?;
    Ok((id, last + 1))
}

/// A report that nobody decided on gives way to the new one. Taking the task's
/// row first puts two reports at once into an order.
async fn overtake(change: &mut Change, task: &Task) -> Result<()> {
    sqlx::query("UPDATE tasks SET state = 'reported' WHERE id = $1")
        .bind(task.id.as_str())
        .execute(change.conn())
        .await?;
    sqlx::query("UPDATE reports SET outcome = $2 WHERE task_id = $1 AND outcome = 'waiting'")
        .bind(task.id.as_str())
        .bind(Outcome::Overtaken.name())
        .execute(change.conn())
        .await?;
    Ok(())
}

async fn attach(change: &mut Change, report: &str, piece: &Kept, stored: &Stored) -> Result<()> {
    let at = change.at();
    files::register(change.conn(), stored, at).await?;
    sqlx::query(
        "INSERT INTO report_files (report_id, sha256, name, size, effective_on, uploaded_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    )
    .bind(report)
    .bind(&stored.sha256)
    .bind(&piece.name)
    .bind(stored.size as i64)
    .bind(piece.effective_on.to_string())
    .bind(at.as_microsecond())
    .execute(change.conn())
    .await?;
    Ok(())
}

fn record(
    task: &Task,
    revision: i64,
    claim: &Claim,
    text: &str,
    machine: &Proof,
    files: &[(Kept, Stored)],
) -> Record {
    let files: Vec<_> = files
        .iter()
        .map(|(piece, stored)| {
            serde_json::json!({
                "name": piece.name, "sha256": stored.sha256, "size": stored.size,
                "effective_on": piece.effective_on,
            })
        })
        .collect();
    let data = serde_json::json!({
        "revision": revision, "zero": claim.zero, "handled": claim.handled, "total": claim.total,
        "text": text.trim(), "machine": machine, "files": files,
    });
    Record::new("directives.report", &task.id).of_unit(&task.unit_id).with(data)
}
