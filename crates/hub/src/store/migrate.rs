//! Brings the schema up to date. Each room brings its own tables, as steps that
//! are only ever added to (see [`crate::nouns`]); what has run is written down with the step's hash.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use sqlx::AnyPool;

use crate::{Error, Result, nouns};

/// Runs every step that has not run, each in a transaction of its own.
pub(super) async fn run(pool: &AnyPool, at: Timestamp) -> Result<()> {
    sqlx::raw_sql(
        "CREATE TABLE IF NOT EXISTS schema_steps (
            room TEXT NOT NULL, step BIGINT NOT NULL, sha256 TEXT NOT NULL, at BIGINT NOT NULL,
            PRIMARY KEY (room, step))",
    )
    .execute(pool)
    .await?;
    for noun in nouns::ALL {
        for (step, sql) in (1..).zip(noun.schema) {
            run_step(pool, noun.name, step, sql, at).await?;
        }
    }
    Ok(())
}

/// A step of the schema that is not as this build wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFault {
    /// `<room>/<step>`.
    pub step: String,
    /// Whether it never ran; otherwise another text of it did.
    pub missing: bool,
}

/// Compares what has run with what this build wants, and changes nothing.
pub(super) async fn faults(pool: &AnyPool) -> Result<Vec<SchemaFault>> {
    let ran: Vec<(String, i64, String)> =
        sqlx::query_as("SELECT room, step, sha256 FROM schema_steps").fetch_all(pool).await?;
    let mut faults = Vec::new();
    for noun in nouns::ALL {
        for (step, sql) in (1_i64..).zip(noun.schema) {
            let found = ran.iter().find(|(room, at, _)| room == noun.name && *at == step);
            let hash = hex::encode(Sha256::digest(sql));
            if found.is_none_or(|(_, _, ran)| *ran != hash) {
                let step = format!("{}/{step}", noun.name);
                faults.push(SchemaFault { step, missing: found.is_none() });
            }
        }
    }
    Ok(faults)
}

async fn run_step(
    pool: &AnyPool,
    room: &str,
    step: i64,
    sql: &'static str,
    at: Timestamp,
) -> Result<()> {
    let hash = hex::encode(Sha256::digest(sql));
    let mut tx = pool.begin().await?;
    let done: Option<(String,)> =
        sqlx::query_as("SELECT sha256 FROM schema_steps WHERE room = $1 AND step = $2")
            .bind(room)
            .bind(step)
            .fetch_optional(&mut *tx)
            .await?;
    match done {
        Some((ran,)) if ran == hash => return Ok(()),
        Some(_) => {
            return Err(Error::internal(format!(
                "schema step {room}/{step} is not the one that this data folder was made with"
            )));
        }
        None => {}
    }
    sqlx::raw_sql(sql).execute(&mut *tx).await?;
    sqlx::query("INSERT INTO schema_steps (room, step, sha256, at) VALUES ($1, $2, $3, $4)")
        .bind(room)
        .bind(step)
        .bind(hash)
        .bind(at.as_microsecond())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
