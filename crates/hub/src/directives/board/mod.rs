//! The board (*bảng theo dõi*): units × demands of a letter, each cell with
//! what is known now and why.
//!
//! Every check is asked once a demand for all units together, and the answer is
//! kept until something changes or a minute has passed (`cache`).

mod cache;
pub mod sheet;
pub mod text;
mod view;

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::Serialize;

pub use cache::Boards;
pub use view::{Sort, View};

use super::{
    Demand, DemandId, Directive, DirectiveId, Task, TaskId, TaskState, Text,
    checks::{self, DECLARED},
    read,
    rules::{self, Cell, Standing},
};
use crate::{
    App, Result,
    access::Scope,
    checks::{Fact, Proof, Question, of_kind},
    ids::UnitId,
    registry::units::{self, Unit},
    store::{At, Db, Select},
};

/// A letter's board at an instant.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Board {
    /// The letter.
    pub directive: DirectiveId,
    /// Its number.
    pub number: String,
    /// What it is about.
    pub title: Text,
    /// As of when.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// The demands, in the letter's order.
    pub demands: Vec<Column>,
    /// The units, by name in the order of the Vietnamese alphabet.
    pub rows: Vec<Row>,
}

/// A demand, as the head of its column.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Column {
    /// Identifier.
    pub id: DemandId,
    /// Short name.
    pub code: String,
    /// The clause, as one would cite it.
    pub clause: String,
    /// What is asked, in one line.
    pub title: Text,
    /// The last instant that is in time, without extensions.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// How it is proved.
    pub check_kind: String,
    /// Whether its figures count things, or only say yes or no.
    pub counted: bool,
}

impl Column {
    /// Where the letter asks it: the clause, or its code where nobody cited one.
    pub fn place(&self) -> &str {
        if self.clause.is_empty() { &self.code } else { &self.clause }
    }
}

/// A unit with its cells.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Row {
    /// The unit.
    pub unit: UnitId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Name of its kind.
    pub kind: String,
    /// One for each demand; none where nothing is asked.
    pub cells: Vec<Option<Slot>>,
}

/// A cell with what stands behind it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Slot {
    /// The task.
    pub task: TaskId,
    /// State of the task.
    pub task_state: TaskState,
    /// What the board says.
    pub cell: Cell,
    /// What the check says.
    pub proof: Proof,
    /// Figures of the latest report, accepted or not.
    pub claim: Option<Figures>,
    /// The last instant that is in time, extensions included.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// Whether a request waits for the province.
    pub asked: bool,
}

/// Handled of total, as a person gave them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Figures {
    /// Things said to be done.
    pub handled: u64,
    /// Of how many.
    pub total: u64,
}

/// How many cells are asked, proved, and late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Tally {
    /// Cells with a task.
    pub asked: u64,
    /// Proved ones.
    pub proved: u64,
    /// Late ones.
    pub late: u64,
}

impl Tally {
    fn of<'a>(slots: impl Iterator<Item = &'a Slot>) -> Self {
        let mut tally = Self::default();
        for slot in slots {
            tally.asked += 1;
            tally.proved += u64::from(matches!(slot.cell, Cell::Proved { .. }));
            tally.late += u64::from(matches!(slot.cell, Cell::Late { .. }));
        }
        tally
    }
}

impl Row {
    /// Counts of the row.
    pub fn tally(&self) -> Tally {
        Tally::of(self.cells.iter().flatten())
    }
}

impl Board {
    /// The board as a viewer of this scope may see it.
    #[must_use]
    fn within(&self, scope: &Scope) -> Self {
        let rows = self.rows.iter().filter(|row| scope.contains(&row.unit)).cloned().collect();
        Self { rows, ..self.head() }
    }

    /// The board without its rows.
    fn head(&self) -> Self {
        Self {
            directive: self.directive.clone(),
            number: self.number.clone(),
            title: self.title.clone(),
            as_of: self.as_of,
            demands: self.demands.clone(),
            rows: Vec::new(),
        }
    }

    /// Every cell with its row and column.
    pub fn slots(&self) -> impl Iterator<Item = (&Row, &Column, &Slot)> {
        self.rows.iter().flat_map(move |row| {
            let pairs = self.demands.iter().zip(&row.cells);
            pairs.filter_map(move |(column, cell)| cell.as_ref().map(|slot| (row, column, slot)))
        })
    }

