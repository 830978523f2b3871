//! The trend: the board as it stood on each day. Kept once an hour, so that the
//! day's last state stays.

use jiff::{SignedDuration, Timestamp};

use super::{DirectiveId, State, board, board::Board, read};
use crate::{
    App, Result,
    access::Scope,
    jobs::{Job, Working},
    store::{Db, Direction, Select, bulk},
};

/// Keeps the boards of all letters that are out.
pub const JOB: Job = Job { name: "directives.snapshot", every: SignedDuration::from_hours(1), run };

fn run(app: &App, now: Timestamp) -> Working<'_> {
    Box::pin(async move {
        for letter in read::issued(&app.db, &Scope::province()).await? {
            if letter.state == State::Issued {
                take(app, &letter.id, now).await?;
            }
        }
        Ok(())
    })
}

/// Keeps a letter's board as that of the day of `now`.
pub async fn take(app: &App, id: &DirectiveId, now: Timestamp) -> Result<()> {
    let board = board::read(app, &Scope::province(), id, now).await?;
    let day = now.to_zoned(app.settings.zone.clone()).date().to_string();
    // Derived from what the chain already holds: no record of its own.
    let mut tx = app.db.bookkeeping().begin().await?;
    for sql in [
        "DELETE FROM board_days WHERE directive_id = $1 AND day = $2",
        "DELETE FROM board_totals WHERE directive_id = $1 AND day = $2",
    ] {
        sqlx::query(sql).bind(id.as_str()).bind(&day).execute(&mut *tx).await?;
    }
    let columns = ["directive_id", "day", "unit_id", "demand_id", "state", "handled", "total"];
    bulk::insert(&mut tx, "board_days", columns, rows(&board, &day)).await?;
    let columns = ["directive_id", "day", "state", "cells"];
    bulk::insert(&mut tx, "board_totals", columns, totals(&board, &day)).await?;
    tx.commit().await?;
    Ok(())
}

fn rows<'a>(board: &'a Board, day: &'a str) -> impl Iterator<Item = [bulk::Value; 7]> + 'a {
    board.slots().map(move |(row, column, slot)| {
        let (handled, total) = slot.cell.figures();
        [
            board.directive.as_str().into(),
            day.into(),
            row.unit.as_str().into(),
            column.id.as_str().into(),
            slot.cell.name().into(),
            handled.map(u64::cast_signed).into(),
            total.map(u64::cast_signed).into(),
        ]
    })
}

fn totals<'a>(board: &'a Board, day: &'a str) -> impl Iterator<Item = [bulk::Value; 4]> + 'a {
    let counts = board.by_state().into_iter().filter(|(_, cells)| *cells > 0);
    counts.map(move |(state, cells)| {
        [board.directive.as_str().into(), day.into(), state.into(), cells.cast_signed().into()]
    })
}

/// How many cells were in a state on a day.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Point {
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// Name of the cells' state.
    pub state: String,
    /// How many.
    pub cells: i64,
}

/// A letter's days, the earliest first, for a viewer of this scope.
pub async fn trend(db: &Db, scope: &Scope, id: &DirectiveId) -> Result<Vec<Point>> {
    if scope.is_province() {
        return Select::new("b.day, b.state, b.cells", "board_totals b")
            .and("b.directive_id = {}", [id.as_str()])
            .order("b.day", Direction::Up)
            .fetch(db.reader())
            .await;
    }
    Select::new("b.day, b.state, COUNT(*) AS cells", "board_days b")
        .and("b.directive_id = {}", [id.as_str()])
        .scoped(scope, "b.unit_id")
        .group_by("b.day, b.state")
        .order("b.day", Direction::Up)
        .fetch(db.reader())
        .await
}
