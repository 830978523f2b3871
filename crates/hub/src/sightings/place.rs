//! "Whose is this?": deciding what nobody owns.
//!
//! Either somebody names the unit ([`place`]), or the register has learnt and
//! is asked again ([`ask_again`]): then each row goes by the ownership of its
//! own time, and what still has no owner stays.

mod evidence;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde_json::json;
use sqlx::FromRow;

pub use evidence::{Evidence, Note, evidence};

use super::{
    FeedId, ListId, Sighting, SightingId, State,
    import::{self, Ownership},
    ledger::{Ledger, Sight, Whose},
    review,
    rules::Event,
    store,
};
use crate::{
    App, Error, Result,
    access::{Scope, Watch},
    ids::{Sequence, UnitId},
    registry::units,
    store::{At, Change, Record, bulk},
};

/// A row that is about to move.
#[derive(Clone, Debug, FromRow)]
struct Moving {
    list_id: ListId,
    line: i64,
    part: i64,
    feed_id: FeedId,
    address: String,
    kind: String,
    seen_at: At,
    sighting_id: SightingId,
}

/// Says that these sightings are this unit's. Errors: a unit that is not
/// there, a sighting that is claimed, proved or set aside.
pub async fn place(
    app: &App,
    by: &Watch,
    at: Timestamp,
    sightings: &[SightingId],
    unit: &UnitId,
    reason: &str,
) -> Result<usize> {
    units::get(&app.db, &Scope::province(), unit).await?;
    let mut change = app.db.change(by.actor(), at).await?;
    let mut chosen = Vec::new();
    for id in sightings {
        let sighting = store::get(change.conn(), id).await?;
        if sighting.unit_id.as_ref() != Some(unit) {
            // Refused here if the state does not allow it.
            sighting.clone().take(Event::Place, at)?;
            chosen.push(sighting);
        }
    }
    let moved = to_owners(app, &mut change, chosen, reason, |_| Whose::Unit(unit.clone())).await?;
    if moved > 0 {
        change.commit().await?;
    }
    Ok(moved)
}

