//! Passwords: argon2id with the parameters of OWASP's cheat sheet (19 MiB, two
//! passes, one lane), and the rule for a new one (NIST SP 800-63B: length, not
//! composition).

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use jiff::Timestamp;

use super::sessions;
use crate::{
    Error, Result,
    access::{Actor, Administer, Viewer},
    ids::AccountId,
    store::{Db, Record},
};

/// Characters a new password has at least.
pub const MIN_CHARS: usize = 12;

/// Refuses a new password that is too short, too long to hash sensibly, or the
/// login itself.
pub fn check_new(password: &str, login: &str) -> Result<()> {
    let chars = password.chars().count();
    if chars < MIN_CHARS {
        return Err(Error::field("people.password-short", "password"));
    }
    if chars > 200 {
        return Err(Error::field("people.password-long", "password"));
    }
    if words::fold(password) == words::fold(login) {
        return Err(Error::field("people.password-is-login", "password"));
    }
    Ok(())
}

/// Hashes a password, off the async threads.
pub async fn hash(password: String) -> Result<String> {
    tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(Error::internal)
    })
    .await
    .map_err(Error::internal)?
}

/// Whether the password is the one of the hash.
pub async fn verify(password: String, hash: String) -> Result<bool> {
    tokio::task::spawn_blocking(move || {
        let hash = PasswordHash::new(&hash).map_err(Error::internal)?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
    .map_err(Error::internal)?
}

/// So many random letters and digits, without those that look alike.
pub fn readable(letters: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    (0..letters).map(|_| char::from(LETTERS[rand::random_range(0..LETTERS.len())])).collect()
}

/// A first password that can be read aloud: four groups of four.
pub fn made() -> String {
    (0..4).map(|_| readable(4)).collect::<Vec<_>>().join("-")
}

/// Changes the viewer's own password; every other session of theirs ends.
pub async fn change_own(
    db: &Db,
    viewer: &Viewer,
    session: &str,
    at: Timestamp,
    old: &str,
    new: &str,
) -> Result<()> {
    let login = check_own(db, viewer, old, "old").await?;
    if old == new {
        return Err(Error::field("people.password-same", "password"));
    }
    check_new(new, &login)?;
    set(db, &viewer.actor, &viewer.account, at, new, false, Some(session)).await
}

/// Asks for the viewer's own password, typed into `field`, before something
/// grave. Gives the login.
pub async fn check_own(
    db: &Db,
    viewer: &Viewer,
    password: &str,
    field: &'static str,
) -> Result<String> {
    let (login, hash): (String, String) =
        sqlx::query_as("SELECT login, password_hash FROM accounts WHERE id = $1")
            .bind(viewer.account.as_str())
            .fetch_one(db.reader())
            .await?;
    let right = verify(password.to_owned(), hash).await?;
    if right { Ok(login) } else { Err(Error::field("people.password-wrong", field)) }
}

/// Gives an account a password that its owner must change at the next sign-in.
pub async fn reset(db: &Db, by: &Administer, account: &AccountId, at: Timestamp) -> Result<String> {
    let password = made();
    set(db, by.actor(), account, at, &password, true, None).await?;
    Ok(password)
}

async fn set(
    db: &Db,
    by: &Actor,
    account: &AccountId,
    at: Timestamp,
    password: &str,
    must_change: bool,
    but_session: Option<&str>,
) -> Result<()> {
    let hash = hash(password.to_owned()).await?;
    let mut change = db.change(by, at).await?;
    sqlx::query("UPDATE accounts SET password_hash = $1, must_change_password = $2 WHERE id = $3")
        .bind(hash)
        .bind(i64::from(must_change))
        .bind(account.as_str())
        .execute(change.conn())
        .await?;
    sessions::end_all(change.conn(), account, but_session, at).await?;
    change.record(Record::new("people.password", account));
    change.commit().await
}
