//! Answering for an alert.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{AlertId, Outcome, rules::Event, store};
use crate::{
    App, Error, Result,
    access::{Scope, Watch},
    store::At,
};

/// What an alert turned out to be, and why.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = AlertClose)]
pub struct Close {
    /// What it was.
    pub outcome: Outcome,
    /// Why, for whoever reads it later.
    pub reason: String,
}

/// Closes an alert. Errors: it is closed, or there is no reason.
pub async fn close(app: &App, by: &Watch, at: Timestamp, id: &AlertId, why: &Close) -> Result<()> {
    let reason = why.reason.trim();
    if reason.is_empty() {
        return Err(Error::field("alerts.reason-empty", "reason"));
    }
    let mut change = app.db.change(by.actor(), at).await?;
    change.alone().await?;
    let mut alert = store::get(change.conn(), &Scope::province(), id).await?;
    alert.take(Event::Close, at)?;
    alert.outcome = Some(why.outcome);
    alert.reason = Some(reason.to_owned());
    alert.closed_at = Some(At(at));
    alert.closed_by = Some(by.actor().name.clone());
    store::save(change.conn(), [&alert]).await?;
    let data = json!({ "outcome": why.outcome, "reason": reason });
    change.record(alert.record("alerts.close", data));
    change.commit().await
}
