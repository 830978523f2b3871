//! Passwords: argon2id with the parameters of OWASP's cheat sheet (19 MiB, two
//! passes, one lane), and the rule for a new one (NIST SP 800-63B: length, not
//! composition).

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use crate::{Error, Result};

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
