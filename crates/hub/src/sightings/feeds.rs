//! Feeds (*nguồn*): where lists come from, and what is remembered of each.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;
use sqlx::FromRow;

use super::FeedId;
use crate::{
    Error, Result,
    access::Watch,
    store::{At, Change, Db, Direction, Json, Record, Select, vocabulary},
};

vocabulary! {
    /// How often a list is expected.
    Every in "sightings.every" {
        /// Each month.
        Month = "month",
        /// Each week.
        Week = "week",
        /// Each day.
        Day = "day",
        /// When it happens.
        Irregular = "irregular",
    }
}

/// A source of lists. Two reports of one provider are two feeds: the silence
/// of one says nothing about the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow, utoipa::ToSchema)]
pub struct Feed {
    /// Identifier.
    pub id: FeedId,
    /// Short name, as `ncsc`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Zone, confirmed mapping, defaults.
    #[schema(value_type = Object)]
    pub settings: Json<lists::Settings>,
    /// How many silent lists prove a cleaning.
    pub silent_lists: i64,
    /// How often a list is expected.
    pub every: Every,
    /// When it was made.
    pub created_at: At,
    /// When it changed last.
    pub changed_at: At,
}

/// What a feed is made from, and what may be changed of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct FeedData {
    /// Short name: letters, digits, `.`, `_` and `-`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Zone of times that name none, by its IANA name; the installation's when missing.
    #[serde(default)]
    pub zone: Option<String>,
    /// How many silent lists prove a cleaning: 1 to 90. 2 when not given.
    #[serde(default = "two")]
    pub silent_lists: i64,
    /// How often a list is expected. Every month when not given.
    #[serde(default = "monthly")]
    pub every: Every,
    /// Family of rows that name none.
    #[serde(default)]
    pub family: Option<String>,
    /// RSIT type of rows that name none.
    #[serde(default)]
    pub classification: Option<String>,
}

fn two() -> i64 {
    2
}

fn monthly() -> Every {
    Every::Month
}

impl FeedData {
    /// A monthly feed of that code whose silence counts after two lists.
    pub fn monthly(code: &str, name: &str) -> Self {
        Self {
            code: code.to_owned(),
            name: name.to_owned(),
            zone: None,
            silent_lists: two(),
            every: monthly(),
            family: None,
            classification: None,
        }
    }
}

const COLUMNS: &str = "f.id, f.code, f.name, f.settings, f.silent_lists, f.every, f.created_at, \
    f.changed_at";

/// The feeds, to be filtered further, as `f`.
pub fn select() -> Select {
    Select::new(COLUMNS, "feeds f")
}

/// Every feed, by code.
pub async fn all(db: &Db) -> Result<Vec<Feed>> {
    select().order("f.code", Direction::Up).fetch(db.reader()).await
}

