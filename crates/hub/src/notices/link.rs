//! Reply links (*liên kết trả lời*): one notice, one unit, without an account.
//!
//! The secret has 128 random bits, written in Crockford's base 32 so that it
//! can be read from paper and typed. Only its digest is kept. Asking for the
//! page changes nothing, because mail scanners and link previews do that too;
//! it is counted, and limited by link and by network address.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{
    EventKind, LegId, LinkId, NoticeId,
    note::{Happened, happened},
    rules,
};
use crate::{
    Error, Result,
    access::Watch,
    people::sessions::Origin,
    store::{At, Change, Db, Select},
};

/// Crockford's digits: without i, l, o and u.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A fresh secret: 26 digits.
fn fresh() -> String {
    let mut rest = rand::random::<u128>();
    let mut out = [0_u8; 26];
    for digit in out.iter_mut().rev() {
        *digit = DIGITS[usize::try_from(rest & 31).unwrap_or(0)];
        rest >>= 5;
    }
    out.into_iter().map(char::from).collect()
}

/// What somebody typed, as the secret is written: without groups, capitals and
/// the letters that are taken for digits.
pub fn typed(text: &str) -> String {
    let digit = |c: char| match c.to_ascii_lowercase() {
        'o' => Some('0'),
        'i' | 'l' => Some('1'),
        c if c.is_ascii_alphanumeric() => Some(c),
        _ => None,
    };
    text.chars().take(64).filter_map(digit).collect()
}

/// The secret in groups of four, for paper.
pub fn grouped(secret: &str) -> String {
    let digits: Vec<char> = secret.to_ascii_uppercase().chars().collect();
    digits.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// The token that forms of a link's page carry. It follows from the secret and
/// does not give it away.
pub fn form_token(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(format!("reply:{secret}"))[..24])
}

fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