    /// Counts of all cells.
    pub fn tally(&self) -> Tally {
        Tally::of(self.rows.iter().flat_map(|row| row.cells.iter().flatten()))
    }

    /// Counts of a column.
    pub fn tally_of(&self, column: usize) -> Tally {
        Tally::of(self.rows.iter().filter_map(|row| row.cells.get(column)?.as_ref()))
    }

    /// Cells by the name of their state, worst first.
    pub fn by_state(&self) -> Vec<(&'static str, u64)> {
        let count = |name: &str| self.slots().filter(|(.., slot)| slot.cell.name() == name).count();
        rules::STATES.into_iter().map(|name| (name, count(name) as u64)).collect()
    }
}

/// A letter's board at `now`, for a viewer of this scope. A closed letter's
/// board is as of its closing.
pub async fn read(
    app: &App,
    scope: &Scope,
    id: &DirectiveId,
    now: Timestamp,
) -> Result<Arc<Board>> {
    // Asked first: a letter outside the scope is not there.
    let letter = read::directive(&app.db, scope, id).await?;
    of(app, scope, &letter, now).await
}

/// The board of a letter that was read for a viewer of this scope.
pub async fn of(
    app: &App,
    scope: &Scope,
    letter: &Directive,
    now: Timestamp,
) -> Result<Arc<Board>> {
    let whole = app.boards.get(app, letter, now).await?;
    Ok(if scope.is_province() { whole } else { Arc::new(whole.within(scope)) })
}

/// What the check of a demand says of a task's unit now.
pub async fn proof_of(
    app: &App,
    letter: &Directive,
    demand: &Demand,
    task: &Task,
    now: Timestamp,
) -> Result<Proof> {
    let scope = Scope::of([task.unit_id.clone()]);
    let mut proofs = proofs(&app.db, &scope, letter, demand, now).await?;
    Ok(taken(&mut proofs, demand, &task.unit_id))
}

/// The rows that the check of a demand rests on, of a task's unit.
pub async fn facts_of(
    db: &Db,
    letter: &Directive,
    demand: &Demand,
    task: &Task,
    now: Timestamp,
) -> Result<Vec<Fact>> {
    match of_kind(&demand.check_kind) {
        Some(check) => check.facts(db, &task.unit_id, &question(letter, demand, now)).await,
        None => Ok(Vec::new()),
    }
}

/// What a check is asked for a demand of a letter.
fn question(letter: &Directive, demand: &Demand, now: Timestamp) -> Question {
    let mut parameters = demand.check_parameters.0.clone();
    if let Some(named) = parameters.as_object_mut() {
        named.insert(checks::DEMAND.to_owned(), demand.id.as_str().into());
    }
    let issued_at = letter.issued_at.map_or(now, Timestamp::from);
    Question { parameters, issued_at, now: as_of(letter, now) }
}

/// The instant at which a letter's board is read: now, or the closing.
pub fn as_of(letter: &Directive, now: Timestamp) -> Timestamp {
    letter.closed_at.map_or(now, Timestamp::from)
}

async fn proofs(
    db: &Db,
    scope: &Scope,
    letter: &Directive,
    demand: &Demand,
    now: Timestamp,
) -> Result<BTreeMap<UnitId, Proof>> {
    match of_kind(&demand.check_kind) {
        Some(check) => check.proofs(db, scope, &question(letter, demand, now)).await,
        None => Ok(BTreeMap::new()),
    }
}

fn taken(proofs: &mut BTreeMap<UnitId, Proof>, demand: &Demand, unit: &UnitId) -> Proof {
    proofs.remove(unit).unwrap_or_else(|| {
        let reason = match of_kind(&demand.check_kind) {
            Some(_) => rules::NO_DATA,
            None => rules::NO_CHECK,
        };
        Proof::Unknown { reason: reason.to_owned() }
    })
}

/// A task with its latest report's figures.
#[derive(sqlx::FromRow)]
struct Found {
    id: TaskId,
    demand_id: DemandId,
    unit_id: UnitId,
    state: TaskState,
    due_at: At,
    excused_until: Option<At>,
    handled: Option<i64>,
    total: Option<i64>,
    asked: i64,
}

