//! The second factor: time-based codes (RFC 6238: SHA-1, six digits, 30 s, one
//! step of skew), and one-time codes for whoever lost the device.

use jiff::Timestamp;
use totp_rs::{Builder, Secret, Totp};

use super::{Account, sessions::SignedIn};
use crate::{
    Error, Result,
    access::{Actor, Viewer},
    ids::AccountId,
    store::{Db, Record},
};

/// One-time codes made when the second factor is switched on.
const RECOVERY_CODES: usize = 10;

/// A secret offered to an account that has none yet.
pub struct Offer {
    /// For typing in: base32 in groups of four.
    pub secret: String,
    /// `otpauth://` address.
    pub address: String,
    /// The address as a picture, SVG.
    pub picture: String,
}

/// A fresh secret, as base32.
pub fn fresh_secret() -> String {
    Secret::from(rand::random::<[u8; 20]>().to_vec()).to_base32()
}

/// How a secret is shown to the person who is to keep it.
pub fn offer(secret: &str, login: &str) -> Result<Offer> {
    let address = totp(secret, login)?.to_url().map_err(Error::internal)?;
    let code = qrcode::QrCode::new(&address).map_err(Error::internal)?;
    let picture = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(200, 200).build();
    Ok(Offer { secret: secret.to_owned(), address, picture })
}

/// Switches the second factor on, once a code shows that the device has the
/// secret. Gives the recovery codes, which are shown this once.
pub async fn switch_on(
    db: &Db,
    viewer: &Viewer,
    at: Timestamp,
    secret: &str,
    code: &str,
) -> Result<Vec<String>> {
    let step = totp(secret, "check")?.check(code.trim(), seconds(at));
    let step = step.ok_or_else(|| Error::field("people.code-wrong", "code"))?;
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    let mut change = db.change(&viewer.actor, at).await?;
    let changed = sqlx::query(
        "UPDATE accounts SET totp_secret = $1, totp_last_step = $2 WHERE id = $3 AND totp_secret IS NULL",
    )
    .bind(secret)
    .bind(step as i64)
    .bind(viewer.account.as_str())
    .execute(change.conn())
    .await?;
    if changed.rows_affected() == 0 {
        return Err(Error::conflict("people.totp-already-on"));
    }
    for code in &codes {
        sqlx::query("INSERT INTO recovery_codes (account_id, code_sha256) VALUES ($1, $2)")
            .bind(viewer.account.as_str())
            .bind(digest(code))
            .execute(change.conn())
            .await?;
    }
    change.record(Record::new("people.totp-on", &viewer.account));
    change.commit().await?;
    Ok(codes)
}

/// Switches the second factor off, for its owner or by an administrator.
pub async fn switch_off(db: &Db, by: &Actor, account: &AccountId, at: Timestamp) -> Result<()> {
    let mut change = db.change(by, at).await?;
    sqlx::query("UPDATE accounts SET totp_secret = NULL, totp_last_step = NULL WHERE id = $1")
        .bind(account.as_str())
        .execute(change.conn())
        .await?;
    sqlx::query("DELETE FROM recovery_codes WHERE account_id = $1")
        .bind(account.as_str())
        .execute(change.conn())
        .await?;
    change.record(Record::new("people.totp-off", account));
    change.commit().await
}

/// Whether the account has a second factor.
pub async fn is_on(db: &Db, account: &AccountId) -> Result<bool> {
    let found: (Option<String>,) = sqlx::query_as("SELECT totp_secret FROM accounts WHERE id = $1")
        .bind(account.as_str())
        .fetch_one(db.reader())
        .await?;
    Ok(found.0.is_some())
}

/// Takes the code that a half-begun session owes: from the device, or one of
/// the recovery codes. A code works once.
pub async fn take(
    db: &Db,
    half: &SignedIn,
    account: &Account,
    code: &str,
    at: Timestamp,
) -> Result<()> {
    let code = code.trim();
    let mut change = db.change(&half.viewer.actor, at).await?;
    let (secret, last): (Option<String>, Option<i64>) =
        sqlx::query_as("SELECT totp_secret, totp_last_step FROM accounts WHERE id = $1")
            .bind(account.id.as_str())
            .fetch_one(change.conn())
            .await?;
    let secret = secret.ok_or(Error::SignIn)?;
    let step = totp(&secret, &account.login)?.check(code, seconds(at));
    let fresh = step.filter(|step| last.is_none_or(|last| *step as i64 > last));
    let how = if let Some(step) = fresh {
        sqlx::query("UPDATE accounts SET totp_last_step = $1 WHERE id = $2")
            .bind(step as i64)
            .bind(account.id.as_str())
            .execute(change.conn())
            .await?;
        "totp"
    } else {
        spend_recovery_code(&mut change, &account.id, code, at).await?;
        "recovery-code"
    };
    sqlx::query("UPDATE sessions SET pending = 0 WHERE id = $1")
        .bind(&half.session)
        .execute(change.conn())
        .await?;
    change.record(Record::new("people.second-factor", &account.id).with(how));
    change.commit().await
}

async fn spend_recovery_code(
    change: &mut crate::store::Change,
    account: &AccountId,
    code: &str,
    at: Timestamp,
) -> Result<()> {
    let spent = sqlx::query(
        "UPDATE recovery_codes SET used_at = $1
         WHERE account_id = $2 AND code_sha256 = $3 AND used_at IS NULL",
    )
    .bind(at.as_microsecond())
    .bind(account.as_str())
    .bind(digest(&code.to_lowercase()))
    .execute(change.conn())
    .await?;
    if spent.rows_affected() == 1 { Ok(()) } else { Err(Error::field("people.code-wrong", "code")) }
}

fn totp(secret: &str, login: &str) -> Result<Totp> {
    let secret =
        Secret::try_from_base32(secret).map_err(|_| Error::field("people.code-wrong", "secret"))?;
    Builder::new()
        .with_secret(secret)
        .with_issuer(Some("Thap Canh"))
        .with_account_name(login.replace(':', "."))
        .build()
        .map_err(Error::internal)
}

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_second()).unwrap_or(0)
}

/// Two groups of five letters without look-alikes: 49 bits.
fn recovery_code() -> String {
    let code = super::password::readable(10);
    format!("{}-{}", &code[..5], &code[5..])
}

fn digest(code: &str) -> String {
    proof::sha256_hex(code.as_bytes())
}
