//! Sending a letter out: from here on it stands as it is, and every unit that a
//! demand covers has a task.

use std::collections::BTreeMap;

use diag::{Diagnostic, Place};
use jiff::{Timestamp, tz::TimeZone};

use super::{Covers, Demand, Directive, DirectiveId, State, TaskId, read};
use crate::{
    Error, Result,
    access::{Decide, Scope},
    ids::UnitId,
    registry::units::{self, Unit},
    store::{Change, Db, Record, bulk},
};

/// Which units each demand of a letter reaches, in the order of the letter.
pub struct Reach {
    /// A demand, and the units that have to answer.
    pub demands: Vec<(Demand, Vec<Unit>)>,
    /// What keeps the letter from being issued.
    pub faults: Vec<Diagnostic>,
}

/// Works out whom a letter would reach if it went out now.
pub async fn reach(db: &Db, id: &DirectiveId, zone: &TimeZone, at: Timestamp) -> Result<Reach> {
    let today = at.to_zoned(zone.clone()).date();
    let units = units::all(db, &Scope::province(), today).await?;
    let demands = read::demands(db, id).await?;
    let mut faults = Vec::new();
    if demands.is_empty() {
        faults.push(Diagnostic::error("directives.no-demands", Place::default()));
    }
    for demand in &demands {
        faults.extend(faults_of(demand, &units));
    }
    let reached = |demand: Demand| {
        let reached = units.iter().filter(|unit| covers(&demand, unit)).cloned().collect();
        (demand, reached)
    };
    Ok(Reach { demands: demands.into_iter().map(reached).collect(), faults })
}

fn covers(demand: &Demand, unit: &Unit) -> bool {
    demand.covers.0.covers(&unit.code, unit.kind.name())
}

fn faults_of(demand: &Demand, units: &[Unit]) -> Vec<Diagnostic> {
    let place = || Place::default().in_column(demand.code.clone());
    if let Covers::Units(codes) = &demand.covers.0 {
        let known =
            |code: &&String| units.iter().any(|unit| words::fold(&unit.code) == words::fold(code));
        let unknown = codes.iter().filter(|code| !known(code));
        let fault = |code| Diagnostic::error("directives.unit-unknown", place()).with("unit", code);
        return unknown.map(fault).collect();
    }
    if units.iter().any(|unit| covers(demand, unit)) {
        return Vec::new();
    }
    vec![Diagnostic::error("directives.covers-nobody", place())]
}

/// Issues a draft and makes its tasks.
pub async fn issue(
    db: &Db,
    by: &Decide,
    at: Timestamp,
    id: &DirectiveId,
    zone: &TimeZone,
) -> Result<()> {
    let letter = read::directive(db, &Scope::province(), id).await?;
    if letter.state != State::Draft {
        return Err(Error::conflict("directives.not-a-draft"));
    }
    let reach = reach(db, id, zone, at).await?;
    if !reach.faults.is_empty() {
        return Err(Error::Invalid(reach.faults));
    }
    let mut change = db.change(by.actor(), at).await?;
    mark(&mut change, id).await?;
    let tasks = assign(&mut change, id, &reach.demands).await?;
    record(&mut change, &letter, &reach.demands, tasks);
    change.commit().await
}

async fn mark(change: &mut Change, id: &DirectiveId) -> Result<()> {
    let (at, name) = (change.at(), change.actor().name.clone());
    let marked = sqlx::query(
        "UPDATE directives SET state = 'issued', issued_at = $2, issued_by = $3
         WHERE id = $1 AND state = 'draft'",
    )
    .bind(id.as_str())
    .bind(at.as_microsecond())
    .bind(name)
    .execute(change.conn())
    .await?;
    if marked.rows_affected() == 0 {
        return Err(Error::conflict("directives.not-a-draft"));
    }
    Ok(())
}

async fn assign(
    change: &mut Change,
    id: &DirectiveId,
    demands: &[(Demand, Vec<Unit>)],
) -> Result<usize> {
    let at = change.at();
    let rows: Vec<_> = demands
        .iter()
        .flat_map(|(demand, units)| units.iter().map(move |unit| (demand, unit)))
        .map(|(demand, unit)| {
            [
                bulk::Value::from(TaskId::new(at).to_string()),
                id.as_str().into(),
                demand.id.as_str().into(),
                unit.id.as_str().into(),
                "open".into(),
                demand.due_at.0.into(),
                at.into(),
            ]
        })
        .collect();
    let made = rows.len();
    let columns = ["id", "directive_id", "demand_id", "unit_id", "state", "due_at", "changed_at"];
    bulk::insert(change.conn(), "tasks", columns, rows).await?;
    Ok(made)
}

/// One record for the letter, and one for each unit with what is asked of it.
fn record(change: &mut Change, letter: &Directive, demands: &[(Demand, Vec<Unit>)], tasks: usize) {
    let mut by_unit: BTreeMap<&UnitId, Vec<&str>> = BTreeMap::new();
    for (demand, units) in demands {
        for unit in units {
            by_unit.entry(&unit.id).or_default().push(&demand.code);
        }
    }
    let data = serde_json::json!({
        "number": letter.number, "demands": demands.len(), "units": by_unit.len(), "tasks": tasks,
    });
    change.record(Record::new("directives.issue", &letter.id).with(data));
    for (unit, codes) in by_unit {
        change.record(Record::new("directives.assign", &letter.id).of_unit(unit).with(codes));
    }
}
