//! Changing and closing an account. An account is never deleted: the chain
//! names it. The last administrator stays.

use jiff::Timestamp;

use super::sessions;
use crate::{
    Error, Result,
    access::{Administer, Role},
    ids::{AccountId, UnitId},
    store::{Change, Db, Record},
};

/// What an account is changed to.
#[derive(Clone, Debug)]
pub struct Changed {
    /// Name in full.
    pub name: String,
    /// Mailbox.
    pub email: Option<String>,
    /// What they are here for.
    pub role: Role,
    /// For a unit's people: their units.
    pub units: Vec<UnitId>,
}

/// Changes an account.
pub async fn change(
    db: &Db,
    by: &Administer,
    at: Timestamp,
    id: &AccountId,
    to: &Changed,
) -> Result<()> {
    if to.name.trim().is_empty() {
        return Err(Error::field("people.name-empty", "name"));
    }
    if !to.role.is_province() && to.units.is_empty() {
        return Err(Error::field("people.unit-missing", "units"));
    }
    let mut change = db.change(by.actor(), at).await?;
    sqlx::query("UPDATE accounts SET name = $1, email = $2, role = $3 WHERE id = $4")
        .bind(to.name.trim())
        .bind(&to.email)
        .bind(to.role.name())
        .bind(id.as_str())
        .execute(change.conn())
        .await?;
    set_units(&mut change, id, &to.units).await?;
    keep_an_administrator(&mut change).await?;
    change.record(Record::new("people.change", id).with(serde_json::json!({
        "name": to.name, "role": to.role, "units": to.units
    })));
    change.commit().await
}

/// Closes an account and ends its sessions and tokens.
pub async fn close(db: &Db, by: &Administer, at: Timestamp, id: &AccountId) -> Result<()> {
    let mut change = db.change(by.actor(), at).await?;
    let closed =
        sqlx::query("UPDATE accounts SET closed_at = $1 WHERE id = $2 AND closed_at IS NULL")
            .bind(at.as_microsecond())
            .bind(id.as_str())
            .execute(change.conn())
            .await?;
    if closed.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    keep_an_administrator(&mut change).await?;
    sessions::end_all(change.conn(), id, None, at).await?;
    change.record(Record::new("people.close", id));
    change.commit().await
}

async fn set_units(change: &mut Change, id: &AccountId, units: &[UnitId]) -> Result<()> {
    sqlx::query("DELETE FROM account_units WHERE account_id = $1")
        .bind(id.as_str())
        .execute(change.conn())
        .await?;
    for unit in units {
        sqlx::query("INSERT INTO account_units (account_id, unit_id) VALUES ($1, $2)")
            .bind(id.as_str())
            .bind(unit.as_str())
            .execute(change.conn())
            .await?;
    }
    Ok(())
}

async fn keep_an_administrator(change: &mut Change) -> Result<()> {
    let (left,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM accounts WHERE role = 'administrator' AND closed_at IS NULL",
    )
    .fetch_one(change.conn())
    .await?;
    if left == 0 { Err(Error::conflict("people.last-administrator")) } else { Ok(()) }
}
