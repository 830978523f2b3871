//! Starting a work, and seeing it through.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::{Semaphore, watch};

use super::{Kind, Outcome, Progress, Reached, State, WorkId};
use crate::{App, Error, Result, access::Viewer, store::Changed};

/// How often whoever watches is told that a work moves.
const TOLD_EVERY: Duration = Duration::from_millis(700);
/// How often other servers are told that a work runs here.
const BEAT_EVERY: Duration = Duration::from_secs(5);

/// The works that run on this server.
#[derive(Debug)]
pub struct Works {
    running: Mutex<HashMap<WorkId, Running>>,
    /// Held from looking whether a page's work runs until it is written down and
    /// runs: of two clicks the second waits, and finds the work of the first.
    starting: tokio::sync::Mutex<()>,
    /// One at a time: each holds a file in memory, and the embedded engine has
    /// one writer.
    turn: Semaphore,
}

#[derive(Clone, Debug)]
struct Running {
    origin: String,
    progress: Progress,
    ended: watch::Receiver<bool>,
}

impl Default for Works {
    fn default() -> Self {
        Self {
            running: Mutex::default(),
            starting: tokio::sync::Mutex::default(),
            turn: Semaphore::new(1),
        }
    }
}

impl Works {
    fn running(&self) -> MutexGuard<'_, HashMap<WorkId, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far each of the works is that run here.
    pub(super) fn reached(&self) -> HashMap<WorkId, Reached> {
        let running = self.running();
        running.iter().map(|(id, one)| (id.clone(), one.progress.reached())).collect()
    }

    fn started_from(&self, origin: &str) -> Option<WorkId> {
        let running = self.running();
        let found = running.iter().find(|(_, one)| one.origin == origin);
        found.map(|(id, _)| id.clone())
    }
}

/// A work to start.
#[derive(Clone, Debug)]
pub struct New {
    /// What is done.
    pub kind: Kind,
    /// What it is about: the name of a file.
    pub title: String,
    /// The page that it is started from.
    pub origin: String,
}

/// A work that does not run yet: taken off again if writing it down fails, or
/// whoever started it is gone before that is done.
struct Unwritten<'w> {
    works: &'w Works,
    id: Option<WorkId>,
}

impl Drop for Unwritten<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            self.works.running().remove(&id);
        }
    }
}

/// A work being done: what comes of it.
pub type Doing = Pin<Box<dyn Future<Output = Result<Outcome>> + Send>>;

/// Starts a work and does not wait for it. `run` does it and says what came of
/// it. A second start from the same page finds the first.
pub async fn start(
    app: &App,
    by: &Viewer,
    at: Timestamp,
    new: New,
    run: impl FnOnce(App, Progress) -> Doing,
) -> Result<WorkId> {
    let starting = app.works.starting.lock().await;
    if let Some(running) = app.works.started_from(&new.origin) {
        return Ok(running);
    }
    let id = WorkId::new(at);
    let progress = Progress::of(id.clone());
    let (end, ended) = watch::channel(false);
    let running = Running { origin: new.origin.clone(), progress: progress.clone(), ended };
    app.works.running().insert(id.clone(), running);
    let mut unwritten = Unwritten { works: &app.works, id: Some(id.clone()) };
    write_down(app, by, at, &id, &new).await?;
    unwritten.id = None;
    drop(starting);
    let told = Changed {
        noun: "works".to_owned(),
        unit: by.scope().units().and_then(|units| units.first()).map(ToString::to_string),
    };
    let doing = run(app.clone(), progress);
    let (app, work) = (app.clone(), id.clone());
    tokio::spawn(async move {
        let outcome = see_through(&app, &work, &told, doing).await;
        if let Err(cause) = close(&app, &work, outcome).await {
            tracing::error!(%cause, %work, "work not closed");
        }
        app.works.running().remove(&work);
        app.db.tell(told);
        // Nobody waiting is no error.
        let _ = end.send(true);
    });
    Ok(id)
}

async fn write_down(app: &App, by: &Viewer, at: Timestamp, id: &WorkId, new: &New) -> Result<()> {
    sqlx::query(
        "INSERT INTO works (id, kind, title, origin, state, findings, by_id, by_name, begun_at, beat_at)
         VALUES ($1, $2, $3, $4, $5, '[]', $6, $7, $8, $8)",
    )
    .bind(id.as_str())
    .bind(new.kind.name())
    .bind(new.title.chars().take(200).collect::<String>())
    .bind(&new.origin)
    .bind(State::Running.name())
    .bind(&by.actor.id)
    .bind(&by.actor.name)
    .bind(at.as_microsecond())
    .execute(app.db.bookkeeping())
    .await?;
    Ok(())
}

/// Does the work at its turn, telling others meanwhile that it moves. A work that
/// panics has failed; the server goes on.
async fn see_through(app: &App, id: &WorkId, told: &Changed, doing: Doing) -> Result<Outcome> {
    let working = app.clone();
    let mut done = tokio::spawn(async move {
        let _turn = working.works.turn.acquire().await.map_err(Error::internal)?;
        doing.await
    });
    let mut beat = tokio::time::interval(BEAT_EVERY);
    let mut tell = tokio::time::interval(TOLD_EVERY);
    loop {
        tokio::select! {
            ended = &mut done => return ended.map_err(Error::internal)?,
            _ = tell.tick() => app.db.tell(told.clone()),
            _ = beat.tick() => {
                if let Err(cause) = note_beat(app, id).await {
                    tracing::warn!(%cause, work = %id, "beat not noted");
                }
            }
        }
    }
}

/// Says that the work runs, where a writer is free to say it.
async fn note_beat(app: &App, id: &WorkId) -> Result<()> {
    if let Some(mut conn) = app.db.bookkeeping().try_acquire() {
        sqlx::query("UPDATE works SET beat_at = $1 WHERE id = $2")
            .bind(app.clock.now().as_microsecond())
            .bind(id.as_str())
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// Writes down how a work ended that no change of its own has ended.
async fn close(app: &App, id: &WorkId, outcome: Result<Outcome>) -> Result<()> {
    let (state, done, found) = match outcome {
        Ok(done) => (State::Done, Some(done), Vec::new()),
        Err(Error::Internal(cause)) => {
            tracing::error!(%cause, work = %id, "work failed");
            (State::Failed, None, Vec::new())
        }
        Err(Error::Invalid(found)) => (State::Refused, None, found),
        Err(Error::Conflict(one) | Error::Setup(one)) => (State::Refused, None, vec![*one]),
        Err(_) => (State::Refused, None, Vec::new()),
    };
    sqlx::query(
        "UPDATE works SET state = $1, subject = $2, result = $3, findings = $4, ended_at = $5
         WHERE id = $6 AND state = $7",
    )
    .bind(state.name())
    .bind(done.as_ref().map(|done| done.subject.clone()))
    .bind(done.map(|done| done.page))
    .bind(serde_json::to_string(&found)?)
    .bind(app.clock.now().as_microsecond())
    .bind(id.as_str())
    .bind(State::Running.name())
    .execute(app.db.bookkeeping())
    .await?;
    Ok(())
}

/// Waits until a work that runs here has ended, but not longer than this.
pub async fn wait(app: &App, id: &WorkId, longest: Duration) {
    let ended = app.works.running().get(id).map(|one| one.ended.clone());
    if let Some(mut ended) = ended {
        let _ = tokio::time::timeout(longest, ended.wait_for(|ended| *ended)).await;
    }
}
