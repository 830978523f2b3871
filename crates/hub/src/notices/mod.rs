//! Notices (*thông báo*): what a unit was told, and what it answered.
//!
//! One grouped message for a unit about one thing (a list, a letter), with a
//! number that people say on the telephone, a file of that unit's rows, and a
//! reply link that works without an account. It is drafted first and sent by a
//! person. It counts as *sent* only when one leg worked: a mail that the server
//! took, or a paper that somebody handed over.
//!
//! Verbs: [`draft`], [`send`], [`hand_over`], [`link`], [`remind`], [`withdraw`](draft::withdraw).
//!
//! *What this room must not know:* what a notice is about. The room that does
//! drafts with [`draft::draft`] and answers through [`reply::Replies`] on its card.
//!
//! *To notify about another noun:* write its `notify.rs` (content → `draft`)
//! and its `reply.rs` (an implementation of [`reply::Replies`]).

pub mod api;
pub mod draft;
pub mod files;
pub mod hand_over;
mod home;
pub mod letter;
pub mod link;
mod note;
pub mod pages;
mod post;
pub mod read;
pub mod remind;
pub mod reply;
mod rules;
pub mod send;

use jiff::SignedDuration;
use serde::Serialize;

pub use read::{about, counts, events, get, legs, links, of_unit, select, unanswered};
pub use rules::REPEAT_AFTER;

use crate::{
    access::Viewer,
    ids::UnitId,
    jobs::Job,
    nouns::{Entry, Noun, Section},
    registry::ContactId,
    store::{At, Day, vocabulary},
};

crate::ids::id! {
    /// A notice.
    NoticeId
}
crate::ids::id! {
    /// A way on which a notice went.
    LegId
}
crate::ids::id! {
    /// A reply link.
    LinkId
}

vocabulary! {
    /// Where a notice stands.
    State in "notices.state" {
        /// Written, and not told to be sent.
        Drafted = "drafted",
        /// Told to be sent; no leg has worked yet.
        Sending = "sending",
        /// A leg worked: a mail server took it.
        Sent = "sent",
        /// It lies in the mailbox, or in somebody's hand.
        Delivered = "delivered",
        /// No leg worked and none is left to try.
        Bounced = "bounced",
        /// Somebody opened the reply page.
        Opened = "opened",
        /// The unit answered.
        Answered = "answered",
        /// Taken back before it was sent.
        Withdrawn = "withdrawn",
    }
}

vocabulary! {
    /// On which way a leg goes.
    Channel in "notices.channel" {
        /// A mail by our own server.
        Mail = "mail",
        /// A paper.
        Paper = "paper",
        /// A telephone call.
        Phone = "phone",
        /// A message by Zalo.
        Zalo = "zalo",
        /// A mail by somebody's own program.
        OwnMail = "own_mail",
    }
}

vocabulary! {
    /// Where a leg stands.
    LegState in "notices.leg-state" {
        /// It waits for the mail server.
        Waiting = "waiting",
        /// The mail server took it.
        Sent = "sent",
        /// It arrived.
        Delivered = "delivered",
        /// It was refused.
        Refused = "refused",
        /// It came back.
        Bounced = "bounced",
        /// It was taken back before it went out.
        Cancelled = "cancelled",
    }
}

vocabulary! {
    /// What happens to a notice.
    EventKind in "notices.event" {
        /// It was drafted.
        Drafted = "drafted",
        /// Its text was changed.
        Edited = "edited",
        /// It was told to be sent.
        Asked = "asked",
        /// A mail server took it.
        Sent = "sent",
        /// A mail server wants it later.
        Delayed = "delayed",
        /// A mail server refused it.
        Refused = "refused",
        /// It came back.
        Bounced = "bounced",
        /// It arrived.
        Delivered = "delivered",
        /// Nobody is left to send it to.
        Stranded = "stranded",
        /// Somebody handed it over.
        HandedOver = "handed_over",
        /// It was printed.
        Printed = "printed",
        /// It was saved as a file.
        Saved = "saved",
        /// Its reply links were revoked.
        Revoked = "revoked",
        /// Its reply links were given more time.
        Renewed = "renewed",
        /// Its reply page was opened.
        Opened = "opened",
        /// The unit answered.
        Answered = "answered",
        /// It was taken back.
        Withdrawn = "withdrawn",
    }
}

