//! The province's word on what a unit claims.

use jiff::Timestamp;
use serde_json::json;

use super::{Status, get};
use crate::{
    Error, Result,
    access::{Decide, Scope},
    registry::NetworkId,
    store::{Db, Record},
};

/// Approves a claim: from now on the range attributes.
pub async fn approve(db: &Db, by: &Decide, at: Timestamp, id: &NetworkId) -> Result<()> {
    decide(db, by, at, id, Status::Approved, None).await
}

/// Rejects a claim, or takes an approval back, with the reason that the unit reads.
pub async fn reject(
    db: &Db,
    by: &Decide,
    at: Timestamp,
    id: &NetworkId,
    reason: &str,
) -> Result<()> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::field("registry.reason-missing", "reason"));
    }
    decide(db, by, at, id, Status::Rejected, Some(reason)).await
}

async fn decide(
    db: &Db,
    by: &Decide,
    at: Timestamp,
    id: &NetworkId,
    status: Status,
    reason: Option<&str>,
) -> Result<()> {
    let network = get(db, &Scope::province(), id).await?;
    if network.status == status {
        return Err(Error::conflict("registry.claim-decided"));
    }
    let mut change = db.change(by.actor(), at).await?;
    sqlx::query(
        "UPDATE networks SET status = $2, reason = $3, decided_by = $4, decided_at = $5, changed_at = $5
         WHERE id = $1",
    )
    .bind(id.as_str())
    .bind(status.name())
    .bind(reason)
    .bind(&by.actor().name)
    .bind(at.as_microsecond())
    .execute(change.conn())
    .await?;
    let action = if status == Status::Approved { "registry.approve" } else { "registry.reject" };
    let data = json!({ "range": network.range_text, "before": network.status, "reason": reason });
    change.record(Record::new(action, id).of_unit(&network.unit_id).with(data));
    change.commit().await
}
