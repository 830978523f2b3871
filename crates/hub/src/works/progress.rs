//! How far a work is.

use std::sync::{
    Arc,
    atomic::{AtomicU8, AtomicU64, Ordering::Relaxed},
};

use super::{State, WorkId};
use crate::{
    Result,
    store::{Change, vocabulary},
};

vocabulary! {
    /// What a work is at. A list goes through all of them.
    Stage in "works.stage" {
        /// Another work is under way; this one is next.
        Waiting = "waiting",
        /// Rows are read.
        Reading = "reading",
        /// Rows are compared with what is known.
        Placing = "placing",
        /// Rows are written.
        Writing = "writing",
    }
}

/// The gauge of a work: whoever does it moves it, whoever asks reads it. One
/// that nobody reads is [`Progress::default`].
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Gauge>);

#[derive(Debug, Default)]
struct Gauge {
    work: Option<WorkId>,
    stage: AtomicU8,
    done: AtomicU64,
    total: AtomicU64,
}

/// How far a work is: rows of the stage it is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = WorkReached)]
pub struct Reached {
    /// What it is at.
    pub stage: Stage,
    /// Rows behind it.
    pub done: u64,
    /// Rows in all; 0 where that is not known yet.
    pub total: u64,
}

/// What came of a work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Identifier of what it made.
    pub subject: String,
    /// The page that shows it.
    pub page: String,
}

impl Progress {
    pub(super) fn of(work: WorkId) -> Self {
        Self(Arc::new(Gauge { work: Some(work), ..Gauge::default() }))
    }

    /// Enters a stage with so many rows; 0 where nobody knows how many.
    pub fn begin(&self, stage: Stage, total: u64) {
        self.0.done.store(0, Relaxed);
        self.0.total.store(total, Relaxed);
        self.0.stage.store(stage as u8, Relaxed);
    }

    /// So many more rows are behind it.
    pub fn step(&self, rows: u64) {
        self.0.done.fetch_add(rows, Relaxed);
    }

    /// How far it is.
    pub fn reached(&self) -> Reached {
        let stage = usize::from(self.0.stage.load(Relaxed));
        Reached {
            stage: Stage::ALL.get(stage).copied().unwrap_or(Stage::Waiting),
            done: self.0.done.load(Relaxed),
            total: self.0.total.load(Relaxed),
        }
    }

    /// Ends the work inside the change that is its outcome: both are there or
    /// neither is.
    pub async fn end(&self, change: &mut Change, outcome: &Outcome) -> Result<()> {
        let Some(work) = &self.0.work else { return Ok(()) };
        let at = change.at();
        sqlx::query(
            "UPDATE works SET state = $1, subject = $2, result = $3, ended_at = $4 WHERE id = $5",
        )
        .bind(State::Done.name())
        .bind(&outcome.subject)
        .bind(&outcome.page)
        .bind(at.as_microsecond())
        .bind(work.as_str())
        .execute(change.conn())
        .await?;
        Ok(())
    }
}
