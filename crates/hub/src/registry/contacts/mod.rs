//! Contacts (*đầu mối*): whom to call at a unit. What nobody has confirmed for
//! 180 days is shown as stale and never as current.

mod confirm;
pub mod entry;
mod read;
mod rules;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

pub use confirm::{bounced, close, confirm};
pub use entry::ContactEntry;
pub use read::{all, for_notice, get, of_unit, select, stale};

use super::ContactId;
use crate::{
    ids::UnitId,
    store::{At, vocabulary},
};

/// For how long a confirmation holds.
pub const GOOD_FOR: SignedDuration = SignedDuration::from_hours(180 * 24);

vocabulary! {
    /// What somebody is to be called for.
    Role in "registry.contact-role" {
        /// Thủ trưởng.
        Head = "head",
        /// Cán bộ CNTT.
        It = "it",
        /// Trực.
        Duty = "duty",
        /// Anybody else.
        Other = "other",
    }
}

/// A person to call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Contact {
    /// Identifier.
    pub id: ContactId,
    /// For which unit.
    pub unit_id: UnitId,
    /// Code of that unit.
    pub unit_code: String,
    /// Its name.
    pub unit_name: String,
    /// Name in full.
    pub name: String,
    /// For what.
    pub role: Role,
    /// Position, as written.
    pub position: Option<String>,
    /// Telephone, as written.
    pub phone: Option<String>,
    /// Mailbox.
    pub email: Option<String>,
    /// When they answer, as written.
    pub hours: Option<String>,
    /// When somebody last said that this is right.
    pub confirmed_at: Option<At>,
    /// Until when that holds.
    pub expires_at: Option<At>,
    /// When mail last came back from the mailbox; missing when it does not.
    pub bounced_at: Option<At>,
    /// What the mail server said then.
    pub bounce_reason: Option<String>,
    /// When it was closed.
    pub closed_at: Option<At>,
    /// When the register last changed.
    pub changed_at: At,
}

impl Contact {
    /// Whether nobody has confirmed it lately enough.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| end.0 <= now)
    }

    /// Whether mail comes back from its mailbox.
    pub fn is_bouncing(&self) -> bool {
        self.bounced_at.is_some()
    }
}
