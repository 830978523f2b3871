//! What this room can prove by itself: `declared`, a person's report with its
//! evidence, accepted by the province. A report that nobody accepted proves
//! nothing.

use std::collections::BTreeMap;

use super::{DemandId, Outcome, TaskState, read, rules, rules::Claim};
use crate::{
    Error, Result,
    access::Scope,
    checks::{Answering, Check, Fact, Proof, Question},
    ids::UnitId,
    store::{At, Db, Flag, Select},
};

/// The parameter by which a check learns for which demand it is asked.
pub const DEMAND: &str = "demand";

/// The kind of the check of this room.
pub const DECLARED: &str = "declared";

/// The check of this room.
pub struct Declared;

impl Check for Declared {
    fn kind(&self) -> &'static str {
        DECLARED
    }

    /// It has none, and what a pack says beside is nobody's harm.
    fn accepts(&self, _: &serde_json::Value) -> Result<()> {
        Ok(())
    }

    fn proofs<'a>(
        &'a self,
        db: &'a Db,
        scope: &'a Scope,
        question: &'a Question,
    ) -> Answering<'a, BTreeMap<UnitId, Proof>> {
        Box::pin(proofs(db, scope, question))
    }

    fn facts<'a>(
        &'a self,
        db: &'a Db,
        unit: &'a UnitId,
        question: &'a Question,
    ) -> Answering<'a, Vec<Fact>> {
        Box::pin(facts(db, unit, question))
    }
}

fn demand(question: &Question) -> Result<DemandId> {
    let named = question.parameters.get(DEMAND).and_then(serde_json::Value::as_str);
    named.ok_or_else(|| Error::internal("declared: asked without a demand"))?.parse()
}

#[derive(sqlx::FromRow)]
struct Accepted {
    unit_id: UnitId,
    state: TaskState,
    report_id: Option<String>,
    zero: Option<i64>,
    handled: Option<i64>,
    total: Option<i64>,
}

async fn proofs(db: &Db, scope: &Scope, question: &Question) -> Result<BTreeMap<UnitId, Proof>> {
    let columns = "t.unit_id, t.state, r.id AS report_id, r.zero, r.handled, r.total";
    let rows: Vec<Accepted> =
        Select::new(columns, "tasks t LEFT JOIN reports r ON r.id = t.accepted_report_id")
            .and("t.demand_id = {}", [demand(question)?.as_str()])
            .scoped(scope, "t.unit_id")
            .fetch(db.reader())
            .await?;
    Ok(rows.into_iter().map(|row| (row.unit_id.clone(), row.proof())).collect())
}

impl Accepted {
    fn proof(&self) -> Proof {
        let figure = |number: Option<i64>| number.and_then(|number| number.try_into().ok());
        let claim = self.report_id.as_ref().map(|_| Claim {
            zero: self.zero == Some(1),
            handled: figure(self.handled),
            total: figure(self.total),
        });
        rules::declared(claim.as_ref(), self.state == TaskState::Reported)
    }
}

#[derive(sqlx::FromRow)]
struct Piece {
    name: String,
    effective_on: String,
    uploaded_at: At,
    outcome: Outcome,
    accepted: Flag,
}

async fn facts(db: &Db, unit: &UnitId, question: &Question) -> Result<Vec<Fact>> {
    let id = demand(question)?;
    let task = read::task_at(db, &Scope::of([unit.clone()]), &id, unit).await?;
    let pieces: Vec<Piece> = sqlx::query_as(
        "SELECT f.name, f.effective_on, f.uploaded_at, r.outcome,
            CASE WHEN r.id = t.accepted_report_id THEN 1 ELSE 0 END AS accepted
         FROM report_files f JOIN reports r ON r.id = f.report_id JOIN tasks t ON t.id = r.task_id
         WHERE t.id = $1 ORDER BY r.revision DESC, f.name",
    )
    .bind(task.id.as_str())
    .fetch_all(db.reader())
    .await?;
    let fact = |piece: Piece| Fact {
        title: format!("{} ({})", piece.name, piece.effective_on),
        state: piece.outcome.text().to_owned(),
        handled: piece.accepted.0,
        at: piece.uploaded_at.0,
        path: format!("/tasks/{}#evidence", task.id),
    };
    Ok(pieces.into_iter().map(fact).collect())
}
