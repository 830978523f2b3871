//! Taking an alert on.

use jiff::Timestamp;
use serde_json::json;

use super::{AlertId, rules::Event, store};
use crate::{
    App, Result,
    access::{Scope, Watch},
    store::At,
};

/// Says that whoever holds the right has taken the alert on. Errors: somebody
/// has already.
pub async fn acknowledge(app: &App, by: &Watch, at: Timestamp, id: &AlertId) -> Result<()> {
    let mut change = app.db.change(by.actor(), at).await?;
    change.alone().await?;
    let mut alert = store::get(change.conn(), &Scope::province(), id).await?;
    alert.take(Event::Acknowledge, at)?;
    alert.acknowledged_at = Some(At(at));
    alert.acknowledged_by = Some(by.actor().name.clone());
    store::save(change.conn(), [&alert]).await?;
    change.record(alert.record("alerts.acknowledge", json!({ "title": alert.title })));
    change.commit().await
}
