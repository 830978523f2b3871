//! The end of a unit: merged, renamed into another, or dissolved, at a date.
//! Nothing of it is deleted; [`super::successor`] says who answers afterwards.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Ending, Unit, get};
use crate::{
    Error, Result,
    access::{Decide, Scope},
    ids::UnitId,
    store::{Db, Record},
};

/// How a unit ends.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct End {
    /// Merged, renamed or dissolved.
    pub ended_as: Ending,
    /// Its last day.
    #[schema(value_type = String, format = Date)]
    pub last_day: Date,
    /// Who takes over; needed unless it is dissolved.
    #[serde(default)]
    pub successor_id: Option<UnitId>,
}

/// Ends a unit. Errors: it has ended already, its successor is missing, has
/// ended itself by then, or comes from the unit itself.
pub async fn end(db: &Db, by: &Decide, at: Timestamp, id: &UnitId, end: &End) -> Result<()> {
    let unit = get(db, &Scope::province(), id).await?;
    check(&unit, end)?;
    if let Some(successor) = &end.successor_id {
        check_successor(db, id, successor, end.last_day).await?;
    }
    let mut change = db.change(by.actor(), at).await?;
    sqlx::query(
        "UPDATE units SET ended_as = $2, valid_to = $3, successor_id = $4, changed_at = $5 WHERE id = $1",
    )
    .bind(id.as_str())
    .bind(end.ended_as.name())
    .bind(end.last_day.to_string())
    .bind(end.successor_id.as_ref().map(UnitId::as_str))
    .bind(at.as_microsecond())
    .execute(change.conn())
    .await?;
    change.record(Record::new("registry.end_unit", id).of_unit(id).with(json!({ "end": end })));
    change.commit().await
}

fn check(unit: &Unit, end: &End) -> Result<()> {
    if unit.ended_as.is_some() {
        return Err(Error::conflict("registry.unit-ended"));
    }
    if unit.valid_from.is_some_and(|from| end.last_day < from.0) {
        return Err(Error::field("registry.days-backwards", "last_day"));
    }
    if end.ended_as != Ending::Dissolved && end.successor_id.is_none() {
        return Err(Error::field("registry.successor-missing", "successor_id"));
    }
    Ok(())
}

async fn check_successor(db: &Db, id: &UnitId, successor: &UnitId, last_day: Date) -> Result<()> {
    let unit = get(db, &Scope::province(), successor).await?;
    let ended = unit.valid_to.is_some_and(|last| last.0 <= last_day);
    if ended {
        return Err(Error::field("registry.successor-ended", "successor_id"));
    }
    let mut here = Some(successor.clone());
    while let Some(next) = here {
        if next == *id {
            return Err(Error::field("registry.circle", "successor_id"));
        }
        here = get(db, &Scope::province(), &next).await?.successor_id;
    }
    Ok(())
}