/// Works the whole province's board out.
async fn compute(db: &Db, letter: &Directive, now: Timestamp) -> Result<Board> {
    let everywhere = Scope::province();
    let demands = read::demands(db, &letter.id).await?;
    let units = units_by_id(db).await?;
    let mut rows: BTreeMap<UnitId, Row> = BTreeMap::new();
    let mut found = tasks(db, &letter.id).await?;
    for (column, demand) in demands.iter().enumerate() {
        let mut proofs = proofs(db, &everywhere, letter, demand, now).await?;
        for task in found.remove(&demand.id).unwrap_or_default() {
            let proof = taken(&mut proofs, demand, &task.unit_id);
            let row = rows
                .entry(task.unit_id.clone())
                .or_insert_with(|| row(&task.unit_id, units.get(&task.unit_id), demands.len()));
            row.cells[column] = Some(task.slot(proof, as_of(letter, now)));
        }
    }
    let mut rows: Vec<Row> = rows.into_values().collect();
    rows.sort_by_cached_key(|row| words::sort_key(&row.name));
    Ok(Board {
        directive: letter.id.clone(),
        number: letter.number.clone(),
        title: letter.title.0.clone(),
        as_of: as_of(letter, now),
        demands: demands.into_iter().map(Column::from).collect(),
        rows,
    })
}

async fn tasks(db: &Db, id: &DirectiveId) -> Result<BTreeMap<DemandId, Vec<Found>>> {
    let columns = "t.id, t.demand_id, t.unit_id, t.state, t.due_at, t.excused_until, \
        r.handled, r.total, CASE WHEN q.task_id IS NULL THEN 0 ELSE 1 END AS asked";
    let from = "tasks t LEFT JOIN reports r ON r.id = t.report_id \
        LEFT JOIN task_requests q ON q.task_id = t.id AND q.outcome = 'waiting'";
    let rows: Vec<Found> = Select::new(columns, from)
        .and("t.directive_id = {}", [id.as_str()])
        .fetch(db.reader())
        .await?;
    let mut by_demand: BTreeMap<DemandId, Vec<Found>> = BTreeMap::new();
    for row in rows {
        by_demand.entry(row.demand_id.clone()).or_default().push(row);
    }
    Ok(by_demand)
}

/// Every unit, ended ones too: a letter outlives a merger.
async fn units_by_id(db: &Db) -> Result<BTreeMap<UnitId, Unit>> {
    let units = units::all_ever(db, &Scope::province()).await?;
    Ok(units.into_iter().map(|unit| (unit.id.clone(), unit)).collect())
}

fn row(id: &UnitId, unit: Option<&Unit>, width: usize) -> Row {
    let text = |of: fn(&Unit) -> String| unit.map_or_else(|| id.to_string(), of);
    Row {
        unit: id.clone(),
        code: text(|unit| unit.code.clone()),
        name: text(|unit| unit.name.clone()),
        kind: unit.map_or("other", |unit| unit.kind.name()).to_owned(),
        cells: vec![None; width],
    }
}

impl Found {
    fn slot(self, proof: Proof, now: Timestamp) -> Slot {
        let figure = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
        let (handled, total) = (figure(self.handled), figure(self.total));
        let standing = Standing {
            state: self.state,
            due_at: self.due_at.0,
            excused_until: self.excused_until.map(Timestamp::from),
            claim: (handled, total),
        };
        Slot {
            cell: rules::cell(&standing, &proof, now),
            task: self.id,
            task_state: self.state,
            proof,
            claim: handled.zip(total).map(|(handled, total)| Figures { handled, total }),
            due_at: self.due_at.0,
            asked: self.asked == 1,
        }
    }
}

impl From<Demand> for Column {
    fn from(demand: Demand) -> Self {
        Self {
            id: demand.id,
            code: demand.code,
            clause: demand.clause,
            title: demand.title.0,
            counted: demand.counts.is_some() || demand.check_kind != DECLARED,
            due_at: demand.due_at.0,
            check_kind: demand.check_kind,
        }
    }
}

/// The boards of every letter that is out, for a viewer of this scope.
pub async fn current(app: &App, scope: &Scope, now: Timestamp) -> Result<Vec<Arc<Board>>> {
    let mut boards = Vec::new();
    for letter in read::issued(&app.db, scope).await? {
        if letter.state == super::State::Issued {
            boards.push(of(app, scope, &letter, now).await?);
        }
    }
    Ok(boards)
}
