//! Sessions: a signed-in browser, by a cookie whose secret only the browser has.
//!
//! ASVS 3.3: ended after 12 hours without use and after 7 days in any case.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp, Zoned, civil::Date};
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, FromRow};

use super::{Account, throttle};
use crate::{
    Error, Result,
    access::{Actor, Role, Viewer},
    ids::{AccountId, UnitId},
    store::{At, Db, Flag, Record},
};

/// Without use, a session ends after this.
pub const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// In any case, a session ends after this.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Use is written down at most this often.
const USE_NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A session just begun: its id, and the secret for the cookie.
pub struct Begun {
    /// Identifier, shown in the list of sessions.
    pub id: String,
    /// For the cookie; kept nowhere here.
    pub secret: String,
    /// Whether it still owes the second factor.
    pub pending: bool,
}

/// Where a browser signs in from, as far as we can see.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Network address.
    pub address: String,
    /// What the browser says it is.
    pub agent: String,
}

/// Begins a session for an account that has proved who it is.
pub async fn begin(
    db: &Db,
    account: &Account,
    origin: &Origin,
    device: &str,
    places: &[String],
    at: Timestamp,
) -> Result<Begun> {
    let pending = account.totp_secret.is_some();
    let begun = Begun { id: crate::ids::ulid(at), secret: fresh_secret(), pending };
    let actor = Actor::account(&account.id, &account.name);
    let mut change = db.change(&actor, at).await?;
    sqlx::query(
        "INSERT INTO sessions (id, account_id, secret_sha256, created_at, used_at, expires_at, address, agent, pending)
         VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8)",
    )
    .bind(&begun.id)
    .bind(account.id.as_str())
    .bind(digest(&begun.secret))
    .bind(at.as_microsecond())
    .bind((at + LONGEST).as_microsecond())
    .bind(&origin.address)
    .bind(origin.agent.chars().take(200).collect::<String>())
    .bind(i64::from(pending))
    .execute(change.conn())
    .await?;
    throttle::succeeded(change.conn(), places).await?;
    throttle::remember_device(change.conn(), &account.id, device, at).await?;
    change.record(Record::new("people.login", &account.id).with(serde_json::json!({
        "session": begun.id, "address": origin.address
    })));
    change.commit().await?;
    Ok(begun)
}

/// The row behind a cookie.
#[derive(sqlx::FromRow)]
struct Found {
    session_id: String,
    used_at: At,
    id: AccountId,
    name: String,
    role: String,
    lang: String,
    pending: Flag,
    must_change_password: Flag,
}

/// Somebody signed in, with what the page frame needs besides.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// What they may see and do.
    pub viewer: Viewer,
    /// Their session.
    pub session: String,
    /// Their language.
    pub lang: String,
    /// Whether a new password is owed before anything else.
    pub must_change_password: bool,
}

/// Who the cookie's secret belongs to, if the session is alive and owes nothing.
pub async fn find(db: &Db, secret: &str, now: &Zoned) -> Result<SignedIn> {
    let (found, pending) = find_half(db, secret, now).await?;
    if pending { Err(Error::SignIn) } else { Ok(found) }
}

/// The same, and whether the second factor is still owed.
pub async fn find_half(db: &Db, secret: &str, now: &Zoned) -> Result<(SignedIn, bool)> {
    let at = now.timestamp();
    let found: Option<Found> = sqlx::query_as(
        "SELECT s.id AS session_id, s.used_at, s.pending, a.id, a.name, a.role, a.lang, a.must_change_password
         FROM sessions s JOIN accounts a ON a.id = s.account_id
         WHERE s.secret_sha256 = $1 AND s.ended_at IS NULL AND a.closed_at IS NULL
           AND s.expires_at > $2 AND s.used_at > $3",
    )
    .bind(digest(secret))
    .bind(at.as_microsecond())
    .bind((at - IDLE).as_microsecond())
    .fetch_optional(db.reader())
    .await?;
    let found = found.ok_or(Error::SignIn)?;
    if at.duration_since(found.used_at.0) > USE_NOTED_EVERY {
        note_use(db, &found.session_id, at).await?;
    }
    let signed_in = SignedIn {
        viewer: viewer(db, &found, now.date()).await?,
        session: found.session_id,
        lang: found.lang,
        must_change_password: found.must_change_password.0,
    };
    Ok((signed_in, found.pending.0))
}