/// Every sighting of the queue with this address.
pub async fn queued_at(app: &App, address: &str) -> Result<Vec<SightingId>> {
    let rows: Vec<(SightingId,)> = sqlx::query_as(
        "SELECT id FROM sightings
         WHERE address = $1 AND state = 'new' AND merged_into IS NULL ORDER BY family_key",
    )
    .bind(address)
    .fetch_all(app.db.reader())
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Asks the register again about everything in the queue. Says how many
/// sightings found their unit, wholly or in part.
pub async fn ask_again(app: &App, by: &Watch, at: Timestamp) -> Result<usize> {
    let ownership = Ownership::load(app, at).await?;
    let mut change = app.db.change(by.actor(), at).await?;
    let sql = format!(
        "SELECT {} FROM sightings s WHERE s.state = 'new' AND s.merged_into IS NULL",
        store::COLUMNS
    );
    let queue: Vec<Sighting> =
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(change.conn()).await?;
    let whose = |row: &Moving| match row.address.parse::<lists::Address>() {
        Ok(address) => import::whose(&ownership, &address, row.seen_at.0).0,
        Err(_) => Whose::Nobody,
    };
    let moved = to_owners(app, &mut change, queue, "register", whose).await?;
    if moved > 0 {
        change.commit().await?;
    }
    Ok(moved)
}

/// Moves the rows of each sighting to whoever owns them. Says how many
/// sightings were moved, wholly or in part.
async fn to_owners(
    app: &App,
    change: &mut Change,
    sightings: Vec<Sighting>,
    reason: &str,
    whose: impl Fn(&Moving) -> Whose,
) -> Result<usize> {
    let mut rows = rows_of(change, &sightings).await?;
    let addresses: BTreeSet<String> =
        sightings.iter().map(|sighting| sighting.address_key.clone()).collect();
    let mut ledger = Ledger::load(change.conn(), addresses).await?;
    let mut moved = 0;
    for sighting in sightings {
        let rows = rows.remove(&sighting.id).unwrap_or_default();
        let mut parts: BTreeMap<Option<UnitId>, Vec<Moving>> = BTreeMap::new();
        for row in rows {
            parts.entry(whose(&row).unit().cloned()).or_default().push(row);
        }
        let staying = parts.remove(&None).unwrap_or_default();
        if parts.is_empty() {
            continue;
        }
        moved += 1;
        let mut into = None;
        for (unit, rows) in parts.into_iter().filter_map(|(unit, rows)| Some((unit?, rows))) {
            into = Some(give(app, change, &mut ledger, &sighting, &unit, rows, reason).await?);
        }
        leave(app, change, &mut ledger, sighting, staying, into).await?;
    }
    ledger.save(change.conn()).await?;
    let settled = |one: &&Sighting| matches!(one.state, State::Claimed | State::Verified);
    let again: Vec<Sighting> = ledger.touched().filter(settled).cloned().collect();
    review::again(app, change, again).await?;
    Ok(moved)
}

async fn rows_of(
    change: &mut Change,
    sightings: &[Sighting],
) -> Result<HashMap<SightingId, Vec<Moving>>> {
    let ids: Vec<String> = sightings.iter().map(|sighting| sighting.id.to_string()).collect();
    let rows: Vec<Moving> = bulk::fetch_in(
        change.conn(),
        "SELECT list_id, line, part, feed_id, address, kind, seen_at, sighting_id
         FROM list_rows WHERE seen_at IS NOT NULL AND sighting_id IN",
        ids,
    )
    .await?;
    let mut by_sighting: HashMap<SightingId, Vec<Moving>> = HashMap::new();
    for row in rows {
        by_sighting.entry(row.sighting_id.clone()).or_default().push(row);
    }
    Ok(by_sighting)
}

/// Enters rows into the unit's sighting and says which that is.
async fn give(
    app: &App,
    change: &mut Change,
    ledger: &mut Ledger,
    from: &Sighting,
    unit: &UnitId,
    rows: Vec<Moving>,
    reason: &str,
) -> Result<SightingId> {
    let at = change.at();
    let mut ids = Sequence::new(at);
    let mut target = None;
    for row in rows {
        let sight = sight(app, from, &row, Whose::Unit(unit.clone()));
        let into = ledger.see(&sight, at, &mut ids).clone();
        // The row points at its sighting, so the sighting must be there first.
        if target.is_none() {
            store::save(change.conn(), [&into]).await?;
        }
        point(change, &row, &into.id).await?;
        target = Some(into.id);
    }
    let target = target.ok_or(Error::NotFound)?;
    let data = json!({ "from": from.id, "address": from.address, "family": from.family,
        "reason": reason });
    change.record(Record::new("sightings.place", &target).of_unit(unit).with(data));
    Ok(target)
}

async fn point(change: &mut Change, row: &Moving, into: &SightingId) -> Result<()> {
    sqlx::query(
        "UPDATE list_rows SET sighting_id = $1, outcome = 'placed', reason = 'decided'
         WHERE list_id = $2 AND line = $3 AND part = $4",
    )
    .bind(into.as_str())
    .bind(row.list_id.as_str())
    .bind(row.line)
    .bind(row.part)
    .execute(change.conn())
    .await?;
    Ok(())
}

fn sight(app: &App, from: &Sighting, row: &Moving, whose: Whose) -> Sight {
    Sight {
        address: from.address.clone(),
        address_key: from.address_key.clone(),
        family: from.family.clone(),
        family_key: from.family_key.clone(),
        kind: row.kind.clone(),
        whose,
        feed: row.feed_id.clone(),
        seen_at: row.seen_at.0,
        day: row.seen_at.0.to_zoned(app.settings.zone.clone()).date(),
    }
}

/// What remains of a sighting whose rows went: less, or only the way to where
/// they went.
async fn leave(
    app: &App,
    change: &mut Change,
    ledger: &mut Ledger,
    from: Sighting,
    staying: Vec<Moving>,
    into: Option<SightingId>,
) -> Result<()> {
    sqlx::query("DELETE FROM sighting_feeds WHERE sighting_id = $1")
        .bind(from.id.as_str())
        .execute(change.conn())
        .await?;
    if staying.is_empty() {
        sqlx::query("DELETE FROM sighting_candidates WHERE sighting_id = $1")
            .bind(from.id.as_str())
            .execute(change.conn())
            .await?;
        ledger.forget(&from);
        let at = At(change.at());
        let gone = Sighting { state: State::Merged, merged_into: into, changed_at: at, ..from };
        return store::save(change.conn(), [&gone]).await;
    }
    let whose = from.unit_id.clone().map_or(Whose::Nobody, Whose::Unit);
    let sights: Vec<Sight> =
        staying.iter().map(|row| sight(app, &from, row, whose.clone())).collect();
    ledger.recount(&from, &sights, change.at());
    Ok(())
}
