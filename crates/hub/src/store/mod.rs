//! The database, behind one door: SQLite in WAL by default, PostgreSQL by URL.
//!
//! Every statement of the house is written once, in SQL that both engines
//! take: text ULIDs, microseconds UTC and flags as `BIGINT`, JSON as `TEXT`,
//! `$1` parameters, `CAST(SUM(x) AS BIGINT)` around sums. (A column declared
//! `BOOLEAN` cannot be read through the driver on SQLite, so a flag is 0 or 1.)
//!
//! * Reading: [`Db::reader`], with [`Select`] where filters vary.
//! * Changing: [`Db::change`], the only way to a write transaction. It will not
//!   commit unless at least one record for the audit chain was left (law 4).
//! * Tables belong to the room that owns them: `<noun>/schema.sql`.
//! * Files are kept by content: [`files::Files`].

pub mod bulk;
mod change;
pub mod files;
mod migrate;
mod select;
mod values;
mod vocabulary;

use std::{str::FromStr, time::Duration};

use jiff::Timestamp;
use sqlx::{AnyPool, AssertSqlSafe, any::AnyConnectOptions, any::AnyPoolOptions};
use tokio::sync::broadcast;

pub use change::{Change, Record};
pub use migrate::SchemaFault;
pub use select::{Arg, Direction, Page, Select};
pub use values::{At, Day, Flag, Json};
pub(crate) use vocabulary::vocabulary;

use crate::{Error, Result, access::Actor};

/// Something changed: the noun (`sightings`) and the unit it concerns.
#[derive(Clone, Debug)]
pub struct Changed {
    /// First part of the audit action.
    pub noun: String,
    /// The unit whose own view changed; `None` when it concerns the province.
    pub unit: Option<String>,
}

/// Which engine holds the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, one file, one writer.
    Sqlite,
    /// A server, for several of ours.
    Postgres,
}

/// The open database.
#[derive(Clone, Debug)]
pub struct Db {
    read: AnyPool,
    write: AnyPool,
    engine: Engine,
    changes: broadcast::Sender<Changed>,
}

impl Db {
    /// Opens `url` (`sqlite:PATH` or `postgres://…`) and brings its schema up to date.
    pub async fn open(url: &str, at: Timestamp) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let engine = engine_of(url);
        let writers = if engine == Engine::Sqlite { 1 } else { 8 };
        let write = pool(url, engine, writers, WRITER_CACHE).await?;
        migrate::run(&write, at).await?;
        let read = pool(url, engine, 8, READER_CACHE).await?;
        let (changes, _) = broadcast::channel(256);
        Ok(Self { read, write, engine, changes })
    }

    /// Opens `url` as it stands: no table is made or changed. For whoever looks
    /// at a data folder without being its server.
    pub async fn open_as_is(url: &str) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let engine = engine_of(url);
        let pool = pool(url, engine, 2, READER_CACHE).await?;
        let (changes, _) = broadcast::channel(1);
        Ok(Self { read: pool.clone(), write: pool, engine, changes })
    }

    /// Which steps of the schema this build wants and the database lacks, or has otherwise.
    pub async fn schema_faults(&self) -> Result<Vec<SchemaFault>> {
        migrate::faults(&self.read).await
    }

    /// Copies an embedded database, as it is at this moment, into a file that
    /// does not exist yet. Others may go on reading and writing meanwhile.
    pub async fn copy_into(&self, file: &std::path::Path) -> Result<()> {
        let path = file.to_str().ok_or_else(|| Error::internal("a path that is no text"))?;
        sqlx::query("VACUUM INTO $1").bind(path).execute(&self.read).await?;
        Ok(())
    }

    /// What the embedded engine finds wrong with its own file; empty when nothing.
    pub async fn damage(&self) -> Result<Vec<String>> {
        if self.engine == Engine::Postgres {
            return Ok(Vec::new());
        }
        let said: Vec<(String,)> =
            sqlx::query_as("PRAGMA quick_check(5)").fetch_all(&self.read).await?;
        Ok(said.into_iter().map(|(line,)| line).filter(|line| line != "ok").collect())
    }

    /// Closes every connection; an embedded database is then one file again.
    pub async fn close(self) {
        self.read.close().await;
        self.write.close().await;
    }

    /// The pool for reading. Nothing is written through it.
    pub fn reader(&self) -> &AnyPool {
        &self.read
    }

    /// Which engine this is, for the very few places that must know.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Begins a change by `actor` at `at`: a write transaction that leaves a record.
    pub async fn change(&self, actor: &Actor, at: Timestamp) -> Result<Change> {
        let tx = self.write.begin().await?;
        Ok(Change::new(tx, actor.clone(), at, self.changes.clone()))
    }

    /// A feed of what has been committed from now on.
    pub fn changes(&self) -> broadcast::Receiver<Changed> {
        self.changes.subscribe()
    }

    /// Tells whoever watches of something that is not in the store.
    pub(crate) fn tell(&self, changed: Changed) {
        // Nobody watching is no error.
        let _ = self.changes.send(changed);
    }

    /// The pool for bookkeeping that is not a change of anybody's state:
    /// sessions' last use, job times, idempotency keys. Everything else goes
    /// through [`Db::change`].
    pub(crate) fn bookkeeping(&self) -> &AnyPool {
        &self.write
    }
}

fn engine_of(url: &str) -> Engine {
    if url.starts_with("postgres") { Engine::Postgres } else { Engine::Sqlite }
}

/// Pages in KiB that a reader of the embedded engine keeps.
const READER_CACHE: u32 = 16_000;
/// The same for its one writer: the indexes that a list of 200,000 rows fills at
/// random places fit in, else each of them is written and read back many times.
const WRITER_CACHE: u32 = 64_000;

async fn pool(url: &str, engine: Engine, connections: u32, cache: u32) -> Result<AnyPool> {
    let options = AnyConnectOptions::from_str(url)
        .map_err(|cause| Error::internal(format!("database address: {cause}")))?;
    let pool = AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(30))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if engine == Engine::Sqlite {
                    // FULL: what was acknowledged survives a power cut, not only a kill.
                    let pragmas = format!(
                        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                        PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 30000; \
                        PRAGMA cache_size = -{cache}; PRAGMA temp_store = MEMORY;"
                    );
                    sqlx::raw_sql(AssertSqlSafe(pragmas)).execute(connection).await?;
                }
                Ok(())
            })
        })
        .connect_with(options)
        .await?;
    Ok(pool)
}
