//! The audit chain (*nhật ký kiểm toán*): who changed what, when, bound so that
//! a later hand shows.
//!
//! Entries are appended by [`crate::store::Change::commit`] and by nothing
//! else, inside the transaction of the change itself. The shape of an entry and
//! its hash are the crate `proof`'s, so that `thapcanh verify` needs no server.

use jiff::Timestamp;
use sqlx::AnyConnection;

use crate::{Result, access::Actor, store::Record};

/// Appends records to the chain. The row of `audit_head` is locked from here to
/// the commit, which puts the entries of several servers into one order.
pub(crate) async fn append(
    conn: &mut AnyConnection,
    actor: &Actor,
    at: Timestamp,
    records: &[Record],
) -> Result<()> {
    let (last, mut prev): (i64, String) =
        sqlx::query_as("UPDATE audit_head SET seq = seq + $1 WHERE one = 1 RETURNING seq, hash")
            .bind(records.len() as i64)
            .fetch_one(&mut *conn)
            .await?;
    let first = last - records.len() as i64 + 1;
    for (seq, record) in (first..).zip(records) {
        let hash = link_hash(seq, at, actor, record, &prev)?;
        sqlx::query(
            "INSERT INTO audit (seq, at, actor, actor_name, action, subject, unit_id, data, prev, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(seq)
        .bind(at.as_microsecond())
        .bind(&actor.id)
        .bind(&actor.name)
        .bind(record.action)
        .bind(&record.subject)
        .bind(record.unit.as_deref())
        .bind(record.data.to_string())
        .bind(&prev)
        .bind(&hash)
        .execute(&mut *conn)
        .await?;
        prev = hash;
    }
    sqlx::query("UPDATE audit_head SET hash = $1 WHERE one = 1").bind(prev).execute(conn).await?;
    Ok(())
}

fn link_hash(
    seq: i64,
    at: Timestamp,
    actor: &Actor,
    record: &Record,
    prev: &str,
) -> Result<String> {
    use sha2::{Digest, Sha256};
    let entry = serde_json::json!({
        "seq": seq, "at": at.as_microsecond(), "actor": actor.id, "actor_name": actor.name,
        "action": record.action, "subject": record.subject, "unit": record.unit,
        "data": record.data, "prev": prev,
    });
    Ok(hex::encode(Sha256::digest(serde_json::to_vec(&entry)?)))
}
