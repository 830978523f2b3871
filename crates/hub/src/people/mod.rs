//! People (*người dùng*): accounts, how they sign in, and what that gives them.
//!
//! Verbs: [`create`], [`login`], [`sessions`]. What somebody may do follows
//! from the role and stands in [`crate::access`].

pub mod api;
pub mod change;
pub mod create;
pub mod login;
pub mod pages;
pub mod password;
pub mod sessions;
mod throttle;
pub mod tokens;
pub mod totp;

use jiff::Timestamp;

use crate::{
    Error, Result,
    access::Viewer,
    ids::AccountId,
    nouns::{Entry, Noun},
    store::{At, Db, Flag, Record, Select},
};

/// An account.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Account {
    /// Identifier.
    pub id: AccountId,
    /// What is typed at sign-in.
    pub login: String,
    /// Name in full.
    pub name: String,
    /// Mailbox.
    pub email: Option<String>,
    /// Name of the [`crate::access::Role`].
    pub role: String,
    /// Whether the next sign-in asks for a new password.
    pub must_change_password: Flag,
    /// Secret of the second factor, base32.
    pub totp_secret: Option<String>,
    /// `vi` or `en`.
    pub lang: String,
    /// When it was made.
    pub created_at: At,
    /// When it was closed.
    pub closed_at: Option<At>,
}

/// The room's card.
pub const NOUN: Noun = Noun {
    menu: &[Entry {
        path: "/people",
        text: "people.accounts.title",
        shown: |viewer| viewer.administer().is_ok(),
    }],
    pages: Some(pages::routes),
    api: Some(api::routes),
    schema: &[include_str!("schema.sql")],
    ..Noun::named("people")
};

/// The columns of an [`Account`].
const COLUMNS: &str =
    "id, login, name, email, role, must_change_password, totp_secret, lang, created_at, closed_at";

/// An account.
pub async fn get(db: &Db, id: &AccountId) -> Result<Account> {
    Select::new(COLUMNS, "accounts")
        .and("id = {}", [id.as_str()])
        .fetch_first(db.reader())
        .await?
        .ok_or(Error::NotFound)
}

/// Sets the language in which an account is spoken to.
pub async fn speak(db: &Db, viewer: &Viewer, lang: words::Lang, at: Timestamp) -> Result<()> {
    let mut change = db.change(&viewer.actor, at).await?;
    sqlx::query("UPDATE accounts SET lang = $1 WHERE id = $2")
        .bind(lang.code())
        .bind(viewer.account.as_str())
        .execute(change.conn())
        .await?;
    change.record(Record::new("people.speak", &viewer.account).with(lang.code()));
    change.commit().await
}
