//! Reading a list's bytes, off the async threads, as often as it takes: a list
//! is read once to be placed and once more to be written, so that no more than
//! a portion of its rows is ever held.

use std::sync::Arc;

use axum::body::Bytes;
use jiff::{Timestamp, civil::Date};
use lists::{Context, Entry, List, Rulebook, Settings};
use packs::Packs;

use super::facts::Facts;
use crate::{App, Error, Result, works::Progress};

/// A list's bytes with all that reading them needs. Each reading gives the same
/// entries in the same order.
#[derive(Clone, Debug)]
pub(super) struct Source(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    bytes: Bytes,
    file_name: String,
    settings: Settings,
    list_date: Option<Date>,
    at: Timestamp,
    rulebook: Rulebook,
}

/// What is asked of the reader beside the bytes.
pub(super) struct Ask<'a> {
    pub(super) file_name: &'a str,
    pub(super) settings: &'a Settings,
    pub(super) covers: Option<(Date, Date)>,
    pub(super) at: Timestamp,
}

impl Source {
    /// A row without a time counts as of the list's last day: when in doubt, the
    /// machine was still infected. Errors: a broken pack.
    pub(super) fn new(app: &App, bytes: Bytes, ask: &Ask<'_>) -> Result<Self> {
        let zone = app.settings.zone.iana_name().map(str::to_owned);
        let mut settings = ask.settings.clone();
        settings.zone = settings.zone.or(zone);
        Ok(Self(Arc::new(Inner {
            bytes,
            file_name: ask.file_name.to_owned(),
            settings,
            list_date: ask.covers.map(|(_, to)| to),
            at: ask.at,
            rulebook: rulebook(app)?,
        })))
    }

    /// Hands over each entry as it is read; the list that is given back has none.
    pub(super) fn each(&self, each: &mut dyn FnMut(Entry)) -> List {
        let inner = &*self.0;
        let context = Context {
            file_name: &inner.file_name,
            now: inner.at,
            list_date: inner.list_date,
            settings: &inner.settings,
            limits: tables::Limits::default(),
            rulebook: &inner.rulebook,
        };
        lists::read_each(&inner.bytes, &context, each)
    }

    /// Reads for what placing needs.
    pub(super) async fn facts(&self, progress: &Progress) -> Result<(Facts, List)> {
        let (source, progress) = (self.clone(), progress.clone());
        let reading = move || {
            let mut facts = Facts::default();
            let list = source.each(&mut |entry| {
                facts.add(&entry);
                progress.step(1);
            });
            (facts, list)
        };
        tokio::task::spawn_blocking(reading).await.map_err(Error::internal)
    }
}

/// The packs that lists are read by: the operator's, else those built in.
fn rulebook(app: &App) -> Result<Rulebook> {
    let (packs, found) = Packs::with_overlay(&app.settings.data.join("packs"))?;
    for one in found {
        tracing::warn!(%one, "pack");
    }
    let text = |path: &str| {
        let bytes = packs.read(path).unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    };
    Rulebook::parse(&text("shadowserver/reports.toml"), &text("taxonomies/rsit.toml"))
        .map_err(Error::Setup)
}
