//! People (*người dùng*): accounts, how they sign in, and what that gives them.
//!
//! Verbs: [`create`], [`login`], [`sessions`]. What somebody may do follows
//! from the role and stands in [`crate::access`].

pub mod create;
pub mod login;
pub mod pages;
pub mod password;
pub mod sessions;

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
pub const NOUN: Noun = Noun { pages: Some(pages::routes), ..Noun::named("people") };
