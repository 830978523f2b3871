//! What taking in a file would do, without doing it.

use axum::body::Bytes;
use jiff::{Timestamp, civil::Date};

use super::{
    facts::Facts,
    guess, known,
    lines::{self, Line},
    plan::{Asked, Plan, plan},
    reading::{self, Source},
};
use crate::{
    App, Result,
    ids::UnitId,
    sightings::{
        FeedId, ListId,
        feeds::{self, Feed},
    },
    works::Progress,
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
    /// The first rows of each outcome.
    pub lines: Vec<Line>,
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

/// Rows shown of each outcome.
const SHOWN: usize = 20;

/// A file to look at, with what a person has said of it so far; the rest is
/// guessed.
#[derive(Clone, Debug)]
pub struct Look {
    /// The name it came with.
    pub file_name: String,
    /// All of it.
    pub bytes: Bytes,
    /// Whose list it is.
    pub feed: Option<FeedId>,
    /// First and last day it covers.
    pub covers: Option<(Date, Date)>,
    /// How to read it.
    pub settings: Option<lists::Settings>,
}

/// Reads a file and plans it against what is known now.
pub async fn preview(app: &App, at: Timestamp, look: Look) -> Result<Preview> {
    let today = at.to_zoned(app.settings.zone.clone()).date();
    let sha256 = proof::sha256_hex(&look.bytes);
    let mut feed = match &look.feed {
        Some(id) => Some(feeds::get(&app.db, id).await?),
        None => None,
    };
    let mut read = read(app, at, &look, feed.as_ref()).await?;
    if feed.is_none()
        && let Some(id) = guess::feed(&app.db, &look.file_name, &read.list).await?
    {
        feed = Some(feeds::get(&app.db, &id).await?);
        read = self::read(app, at, &look, feed.as_ref()).await?;
    }
    let every = feed.as_ref().map_or(feeds::Every::Month, |feed| feed.every);
    let days = read.facts.days(&app.settings.zone);
    let covers = look.covers.unwrap_or_else(|| guess::covers(&read.list, &days, every, today));
    let again = match &feed {
        Some(feed) => known::same_file(app, &feed.id, &sha256).await?,
        None => None,
    };
    // A feed that is not there yet has said nothing before.
    let id = feed.as_ref().map_or_else(|| FeedId::new(at), |feed| feed.id.clone());
    let plan = planned(app, at, &read, &id).await?;
    let (list, plan, lines) = lines::first(read.source, read.list, plan, SHOWN).await?;
    let units = by_size(&plan);
    Ok(Preview { feed, again, covers, settings: read.settings, list, plan, lines, units })
}

/// A file as it was read.
struct Read {
    settings: lists::Settings,
    source: Source,
    facts: Facts,
    list: lists::List,
}

async fn read(app: &App, at: Timestamp, look: &Look, feed: Option<&Feed>) -> Result<Read> {
    let settings = known_settings(look.settings.clone(), feed);
    let ask =
        reading::Ask { file_name: &look.file_name, settings: &settings, covers: look.covers, at };
    let source = Source::new(app, look.bytes.clone(), &ask)?;
    let (facts, list) = source.facts(&Progress::default()).await?;
    Ok(Read { settings, source, facts, list })
}

fn known_settings(said: Option<lists::Settings>, feed: Option<&Feed>) -> lists::Settings {
    said.or_else(|| feed.map(|feed| feed.settings.0.clone())).unwrap_or_default()
}

async fn planned(app: &App, at: Timestamp, read: &Read, feed: &FeedId) -> Result<Plan> {
    let asked = Asked {
        app,
        feed,
        at,
        list: &read.list,
        facts: &read.facts,
        progress: &Progress::default(),
        writes: false,
    };
    let mut conn = app.db.reader().acquire().await?;
    plan(&mut conn, &asked).await
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
