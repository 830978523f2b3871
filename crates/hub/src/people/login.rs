//! Signing in with login and password, and then the second factor if there is one.

use jiff::{Timestamp, Zoned};

use super::{Account, password, sessions, throttle, totp};
use crate::{
    Error, Result,
    access::Actor,
    store::{Db, Record},
};

/// A hash nobody's password has: an unknown login costs as long as a known one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// An attempt to sign in.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// What was typed.
    pub login: &'a str,
    /// What was typed.
    pub password: &'a str,
    /// The browser's device cookie, if it has one.
    pub device: Option<&'a str>,
    /// Where it comes from.
    pub origin: &'a sessions::Origin,
}

/// A sign-in that succeeded: the session, and the secret of the device cookie.
pub struct SignIn {
    /// The session.
    pub session: sessions::Begun,
    /// For the device cookie, which outlives the session.
    pub device: String,
}

/// Checks login and password and begins a session. The error does not say which
/// of the two was wrong.
pub async fn login(db: &Db, attempt: Attempt<'_>, at: Timestamp) -> Result<SignIn> {
    let login = attempt.login.trim().to_lowercase();
    let known = throttle::known_device(db, &login, attempt.device).await?;
    let places = throttle::places(&login, &attempt.origin.address, known.as_deref());
    throttle::check(db, &places, at).await?;
    let account = account(db, &login).await?;
    let hash = account.as_ref().map_or(NOBODY, |(_, hash)| hash).to_owned();
    let right = password::verify(attempt.password.to_owned(), hash).await?;
    let Some((account, _)) = account.filter(|_| right) else {
        refuse(db, &login, &places, attempt.origin, at).await?;
        return Err(Error::field("people.login-wrong", "password"));
    };
    let kept = attempt.device.filter(|_| known.is_some()).map(str::to_owned);
    let device = kept.unwrap_or_else(sessions::fresh_secret);
    let session = sessions::begin(db, &account, attempt.origin, &device, &places, at).await?;
    Ok(SignIn { session, device })
}

/// Finishes a half-begun session with a code of the second factor.
pub async fn second_factor(db: &Db, secret: &str, code: &str, now: &Zoned) -> Result<()> {
    let at = now.timestamp();
    let (half, pending) = sessions::find_half(db, secret, now).await?;
    if !pending {
        return Ok(());
    }
    let places = [format!("code:{}", half.viewer.account)];
    throttle::check(db, &places, at).await?;
    let account = super::get(db, &half.viewer.account).await?;
    let taken = totp::take(db, &half, &account, code, at).await;
    if taken.is_err() {
        throttle::failed(db, &places, at).await?;
    }
    taken
}

async fn refuse(
    db: &Db,
    login: &str,
    places: &[String],
    origin: &sessions::Origin,
    at: Timestamp,
) -> Result<()> {
    throttle::failed(db, places, at).await?;
    let mut change = db.change(&Actor::system("people"), at).await?;
    let login: String = login.chars().take(64).collect();
    change.record(
        Record::new("people.login-refused", &login)
            .with(serde_json::json!({"address": origin.address})),
    );
    change.commit().await
}

async fn account(db: &Db, login: &str) -> Result<Option<(Account, String)>> {
    let hash: Option<(String, crate::ids::AccountId)> = sqlx::query_as(
        "SELECT password_hash, id FROM accounts WHERE login = $1 AND closed_at IS NULL",
    )
    .bind(login)
    .fetch_optional(db.reader())
    .await?;
    match hash {
        Some((hash, id)) => Ok(Some((super::get(db, &id).await?, hash))),
        None => Ok(None),
    }
}