/// A feed.
pub async fn get(db: &Db, id: &FeedId) -> Result<Feed> {
    let found = select().and("f.id = {}", [id.as_str()]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// The feed of a code.
pub async fn by_code(db: &Db, code: &str) -> Result<Feed> {
    let found = select().and("f.code = {}", [code.trim()]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// Makes a feed. Errors: a code that is taken or no code, a zone nobody knows.
pub async fn create(db: &Db, by: &Watch, at: Timestamp, data: &FeedData) -> Result<FeedId> {
    check(data)?;
    let id = FeedId::new(at);
    let settings = applied(lists::Settings::default(), data);
    let mut change = db.change(by.actor(), at).await?;
    let made = sqlx::query(
        "INSERT INTO feeds (id, code, name, settings, silent_lists, every, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (code) DO NOTHING",
    )
    .bind(id.as_str())
    .bind(data.code.trim())
    .bind(data.name.trim())
    .bind(serde_json::to_string(&settings)?)
    .bind(data.silent_lists)
    .bind(data.every.name())
    .bind(at.as_microsecond())
    .execute(change.conn())
    .await?;
    if made.rows_affected() == 0 {
        return Err(Error::field("sightings.feed-taken", "code"));
    }
    change.record(Record::new("sightings.feed_create", &id).with(data));
    change.commit().await?;
    Ok(id)
}

/// Changes a feed; its code stays.
pub async fn change(
    db: &Db,
    by: &Watch,
    at: Timestamp,
    id: &FeedId,
    data: &FeedData,
) -> Result<()> {
    check(data)?;
    let settings = applied(get(db, id).await?.settings.0, data);
    let mut change = db.change(by.actor(), at).await?;
    sqlx::query(
        "UPDATE feeds SET name = $1, settings = $2, silent_lists = $3, every = $4, changed_at = $5
         WHERE id = $6",
    )
    .bind(data.name.trim())
    .bind(serde_json::to_string(&settings)?)
    .bind(data.silent_lists)
    .bind(data.every.name())
    .bind(at.as_microsecond())
    .bind(id.as_str())
    .execute(change.conn())
    .await?;
    change.record(Record::new("sightings.feed_change", id).with(data));
    change.commit().await
}

/// Remembers, inside the change of an import, what a person confirmed.
pub(super) async fn remember(
    change: &mut Change,
    id: &FeedId,
    new: &lists::Settings,
) -> Result<()> {
    let at = change.at().as_microsecond();
    sqlx::query("UPDATE feeds SET settings = $1, changed_at = $2 WHERE id = $3 AND settings <> $1")
        .bind(serde_json::to_string(new)?)
        .bind(at)
        .bind(id.as_str())
        .execute(change.conn())
        .await?;
    Ok(())
}

fn applied(settings: lists::Settings, data: &FeedData) -> lists::Settings {
    let given = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    lists::Settings {
        zone: given(&data.zone),
        family: given(&data.family),
        classification: given(&data.classification),
        ..settings
    }
}

fn check(data: &FeedData) -> Result<()> {
    let code = data.code.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let unfit = code.is_empty() || code.len() > 60 || !code.chars().all(plain);
    let zone = data.zone.as_deref().map(str::trim).filter(|zone| !zone.is_empty());
    let nowhere = zone.is_some_and(|zone| TimeZone::get(zone).is_err());
    Error::any(&[
        (unfit, "sightings.feed-code", "code"),
        (data.name.trim().is_empty(), "sightings.feed-name", "name"),
        (!(1..=90).contains(&data.silent_lists), "sightings.feed-silent", "silent_lists"),
        (nowhere, "sightings.feed-zone", "zone"),
    ])
}

/// The days that a list most likely covers, from the days of its rows: for a
/// monthly feed the month that most rows are of. Never past `today`.
pub fn likely_days(every: Every, days: &[Date], today: Date) -> Option<(Date, Date)> {
    let (first, last) = (*days.iter().min()?, *days.iter().max()?);
    let (from, to) = match every {
        Every::Month => {
            let month = fullest_month(days)?;
            (month, month.last_of_month())
        }
        Every::Week | Every::Day | Every::Irregular => (first, last),
    };
    let from = from.min(today);
    Some((from, to.min(today).max(from)))
}

fn fullest_month(days: &[Date]) -> Option<Date> {
    let mut counts = std::collections::BTreeMap::<Date, usize>::new();
    for day in days {
        *counts.entry(day.first_of_month()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(month, _)| month)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_days_of_a_list() {
        let today = date(2024, 1, 20);
        let december = [date(2023, 12, 3), date(2023, 12, 27), date(2024, 1, 1)];
        let month = (date(2023, 12, 1), date(2023, 12, 31));
        assert_eq!(likely_days(Every::Month, &december, today), Some(month));
        let spread = (date(2023, 12, 3), date(2024, 1, 1));
        assert_eq!(likely_days(Every::Week, &december, today), Some(spread));
        let this_month = (date(2024, 1, 1), today);
        assert_eq!(likely_days(Every::Month, &[date(2024, 1, 5)], today), Some(this_month));
        assert_eq!(likely_days(Every::Month, &[], today), None);
    }
}
