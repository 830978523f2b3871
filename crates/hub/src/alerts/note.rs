//! What people write about an alert.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::{AlertId, store};
use crate::{
    App, Error, Result,
    access::{Over, Scope, Watch},
    store::{At, Db, Direction, Flag, Select},
};

/// A note. It changes nothing about the alert: a unit's word that its machine
/// is well is a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = AlertNote)]
pub struct Note {
    /// When it was written.
    pub at: At,
    /// By whom.
    pub by_name: String,
    /// Whether the unit says so, and not the province.
    pub of_unit: Flag,
    /// What it says.
    pub text: String,
}

/// Adds a note. Errors: an alert outside what the right reaches is not found;
/// an empty text.
pub async fn add(
    app: &App,
    by: &Over<Watch>,
    at: Timestamp,
    id: &AlertId,
    text: &str,
) -> Result<()> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::field("alerts.text-empty", "text"));
    }
    let mut change = app.db.change(by.actor(), at).await?;
    let alert = store::get(change.conn(), &by.scope(), id).await?;
    sqlx::query(
        "INSERT INTO alert_notes (id, alert_id, at, by_name, of_unit, text)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(crate::ids::ulid(at))
    .bind(id.as_str())
    .bind(at.as_microsecond())
    .bind(by.actor().name.clone())
    .bind(i64::from(!by.is_province()))
    .bind(text)
    .execute(change.conn())
    .await?;
    change.record(alert.record("alerts.note", json!({ "text": text })));
    change.commit().await
}

/// The notes of an alert of the scope, the oldest first.
pub async fn of(db: &Db, scope: &Scope, id: &AlertId) -> Result<Vec<Note>> {
    Select::new(
        "n.at, n.by_name, n.of_unit, n.text",
        "alert_notes n JOIN alerts a ON a.id = n.alert_id",
    )
    .scoped(scope, "a.unit_id")
    .and("n.alert_id = {}", [id.as_str()])
    .order("n.id", Direction::Up)
    .fetch(db.reader())
    .await
}
