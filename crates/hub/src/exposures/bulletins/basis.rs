//! The basis: everything in force together. When it changes, its CVEs are
//! written down, what grew graver is noted, and every host is judged again, all
//! in the change that brought it.

use std::sync::Arc;

use jiff::Timestamp;
use patches::facts::{Facts, Format, Month};
use serde::Serialize;

use super::{Bulletin, COLUMNS, Kind, cves, facts};
use crate::{
    App, Error, Result,
    exposures::{BasisId, BulletinId, judge, rules},
    store::{At, Change, Day, Db, Json, Record, Select},
};

/// What verdicts are judged by.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = BulletinBasis)]
pub struct Basis {
    /// Identifier.
    pub id: BasisId,
    /// SHA-256 over the digests of its parts.
    pub digest: String,
    /// Its bulletins, in the order they are read.
    #[schema(value_type = Vec<String>)]
    pub parts: Json<Vec<BulletinId>>,
    /// The months that it holds whole.
    #[schema(value_type = Vec<String>)]
    pub months: Json<Vec<Month>>,
    /// The last day that vendors' documents in it know of.
    pub data_ends: Option<Day>,
    /// Since when.
    pub since: At,
}

const BASIS: &str = "id, digest, parts, months, data_ends, since";

fn select() -> Select {
    Select::new(BASIS, "bases")
}

/// The basis in force; none before the first pack was read.
pub async fn newest(db: &Db) -> Result<Option<Basis>> {
    select().and::<&str>("id = (SELECT MAX(id) FROM bases)", []).fetch_first(db.reader()).await
}

/// A basis, past or present.
pub async fn get(db: &Db, id: &BasisId) -> Result<Basis> {
    let found = select().and("id = {}", [id.as_str()]).fetch_first(db.reader()).await?;
    found.ok_or(Error::NotFound)
}

/// Ends what has been outdated, and makes a new basis if what is in force is
/// no longer what the newest says. Gives the basis in force.
pub async fn renew(app: &App, change: &mut Change) -> Result<Option<BasisId>> {
    let at = change.at();
    let mut parts = in_force(change).await?;
    end_outdated(change, &mut parts, at).await?;
    if parts.is_empty() {
        return Ok(None);
    }
    let digests: Vec<&str> = parts.iter().map(|one| one.sha256.as_str()).collect();
    let digest = proof::sha256_hex(digests.join("\n").as_bytes());
    let before: Option<Basis> = select()
        .and::<&str>("id = (SELECT MAX(id) FROM bases)", [])
        .fetch_first(change.conn())
        .await?;
    if let Some(same) = before.as_ref().filter(|before| before.digest == digest) {
        return Ok(Some(same.id.clone()));
    }
    let id = BasisId::new(at);
    let facts = facts::read(app, &parts).await?;
    write(change, &id, &digest, &parts, &facts).await?;
    let raised = cves::replace(change, &id, &facts, before.is_some()).await?;
    app.bulletins.put(&id, &facts);
    let judged = judge::everything(change, &id, &facts).await?;
    let names: Vec<&str> = parts.iter().map(|one| one.name.as_str()).collect();
    let data = serde_json::json!({
        "parts": names, "digest": digest, "months": facts.months(), "data_ends": facts.data_ends(),
        "raised": raised, "judged": judged,
    });
    change.record(Record::new("exposures.renew_basis", &id).with(data));
    Ok(Some(id))
}

/// Packs first, in the order they came, then letters.
async fn in_force(change: &mut Change) -> Result<Vec<Bulletin>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM bulletins b WHERE b.ended_at IS NULL
         ORDER BY CASE WHEN b.kind = 'pack' THEN 0 ELSE 1 END, b.id"
    );
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(change.conn()).await?)
}

async fn end_outdated(change: &mut Change, parts: &mut Vec<Bulletin>, at: Timestamp) -> Result<()> {
    let packs: Vec<_> = parts
        .iter()
        .filter(|one| one.kind == Kind::Pack)
        .map(|one| (one.months.0.clone(), one.data_ends.map(|day| day.0)))
        .collect();
    let outdated = rules::outdated(&packs);
    for (_, pack) in outdated.iter().zip(parts.iter()).filter(|(old, _)| **old) {
        sqlx::query("UPDATE bulletins SET ended_at = $1 WHERE id = $2")
            .bind(at.as_microsecond())
            .bind(pack.id.as_str())
            .execute(change.conn())
            .await?;
        change.record(Record::new("exposures.end_bulletin", &pack.id).with(&pack.name));
    }
    let mut flags = outdated.into_iter();
    parts.retain(|_| !flags.next().unwrap_or(false));
    Ok(())
}

async fn write(
    change: &mut Change,
    id: &BasisId,
    digest: &str,
    parts: &[Bulletin],
    facts: &Arc<Facts>,
) -> Result<()> {
    let ids: Vec<&BulletinId> = parts.iter().map(|one| &one.id).collect();
    let at = change.at();
    sqlx::query(
        "INSERT INTO bases (id, digest, parts, months, data_ends, since)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.as_str())
    .bind(digest)
    .bind(Json(ids))
    .bind(Json(facts.months_of(Format::Cvrf)))
    .bind(facts.data_ends().map(|day| day.to_string()))
    .bind(at.as_microsecond())
    .execute(change.conn())
    .await?;
    Ok(())
}
