//! Asking about systems. A system is seen by its owner and by its operator.

use super::System;
use crate::{
    Error, Result,
    access::Scope,
    ids::UnitId,
    registry::SystemId,
    store::{Db, Direction, Select},
};

const COLUMNS: &str = "s.id, s.code, s.name, s.owner_id, o.code AS owner_code, o.name AS owner_name, \
    s.operator_id, p.code AS operator_code, p.name AS operator_name, s.level, s.dossier, s.measures, \
    s.decision_number, s.decided_on, s.note, s.changed_at";
const FROM: &str =
    "systems s JOIN units o ON o.id = s.owner_id LEFT JOIN units p ON p.id = s.operator_id";

/// The systems of the scope, to be filtered further: `s` is the system, `o` its
/// owner, `p` its operator.
pub fn select(scope: &Scope) -> Select {
    Select::new(COLUMNS, FROM).scoped_by_any(scope, &["s.owner_id", "s.operator_id"])
}

/// Every system of the scope, by code.
pub async fn all(db: &Db, scope: &Scope) -> Result<Vec<System>> {
    select(scope).order("s.code", Direction::Up).fetch(db.reader()).await
}

/// The systems that the unit owns or runs, by level and code.
pub async fn of_unit(db: &Db, scope: &Scope, unit: &UnitId) -> Result<Vec<System>> {
    select(scope)
        .and("s.owner_id = {} OR s.operator_id = {}", [unit.as_str(), unit.as_str()])
        .order("s.level", Direction::Down)
        .order("s.code", Direction::Up)
        .fetch(db.reader())
        .await
}

/// A system. Outside the scope it is not found.
pub async fn get(db: &Db, scope: &Scope, id: &SystemId) -> Result<System> {
    let found = select(scope).and("s.id = {}", [id.as_str()]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// The system of a code, in any case and with or without marks.
pub async fn by_code(db: &Db, scope: &Scope, code: &str) -> Result<System> {
    let found = select(scope).and("s.code_key = {}", [words::fold(code.trim())]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}
