//! Answering a notice: by a reply link without an account, or signed in.
//!
//! A room whose things notices are about puts [`Replies`] on its card; it draws
//! the unit's rows and takes the answers, which are its own verbs. A notice
//! about anything else is answered with a few words.

use std::pin::Pin;

use jiff::{Timestamp, tz::TimeZone};
use maud::Markup;
use words::Lang;

use super::{
    EventKind, LinkId, Notice, NoticeId,
    note::{Happened, happened},
};
use crate::{
    App, Result,
    access::{Actor, Answer},
    nouns,
    people::sessions::Origin,
    store::Db,
    web::{Upload, parts},
};

/// Somebody who answers a notice, with the right to do so for its unit.
#[derive(Clone, Debug)]
pub struct Guest {
    /// The notice.
    pub notice: Notice,
    /// The right to answer for its unit, and for no other.
    pub right: Answer,
    /// Language of the page.
    pub lang: Lang,
    /// Zone in which instants are shown.
    pub zone: TimeZone,
    /// The instant of the request.
    pub now: Timestamp,
    /// Where a form of the page goes.
    pub action: String,
    /// The token that comes first in each form (see [`Guest::form_key`]).
    pub token: String,
    /// Where the request comes from.
    pub origin: Origin,
}

/// Work of a room, under way.
pub type Replying<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// What a room does for the answers to its notices.
pub trait Replies: Sync {
    /// What happened and what to do, in plain sentences, the unit's rows (and
    /// no other's) with what is known of each, and the forms to answer with.
    fn page<'a>(&'a self, app: &'a App, guest: &'a Guest) -> Replying<'a, Markup>;

    /// Takes a form. Gives what was recorded, in a line for the notice's story.
    fn answer<'a>(&'a self, app: &'a App, guest: &'a Guest, form: Upload) -> Replying<'a, String>;
}

impl Guest {
    /// The right of whoever holds a link: the unit's, and its name says so.
    pub(super) fn link_holder(notice: &Notice, link: &LinkId) -> Answer {
        let actor = Actor::link(link.as_str(), &format!("{} ({})", notice.unit_name, notice.code));
        Answer::by_link(actor, notice.unit_id.clone())
    }

    /// The hidden fields that must come first in each form.
    pub fn form_key(&self) -> Markup {
        parts::hidden(&self.token, &self.action)
    }

    /// A text in the guest's language.
    pub fn t(&self, key: &str) -> String {
        self.lang.t(key).to_string()
    }
}

/// The room that takes the answers to a notice, if it has one.
pub(super) fn room(notice: &Notice) -> Option<&'static dyn Replies> {
    nouns::ALL.iter().find(|noun| noun.name == notice.about_noun).and_then(|noun| noun.replies)
}

/// Notes that a person opened the reply page.
pub(super) async fn opened(db: &Db, guest: &Guest) -> Result<()> {
    let id = &guest.notice.id;
    let mut change = db.change(guest.right.actor(), guest.now).await?;
    sqlx::query("UPDATE notices SET opened_at = COALESCE(opened_at, $1) WHERE id = $2")
        .bind(guest.now.as_microsecond())
        .bind(id.as_str())
        .execute(change.conn())
        .await?;
    let what = Happened::new(EventKind::Opened).from(Some(&guest.origin));
    happened(&mut change, id, what).await?;
    change.commit().await
}

/// Notes that the unit answered; `from` is where the answer came from, when it
/// came over the network.
pub async fn answered(
    db: &Db,
    notice: &NoticeId,
    right: &Answer,
    at: Timestamp,
    said: &str,
    from: Option<&Origin>,
) -> Result<()> {
    let mut change = db.change(right.actor(), at).await?;
    sqlx::query("UPDATE notices SET answered_at = $1 WHERE id = $2")
        .bind(at.as_microsecond())
        .bind(notice.as_str())
        .execute(change.conn())
        .await?;
    let what = Happened::new(EventKind::Answered).with(said).from(from);
    happened(&mut change, notice, what).await?;
    change.commit().await
}
