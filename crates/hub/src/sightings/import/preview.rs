//! What taking in a file would do, without doing it.

use jiff::{Timestamp, civil::Date};

use super::{
    guess,
    known::{self, Known},
    plan::{Plan, plan},
    reading,
};
use crate::{
    App, Error, Result,
    ids::UnitId,
    sightings::{
        FeedId, ListId,
        feeds::{self, Feed},
    },
};

/// What taking in a file would do.
#[derive(Debug)]
pub struct Preview {
    /// The feed it seems to be of, or was said to be.
    pub feed: Option<Feed>,
    /// The list of that feed that had the same bytes.
    pub again: Option<ListId>,
    /// The days it seems to cover, or was said to.
    pub covers: (Date, Date),
    /// The settings it was read with.
    pub settings: lists::Settings,
    /// How it was read.
    pub list: lists::List,
    /// What would become of its rows.
    pub plan: Plan,
    /// Rows by unit, most first.
    pub units: Vec<UnitCount>,
}

/// Rows of a unit.
#[derive(Clone, Debug)]
pub struct UnitCount {
    /// The unit.
    pub unit: UnitId,
    /// Rows.
    pub rows: u64,
}

/// Reads a file and plans it against what is known now. `feed`, `covers` and
/// `settings` are what a person has said so far; the rest is guessed.
pub async fn preview(
    app: &App,
    at: Timestamp,
    file_name: &str,
    bytes: Vec<u8>,
    feed: Option<&FeedId>,
    covers: Option<(Date, Date)>,
    settings: Option<lists::Settings>,
) -> Result<Preview> {
    let today = at.to_zoned(app.settings.zone.clone()).date();
    let sha256 = proof::sha256_hex(&bytes);
    let mut chosen = match feed {
        Some(id) => Some(feeds::get(&app.db, id).await?),
        None => None,
    };
    let mut using = known_settings(settings.clone(), chosen.as_ref());
    let ask = reading::Ask { file_name, settings: &using, covers, at };
    let mut list = reading::read(app, bytes.clone(), ask).await?;
    if chosen.is_none()
        && let Some(id) = guess::feed(&app.db, file_name, &list).await?
    {
        chosen = Some(feeds::get(&app.db, &id).await?);
        using = known_settings(settings, chosen.as_ref());
        let ask = reading::Ask { file_name, settings: &using, covers, at };
        list = reading::read(app, bytes, ask).await?;
    }
    let every = chosen.as_ref().map_or(feeds::Every::Month, |feed| feed.every);
    let covers = covers.unwrap_or_else(|| guess::covers(&list, every, &app.settings.zone, today));
    let again = match &chosen {
        Some(feed) => known::same_file(app, &feed.id, &sha256).await?,
        None => None,
    };
    // A feed that is not there yet has said nothing before.
    let id = chosen.as_ref().map_or_else(|| FeedId::new(at), |feed| feed.id.clone());
    let (list, plan) = planned(app, at, list, id).await?;
    let units = by_size(&plan);
    Ok(Preview { feed: chosen, again, covers, settings: using, list, plan, units })
}

fn known_settings(said: Option<lists::Settings>, feed: Option<&Feed>) -> lists::Settings {
    said.or_else(|| feed.map(|feed| feed.settings.0.clone())).unwrap_or_default()
}

async fn planned(
    app: &App,
    at: Timestamp,
    list: lists::List,
    feed: FeedId,
) -> Result<(lists::List, Plan)> {
    let mut conn = app.db.reader().acquire().await?;
    let known = Known::load(app, &mut conn, &feed, &list, at).await?;
    drop(conn);
    let zone = app.settings.zone.clone();
    let planning = move || {
        let planned = plan(&list, &feed, &zone, at, known);
        (list, planned)
    };
    tokio::task::spawn_blocking(planning).await.map_err(Error::internal)
}

fn by_size(plan: &Plan) -> Vec<UnitCount> {
    let mut units: Vec<UnitCount> = plan
        .by_unit
        .iter()
        .map(|(unit, rows)| UnitCount { unit: unit.clone(), rows: *rows })
        .collect();
    units.sort_by_key(|one| std::cmp::Reverse(one.rows));
    units
}
