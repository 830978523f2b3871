//! The running server: what every request may reach.

use std::{path::PathBuf, sync::Arc};

use axum::Router;
use jiff::tz::TimeZone;

use crate::{
    Result,
    clock::Clock,
    directives::board::Boards,
    exposures::bulletins,
    store::{Db, files::Files},
    works::Works,
};

/// How an installation is set up at start. What an operator changes while it
/// runs stands in the store.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The data folder: database, kept files, keys, own packs.
    pub data: PathBuf,
    /// `postgres://…`, or `None` for the database inside the data folder.
    pub database: Option<String>,
    /// Where the outside reaches us, for links in mails: `https://canh.dongthap.example`.
    pub public_url: String,
    /// The zone in which dates are shown and days begin.
    pub zone: TimeZone,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Whether this is a demonstration: every page says so.
    pub demonstration: bool,
}

/// Handle to the running server; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What the handle leads to.
pub struct Inner {
    /// The database.
    pub db: Db,
    /// Kept files.
    pub files: Files,
    /// The clock; read at the edges only.
    pub clock: Clock,
    /// How it was set up.
    pub settings: Settings,
    /// Boards worked out a moment ago.
    pub boards: Boards,
    /// The facts that verdicts are judged by, read a moment ago.
    pub bulletins: bulletins::Cache,
    /// What people started and need not wait for.
    pub works: Works,
}

impl std::ops::Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// Opens a data folder, making it on first use.
    pub async fn open(settings: Settings) -> Result<Self> {
        std::fs::create_dir_all(&settings.data)?;
        let url = settings.database.clone().unwrap_or_else(|| {
            format!("sqlite:{}?mode=rwc", settings.data.join("thapcanh.db").display())
        });
        let db = Db::open(&url, settings.clock.now()).await?;
        let files = Files::open(settings.data.join("files"))?;
        let clock = settings.clock.clone();
        Ok(Self(Arc::new(Inner {
            db,
            files,
            clock,
            settings,
            boards: Boards::default(),
            bulletins: bulletins::Cache::default(),
            works: Works::default(),
        })))
    }

    /// The whole server as a service.
    pub fn router(&self) -> Router {
        crate::web::router(self)
    }
}
