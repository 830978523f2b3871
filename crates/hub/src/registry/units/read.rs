//! Asking about units.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{FormerName, Unit};
use crate::{
    Error, Result,
    access::Scope,
    ids::UnitId,
    store::{Db, Direction, Select},
};

const COLUMNS: &str = "u.id, u.code, u.name, u.short_name, u.kind, u.parent_id, \
    u.valid_from, u.valid_to, u.ended_as, u.successor_id, u.note, u.changed_at";

/// All units, ended ones too, to be filtered further: `u` is the unit.
pub fn select() -> Select {
    Select::new(COLUMNS, "units u")
}

/// Every unit of the scope that exists on the day, by code.
pub async fn all(db: &Db, scope: &Scope, on: Date) -> Result<Vec<Unit>> {
    select()
        .scoped(scope, "u.id")
        .and("u.valid_from IS NULL OR u.valid_from <= {}", [on])
        .and("u.valid_to IS NULL OR u.valid_to >= {}", [on])
        .order("u.code", Direction::Up)
        .fetch(db.reader())
        .await
}

/// Every unit of the scope, ended ones too, by code.
pub async fn all_ever(db: &Db, scope: &Scope) -> Result<Vec<Unit>> {
    select().scoped(scope, "u.id").order("u.code", Direction::Up).fetch(db.reader()).await
}

/// A unit, ended or not. Outside the scope it is not found.
pub async fn get(db: &Db, scope: &Scope, id: &UnitId) -> Result<Unit> {
    let found = select().scoped(scope, "u.id").and("u.id = {}", [id.as_str()]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// The unit of a code, in any case and with or without marks.
pub async fn by_code(db: &Db, scope: &Scope, code: &str) -> Result<Unit> {
    let found = select().scoped(scope, "u.id").and("u.code_key = {}", [words::fold(code.trim())]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// Names of all units, for whoever shows rows of another room: unit → (code, name).
pub async fn names(db: &Db, scope: &Scope) -> Result<BTreeMap<UnitId, (String, String)>> {
    let rows: Vec<Unit> = select().scoped(scope, "u.id").fetch(db.reader()).await?;
    Ok(rows.into_iter().map(|unit| (unit.id, (unit.code, unit.name))).collect())
}

/// The units of the scope on the day as the options of a select: id and shown
/// text, in the order of the Vietnamese alphabet.
pub async fn options(db: &Db, scope: &Scope, on: Date) -> Result<Vec<(String, String)>> {
    let mut units = all(db, scope, on).await?;
    units.sort_by_cached_key(|unit| words::sort_key(&unit.name));
    let option = |unit: Unit| (unit.id.to_string(), format!("{} ({})", unit.name, unit.code));
    Ok(units.into_iter().map(option).collect())
}

/// Who answers on the day for what was the unit's: itself while it exists, else
/// the last of its line of successors that has begun. Where a line ends without
/// a successor, it is the unit that ended last.
pub async fn successor(db: &Db, unit: &UnitId, on: Date) -> Result<UnitId> {
    let mut here = get(db, &Scope::province(), unit).await?;
    let mut seen = BTreeSet::new();
    while here.valid_to.is_some_and(|last| last.0 < on) && seen.insert(here.id.clone()) {
        let Some(next) = here.successor_id.clone() else { break };
        here = get(db, &Scope::province(), &next).await?;
    }
    Ok(here.id)
}

/// Names the unit had before, the latest first.
pub async fn former_names(db: &Db, unit: &UnitId) -> Result<Vec<FormerName>> {
    Select::new("name, short_name, valid_to", "unit_names")
        .and("unit_id = {}", [unit.as_str()])
        .order("valid_to", Direction::Down)
        .fetch(db.reader())
        .await
}