/// Makes a link inside a change, and gives its secret: it is not shown again.
pub async fn make(
    change: &mut Change,
    notice: &NoticeId,
    leg: Option<&LegId>,
    made_for: &str,
) -> Result<String> {
    let at = change.at();
    let secret = fresh();
    sqlx::query(
        "INSERT INTO notice_links (id, notice_id, leg_id, secret_sha256, made_for, made_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(LinkId::new(at).as_str())
    .bind(notice.as_str())
    .bind(leg.map(ToString::to_string))
    .bind(digest(&secret))
    .bind(made_for)
    .bind(at.as_microsecond())
    .bind((at + rules::LINK_LASTS).as_microsecond())
    .execute(change.conn())
    .await?;
    Ok(secret)
}

/// Revokes the links that a leg's refused mail carried: nobody has them.
pub(super) async fn forget(change: &mut Change, leg: &LegId) -> Result<()> {
    sqlx::query("DELETE FROM notice_links WHERE leg_id = $1 AND visits = 0")
        .bind(leg.as_str())
        .execute(change.conn())
        .await?;
    Ok(())
}

/// Revokes a link of a notice, or all of them.
pub async fn revoke(
    db: &Db,
    by: &Watch,
    at: Timestamp,
    notice: &NoticeId,
    link: Option<&LinkId>,
) -> Result<()> {
    let mut change = db.change(by.actor(), at).await?;
    let done = sqlx::query(
        "UPDATE notice_links SET revoked_at = $1, revoked_by = $2
         WHERE notice_id = $3 AND revoked_at IS NULL AND ($4 = '' OR id = $4)",
    )
    .bind(at.as_microsecond())
    .bind(&by.actor().name)
    .bind(notice.as_str())
    .bind(link.map(ToString::to_string).unwrap_or_default())
    .execute(change.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    happened(&mut change, notice, Happened::new(EventKind::Revoked)).await?;
    change.commit().await
}

/// Gives the links of a notice that are not revoked another month from now.
pub async fn renew(db: &Db, by: &Watch, at: Timestamp, notice: &NoticeId) -> Result<()> {
    let mut change = db.change(by.actor(), at).await?;
    let done = sqlx::query(
        "UPDATE notice_links SET expires_at = $1 WHERE notice_id = $2 AND revoked_at IS NULL",
    )
    .bind((at + rules::LINK_LASTS).as_microsecond())
    .bind(notice.as_str())
    .execute(change.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::conflict("notices.no-link"));
    }
    happened(&mut change, notice, Happened::new(EventKind::Renewed)).await?;
    change.commit().await
}

/// A link that works now.
#[derive(Clone, Debug)]
pub struct Live {
    /// Its identifier.
    pub id: LinkId,
    /// Its notice.
    pub notice: NoticeId,
}

#[derive(sqlx::FromRow)]
struct Found {
    id: LinkId,
    notice_id: NoticeId,
    expires_at: At,
    revoked_at: Option<At>,
}

/// Looks a link up and leaves no trace, as for `HEAD`.
pub async fn find(db: &Db, secret: &str, at: Timestamp) -> Result<Option<Live>> {
    let found: Option<Found> = lookup(db, secret).await?;
    Ok(found.and_then(|found| live(found, at)))
}

/// Somebody comes with a secret: within the limits, and written down. A link
/// that is unknown, over or revoked is not found.
pub async fn come(db: &Db, secret: &str, origin: &Origin, at: Timestamp) -> Result<Live> {
    let found = lookup(db, secret).await?;
    limit(db, found.as_ref(), origin, at).await?;
    let id = found.as_ref().map(|found| found.id.clone());
    let live = found.and_then(|found| live(found, at));
    note_visit(db, id.as_ref(), live.is_some(), origin, at).await?;
    live.ok_or(Error::NotFound)
}

async fn lookup(db: &Db, secret: &str) -> Result<Option<Found>> {
    Select::new("id, notice_id, expires_at, revoked_at", "notice_links")
        .and("secret_sha256 = {}", [digest(secret)])
        .fetch_first(db.reader())
        .await
}

fn live(found: Found, at: Timestamp) -> Option<Live> {
    let works = found.revoked_at.is_none() && found.expires_at.0 > at;
    works.then_some(Live { id: found.id, notice: found.notice_id })
}

async fn limit(db: &Db, found: Option<&Found>, origin: &Origin, at: Timestamp) -> Result<()> {
    let since = at - jiff::SignedDuration::from_mins(1);
    let lately = || Select::new("id", "notice_visits").and("at > {}", [since]);
    let here = || lately().and("address = {}", [network(&origin.address)]);
    let pool = db.reader();
    let by_address = here().count(pool).await?;
    let wrong = here().and("outcome = {}", ["wrong"]).count(pool).await?;
    let by_link = match found {
        Some(found) => lately().and("link_id = {}", [found.id.as_str()]).count(pool).await?,
        None => 0,
    };
    if rules::too_many(by_link, by_address, wrong, found.is_some()) {
        return Err(Error::TooMany { retry_after: 60 });
    }
    Ok(())
}

/// An address as the limits count it: of IPv6 the first 64 bits, because one
/// household has all the rest.
fn network(address: &str) -> String {
    match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V6(v6)) => {
            let high = v6.segments();
            format!("{:x}:{:x}:{:x}:{:x}::/64", high[0], high[1], high[2], high[3])
        }
        _ => address.to_owned(),
    }
}

async fn note_visit(
    db: &Db,
    link: Option<&LinkId>,
    works: bool,
    origin: &Origin,
    at: Timestamp,
) -> Result<()> {
    let outcome = match (link, works) {
        (None, _) => "wrong",
        (Some(_), false) => "over",
        (Some(_), true) => "shown",
    };
    let mut tx = db.bookkeeping().begin().await?;
    sqlx::query(
        "INSERT INTO notice_visits (id, link_id, at, address, agent, outcome)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(crate::ids::ulid(at))
    .bind(link.map(ToString::to_string))
    .bind(at.as_microsecond())
    .bind(network(&origin.address))
    .bind(origin.agent.chars().take(200).collect::<String>())
    .bind(outcome)
    .execute(&mut *tx)
    .await?;
    if let Some(link) = link {
        sqlx::query(
            "UPDATE notice_links SET visits = visits + 1, last_visit_at = $1 WHERE id = $2",
        )
        .bind(at.as_microsecond())
        .bind(link.as_str())
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_survives_paper() {
        for _ in 0..200 {
            let secret = fresh();
            assert_eq!(secret.len(), 26);
            assert_eq!(typed(&grouped(&secret)), secret);
            assert_eq!(typed(&secret.replace('0', "O").replace('1', "l")), secret);
        }
    }

    #[test]
    fn a_form_token_is_not_the_digest_that_is_kept() {
        assert_ne!(form_token("abc"), digest("abc"));
        assert_ne!(form_token("abc"), form_token("abd"));
    }

    #[test]
    fn a_household_counts_once() {
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
    }
}
