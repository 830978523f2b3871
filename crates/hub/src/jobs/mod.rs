//! What the server does by itself. A room puts its jobs on its card; [`tick`]
//! runs those that are due at an instant it is given, so that a test can live
//! through a month in a second.

use std::pin::Pin;

use jiff::{SignedDuration, Timestamp};

use crate::{
    App, Result, nouns,
    store::{At, Db},
};

/// Work of a job, under way.
pub type Working<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A job: it must do nothing when there is nothing to do, and may run late.
#[derive(Clone, Copy)]
pub struct Job {
    /// `<noun>.<verb>`.
    pub name: &'static str,
    /// How often.
    pub every: SignedDuration,
    /// What.
    pub run: for<'a> fn(&'a App, Timestamp) -> Working<'a>,
}

/// Runs every job that is due at `now`. One that fails is logged, written down,
/// and tried again at its next time; the others go on.
pub async fn tick(app: &App, now: Timestamp) -> Result<()> {
    for job in nouns::ALL.iter().flat_map(|noun| noun.jobs) {
        if is_due(app, job, now).await? {
            let failed = (job.run)(app, now).await.err().map(|error| error.to_string());
            if let Some(cause) = &failed {
                tracing::error!(job = job.name, %cause, "job failed");
            }
            note(app, job, now, failed).await?;
        }
    }
    Ok(())
}

/// Ticks once a second until the server stops.
pub async fn run(app: App) {
    let mut second = tokio::time::interval(std::time::Duration::from_secs(1));
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        second.tick().await;
        if let Err(cause) = tick(&app, app.clock.now()).await {
            tracing::error!(%cause, "scheduler");
        }
    }
}

/// How a job went last.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Ran {
    /// Its name.
    pub name: String,
    /// When.
    pub ran_at: At,
    /// Why it failed, if it did.
    pub failed: Option<String>,
}

/// How every job went last, by name.
pub async fn ran(db: &Db) -> Result<Vec<Ran>> {
    let all = "SELECT name, ran_at, failed FROM jobs ORDER BY name";
    Ok(sqlx::query_as(all).fetch_all(db.reader()).await?)
}

async fn is_due(app: &App, job: &Job, now: Timestamp) -> Result<bool> {
    let ran: Option<(i64,)> = sqlx::query_as("SELECT ran_at FROM jobs WHERE name = $1")
        .bind(job.name)
        .fetch_optional(app.db.reader())
        .await?;
    let ran = ran.and_then(|(at,)| Timestamp::from_microsecond(at).ok());
    Ok(ran.is_none_or(|at| now.duration_since(at) >= job.every))
}

async fn note(app: &App, job: &Job, now: Timestamp, failed: Option<String>) -> Result<()> {
    sqlx::query(
        "INSERT INTO jobs (name, ran_at, failed) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET ran_at = $2, failed = $3",
    )
    .bind(job.name)
    .bind(now.as_microsecond())
    .bind(failed)
    .execute(app.db.bookkeeping())
    .await?;
    Ok(())
}
