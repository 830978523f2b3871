//! The sightings that some rows are about, held in memory while the rows are
//! entered: found or begun by their key, moved on by what is seen, written
//! back in few statements.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{Timestamp, civil::Date};
use sqlx::{AnyConnection, FromRow};

use super::{FeedId, Question, Sighting, SightingId, State, rules::Event, store};
use crate::{
    Result,
    ids::{Sequence, UnitId},
    store::{
        At,
        bulk::{self, Value},
    },
};

/// One row, as far as sightings are concerned.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    pub(super) address: String,
    pub(super) address_key: String,
    pub(super) family: String,
    pub(super) family_key: String,
    pub(super) kind: String,
    pub(super) whose: Whose,
    pub(super) feed: FeedId,
    pub(super) seen_at: Timestamp,
    /// The day of that, in the installation's zone.
    pub(super) day: Date,
}

/// Whose a row is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// This unit's.
    Unit(UnitId),
    /// Nobody's.
    Nobody,
    /// One of these units'.
    Several(Vec<UnitId>),
}

impl Whose {
    pub(super) fn unit(&self) -> Option<&UnitId> {
        match self {
            Self::Unit(unit) => Some(unit),
            _ => None,
        }
    }
}

/// Address, family, unit.
type Key = (String, String, Option<UnitId>);

/// When a feed saw a sighting.
#[derive(Clone, Copy, Debug)]
struct Span {
    first: At,
    last: At,
    rows: i64,
}

#[derive(Debug)]
struct Held {
    sighting: Sighting,
    feeds: BTreeMap<FeedId, Span>,
    candidates: BTreeSet<UnitId>,
    is_new: bool,
    reopened: bool,
}

/// Sightings by key.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    held: HashMap<Key, Held>,
    touched: BTreeSet<Key>,
}

#[derive(FromRow)]
struct FeedRow {
    sighting_id: SightingId,
    feed_id: FeedId,
    first_seen: At,
    last_seen: At,
    row_count: i64,
}

impl Ledger {
    /// Every sighting of these addresses.
    pub(super) async fn load(
        conn: &mut AnyConnection,
        addresses: impl IntoIterator<Item = String>,
    ) -> Result<Self> {
        let sql = format!(
            "SELECT {} FROM sightings s WHERE s.merged_into IS NULL AND s.address_key IN",
            store::COLUMNS
        );
        let sightings: Vec<Sighting> = bulk::fetch_in(conn, &sql, addresses).await?;
        let ids = sightings.iter().map(|sighting| sighting.id.to_string());
        let rows: Vec<FeedRow> = bulk::fetch_in(
            conn,
            "SELECT sighting_id, feed_id, first_seen, last_seen, row_count \
             FROM sighting_feeds WHERE sighting_id IN",
            ids.collect::<Vec<_>>(),
        )
        .await?;
        let mut feeds: HashMap<SightingId, BTreeMap<FeedId, Span>> = HashMap::new();
        for row in rows {
            let span = Span { first: row.first_seen, last: row.last_seen, rows: row.row_count };
            feeds.entry(row.sighting_id).or_default().insert(row.feed_id, span);
        }
        let mut ledger = Self::default();
        for sighting in sightings {
            let feeds = feeds.remove(&sighting.id).unwrap_or_default();
            ledger.hold(sighting, feeds);
        }
        Ok(ledger)
    }

    fn hold(&mut self, sighting: Sighting, feeds: BTreeMap<FeedId, Span>) {
        let key = key_of(&sighting);
        let candidates = BTreeSet::new();
        let held = Held { sighting, feeds, candidates, is_new: false, reopened: false };
        self.held.insert(key, held);
    }

    /// Enters a row and says which sighting it became part of.
    pub(super) fn see(&mut self, sight: &Sight, at: Timestamp, ids: &mut Sequence) -> &Sighting {
        let unit = sight.whose.unit().cloned();
        let key = (sight.address_key.clone(), sight.family_key.clone(), unit);
        self.touched.insert(key.clone());
        let held = self.held.entry(key).or_insert_with(|| begin(sight, at, ids));
        held.enter(sight, at);
        &held.sighting
    }

    /// Lets go of a sighting that somebody else writes.
    pub(super) fn forget(&mut self, sighting: &Sighting) {
        let key = key_of(sighting);
        self.touched.remove(&key);
        self.held.remove(&key);
    }

    /// Counts a sighting anew from the rows that remain to it.
    pub(super) fn recount(&mut self, sighting: &Sighting, rows: &[Sight], at: Timestamp) {
        let Some(held) = self.held.get_mut(&key_of(sighting)) else { return };
        let seen = rows.iter().map(|row| At(row.seen_at));
        held.feeds.clear();
        held.sighting.row_count = 0;
        held.sighting.first_seen = seen.clone().min().unwrap_or(sighting.first_seen);
        held.sighting.last_seen = seen.max().unwrap_or(sighting.last_seen);
        held.sighting.changed_at = At(at);
        for row in rows {
            held.enter(row, at);
        }
        self.touched.insert(key_of(sighting));
    }

