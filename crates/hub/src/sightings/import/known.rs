//! What was known before a list: whose ranges, which exclusions, which rows
//! of the feed, which sightings.

use std::collections::{BTreeSet, HashMap};

use jiff::{Timestamp, ToSpan};
use lists::ownership::{Index, Range, RangeKind};
use sqlx::AnyConnection;

use super::{super::ledger::Ledger, facts::Facts, span_keys};
use crate::{
    App, Error, Result,
    ids::UnitId,
    registry::{networks, units},
    sightings::{
        FeedId, ListId,
        exclude::{self, Exclusion},
    },
    store::bulk,
};

/// Whose an address was, and who answers for them now.
#[derive(Debug)]
pub(in crate::sightings) struct Ownership {
    pub(in crate::sightings) index: Index,
    /// Units that have ended, and who took over.
    successors: HashMap<UnitId, UnitId>,
}

/// What holds for every entry of a list.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) ownership: Ownership,
    pub(super) exclusions: Vec<Exclusion>,
}

/// What was known about a portion of the entries.
#[derive(Debug)]
pub(super) struct Known {
    /// Content of earlier rows of the feed, and the list that has it.
    pub(super) said: HashMap<String, ListId>,
    pub(super) ledger: Ledger,
}

/// The list of a feed that had the same bytes.
pub(super) async fn same_file(app: &App, feed: &FeedId, sha256: &str) -> Result<Option<ListId>> {
    let found: Option<(ListId,)> =
        sqlx::query_as("SELECT id FROM lists WHERE feed_id = $1 AND sha256 = $2")
            .bind(feed.as_str())
            .bind(sha256)
            .fetch_optional(app.db.reader())
            .await?;
    Ok(found.map(|(id,)| id))
}

impl Ownership {
    /// As the register stands at `at`.
    pub(in crate::sightings) async fn load(app: &App, at: Timestamp) -> Result<Self> {
        let zone = app.settings.zone.clone();
        let today = at.to_zoned(zone.clone()).date();
        let ranges: Vec<Range> = networks::ownership(&app.db).await?.iter().map(range).collect();
        let ended: Vec<(UnitId,)> =
            sqlx::query_as("SELECT id FROM units WHERE valid_to IS NOT NULL AND valid_to < $1")
                .bind(today.to_string())
                .fetch_all(app.db.reader())
                .await?;
        let mut successors = HashMap::new();
        for (unit,) in ended {
            let next = units::successor(&app.db, &unit, today).await?;
            successors.insert(unit, next);
        }
        let built = tokio::task::spawn_blocking(move || Index::new(ranges, &zone));
        Ok(Self { index: built.await.map_err(Error::internal)?, successors })
    }

    /// Who answers today for what was this unit's.
    pub(in crate::sightings) fn answers(&self, unit: &UnitId) -> UnitId {
        self.successors.get(unit).unwrap_or(unit).clone()
    }
}

/// The register's last day is included, the index's is the day after.
fn range(holding: &networks::Holding) -> Range {
    Range {
        first: holding.range.first(),
        last: holding.range.last(),
        unit: holding.unit.to_string(),
        from: holding.valid_from,
        to: holding.valid_to.map(|last| last.saturating_add(1.day())),
        kind: match holding.kind {
            networks::Kind::Public => RangeKind::Public,
            networks::Kind::Inside => RangeKind::Inside,
        },
    }
}

impl Rules {
    pub(super) async fn load(app: &App, at: Timestamp) -> Result<Self> {
        let today = at.to_zoned(app.settings.zone.clone()).date();
        Ok(Self {
            ownership: Ownership::load(app, at).await?,
            exclusions: exclude::holding(&app.db, today).await?,
        })
    }
}

impl Known {
    /// What is known about these entries of a list of this feed, as `conn` sees it.
    pub(super) async fn load(
        conn: &mut AnyConnection,
        feed: &FeedId,
        facts: &Facts,
        portion: &[u32],
    ) -> Result<Self> {
        let portion = portion.iter().map(|at| facts.fact(*at));
        let keys: Vec<String> = portion.clone().map(|fact| fact.key.to_string()).collect();
        let addresses: BTreeSet<String> = portion.map(|fact| span_keys(&fact.address).0).collect();
        Ok(Self {
            said: said(conn, feed, keys).await?,
            ledger: Ledger::load(conn, addresses).await?,
        })
    }
}

async fn said(
    conn: &mut AnyConnection,
    feed: &FeedId,
    keys: Vec<String>,
) -> Result<HashMap<String, ListId>> {
    // The feed's id is ours and well-formed, so it may stand in the text.
    let sql = format!(
        "SELECT content_key, list_id FROM list_rows
         WHERE feed_id = '{feed}' AND outcome <> 'duplicate' AND content_key IN"
    );
    let rows: Vec<(String, ListId)> = bulk::fetch_in(conn, &sql, keys).await?;
    Ok(rows.into_iter().collect())
}
