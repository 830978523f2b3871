//! Reading a list's bytes, off the async threads.

use jiff::{Timestamp, civil::Date};
use lists::{Context, List, Rulebook, Settings};
use packs::Packs;

use crate::{App, Error, Result};

/// What is asked of the reader beside the bytes.
pub(super) struct Ask<'a> {
    pub(super) file_name: &'a str,
    pub(super) settings: &'a Settings,
    pub(super) covers: Option<(Date, Date)>,
    pub(super) at: Timestamp,
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

/// Reads a list. A row without a time counts as of the list's last day: when
/// in doubt, the machine was still infected.
pub(super) async fn read(app: &App, bytes: Vec<u8>, ask: Ask<'_>) -> Result<List> {
    let rulebook = rulebook(app)?;
    let zone = app.settings.zone.iana_name().map(str::to_owned);
    let mut settings = ask.settings.clone();
    settings.zone = settings.zone.or(zone);
    let (file_name, at) = (ask.file_name.to_owned(), ask.at);
    let list_date = ask.covers.map(|(_, to)| to);
    let reading = move || {
        let context = Context {
            file_name: &file_name,
            now: at,
            list_date,
            settings: &settings,
            limits: tables::Limits::default(),
            rulebook: &rulebook,
        };
        lists::read(&bytes, &context)
    };
    tokio::task::spawn_blocking(reading).await.map_err(Error::internal)
}
