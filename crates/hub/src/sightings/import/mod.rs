//! Taking in a list: read, planned against what is known, shown, and written
//! whole or not at all.
//!
//! The page, the API and a demonstration's replay all end in [`take_in`].

mod apply;
mod draft;
mod guess;
mod known;
mod plan;
mod preview;
mod reading;

use jiff::{Timestamp, civil::Date};

pub use draft::{Draft, discard, draft, put_down};
pub(super) use known::Ownership;
pub(super) use plan::whose;
pub use plan::{Line, Plan};
pub use preview::{Preview, UnitCount, preview};

use super::{FeedId, ListId, Tally, feeds};
use crate::{App, Error, Result, access::Watch, registry::networks::bounds};

/// A list as somebody hands it in.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Whose list it is.
    pub feed: FeedId,
    /// The name it came with.
    pub file_name: String,
    /// All of it.
    pub bytes: Vec<u8>,
    /// First and last day it covers; guessed from its rows when missing.
    pub covers: Option<(Date, Date)>,
    /// Settings that a person has just confirmed; the feed's own when missing.
    pub settings: Option<lists::Settings>,
}

/// What came of taking in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was taken in.
    New {
        /// The list.
        list: ListId,
        /// What became of its rows.
        tally: Tally,
    },
    /// The same bytes had been taken in before; nothing changed.
    Again {
        /// The list they were.
        list: ListId,
    },
}

impl Taken {
    /// The list, new or from before.
    pub fn list(&self) -> &ListId {
        match self {
            Self::New { list, .. } | Self::Again { list } => list,
        }
    }
}

/// Takes in a list, at `at`: keeps its bytes and every row, places the rows by
/// the ownership of their own time, reopens what is seen again, and verifies
/// what the list proves. One transaction. Errors: nothing in it names an
/// address, days that it cannot cover, a feed that is not there.
pub async fn take_in(app: &App, by: &Watch, at: Timestamp, incoming: Incoming) -> Result<Taken> {
    let feed = feeds::get(&app.db, &incoming.feed).await?;
    let settings = incoming.settings.unwrap_or_else(|| feed.settings.0.clone());
    let file_name = incoming.file_name;
    let stored = app.files.keep(incoming.bytes.clone()).await?;
    if let Some(list) = known::same_file(app, &feed.id, &stored.sha256).await? {
        return Ok(Taken::Again { list });
    }
    let today = at.to_zoned(app.settings.zone.clone()).date();
    if let Some((from, to)) = incoming.covers {
        check_days(from, to, today)?;
    }
    let ask =
        reading::Ask { file_name: &file_name, settings: &settings, covers: incoming.covers, at };
    let list = reading::read(app, incoming.bytes, ask).await?;
    if list.entries.is_empty() {
        return Err(nothing_in_it(&list, &file_name));
    }
    let covers = match incoming.covers {
        Some(days) => days,
        None => guess::covers(&list, feed.every, &app.settings.zone, today),
    };
    let list = apply::Arriving { feed, settings, file_name, stored, covers, list };
    apply::apply(app, by, at, list).await
}

/// A list covers days that are over or are today.
fn check_days(from: Date, to: Date, today: Date) -> Result<()> {
    if from > to || to > today {
        return Err(Error::field("sightings.covers-wrong", "covers_to"));
    }
    Ok(())
}

/// Why a file gives nothing, in the words of the reader.
fn nothing_in_it(list: &lists::List, file_name: &str) -> Error {
    let mut found =
        vec![diag::Diagnostic::error("sightings.list-empty", diag::Place::file(file_name))];
    found.extend(list.diagnostics.iter().filter(|found| found.is_error()).take(20).cloned());
    Error::Invalid(found)
}

/// First and last address of an entry as keys of the register.
pub(super) fn span_keys(address: &lists::Address) -> (String, String) {
    match address {
        lists::Address::Host(ip) => {
            let key = bounds::key(*ip);
            (key.clone(), key)
        }
        lists::Address::Network(net) => (bounds::key(net.network()), bounds::key(net.broadcast())),
    }
}
