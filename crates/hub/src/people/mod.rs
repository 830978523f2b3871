//! People (*người dùng*): accounts, how they sign in, and what that gives them.
//!
//! Verbs: [`create`], [`login`], [`sessions`]. What somebody may do follows
//! from the role and stands in [`crate::access`].

pub mod create;
pub mod login;
pub mod pages;
pub mod password;
pub mod sessions;
pub mod tokens;

use crate::{
    ids::AccountId,
    nouns::Noun,
    store::{At, Flag},
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
    /// `vi` or `en`.
    pub lang: String,
    /// When it was made.
    pub created_at: At,
    /// When it was closed.
    pub closed_at: Option<At>,
}

/// The room's card.
pub const NOUN: Noun = Noun {
    pages: Some(pages::routes),
    schema: &[include_str!("schema.sql")],
    ..Noun::named("people")
};

/// Sets the language in which an account is spoken to.
pub async fn speak(
    db: &crate::store::Db,
    viewer: &crate::access::Viewer,
    lang: words::Lang,
    at: jiff::Timestamp,
) -> crate::Result<()> {
    let mut change = db.change(&viewer.actor, at).await?;
    sqlx::query("UPDATE accounts SET lang = $1 WHERE id = $2")
        .bind(lang.code())
        .bind(viewer.account.as_str())
        .execute(change.conn())
        .await?;
    let record = crate::store::Record::new("people.speak", &viewer.account).with(lang.code());
    change.record(record);
    change.commit().await
}
