//! API tokens: for machines that act for an account, with a scope and an end.
//!
//! The secret is shown once and kept as its sha256: it has 256 random bits, so
//! nothing slower is needed. `tc_` in front lets secret scanners know it.

use jiff::{SignedDuration, Timestamp, Zoned};
use sqlx::FromRow;

use super::sessions::{digest, fresh_secret, reach};
use crate::{
    Error, Result,
    access::{Actor, Role, Viewer},
    ids::AccountId,
    store::{At, Db, Flag, Record},
};

/// No token lives longer.
pub const LONGEST_DAYS: u16 = 366;

/// A token as its owner sees it.
#[derive(Clone, Debug, FromRow)]
pub struct Token {
    /// Identifier.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// Whether it may change anything.
    pub may_change: Flag,
    /// When it was made.
    pub created_at: At,
    /// When it ends.
    pub expires_at: At,
    /// When it was used last, to the day.
    pub used_at: Option<At>,
}

/// What a new token is made from.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// Whether it may change anything.
    pub may_change: bool,
    /// Days it lives, 1 to 366.
    pub days: u16,
}

/// Makes a token for the viewer's own account; the text is shown this once.
pub async fn make(db: &Db, viewer: &Viewer, at: Timestamp, new: NewToken) -> Result<String> {
    if !viewer.may_change {
        return Err(Error::Forbidden);
    }
    Error::any(&[
        (new.name.trim().is_empty(), "people.name-empty", "name"),
        (!(1..=LONGEST_DAYS).contains(&new.days), "people.token-days", "days"),
    ])?;
    let id = crate::ids::ulid(at);
    let text = format!("tc_{}", fresh_secret());
    let ends = at + SignedDuration::from_hours(24 * i64::from(new.days));
    let mut change = db.change(&viewer.actor, at).await?;
    sqlx::query(
        "INSERT INTO tokens (id, account_id, name, secret_sha256, may_change, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&id)
    .bind(viewer.account.as_str())
    .bind(new.name.trim())
    .bind(digest(&text))
    .bind(i64::from(new.may_change))
    .bind(at.as_microsecond())
    .bind(ends.as_microsecond())
    .execute(change.conn())
    .await?;
    change.record(Record::new("people.token-make", &id).with(serde_json::json!({
        "name": new.name, "may_change": new.may_change, "days": new.days
    })));
    change.commit().await?;
    Ok(text)
}

/// Ends a token of the viewer's own account.
pub async fn end(db: &Db, viewer: &Viewer, id: &str, at: Timestamp) -> Result<()> {
    let mut change = db.change(&viewer.actor, at).await?;
    let ended = sqlx::query(
        "UPDATE tokens SET ended_at = $1 WHERE id = $2 AND account_id = $3 AND ended_at IS NULL",
    )
    .bind(at.as_microsecond())
    .bind(id)
    .bind(viewer.account.as_str())
    .execute(change.conn())
    .await?;
    if ended.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    change.record(Record::new("people.token-end", id));
    change.commit().await
}

/// The viewer's living tokens.
pub async fn own(db: &Db, viewer: &Viewer, at: Timestamp) -> Result<Vec<Token>> {
    Ok(sqlx::query_as(
        "SELECT id, name, may_change, created_at, expires_at, used_at FROM tokens
         WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY id DESC",
    )
    .bind(viewer.account.as_str())
    .bind(at.as_microsecond())
    .fetch_all(db.reader())
    .await?)
}

#[derive(FromRow)]
struct Found {
    token: String,
    may_change: Flag,
    used_at: Option<At>,
    id: AccountId,
    name: String,
    role: String,
}

/// The viewer behind a bearer token: the account's role and scope, less the
/// right to change if the token has none.
pub async fn find(db: &Db, text: &str, now: &Zoned) -> Result<Viewer> {
    let at = now.timestamp();
    let found: Option<Found> = sqlx::query_as(
        "SELECT t.id AS token, t.may_change, t.used_at, a.id, a.name, a.role
         FROM tokens t JOIN accounts a ON a.id = t.account_id
         WHERE t.secret_sha256 = $1 AND t.ended_at IS NULL AND t.expires_at > $2 AND a.closed_at IS NULL",
    )
    .bind(digest(text))
    .bind(at.as_microsecond())
    .fetch_optional(db.reader())
    .await?;
    let found = found.ok_or(Error::SignIn)?;
    note_use(db, &found, at).await?;
    let role = Role::named(&found.role).ok_or(Error::SignIn)?;
    let actor = Actor { id: format!("token:{}", found.token), name: found.name };
    let units = reach(db, &found.id, role, now.date()).await?;
    let viewer = Viewer::new(actor, found.id, role, units);
    Ok(if found.may_change.0 { viewer } else { viewer.reading_only() })
}

async fn note_use(db: &Db, found: &Found, at: Timestamp) -> Result<()> {
    let day = SignedDuration::from_hours(24);
    if found.used_at.is_some_and(|used| at.duration_since(used.0) < day) {
        return Ok(());
    }
    sqlx::query("UPDATE tokens SET used_at = $1 WHERE id = $2")
        .bind(at.as_microsecond())
        .bind(&found.token)
        .execute(db.bookkeeping())
        .await?;
    Ok(())
}
