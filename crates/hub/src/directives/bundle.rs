//! The evidence of a finished task, or of a closed letter, as a signed bundle
//! that verifies offline.

use jiff::Timestamp;
use serde_json::json;

use super::{Directive, DirectiveId, State, TaskId, TaskState, board, read};
use crate::{
    App, Error, Result,
    access::Scope,
    audit::bundle::{Evidence, Packed},
    registry::units,
    store::Direction,
};

const TEXTS: &str = "directives.bundle";

/// Packs an accepted task: the demand, every report with its files, what was
/// asked and answered, and what the machine says now.
pub async fn of_task(app: &App, scope: &Scope, at: Timestamp, id: &TaskId) -> Result<Packed> {
    let task = read::task(&app.db, scope, id).await?;
    if task.state != TaskState::Accepted {
        return Err(Error::conflict("directives.not-finished"));
    }
    let letter = read::directive(&app.db, scope, &task.directive_id).await?;
    let demand = read::demand(&app.db, &letter.id, &task.demand_id).await?;
    let unit = units::get(&app.db, scope, &task.unit_id).await?;
    let proof = board::proof_of(app, &letter, &demand, &task, at).await?;
    let facts = board::facts_of(&app.db, &letter, &demand, &task, at).await?;
    let title = |lang| format!("{} · {} · {}", letter.number, demand.title.0.of(lang), unit.name);
    let mut evidence = Evidence::about(app, at, TEXTS, "task", id.as_str(), title).await?;
    let pieces = read::evidence(&app.db, &task).await?;
    evidence.records = vec![
        ("directive", json!(letter)),
        ("demand", json!(demand)),
        ("task", json!({ "task": task, "unit": { "code": unit.code, "name": unit.name } })),
        ("reports", json!(read::reports(&app.db, &task).await?)),
        ("files", json!(pieces)),
        ("requests", json!(read::requests(&app.db, &task).await?)),
        ("proof", json!({ "proof": proof, "facts": facts, "at": at })),
    ];
    for piece in &pieces {
        evidence.keep(app, &piece.name, &piece.sha256).await?;
    }
    evidence.traced(app, scope, id.as_str()).await?;
    let bytes = evidence.write(&app.key()?)?;
    Ok(Packed { name: format!("nhiem-vu-{id}.zip"), bytes })
}

/// Packs a closed letter: its demands, its attachments and every task of the
/// scope. The tasks' own files are in their own bundles.
pub async fn of_directive(
    app: &App,
    scope: &Scope,
    at: Timestamp,
    id: &DirectiveId,
) -> Result<Packed> {
    let letter = read::directive(&app.db, scope, id).await?;
    if letter.state != State::Closed {
        return Err(Error::conflict("directives.not-closed"));
    }
    let attachments = read::attachments(&app.db, id).await?;
    let tasks: Vec<super::Task> = read::tasks(scope)
        .and("t.directive_id = {}", [id.as_str()])
        .order("t.id", Direction::Up)
        .fetch(app.db.reader())
        .await?;
    let title = |lang| title(&letter, lang);
    let mut evidence = Evidence::about(app, at, TEXTS, "directive", id.as_str(), title).await?;
    evidence.records = vec![
        ("directive", json!(letter)),
        ("demands", json!(read::demands(&app.db, id).await?)),
        ("tasks", json!(tasks)),
        ("attachments", json!(attachments)),
    ];
    for one in &attachments {
        evidence.keep(app, &one.name, &one.sha256).await?;
    }
    evidence.traced(app, scope, id.as_str()).await?;
    let bytes = evidence.write(&app.key()?)?;
    Ok(Packed { name: format!("van-ban-{id}.zip"), bytes })
}

fn title(letter: &Directive, lang: words::Lang) -> String {
    format!("{} · {}", letter.number, letter.title.0.of(lang))
}
