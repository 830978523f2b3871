//! Mail out and bounces in: how the house speaks to people who are not looking
//! at its pages.
//!
//! A room that sends mail puts a [`Correspondent`] on its card and asks with
//! [`queue::ask`], inside its own change. The mail's text is written by the
//! room when the mail goes out, so that no reply link lies in the queue; the
//! room hears what became of it ([`Fate`]) inside the change that notes it.
//!
//! *What this room must not know:* what a mail is about.
//!
//! *To add a channel:* a file beside [`mail`], with its settings in
//! [`crate::installation`].

pub mod bounce;
pub mod bounces;
pub mod letter;
pub mod mail;
pub mod queue;
pub mod settings;

use std::pin::Pin;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::{
    App, Result,
    jobs::Job,
    nouns::Noun,
    store::{At, Change, Db, vocabulary},
};

pub use letter::{Attachment, Letter};

crate::ids::id! {
    /// A mail on its way.
    MailId
}
crate::ids::id! {
    /// A message that came in.
    BounceId
}

vocabulary! {
    /// Where a mail stands.
    MailState in "notify.mail-state" {
        /// It waits for its next attempt.
        Waiting = "waiting",
        /// Our mail server took it.
        Sent = "sent",
        /// The recipient's server says that it lies in the mailbox.
        Delivered = "delivered",
        /// It was refused, or given up after two days.
        Refused = "refused",
        /// It was taken and came back.
        Bounced = "bounced",
    }
}

/// A mail on its way.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Mail {
    /// Identifier.
    pub id: MailId,
    /// The room that asked for it.
    pub noun: String,
    /// That room's name for what it is about.
    pub subject_id: String,
    /// Name of the recipient.
    pub name: String,
    /// Mailbox of the recipient.
    pub address: String,
    /// `Message-ID` (RFC 5322), without the angle brackets.
    pub message_id: String,
    /// Where it stands.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_at: At,
    /// What the mail server said last, when it was not yes.
    pub last_error: Option<String>,
    /// When it was asked for.
    pub queued_at: At,
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Our mail server took it. Whether it arrives is not known yet.
    Sent,
    /// Not taken now; it will be tried again.
    Delayed {
        /// The server's words.
        reason: String,
        /// Whether it is certain that the recipient has nothing of it.
        certain: bool,
    },
    /// Refused for good, or given up.
    Refused {
        /// The server's words.
        reason: String,
    },
    /// Taken, and came back.
    Bounced {
        /// The server's words.
        reason: String,
    },
    /// Arrived, as the recipient's server says.
    Delivered,
}

/// Work of a correspondent, under way.
pub type Writing<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// A room that sends mail.
pub trait Correspondent: Sync {
    /// Writes the mail as it goes out now.
    fn compose<'a>(&'a self, app: &'a App, mail: &'a Mail, at: Timestamp) -> Writing<'a, Letter>;

    /// Takes note of what became of it, inside the change that notes it.
    fn heard<'a>(
        &'a self,
        db: &'a Db,
        change: &'a mut Change,
        mail: &'a Mail,
        fate: &'a Fate,
    ) -> Writing<'a, ()>;
}

/// The card.
pub const NOUN: Noun = Noun {
    schema: &[include_str!("schema.sql")],
    jobs: &[
        Job { name: "notify.send", every: SignedDuration::from_secs(15), run: queue::job },
        Job { name: "notify.bounces", every: SignedDuration::from_secs(60), run: bounces::job },
    ],
    ..Noun::named("notify")
};

/// The correspondent of a room.
fn correspondent(noun: &str) -> Result<&'static dyn Correspondent> {
    crate::nouns::ALL
        .iter()
        .find(|card| card.name == noun)
        .and_then(|card| card.mail)
        .ok_or_else(|| crate::Error::internal(format!("{noun} sends no mail")))
}