    /// How many sightings were begun.
    pub(super) fn begun(&self) -> u64 {
        self.held.values().filter(|held| held.is_new).count() as u64
    }

    /// Those that came back.
    pub(super) fn reopened(&self) -> impl Iterator<Item = &Sighting> {
        self.held.values().filter(|held| held.reopened).map(|held| &held.sighting)
    }

    /// Everything that a row was entered into.
    pub(super) fn touched(&self) -> impl Iterator<Item = &Sighting> {
        self.touched.iter().filter_map(|key| self.held.get(key)).map(|held| &held.sighting)
    }

    /// Writes what was touched.
    pub(super) async fn save(&self, conn: &mut AnyConnection) -> Result<()> {
        store::save(conn, self.touched()).await?;
        let held: Vec<&Held> = self.touched.iter().filter_map(|key| self.held.get(key)).collect();
        let feeds: Vec<_> = held.iter().flat_map(|held| held.feed_rows()).collect();
        bulk::put(
            conn,
            "sighting_feeds",
            ["sighting_id", "feed_id", "first_seen", "last_seen", "row_count"],
            "ON CONFLICT (sighting_id, feed_id) DO UPDATE SET first_seen = excluded.first_seen, \
             last_seen = excluded.last_seen, row_count = excluded.row_count",
            feeds,
        )
        .await?;
        let candidates: Vec<_> = held.iter().flat_map(|held| held.candidate_rows()).collect();
        bulk::put(
            conn,
            "sighting_candidates",
            ["sighting_id", "unit_id"],
            "ON CONFLICT DO NOTHING",
            candidates,
        )
        .await
    }
}

impl Held {
    fn feed_rows(&self) -> Vec<[Value; 5]> {
        let id = self.sighting.id.as_str();
        let row = |(feed, span): (&FeedId, &Span)| {
            [
                id.into(),
                feed.as_str().into(),
                span.first.0.into(),
                span.last.0.into(),
                span.rows.into(),
            ]
        };
        self.feeds.iter().map(row).collect()
    }

    fn candidate_rows(&self) -> Vec<[Value; 2]> {
        let id = self.sighting.id.as_str();
        self.candidates.iter().map(|unit| [id.into(), unit.as_str().into()]).collect()
    }

    fn enter(&mut self, sight: &Sight, at: Timestamp) {
        let seen = At(sight.seen_at);
        let sighting = &mut self.sighting;
        if seen >= sighting.last_seen {
            sighting.kind.clone_from(&sight.kind);
        }
        sighting.first_seen = sighting.first_seen.min(seen);
        sighting.last_seen = sighting.last_seen.max(seen);
        sighting.row_count += 1;
        let span = self.feeds.entry(sight.feed.clone()).or_insert(Span {
            first: seen,
            last: seen,
            rows: 0,
        });
        span.first = span.first.min(seen);
        span.last = span.last.max(seen);
        span.rows += 1;
        match &sight.whose {
            Whose::Several(units) => {
                self.candidates.extend(units.iter().cloned());
                if sighting.state == State::New {
                    sighting.question = Some(Question::Several);
                }
            }
            Whose::Nobody | Whose::Unit(_) => {}
        }
        let after = sighting.cleaned_on.is_some_and(|cleaned| sight.day > cleaned.0);
        if after && sighting.take(Event::SeenAgain, at).is_ok() {
            self.reopened = true;
        }
    }
}

fn key_of(sighting: &Sighting) -> Key {
    (sighting.address_key.clone(), sighting.family_key.clone(), sighting.unit_id.clone())
}

fn begin(sight: &Sight, at: Timestamp, ids: &mut Sequence) -> Held {
    let (state, question) = match &sight.whose {
        Whose::Unit(_) => (State::Placed, None),
        Whose::Nobody => (State::New, Some(Question::Nobody)),
        Whose::Several(_) => (State::New, Some(Question::Several)),
    };
    let sighting = Sighting {
        id: SightingId::next_of(ids),
        address: sight.address.clone(),
        address_key: sight.address_key.clone(),
        family: sight.family.clone(),
        family_key: sight.family_key.clone(),
        kind: sight.kind.clone(),
        unit_id: sight.whose.unit().cloned(),
        state,
        question,
        first_seen: At(sight.seen_at),
        last_seen: At(sight.seen_at),
        row_count: 0,
        host_id: None,
        host_name: None,
        cleaned_on: None,
        claim_id: None,
        proof: None,
        verified_at: None,
        reopened: 0,
        reopened_at: None,
        waiting: None,
        refusal: None,
        refused_until: None,
        refused_reason: None,
        refused_by: None,
        merged_into: None,
        created_at: At(at),
        changed_at: At(at),
    };
    let (feeds, candidates) = (BTreeMap::new(), BTreeSet::new());
    Held { sighting, feeds, candidates, is_new: true, reopened: false }
}
