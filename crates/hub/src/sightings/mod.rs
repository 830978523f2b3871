//! Sightings (*ghi nhận*): an address with a malware family at a unit, from
//! the list that named it to the silence that proves it gone.
//!
//! A list comes in ([`import`]) and every row of it is kept. A row becomes part
//! of a sighting: (address, family, unit), the unit being whoever held the
//! address at the row's own time. What nobody held waits in a queue ([`place`]).
//! The unit answers ([`answer`]); its word makes a sighting *claimed*. It is
//! *verified* only by absence from the next lists really received of every
//! feed that saw it ([`silence`]), and *reopened* when it is seen again.
//!
//! It tells units of a list by notices ([`notify`]) and takes the answers that
//! come through their reply links (`reply`).
//!
//! *What this room must not know:* directives; they ask here.
//!
//! *To add a state or an event:* a value in [`State`], its row in the table of
//! [`rules`], its words in the locales. *To add a way of answering:* a value in
//! [`answer::Word`].

pub mod answer;
mod api;
pub mod bundle;
pub mod checks;
pub mod exclude;
pub mod feeds;
mod home;
pub mod import;
mod jobs;
mod ledger;
pub mod lists;
pub mod locate;
pub mod notify;
mod pages;
pub mod place;
pub mod read;
pub mod refuse;
mod reply;
pub mod review;
pub mod rules;
pub mod silence;
mod store;

use serde::Serialize;

pub use store::{Sighting, SilentFeed};

use crate::{
    nouns::{Entry, Noun, Section},
    store::vocabulary,
};

crate::ids::id! {
    /// A source of lists.
    FeedId
}
crate::ids::id! {
    /// A list received.
    ListId
}
crate::ids::id! {
    /// A file put down for preview.
    DraftId
}
crate::ids::id! {
    /// An address with a family at a unit.
    SightingId
}
crate::ids::id! {
    /// A unit's word about a sighting.
    AnswerId
}
crate::ids::id! {
    /// A range, family or unit whose rows need no answer.
    ExclusionId
}

vocabulary! {
    /// Where a sighting stands.
    State in "sightings.state" {
        /// Nobody's yet: somebody must say whose the address is.
        New = "new",
        /// A unit's; it has to find the machine.
        Placed = "placed",
        /// The machine is known.
        HostFound = "host_found",
        /// The unit says it is cleaned. Not proved.
        Claimed = "claimed",
        /// The lists that followed are silent about it.
        Verified = "verified",
        /// It was seen again, or somebody doubted it.
        Reopened = "reopened",
        /// Set aside, by somebody, for a reason, until a day.
        Refused = "refused",
        /// Its rows went into another sighting of the same key.
        Merged = "merged",
    }
}

impl State {
    /// Whether the unit still has something to do.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Placed | Self::HostFound | Self::Reopened)
    }
}

vocabulary! {
    /// Why nobody owns a sighting yet.
    Question in "sightings.question" {
        /// No approved range held the address at that time.
        Nobody = "nobody",
        /// Ranges of several units did.
        Several = "several",
    }
}

vocabulary! {
    /// Why a sighting was set aside.
    Refusal in "sightings.refusal" {
        /// The address is not the unit's.
        NotOurs = "not_ours",
        /// It is no infection.
        FalseAlarm = "false_alarm",
        /// It is on the list of exclusions.
        Whitelisted = "whitelisted",
    }
}

vocabulary! {
    /// What became of a row of a list.
    Outcome in "sightings.outcome" {
        /// It is part of a unit's sighting.
        Placed = "placed",
        /// It waits for somebody to say whose the address is.
        Queued = "queued",
        /// An exclusion or a refusal holds for it.
        Excluded = "excluded",
        /// An earlier row of this list or of another of the feed says the same.
        Duplicate = "duplicate",
        /// It names no address that we can use.
        Rejected = "rejected",
    }
}

/// The rows of a list, accounted for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[schema(as = ListTally)]
pub struct Tally {
    /// Rows in the file, without its header.
    pub lines: u64,
    /// Rows never meant to name an address: blanks, remarks, titles.
    pub skipped: u64,
    /// Rows that name at least one address.
    pub naming: u64,
    /// Addresses named: a row with a short range names several.
    pub entries: u64,
    /// Of these: part of a unit's sighting.
    pub placed: u64,
    /// Of these: in the queue.
    pub queued: u64,
    /// Of these: under an exclusion or a refusal.
    pub excluded: u64,
    /// Of these: said before.
    pub duplicate: u64,
    /// Rows that name no address that we can use.
    pub rejected: u64,
    /// Sightings that this list began.
    pub created: u64,
    /// Units with at least one row.
    pub units: u64,
    /// Sightings that this list proved clean.
    pub verified: u64,
    /// Sightings that came back with this list.
    pub reopened: u64,
}

impl Tally {
    /// Whether every row and every entry is accounted for.
    pub fn adds_up(&self) -> bool {
        self.lines == self.skipped + self.naming + self.rejected
            && self.entries == self.placed + self.queued + self.excluded + self.duplicate
    }
}

/// The room's card.
pub const NOUN: Noun = Noun {
    section: Section::Sensing,
    schema: &[include_str!("schema.sql")],
    pages: Some(pages::routes),
    api: Some(api::routes),
    menu: &[
        Entry { path: "/sightings", text: "sightings.menu.sightings", shown: |_| true },
        Entry {
            path: "/lists",
            text: "sightings.menu.lists",
            shown: |viewer| viewer.scope().is_province(),
        },
    ],
    jobs: jobs::JOBS,
    checks: &[&checks::BotnetClean],
    home: Some(home::greet),
    replies: Some(&reply::ListReplies),
    ..Noun::named("sightings")
};
