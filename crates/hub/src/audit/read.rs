//! Reading the chain, and proving that nobody touched it.

use proof::{Act, Break, ChainVerifier, Entry, Head, Sealed, Summary};
use sqlx::FromRow;

use super::signature;
use crate::{
    Error, Result,
    access::Scope,
    store::{Db, Direction, Page, Select},
};

/// Entries read at once.
const BATCH: u32 = 5_000;
const COLUMNS: &str = "seq, at, actor, actor_name, action, subject, unit_id, data, prev, hash";

/// An entry as the table keeps it.
#[derive(Clone, Debug, FromRow)]
pub struct Row {
    /// Its number.
    pub seq: i64,
    /// When, in microseconds.
    pub at: i64,
    /// Who: identifier.
    pub actor: String,
    /// Who: name as it was then.
    pub actor_name: String,
    /// `<noun>.<verb>`.
    pub action: String,
    /// Of what.
    pub subject: String,
    /// Of which unit.
    pub unit_id: Option<String>,
    /// What changed, as JSON.
    pub data: String,
    /// Hash of the entry before.
    pub prev: String,
    /// Its own hash.
    pub hash: String,
}

impl Row {
    /// The entry in the shape that is hashed.
    pub fn sealed(self) -> Result<Sealed> {
        let noun = self.action.split('.').next().unwrap_or_default().to_owned();
        let act = Act {
            at: self.at,
            actor: signature(&self.actor, &self.actor_name),
            action: self.action,
            noun,
            subject: self.subject,
            unit: self.unit_id,
            data: serde_json::from_str(&self.data)?,
        };
        let seq = u64::try_from(self.seq).map_err(Error::internal)?;
        Ok(Sealed { entry: Entry { seq, prev: self.prev, act }, hash: self.hash })
    }
}

/// The end of the chain; `None` while nothing has been done.
pub async fn head(db: &Db) -> Result<Option<Head>> {
    let (seq, hash): (i64, String) =
        sqlx::query_as("SELECT seq, hash FROM audit_head WHERE one = 1")
            .fetch_one(db.reader())
            .await?;
    Ok((seq > 0).then(|| Head { seq: seq.unsigned_abs(), hash }))
}

/// A select over the entries that a scope may see, for pages and the API.
pub fn all(scope: &Scope) -> Select {
    Select::new(COLUMNS, "audit").scoped(scope, "unit_id")
}

/// Every entry on one thing, oldest first, inside the scope.
pub async fn of_subject(db: &Db, scope: &Scope, subject: &str) -> Result<Vec<Row>> {
    all(scope).and("subject = {}", [subject]).order("seq", Direction::Up).fetch(db.reader()).await
}

/// Walks the whole chain. The inner error names the first entry that does not
/// hold.
pub async fn verify(db: &Db) -> Result<std::result::Result<Summary, Box<Break>>> {
    let mut verifier = ChainVerifier::new(head(db).await?);
    let mut after = 0;
    loop {
        let rows: Vec<Row> = batch(db, after).await?;
        let Some(last) = rows.last() else { break };
        after = last.seq;
        for row in rows {
            if let Err(found) = verifier.push(&row.sealed()?) {
                return Ok(Err(Box::new(found)));
            }
        }
    }
    Ok(verifier.finish().map_err(Box::new))
}

async fn batch(db: &Db, after: i64) -> Result<Vec<Row>> {
    Select::new(COLUMNS, "audit")
        .and("seq > {}", [after])
        .order("seq", Direction::Up)
        .page(Page { number: 0, size: BATCH })
        .fetch(db.reader())
        .await
}
