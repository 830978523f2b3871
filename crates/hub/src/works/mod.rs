//! Works (*tác vụ*): what a person started and need not wait for. A file of many
//! rows is taken in by a work of the server; the person sees how far it is, goes
//! away, and finds what came of it, or why nothing did.
//!
//! The numbers of a running work live in memory: on the embedded engine the one
//! writer is busy with the very transaction they speak of. Its row says who
//! began what, and how it ended; the change that does the work ends the row in
//! the same transaction ([`Progress::end`]). A row that runs nowhere is of a
//! server that was stopped, and by that nothing of it was done.
//!
//! *What this room must not know:* what a work does. *To add a kind:* a value in
//! [`Kind`] with its words in the locales, and a call of [`start`].

mod api;
mod home;
mod pages;
mod progress;
mod read;
mod run;

pub use api::{Accepted, accepted};
pub use pages::follow;
pub use progress::{Outcome, Progress, Reached, Stage};
pub use read::{Work, all, get, of_origin};
pub use run::{Doing, New, Works, start, wait};

use crate::{nouns::Noun, store::vocabulary};

crate::ids::id! {
    /// Something that a person started.
    WorkId
}

vocabulary! {
    /// What is done.
    Kind in "works.kind" {
        /// A botnet list is taken in.
        List = "sightings.import",
        /// A file of the register is taken in.
        Register = "registry.import",
    }
}

vocabulary! {
    /// Where a work stands.
    State in "works.state" {
        /// Under way.
        Running = "running",
        /// Done, whole.
        Done = "done",
        /// The house refused it; nothing was changed.
        Refused = "refused",
        /// Something broke; nothing was changed.
        Failed = "failed",
        /// The server was stopped meanwhile; nothing was changed.
        Stopped = "stopped",
    }
}

/// The room's card.
pub const NOUN: Noun = Noun {
    schema: &[include_str!("schema.sql")],
    pages: Some(pages::routes),
    api: Some(api::routes),
    home: Some(home::greet),
    ..Noun::named("works")
};
