//! Asking whom to call.

use jiff::Timestamp;

use super::{Contact, rules};
use crate::{
    Error, Result,
    access::Scope,
    ids::UnitId,
    registry::{ContactId, units},
    store::{Db, Direction, Select},
};

const COLUMNS: &str = "c.id, c.unit_id, u.code AS unit_code, u.name AS unit_name, c.name, c.role, \
    c.position, c.phone, c.email, c.hours, c.confirmed_at, c.expires_at, c.bounced_at, \
    c.bounce_reason, c.closed_at, c.changed_at";

/// The contacts of the scope that are not closed, to be filtered further: `c`
/// is the contact, `u` its unit.
pub fn select(scope: &Scope) -> Select {
    let none: [&str; 0] = [];
    Select::new(COLUMNS, "contacts c JOIN units u ON u.id = c.unit_id")
        .scoped(scope, "c.unit_id")
        .and("c.closed_at IS NULL", none)
}

/// Every contact of the scope, by unit and role.
pub async fn all(db: &Db, scope: &Scope) -> Result<Vec<Contact>> {
    let select = select(scope).order("u.code", Direction::Up).order("c.role", Direction::Up);
    select.order("c.name_key", Direction::Up).fetch(db.reader()).await
}

/// A contact. Outside the scope it is not found.
pub async fn get(db: &Db, scope: &Scope, id: &ContactId) -> Result<Contact> {
    let found = select(scope).and("c.id = {}", [id.as_str()]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// The contacts of a unit, in the order in which they are called.
pub async fn of_unit(
    db: &Db,
    scope: &Scope,
    unit: &UnitId,
    now: Timestamp,
) -> Result<Vec<Contact>> {
    let select = select(scope).and("c.unit_id = {}", [unit.as_str()]);
    let mut found = select.order("c.id", Direction::Up).fetch(db.reader()).await?;
    rules::fallback(&mut found, now);
    Ok(found)
}

/// How many contacts nobody has confirmed lately enough.
pub async fn stale(db: &Db, scope: &Scope, now: Timestamp) -> Result<i64> {
    let select = select(scope).and("c.expires_at IS NULL OR c.expires_at <= {}", [now]);
    select.count(db.reader()).await
}

/// Whom to tell about something at a unit, the first to try first: IT officer,
/// duty, head, others of the unit, then of the units above. Whoever is stale or
/// bouncing comes after all who are not; the caller shows it and never takes it
/// for current.
pub async fn for_notice(db: &Db, unit: &UnitId, now: Timestamp) -> Result<Vec<Contact>> {
    let scope = Scope::province();
    let mut all = Vec::new();
    let mut seen = vec![unit.clone()];
    let mut here = Some(unit.clone());
    while let Some(id) = here {
        all.extend(of_unit(db, &scope, &id, now).await?);
        here = units::get(db, &scope, &id).await?.parent_id.filter(|up| !seen.contains(up));
        seen.extend(here.clone());
    }
    rules::fallback(&mut all, now);
    Ok(all)
}
