//! Another name for the same unit. The old one is kept and is still found.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{UnitEntry, entry::former, get};
use crate::{
    Error, Result,
    access::{Decide, Scope},
    ids::{self, UnitId},
    store::{Db, Record},
};

/// A new name.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewName {
    /// The name.
    pub name: String,
    /// What it is called for short.
    #[serde(default)]
    pub short_name: Option<String>,
    /// First day of the new name; not after today.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
}

/// Renames a unit.
pub async fn rename(
    db: &Db,
    by: &Decide,
    at: Timestamp,
    today: Date,
    id: &UnitId,
    new: &NewName,
) -> Result<()> {
    let unit = get(db, &Scope::province(), id).await?;
    let name = new.name.trim();
    if name.is_empty() || name == unit.name {
        return Err(Error::field("registry.name-missing", "name"));
    }
    if new.from > today {
        return Err(Error::field("registry.day-to-come", "from"));
    }
    let last =
        new.from.yesterday().map_err(|_| Error::field("registry.date-unreadable", "from"))?;
    let before = UnitEntry::from(unit);
    let after = UnitEntry {
        name: name.to_owned(),
        short_name: new.short_name.clone().or_else(|| before.short_name.clone()),
        ..before.clone()
    };
    let mut change = db.change(by.actor(), at).await?;
    sqlx::query(
        "INSERT INTO unit_names (id, unit_id, name, short_name, valid_to) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(ids::ulid(at))
    .bind(id.as_str())
    .bind(&before.name)
    .bind(&before.short_name)
    .bind(last.to_string())
    .execute(change.conn())
    .await?;
    let former = former(change.conn(), id.as_str()).await?;
    sqlx::query(
        "UPDATE units SET name = $2, short_name = $3, fold = $4, changed_at = $5 WHERE id = $1",
    )
    .bind(id.as_str())
    .bind(&after.name)
    .bind(&after.short_name)
    .bind(after.folded(&former))
    .bind(at.as_microsecond())
    .execute(change.conn())
    .await?;
    change.record(
        Record::new("registry.rename_unit", id)
            .of_unit(id)
            .with(json!({ "before": before.name, "after": new })),
    );
    change.commit().await
}
