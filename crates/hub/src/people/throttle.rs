//! Slowing down whoever guesses, without locking out the real user.
//!
//! Failures are counted by place, not by account alone (OWASP's device
//! cookies): a browser from which the account has signed in before has a count
//! of its own, so that strangers' guesses at the same login never touch it.
//! Strangers share one count per login and one per network address.

use jiff::{SignedDuration, Timestamp};
use sqlx::AnyConnection;

use crate::{Error, Result, ids::AccountId, store::Db};

/// Failures that cost nothing.
const FREE: i64 = 4;
/// The longest wait.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);
/// Without failure for so long, a place is forgiven.
const FORGIVEN: SignedDuration = SignedDuration::from_hours(1);

/// How long a place with so many failures waits after the last: 2, 4, 8 …
/// seconds from the fifth, a quarter of an hour at most.
fn wait(failures: i64) -> SignedDuration {
    if failures <= FREE {
        return SignedDuration::ZERO;
    }
    let doublings = u32::try_from(failures - FREE).unwrap_or(u32::MAX).min(20);
    SignedDuration::from_secs(1 << doublings).min(LONGEST)
}

/// The places that an attempt counts against.
pub(super) fn places(login: &str, address: &str, known_device: Option<&str>) -> Vec<String> {
    match known_device {
        Some(device) => vec![format!("device:{device}")],
        None => vec![format!("login:{login}"), format!("address:{address}")],
    }
}

/// Refuses an attempt that comes too soon after failures from one of its places.
pub(super) async fn check(db: &Db, places: &[String], at: Timestamp) -> Result<()> {
    for place in places {
        let found: Option<(i64, i64)> =
            sqlx::query_as("SELECT failures, last_at FROM login_failures WHERE place = $1")
                .bind(place)
                .fetch_optional(db.reader())
                .await?;
        let left = found.map_or(SignedDuration::ZERO, |(failures, last_at)| {
            let last_at = Timestamp::from_microsecond(last_at).unwrap_or(at);
            wait(failures) - at.duration_since(last_at)
        });
        if left.is_positive() {
            return Err(Error::TooMany { retry_after: left.as_secs().unsigned_abs() + 1 });
        }
    }
    Ok(())
}

/// Counts a failure against each of its places.
pub(super) async fn failed(db: &Db, places: &[String], at: Timestamp) -> Result<()> {
    for place in places {
        sqlx::query(
            "INSERT INTO login_failures (place, failures, last_at) VALUES ($1, 1, $2)
             ON CONFLICT (place) DO UPDATE SET last_at = $2, failures =
                 CASE WHEN login_failures.last_at < $3 THEN 1 ELSE login_failures.failures + 1 END",
        )
        .bind(place)
        .bind(at.as_microsecond())
        .bind((at - FORGIVEN).as_microsecond())
        .execute(db.bookkeeping())
        .await?;
    }
    Ok(())
}

/// Forgets what an account's own place did before it succeeded.
pub(super) async fn succeeded(conn: &mut AnyConnection, places: &[String]) -> Result<()> {
    for place in places {
        sqlx::query("DELETE FROM login_failures WHERE place = $1")
            .bind(place)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// The device of the account whose cookie this is, as the name of its place.
pub(super) async fn known_device(
    db: &Db,
    login: &str,
    cookie: Option<&str>,
) -> Result<Option<String>> {
    let Some(cookie) = cookie else { return Ok(None) };
    let digest = proof::sha256_hex(cookie.as_bytes());
    let found: Option<(String,)> = sqlx::query_as(
        "SELECT d.secret_sha256 FROM devices d JOIN accounts a ON a.id = d.account_id
         WHERE a.login = $1 AND d.secret_sha256 = $2",
    )
    .bind(login)
    .bind(digest)
    .fetch_optional(db.reader())
    .await?;
    Ok(found.map(|(device,)| device))
}

/// Remembers a browser from which the account has signed in.
pub(super) async fn remember_device(
    conn: &mut AnyConnection,
    account: &AccountId,
    cookie: &str,
    at: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO devices (account_id, secret_sha256, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, secret_sha256) DO UPDATE SET seen_at = $3",
    )
    .bind(account.as_str())
    .bind(proof::sha256_hex(cookie.as_bytes()))
    .bind(at.as_microsecond())
    .execute(conn)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_waits() {
        for (failures, seconds) in
            [(0, 0), (4, 0), (5, 2), (6, 4), (9, 32), (13, 512), (14, 900), (1000, 900)]
        {
            assert_eq!(wait(failures).as_secs(), seconds, "{failures} failures");
        }
    }

    #[test]
    fn a_known_device_does_not_share_its_count_with_strangers() {
        let known = places("an", "192.0.2.1", Some("d1"));
        let stranger = places("an", "192.0.2.1", None);
        assert!(known.iter().all(|place| !stranger.contains(place)));
    }
}