async fn viewer(db: &Db, found: &Found, today: Date) -> Result<Viewer> {
    let role = Role::named(&found.role).ok_or(Error::SignIn)?;
    let actor = Actor::account(&found.id, &found.name);
    Ok(Viewer::new(actor, found.id.clone(), role, reach(db, &found.id, role, today).await?))
}

/// The units a role of this account reaches on a day: its own, and from the day
/// after their last those that one of them took over, whose rows somebody must
/// go on answering for. Nothing above, beside or below them.
pub(super) async fn reach(
    db: &Db,
    account: &AccountId,
    role: Role,
    today: Date,
) -> Result<Vec<UnitId>> {
    if role.is_province() {
        return Ok(Vec::new());
    }
    let rows: Vec<(UnitId,)> = sqlx::query_as(
        "WITH RECURSIVE own (id) AS (
             SELECT unit_id FROM account_units WHERE account_id = $1
             UNION
             SELECT u.id FROM units u JOIN own ON u.successor_id = own.id WHERE u.valid_to < $2
         )
         SELECT id FROM own",
    )
    .bind(account.as_str())
    .bind(today.to_string())
    .fetch_all(db.reader())
    .await?;
    Ok(rows.into_iter().map(|(unit,)| unit).collect())
}

/// The units that an account was given.
pub async fn units_of(db: &Db, account: &AccountId, role: Role) -> Result<Vec<UnitId>> {
    if role.is_province() {
        return Ok(Vec::new());
    }
    let rows: Vec<(UnitId,)> =
        sqlx::query_as("SELECT unit_id FROM account_units WHERE account_id = $1")
            .bind(account.as_str())
            .fetch_all(db.reader())
            .await?;
    Ok(rows.into_iter().map(|(unit,)| unit).collect())
}

/// Notes the use where a writer is free: no page waits for the long change of
/// somebody else only to say that it was asked for.
async fn note_use(db: &Db, session: &str, at: Timestamp) -> Result<()> {
    let Some(mut conn) = db.bookkeeping().try_acquire() else { return Ok(()) };
    sqlx::query("UPDATE sessions SET used_at = $1 WHERE id = $2")
        .bind(at.as_microsecond())
        .bind(session)
        .execute(&mut *conn)
        .await?;
    Ok(())
}

/// Ends a session of the viewer's own account.
pub async fn end(db: &Db, viewer: &Viewer, session: &str, at: Timestamp) -> Result<()> {
    let mut change = db.change(&viewer.actor, at).await?;
    let ended = sqlx::query(
        "UPDATE sessions SET ended_at = $1 WHERE id = $2 AND account_id = $3 AND ended_at IS NULL",
    )
    .bind(at.as_microsecond())
    .bind(session)
    .bind(viewer.account.as_str())
    .execute(change.conn())
    .await?;
    if ended.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    change.record(Record::new("people.logout", &viewer.account).with(session));
    change.commit().await
}

/// Ends every session of an account but one.
pub(super) async fn end_all(
    conn: &mut AnyConnection,
    account: &AccountId,
    but: Option<&str>,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(
        "UPDATE sessions SET ended_at = $1 WHERE account_id = $2 AND id <> $3 AND ended_at IS NULL",
    )
    .bind(at.as_microsecond())
    .bind(account.as_str())
    .bind(but.unwrap_or_default())
    .execute(conn)
    .await?;
    Ok(())
}

/// A session as its owner sees it.
#[derive(Clone, Debug, FromRow)]
pub struct Session {
    /// Identifier.
    pub id: String,
    /// When it began.
    pub created_at: At,
    /// When it was used last, to the minute.
    pub used_at: At,
    /// Network address it began from.
    pub address: String,
    /// What the browser said it was.
    pub agent: String,
}

/// The viewer's living sessions, newest first.
pub async fn own(db: &Db, viewer: &Viewer, at: Timestamp) -> Result<Vec<Session>> {
    Ok(sqlx::query_as(
        "SELECT id, created_at, used_at, address, agent FROM sessions
         WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 AND used_at > $3
         ORDER BY id DESC",
    )
    .bind(viewer.account.as_str())
    .bind(at.as_microsecond())
    .bind((at - IDLE).as_microsecond())
    .fetch_all(db.reader())
    .await?)
}

/// The token that forms of this session carry (ASVS 4.2.2): it follows from the
/// cookie's secret and does not give it away.
pub fn csrf(secret: &str) -> String {
    let bytes = Sha256::digest(format!("form:{secret}"));
    URL_SAFE_NO_PAD.encode(&bytes[..24])
}

pub(super) fn fresh_secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

pub(super) fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}
