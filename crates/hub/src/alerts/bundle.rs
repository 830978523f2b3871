//! The evidence of a closed alert as a signed bundle that verifies offline.

use jiff::Timestamp;
use serde_json::{Value, json};
use words::Lang;

use super::{AlertId, State, note, read};
use crate::{
    App, Error, Result,
    access::Scope,
    audit::bundle::{Evidence, Packed},
};

/// Detections that a bundle holds at most; the alert says how many there are.
const MOST: u32 = 10_000;

/// Packs an alert that is closed, with its detections as they were posted.
pub async fn pack(app: &App, scope: &Scope, at: Timestamp, id: &AlertId) -> Result<Packed> {
    let shown = read::get(&app.db, scope, id).await?;
    let alert = &shown.alert;
    if alert.state != State::Closed {
        return Err(Error::conflict("alerts.not-closed"));
    }
    let kept = read::detections_of(&app.db, scope, id, MOST).await?;
    let notes = note::of(&app.db, scope, id).await?;
    let title = |lang: Lang| {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("title", &alert.title), ("host", &alert.host_name)];
        lang.fill("alerts.bundle.title", &values)
    };
    let mut evidence =
        Evidence::about(app, at, "alerts.bundle", "alert", id.as_str(), title).await?;
    let lines: Vec<Value> = kept.iter().map(|one| one.raw.as_str().into()).collect();
    evidence.records =
        vec![("alert", json!(shown)), ("detections", json!(lines)), ("notes", json!(notes))];
    evidence.traced(app, scope, id.as_str()).await?;
    let bytes = evidence.write(&app.key()?)?;
    Ok(Packed { name: format!("canh-bao-{id}.zip"), bytes })
}
