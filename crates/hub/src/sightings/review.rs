//! Looking again at what is claimed: does silence prove it now?
//!
//! Asked after every list of a feed that saw the sighting, and after every
//! claim. A proof that no longer holds, because an old list came in late, is
//! taken back.

use std::collections::{BTreeSet, HashMap};

use jiff::tz::TimeZone;
use serde_json::json;
use sqlx::{AnyConnection, FromRow};

use super::{
    FeedId, ListId, Sighting, SightingId, State,
    rules::Event,
    silence::{self, Received, Watched},
    store::{self, SilentFeed},
};
use crate::{
    App, Result,
    store::{At, Change, Day, Flag, Json, Record, bulk},
};

/// What is known about the lists of all feeds.
#[derive(Clone, Debug, Default)]
pub struct Lists(HashMap<FeedId, Watch>);

#[derive(Clone, Debug, Default)]
struct Watch {
    needed: u32,
    lists: Vec<Known>,
}

#[derive(Clone, Debug, FromRow)]
struct Known {
    id: ListId,
    feed_id: FeedId,
    covers_from: Day,
    covers_to: Day,
    complete: Flag,
    spans: Json<Vec<(String, String, String)>>,
}

/// When a feed saw a sighting last.
#[derive(Clone, Debug, serde::Serialize, FromRow, utoipa::ToSchema)]
#[schema(as = SightingSeen)]
pub struct Seen {
    /// The sighting.
    pub sighting_id: SightingId,
    /// The feed.
    pub feed_id: FeedId,
    /// First time.
    pub first_seen: At,
    /// Last time.
    pub last_seen: At,
    /// Rows, without those said twice.
    pub row_count: i64,
}

impl Lists {
    /// Every list received so far.
    pub async fn load(conn: &mut AnyConnection) -> Result<Self> {
        let feeds: Vec<(FeedId, i64)> =
            sqlx::query_as("SELECT id, silent_lists FROM feeds").fetch_all(&mut *conn).await?;
        let lists: Vec<Known> = sqlx::query_as(
            "SELECT id, feed_id, covers_from, covers_to, complete, spans FROM lists",
        )
        .fetch_all(conn)
        .await?;
        let mut watches: HashMap<FeedId, Watch> = HashMap::new();
        for (feed, needed) in feeds {
            watches.entry(feed).or_default().needed = u32::try_from(needed).unwrap_or(u32::MAX);
        }
        for list in lists {
            watches.entry(list.feed_id.clone()).or_default().lists.push(list);
        }
        Ok(Self(watches))
    }

    /// What a feed knows of a sighting.
    pub fn watched(&self, sighting: &Sighting, seen: &Seen, zone: &TimeZone) -> Watched<ListId> {
        let none = Watch { needed: u32::MAX, lists: Vec::new() };
        let watch = self.0.get(&seen.feed_id).unwrap_or(&none);
        let lists = watch.lists.iter().map(|list| Received {
            list: list.id.clone(),
            from: list.covers_from.0,
            to: list.covers_to.0,
            complete: list.complete.0,
            names_its_network: list.names_network_of(sighting),
        });
        Watched {
            last_seen: seen.last_seen.0.to_zoned(zone.clone()).date(),
            needed: watch.needed,
            lists: lists.collect(),
        }
    }
}

impl Known {
    fn names_network_of(&self, sighting: &Sighting) -> bool {
        let key = &sighting.address_key;
        self.spans
            .0
            .iter()
            .any(|(low, high, family)| low <= key && key <= high && *family == sighting.family_key)
    }
}

/// After a list of `feed`: everything claimed that this feed saw, and whatever
/// the list touched. Says how many sightings became verified.
pub(super) async fn after_list(
    app: &App,
    change: &mut Change,
    feed: &FeedId,
    touched: &[SightingId],
) -> Result<u64> {
    let sql = format!(
        "SELECT {} FROM sightings s JOIN sighting_feeds f ON f.sighting_id = s.id
         WHERE f.feed_id = $1 AND s.state = 'claimed' AND s.merged_into IS NULL",
        store::COLUMNS
    );
    let mut sightings: Vec<Sighting> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(feed.as_str())
        .fetch_all(change.conn())
        .await?;
    let sql = format!(
        "SELECT {} FROM sightings s WHERE s.state = 'verified' AND s.id IN",
        store::COLUMNS
    );
    let touched = touched.iter().map(ToString::to_string);
    sightings.extend(bulk::fetch_in::<Sighting>(change.conn(), &sql, touched).await?);
    again(app, change, sightings).await
}

/// Looks again at these. Says how many became verified.
pub(super) async fn again(app: &App, change: &mut Change, sightings: Vec<Sighting>) -> Result<u64> {
    if sightings.is_empty() {
        return Ok(0);
    }
    let ids: BTreeSet<String> = sightings.iter().map(|one| one.id.to_string()).collect();
    let seen: Vec<Seen> = bulk::fetch_in(
        change.conn(),
        "SELECT sighting_id, feed_id, first_seen, last_seen, row_count
         FROM sighting_feeds WHERE sighting_id IN",
        ids,
    )
    .await?;
    let mut by_sighting: HashMap<SightingId, Vec<Seen>> = HashMap::new();
    for one in seen {
        by_sighting.entry(one.sighting_id.clone()).or_default().push(one);
    }
    let lists = Lists::load(change.conn()).await?;
    let mut changed = Vec::new();
    for mut sighting in sightings {
        let seen = by_sighting.remove(&sighting.id).unwrap_or_default();
        if judge(&mut sighting, &seen, &lists, app, change)? {
            changed.push(sighting);
        }
    }
    store::save(change.conn(), &changed).await?;
    Ok(changed.iter().filter(|one| one.state == State::Verified).count() as u64)
}

/// The lists that prove a claim, feed by feed, if they do.
pub fn proof(
    sighting: &Sighting,
    seen: &[Seen],
    lists: &Lists,
    zone: &TimeZone,
) -> Option<Vec<SilentFeed>> {
    let cleaned_on = sighting.cleaned_on?.0;
    let watched: Vec<_> = seen.iter().map(|one| lists.watched(sighting, one, zone)).collect();
    let proved = silence::proof(&watched, cleaned_on)?;
    let feeds = seen.iter().map(|one| one.feed_id.clone());
    Some(feeds.zip(proved).map(|(feed, lists)| SilentFeed { feed, lists }).collect())
}

fn judge(
    sighting: &mut Sighting,
    seen: &[Seen],
    lists: &Lists,
    app: &App,
    change: &mut Change,
) -> Result<bool> {
    let proof = proof(sighting, seen, lists, &app.settings.zone);
    let action = match (sighting.state, proof.is_some()) {
        (State::Claimed, true) => "sightings.verify",
        (State::Verified, false) => "sightings.unverify",
        _ => return Ok(false),
    };
    let event = if proof.is_some() { Event::Proved } else { Event::Unproved };
    sighting.take(event, change.at())?;
    let mut record = Record::new(action, &sighting.id)
        .with(json!({ "cleaned_on": sighting.cleaned_on, "silent": proof }));
    record.unit = sighting.unit_id.as_ref().map(ToString::to_string);
    change.record(record);
    if proof.is_some() {
        sighting.verified_at = Some(At(change.at()));
        sighting.proof = proof.map(Json);
    }
    Ok(true)
}
