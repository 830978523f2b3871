//! A data folder as the commands beside the server see it.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use hub::{App, Settings, clock::Clock};
use jiff::tz::TimeZone;
use words::Lang;

use super::{demo, say::refused};

/// Name of the embedded database in a data folder.
pub const DATABASE: &str = "thapcanh.db";

/// Which data folder, and where its state is.
#[derive(Args, Clone)]
pub struct DataFolder {
    /// Data folder: database, kept files, keys, own packs.
    #[arg(long, value_name = "DIR", env = "THAPCANH_DATA")]
    pub data: PathBuf,
    /// PostgreSQL address, if the state is there.
    #[arg(long, value_name = "URL", env = "THAPCANH_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
}

impl DataFolder {
    /// The file of the embedded database.
    pub fn file(&self) -> PathBuf {
        self.data.join(DATABASE)
    }

    /// Address of the database.
    pub fn url(&self) -> String {
        self.database.clone().unwrap_or_else(|| url_of(&self.file()))
    }

    /// The clock that the server of this folder goes by.
    pub fn clock(&self) -> Result<Clock> {
        Ok(demo::clock_of(&self.data)?.unwrap_or(Clock::System))
    }

    /// Refuses a folder without state: a typing error must not make a new one.
    pub fn must_be_there(&self, lang: Lang) -> Result<()> {
        if self.database.is_none() && !self.file().is_file() {
            bail!(lang.fill("cli.data.missing", &[("folder", &self.data.display())]));
        }
        Ok(())
    }

    /// The house of this folder, to act in.
    pub async fn open(&self, zone: &str, lang: Lang) -> Result<App> {
        self.must_be_there(lang)?;
        let settings = Settings {
            data: self.data.clone(),
            database: self.database.clone(),
            public_url: String::new(),
            zone: zone_of(zone, lang)?,
            clock: self.clock()?,
            demonstration: false,
        };
        App::open(settings).await.map_err(|error| refused(lang, error))
    }
}

/// Address of an embedded database.
pub fn url_of(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// The zone of a name.
pub fn zone_of(name: &str, lang: Lang) -> Result<TimeZone> {
    TimeZone::get(name).map_err(|_| anyhow::anyhow!(lang.fill("cli.data.zone", &[("zone", &name)])))
}
