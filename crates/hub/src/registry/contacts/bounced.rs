//! Noting that mail comes back from a contact's mailbox.

use crate::{
    Result,
    registry::ContactId,
    store::{Change, Record},
};

/// Notes, inside a change, that mail to this contact came back: from now on it
/// is tried last, until its mailbox is corrected.
pub async fn bounced(change: &mut Change, id: &ContactId, reason: &str) -> Result<()> {
    let at = change.at();
    sqlx::query("UPDATE contacts SET bounced_at = $1, bounce_reason = $2 WHERE id = $3")
        .bind(at.as_microsecond())
        .bind(reason)
        .bind(id.as_str())
        .execute(change.conn())
        .await?;
    change.record(Record::new("registry.bounce", id).with(reason));
    Ok(())
}
