//! Closing a letter: its board stands as it is on that day.

use jiff::Timestamp;

use super::{DirectiveId, snapshot};
use crate::{App, Error, Result, access::Decide, store::Record};

/// Closes an issued letter, and keeps its board of that moment.
pub async fn close(
    app: &App,
    by: &Decide,
    at: Timestamp,
    id: &DirectiveId,
    reason: &str,
) -> Result<()> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::field("directives.reason-empty", "reason"));
    }
    snapshot::take(app, id, at).await?;
    let mut change = app.db.change(by.actor(), at).await?;
    let closed = sqlx::query(
        "UPDATE directives SET state = 'closed', closed_at = $2, close_reason = $3
         WHERE id = $1 AND state = 'issued'",
    )
    .bind(id.as_str())
    .bind(at.as_microsecond())
    .bind(reason)
    .execute(change.conn())
    .await?;
    if closed.rows_affected() == 0 {
        return Err(Error::conflict("directives.not-issued"));
    }
    change.record(Record::new("directives.close", id).with(reason));
    change.commit().await
}
