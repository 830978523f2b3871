//! Saying which machine of the register a log speaks of.

use jiff::Timestamp;
use serde_json::json;

use super::{
    Alert, AlertId, State,
    machine::{self, Machine},
    rules, store,
};
use crate::{
    App, Error, Result,
    access::{Scope, Watch},
    registry::{
        HostId,
        hosts::{self, Host},
    },
    store::{At, Direction, Select},
};

/// The machines that the log of an alert may speak of, if it is not known
/// which: in the unit where the unit is known, else everywhere.
pub async fn candidates(app: &App, alert: &Alert) -> Result<Vec<Host>> {
    if alert.question.is_none() || alert.host_name.is_empty() {
        return Ok(Vec::new());
    }
    let unit = alert.unit_id.clone();
    let scope = unit.map_or_else(Scope::province, |unit| Scope::of([unit]));
    machine::named(&app.db, &scope, &alert.host_name).await
}

/// Gives an alert its machine, and with it all open ones of the same case whose
/// log calls their machine the same. Errors: the alert has its machine.
pub async fn place(
    app: &App,
    by: &Watch,
    at: Timestamp,
    id: &AlertId,
    host: &HostId,
) -> Result<()> {
    let machine = Machine::of(hosts::get(&app.db, &Scope::province(), host).await?);
    let mut change = app.db.change(by.actor(), at).await?;
    change.alone().await?;
    let alert = store::get(change.conn(), &Scope::province(), id).await?;
    if alert.question.is_none() {
        return Err(Error::conflict("alerts.machine-known"));
    }
    if alert.unit_id.is_some() && alert.unit_id != machine.unit {
        return Err(Error::field("alerts.machine-missing", "host"));
    }
    let mut alerts = vec![alert];
    alerts.extend(alike(&mut change, &alerts[0]).await?);
    for alert in &mut alerts {
        alert.group_key = rules::key(&machine, &alert.rule_id, alert.case.as_deref());
        alert.unit_id.clone_from(&machine.unit);
        alert.host_id.clone_from(&machine.host);
        let said = std::mem::replace(&mut alert.host_name, machine.name.clone());
        alert.host_key.clone_from(&machine.key);
        (alert.question, alert.changed_at) = (None, At(at));
        change.record(alert.record("alerts.place", json!({ "named": said, "host": host })));
    }
    store::save(change.conn(), &alerts).await?;
    change.commit().await
}

/// The other open alerts whose log calls their machine the same. One without a
/// name is like no other.
async fn alike(change: &mut crate::store::Change, alert: &Alert) -> Result<Vec<Alert>> {
    if alert.host_key.is_empty() {
        return Ok(Vec::new());
    }
    Select::new(store::COLUMNS, "alerts a")
        .and("a.host_key = {} AND a.id <> {}", [alert.host_key.as_str(), alert.id.as_str()])
        .and(
            "COALESCE(a.unit_id, '') = {}",
            [alert.unit_id.as_ref().map_or("", |unit| unit.as_str())],
        )
        .and("COALESCE(a.case_ref, '') = {}", [alert.case.as_deref().unwrap_or_default()])
        .and("a.state <> {} AND a.question IS NOT NULL", [State::Closed.name()])
        .order("a.id", Direction::Up)
        .fetch(change.conn())
        .await
}
