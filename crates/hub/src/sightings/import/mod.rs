//! Taking in a list: read, planned against what is known, shown, and written
//! whole or not at all.
//!
//! The page, the API, the command line and a demonstration's replay all end in
//! [`take_in`].
//!
//! A list may have a million rows, so it is never held whole but for its bytes:
//! it is read once for a few words of each entry (`facts`), which are planned
//! in the order of their addresses, a portion at a time (`plan`), and once more
//! for its rows, which are written as they come by (`lines`).

mod apply;
mod draft;
mod facts;
mod guess;
mod known;
mod lines;
mod plan;
mod preview;
mod reading;

use axum::body::Bytes;
use jiff::{Timestamp, civil::Date};

pub use draft::{Draft, discard, draft, put_down};
pub(super) use known::Ownership;
pub use lines::Line;
pub use plan::Plan;
pub(super) use plan::whose;
pub use preview::{Look, Preview, UnitCount, preview};

use reading::Source;

use super::{DraftId, FeedId, ListId, Tally, feeds};
use crate::{
    App, Error, Result,
    access::{Viewer, Watch},
    registry::networks::bounds,
    web::parts,
    works::{self, New, Outcome, Progress, Stage, WorkId},
};

/// A list as somebody hands it in.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Whose list it is.
    pub feed: FeedId,
    /// The name it came with.
    pub file_name: String,
    /// All of it.
    pub bytes: Bytes,
    /// First and last day it covers; guessed from its rows when missing.
    pub covers: Option<(Date, Date)>,
    /// Settings that a person has just confirmed; the feed's own when missing.
    pub settings: Option<lists::Settings>,
    /// The draft that it was until now: it goes when the list is in.
    pub draft: Option<DraftId>,
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

    /// What came of it, for whoever waits for it.
    pub fn outcome(&self) -> Outcome {
        let done = match self {
            Self::New { .. } => "sightings.done.imported",
            Self::Again { .. } => "sightings.done.imported-before",
        };
        let list = self.list();
        let page = parts::with_query(&format!("/lists/{list}"), &[("done", done)]);
        Outcome { subject: list.to_string(), page }
    }
}

/// Takes in a list, at `at`: keeps its bytes and every row, places the rows by
/// the ownership of their own time, reopens what is seen again, and verifies
/// what the list proves. One transaction. Errors: nothing in it names an
/// address or it cannot be read to its end, days that it cannot cover, a feed that is not there.
pub async fn take_in(
    app: &App,
    by: &Watch,
    at: Timestamp,
    incoming: Incoming,
    progress: &Progress,
) -> Result<Taken> {
    let Incoming { feed, file_name, bytes, covers, settings, draft } = incoming;
    let feed = feeds::get(&app.db, &feed).await?;
    let settings = settings.unwrap_or_else(|| feed.settings.0.clone());
    let stored = app.files.keep(bytes.clone()).await?;
    if let Some(list) = known::same_file(app, &feed.id, &stored.sha256).await? {
        return Ok(Taken::Again { list });
    }
    let today = at.to_zoned(app.settings.zone.clone()).date();
    if let Some((from, to)) = covers {
        check_days(from, to, today)?;
    }
    progress.begin(Stage::Reading, 0);
    let ask = reading::Ask { file_name: &file_name, settings: &settings, covers, at };
    let source = Source::new(app, bytes, &ask)?;
    let (facts, list) = source.facts(progress).await?;
    if let Some(code) = unfit(&list) {
        return Err(refusal(code, &list, &file_name));
    }
    let covers = covers.unwrap_or_else(|| {
        guess::covers(&list, &facts.days(&app.settings.zone), feed.every, today)
    });
    let new =
        apply::Arriving { feed, settings, file_name, stored, covers, source, list, facts, draft };
    apply::apply(app, by, at, new, progress).await
}

/// Starts taking in a list as a work of the server. `origin` is the page where
/// it can be started again.
pub async fn start(
    app: &App,
    viewer: &Viewer,
    at: Timestamp,
    origin: String,
    incoming: Incoming,
) -> Result<WorkId> {
    let by = viewer.watch()?;
    let new = New { kind: works::Kind::List, title: incoming.file_name.clone(), origin };
    let run = move |app, progress| -> works::Doing {
        Box::pin(async move {
            let taken = take_in(&app, &by, at, incoming, &progress).await?;
            Ok(taken.outcome())
        })
    };
    works::start(app, viewer, at, new, run).await
}

/// A list covers days that are over or are today.
fn check_days(from: Date, to: Date, today: Date) -> Result<()> {
    if from > to || to > today {
        return Err(Error::field("sightings.covers-wrong", "covers_to"));
    }
    Ok(())
}

/// Why a file is not taken in at all: nothing in it names an address, or it
/// could not be read to its end. Half a list would be silent about the rest.
pub fn unfit(list: &lists::List) -> Option<&'static str> {
    const CUTS: [&str; 6] = [
        "tables.bytes-limit",
        "tables.rows-limit",
        "tables.inflated-limit",
        "tables.workbook-broken",
        "tables.read-failed",
        "lists.json-broken",
    ];
    let is_cut = list.diagnostics.iter().any(|found| CUTS.contains(&found.code.as_ref()));
    match (list.counts.entries, is_cut) {
        (0, _) => Some("sightings.list-empty"),
        (_, true) => Some("sightings.list-cut"),
        _ => None,
    }
}

/// The refusal with what the reader found.
fn refusal(code: &'static str, list: &lists::List, file_name: &str) -> Error {
    let mut found = vec![diag::Diagnostic::error(code, diag::Place::file(file_name))];
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
