//! Asking about works. Whoever started one sees it, and the province.

use std::collections::HashMap;

use diag::Diagnostic;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::FromRow;

use super::{Kind, Reached, State, WorkId};
use crate::{
    App, Error, Result,
    access::Viewer,
    store::{At, Direction, Engine, Json, Page, Select},
};

/// After this long without a word, a server that did a work is not there any more.
const SILENT: SignedDuration = SignedDuration::from_secs(30);

/// Something that a person started.
#[derive(Clone, Debug, Serialize, FromRow, utoipa::ToSchema)]
pub struct Work {
    /// Identifier.
    pub id: WorkId,
    /// What is done.
    pub kind: Kind,
    /// What it is about: the name of a file.
    pub title: String,
    /// The page that it was started from, and can be started from again.
    pub origin: String,
    /// Where it stands.
    pub state: State,
    /// Identifier of what it made: of a list, of an import.
    pub subject: Option<String>,
    /// The page that shows it.
    pub result: Option<String>,
    /// Why it was refused.
    #[schema(value_type = Vec<Object>)]
    pub findings: Json<Vec<Diagnostic>>,
    /// Who started it.
    pub by_name: String,
    /// When.
    pub begun_at: At,
    /// When it ended.
    pub ended_at: Option<At>,
    /// How far it is, while it runs on the server that was asked.
    #[sqlx(skip)]
    pub reached: Option<Reached>,
    #[serde(skip)]
    beat_at: At,
}

const COLUMNS: &str = "w.id, w.kind, w.title, w.origin, w.state, w.subject, w.result, w.findings, w.by_name, \
    w.begun_at, w.ended_at, w.beat_at";

fn select(viewer: &Viewer) -> Select {
    let select = Select::new(COLUMNS, "works w");
    if viewer.scope().is_province() {
        return select;
    }
    select.and("w.by_id = {}", [viewer.actor.id.as_str()])
}

impl Work {
    /// Whether it is still to be waited for.
    pub fn is_running(&self) -> bool {
        self.state == State::Running
    }

    /// As it is now: with its numbers, or stopped if nobody runs it any more.
    /// `ran` is what ran before the row was read: a work that ends in between is
    /// not a stopped one, nor is one that begins in between.
    fn now(mut self, app: &App, now: Timestamp, ran: &HashMap<WorkId, Reached>) -> Self {
        if self.state != State::Running {
            return self;
        }
        let runs = app.works.reached();
        self.reached = runs.get(&self.id).or_else(|| ran.get(&self.id)).copied();
        // The embedded engine has one server, which is this one.
        let elsewhere =
            app.db.engine() == Engine::Postgres && now.duration_since(self.beat_at.0) < SILENT;
        if self.reached.is_none() && !elsewhere {
            self.state = State::Stopped;
        }
        self
    }
}

async fn fetch(app: &App, now: Timestamp, select: Select) -> Result<Vec<Work>> {
    let ran = app.works.reached();
    let works: Vec<Work> = select.order("w.id", Direction::Down).fetch(app.db.reader()).await?;
    Ok(works.into_iter().map(|work| work.now(app, now, &ran)).collect())
}

/// A work. Another unit's is not found.
pub async fn get(app: &App, viewer: &Viewer, now: Timestamp, id: &WorkId) -> Result<Work> {
    let found = fetch(app, now, select(viewer).and("w.id = {}", [id.as_str()])).await?;
    found.into_iter().next().ok_or(Error::NotFound)
}

/// The latest work that was started from a page.
pub async fn of_origin(
    app: &App,
    viewer: &Viewer,
    now: Timestamp,
    origin: &str,
) -> Result<Option<Work>> {
    let select = select(viewer).and("w.origin = {}", [origin]).page(Page { number: 0, size: 1 });
    Ok(fetch(app, now, select).await?.into_iter().next())
}

/// The latest works that the viewer may see.
pub async fn all(app: &App, viewer: &Viewer, now: Timestamp) -> Result<Vec<Work>> {
    fetch(app, now, select(viewer).page(Page { number: 0, size: 100 })).await
}
