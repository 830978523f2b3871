//! Signing in with login and password.

use jiff::Timestamp;

use super::{Account, password, sessions};
use crate::{Error, Result, store::Db};

/// A hash nobody's password has: an unknown login costs as long as a known one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Checks login and password and begins a session. The error does not say which
/// of the two was wrong.
pub async fn login(
    db: &Db,
    login: &str,
    password: &str,
    origin: &sessions::Origin,
    at: Timestamp,
) -> Result<sessions::Begun> {
    let login = login.trim().to_lowercase();
    let found: Option<(String,)> =
        sqlx::query_as("SELECT password_hash FROM accounts WHERE login = $1 AND closed_at IS NULL")
            .bind(&login)
            .fetch_optional(db.reader())
            .await?;
    let hash = found.map_or_else(|| NOBODY.to_owned(), |(hash,)| hash);
    if !password::verify(password.to_owned(), hash).await? {
        return Err(Error::field("people.login-wrong", "password"));
    }
    let account = account_of(db, &login).await?;
    sessions::begin(db, &account, origin, at).await
}

async fn account_of(db: &Db, login: &str) -> Result<Account> {
    Ok(sqlx::query_as(
        "SELECT id, login, name, email, role, must_change_password, lang, created_at, closed_at
         FROM accounts WHERE login = $1",
    )
    .bind(login)
    .fetch_one(db.reader())
    .await?)
}
