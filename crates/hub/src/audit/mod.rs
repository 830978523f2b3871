//! The audit chain (*nhật ký kiểm toán*): who changed what, when, bound so that
//! a later hand shows.
//!
//! Entries are appended by [`crate::store::Change::commit`] and by nothing
//! else, inside the transaction of the change itself. The shape of an entry and
//! its hash are the crate `proof`'s, so that `thapcanh verify` needs no server.

mod api;
pub mod bundle;
mod pages;
mod read;

use diag::{Diagnostic, Place};
use jiff::Timestamp;
use proof::{Act, Head, Sealed};
use sqlx::AnyConnection;

pub use read::{Row, all, head, of_subject, verify};

use crate::{
    Error, Result,
    access::Actor,
    nouns::{Entry, Noun},
    store::Record,
};

/// The room's card.
pub const NOUN: Noun = Noun {
    schema: &[include_str!("schema.sql")],
    pages: Some(pages::routes),
    api: Some(api::routes),
    menu: &[Entry { path: "/audit", text: "audit.title", shown: |_| true }],
    ..Noun::named("audit")
};

/// Appends records to the chain. The row of `audit_head` is locked from here to
/// the commit, which puts the entries of several servers into one order.
pub(crate) async fn append(
    conn: &mut AnyConnection,
    actor: &Actor,
    at: Timestamp,
    records: &[Record],
) -> Result<()> {
    let mut head = lock_head(conn).await?;
    for record in records {
        let sealed = seal(head.as_ref(), actor, at, record)?;
        insert(conn, actor, &sealed).await?;
        head = Some(sealed.head());
    }
    if let Some(head) = head {
        sqlx::query("UPDATE audit_head SET seq = $1, hash = $2 WHERE one = 1")
            .bind(head.seq as i64)
            .bind(head.hash)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// The end of the chain, locked until the transaction ends.
pub(crate) async fn lock_head(conn: &mut AnyConnection) -> Result<Option<Head>> {
    // An update that changes nothing takes the row's lock on both engines.
    let (seq, hash): (i64, String) =
        sqlx::query_as("UPDATE audit_head SET seq = seq WHERE one = 1 RETURNING seq, hash")
            .fetch_one(conn)
            .await?;
    Ok((seq > 0).then(|| Head { seq: seq.unsigned_abs(), hash }))
}

fn seal(head: Option<&Head>, actor: &Actor, at: Timestamp, record: &Record) -> Result<Sealed> {
    let act = Act {
        at: at.as_microsecond(),
        actor: signature(&actor.id, &actor.name),
        action: record.action.to_owned(),
        noun: record.action.split('.').next().unwrap_or_default().to_owned(),
        subject: record.subject.clone(),
        unit: record.unit.clone(),
        data: record.data.clone(),
    };
    // Only what was sent can be at fault: nothing of ours counts that far.
    Sealed::after(head, act).map_err(|cause| {
        let found = Diagnostic::error("audit.not-writable", Place::default());
        Error::Invalid(vec![found.with("why", cause)])
    })
}

/// Identifier and name in one, so that the chain covers the name as it was then.
fn signature(id: &str, name: &str) -> String {
    format!("{id} {name}")
}

async fn insert(conn: &mut AnyConnection, actor: &Actor, sealed: &Sealed) -> Result<()> {
    let entry = &sealed.entry;
    sqlx::query(
        "INSERT INTO audit (seq, at, actor, actor_name, action, subject, unit_id, data, prev, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(entry.seq as i64)
    .bind(entry.act.at)
    .bind(&actor.id)
    .bind(&actor.name)
    .bind(&entry.act.action)
    .bind(&entry.act.subject)
    .bind(entry.act.unit.as_deref())
    .bind(entry.act.data.to_string())
    .bind(&entry.prev)
    .bind(&sealed.hash)
    .execute(conn)
    .await?;
    Ok(())
}
