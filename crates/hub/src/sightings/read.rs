//! Asking about sightings.

use serde::Serialize;
use sqlx::FromRow;

use super::{ListId, Sighting, SightingId, State, lists, review::Seen};
use crate::{
    Error, Result,
    access::Scope,
    ids::UnitId,
    store::{Db, Direction, Select},
};

/// A sighting with its unit's names.
#[derive(Clone, Debug, Serialize, FromRow, utoipa::ToSchema)]
#[schema(as = SightingShown)]
pub struct Shown {
    /// The sighting.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub sighting: Sighting,
    /// Code of its unit.
    pub unit_code: Option<String>,
    /// Name of its unit.
    pub unit_name: Option<String>,
}

const FROM: &str = "sightings s LEFT JOIN units u ON u.id = s.unit_id";

/// The sightings of the scope, to be filtered further: `s` is the sighting, `u`
/// its unit. The queue is the province's.
pub fn select(scope: &Scope) -> Select {
    Select::new(SHOWN, FROM).scoped(scope, "s.unit_id").and::<&str>("s.merged_into IS NULL", [])
}

/// As in `store`, with the unit's names.
const SHOWN: &str = "s.id, s.address, s.address_key, s.family, s.family_key, s.kind, s.unit_id, s.state, \
     s.question, s.first_seen, s.last_seen, s.row_count, s.host_id, s.host_name, s.cleaned_on, \
     s.claim_id, s.proof, s.verified_at, s.reopened, s.reopened_at, s.waiting, s.refusal, \
     s.refused_until, s.refused_reason, s.refused_by, s.merged_into, s.created_at, s.changed_at, \
     u.code AS unit_code, u.name AS unit_name";

/// A sighting; one whose rows went into another leads there. Outside the scope
/// it is not found.
pub async fn get(db: &Db, scope: &Scope, id: &SightingId) -> Result<Shown> {
    let mut id = id.clone();
    loop {
        let next: Option<(Option<SightingId>,)> =
            sqlx::query_as("SELECT merged_into FROM sightings WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(db.reader())
                .await?;
        match next {
            Some((Some(into),)) => id = into,
            Some((None,)) => break,
            None => return Err(Error::NotFound),
        }
    }
    let found = select(scope).and("s.id = {}", [id.as_str()]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// The sighting of an address and family at a unit, as lists name them.
pub async fn find(
    db: &Db,
    scope: &Scope,
    unit: Option<&UnitId>,
    address: &str,
    family: &str,
) -> Result<Shown> {
    let select = select(scope)
        .and("s.address = {}", [address])
        .and("s.family_key = {}", [::lists::family_key(family)]);
    let select = match unit {
        Some(unit) => select.and("s.unit_id = {}", [unit.as_str()]),
        None => select.and::<&str>("s.unit_id IS NULL", []),
    };
    select.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// A unit's sightings that a list has rows of: what a notice speaks of.
pub async fn of_list(db: &Db, scope: &Scope, list: &ListId, unit: &UnitId) -> Result<Vec<Shown>> {
    select(scope)
        .and("s.unit_id = {}", [unit.as_str()])
        .and(
            "s.id IN (SELECT sighting_id FROM list_rows WHERE list_id = {} AND outcome = 'placed')",
            [list.as_str()],
        )
        .order("s.address_key", Direction::Up)
        .order("s.family_key", Direction::Up)
        .fetch(db.reader())
        .await
}

/// When each feed saw a sighting.
pub async fn seen(db: &Db, scope: &Scope, id: &SightingId) -> Result<Vec<Seen>> {
    Select::new(
        "sf.sighting_id, sf.feed_id, sf.first_seen, sf.last_seen, sf.row_count",
        "sighting_feeds sf JOIN sightings s ON s.id = sf.sighting_id",
    )
    .scoped(scope, "s.unit_id")
    .and("sf.sighting_id = {}", [id.as_str()])
    .order("sf.feed_id", Direction::Up)
    .fetch(db.reader())
    .await
}

/// The rows of a sighting, the latest first, at most `most`.
pub async fn rows(db: &Db, scope: &Scope, id: &SightingId, most: u32) -> Result<Vec<lists::Row>> {
    lists::rows(scope)
        .and("r.sighting_id = {}", [id.as_str()])
        .order("r.seen_at", Direction::Down)
        .page(crate::store::Page { number: 0, size: most })
        .fetch(db.reader())
        .await
}

/// How many sightings of the scope are in each state.
pub async fn by_state(db: &Db, scope: &Scope) -> Result<Vec<(State, i64)>> {
    Select::new("s.state, COUNT(*)", "sightings s")
        .scoped(scope, "s.unit_id")
        .and::<&str>("s.merged_into IS NULL", [])
        .group_by("s.state")
        .fetch(db.reader())
        .await
}

/// Every family that the scope has sightings of, as first written.
pub async fn families(db: &Db, scope: &Scope) -> Result<Vec<(String, String)>> {
    Select::new("s.family_key, MIN(s.family)", "sightings s")
        .scoped(scope, "s.unit_id")
        .and::<&str>("s.merged_into IS NULL", [])
        .group_by("s.family_key")
        .order("s.family_key", Direction::Up)
        .fetch(db.reader())
        .await
}