/// A notice.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Notice {
    /// Identifier.
    pub id: NoticeId,
    /// Number, as `TB-2024-000123`.
    pub code: String,
    /// Who is told.
    pub unit_id: UnitId,
    /// Code of that unit.
    pub unit_code: String,
    /// Its name.
    pub unit_name: String,
    /// The room of what it is about.
    pub about_noun: String,
    /// The identifier there.
    pub about_id: String,
    /// What it is called.
    pub about_title: String,
    /// 0 for the first about this, 1 for its first reminder, and so on.
    pub round: i64,
    /// Language of the text.
    pub lang: String,
    /// Subject line.
    pub subject: String,
    /// Text, with `{{link}}` and `{{due}}` where the link and the last day go.
    pub body: String,
    /// Last day for an answer.
    #[schema(value_type = String, format = Date)]
    pub due_on: Day,
    /// Rows in its file.
    pub row_count: i64,
    /// Digest of the file.
    pub file_sha256: Option<String>,
    /// Name of the file.
    pub file_name: Option<String>,
    /// Where it stands.
    pub state: State,
    /// When it was drafted.
    pub drafted_at: At,
    /// By whom.
    pub drafted_by: String,
    /// When it was last told to be sent.
    pub asked_at: Option<At>,
    /// When the first leg worked.
    pub sent_at: Option<At>,
    /// When the reply page was first opened.
    pub opened_at: Option<At>,
    /// When the unit last answered.
    pub answered_at: Option<At>,
}

/// A way on which a notice went.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Leg {
    /// Identifier.
    pub id: LegId,
    /// Which way.
    pub channel: Channel,
    /// To which contact of the register.
    pub contact_id: Option<ContactId>,
    /// To whom.
    pub name: String,
    /// Mailbox or telephone number.
    pub address: Option<String>,
    /// Where it stands.
    pub state: LegState,
    /// The server's words, or a person's note.
    pub detail: Option<String>,
    /// When it was begun.
    pub begun_at: At,
    /// When it came to its state.
    pub settled_at: Option<At>,
    /// Who chose it.
    pub by_name: String,
}

/// Something that happened to a notice.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Event {
    /// When.
    pub at: At,
    /// What.
    pub kind: EventKind,
    /// Through whom.
    pub actor_name: String,
    /// More about it.
    pub detail: Option<String>,
    /// From which network address, where it came over the network.
    pub address: Option<String>,
    /// What the browser said it was.
    pub agent: Option<String>,
}

/// A reply link, as far as it may be shown: the secret is only in the message.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Link {
    /// Identifier.
    pub id: LinkId,
    /// Whom it was made for.
    pub made_for: String,
    /// When.
    pub made_at: At,
    /// Until when it works.
    pub expires_at: At,
    /// When it was revoked.
    pub revoked_at: Option<At>,
    /// By whom.
    pub revoked_by: Option<String>,
    /// How often its page was asked for, machines that look ahead included.
    pub visits: i64,
    /// When last.
    pub last_visit_at: Option<At>,
}

/// What a notice is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The room.
    pub noun: &'static str,
    /// The identifier there.
    pub id: String,
    /// What it is called, in the language of the notice.
    pub title: String,
}

/// The card.
pub const NOUN: Noun = Noun {
    section: Section::Sensing,
    schema: &[include_str!("schema.sql")],
    pages: Some(pages::routes),
    api: Some(api::routes),
    menu: &[Entry { path: "/notices", text: "notices.menu", shown: |_: &Viewer| true }],
    jobs: &[Job { name: "notices.remind", every: SignedDuration::from_hours(1), run: remind::job }],
    home: Some(home::greet),
    mail: Some(&post::Post),
    ..Noun::named("notices")
};
