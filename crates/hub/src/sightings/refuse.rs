//! What the province decides about a sighting: set it aside until a day, not
//! agree with the unit's word, or not believe it and open it again.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Refusal, Sighting, SightingId,
    answer::{self, Decision},
    exclude,
    rules::Event,
    store,
};
use crate::{
    App, Error, Result,
    access::{Actor, Decide},
    store::{At, Change, Day, Record},
};

/// Why a sighting is set aside, until when, and who says so.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Refuse {
    /// What kind of reason.
    pub kind: Refusal,
    /// The reason in words.
    pub reason: String,
    /// Who approved it.
    pub approver: String,
    /// Last day on which it holds; at most a year from today.
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
}

/// Sets a sighting aside. Errors: no reason, no approver, no day or one too far.
pub async fn refuse(
    app: &App,
    by: &Decide,
    at: Timestamp,
    id: &SightingId,
    why: &Refuse,
) -> Result<()> {
    let today = at.to_zoned(app.settings.zone.clone()).date();
    let until = exclude::check(&why.reason, &why.approver, ("until", why.until), today)?;
    let mut change = app.db.change(by.actor(), at).await?;
    let mut sighting = store::get(change.conn(), id).await?;
    sighting.take(Event::Refuse, at)?;
    sighting.refusal = Some(why.kind);
    sighting.refused_until = Some(Day(until));
    sighting.refused_reason = Some(why.reason.trim().to_owned());
    sighting.refused_by = Some(why.approver.trim().to_owned());
    sighting.waiting = None;
    answer::decide_waiting(&mut change, id, Decision::Accepted, why.reason.trim()).await?;
    finish(change, &sighting, "sightings.refuse", json!(why)).await
}

/// Does not agree with what the unit said; the sighting stays open.
pub async fn decline(
    app: &App,
    by: &Decide,
    at: Timestamp,
    id: &SightingId,
    reason: &str,
) -> Result<()> {
    let reason = given(reason)?;
    let mut change = app.db.change(by.actor(), at).await?;
    let mut sighting = store::get(change.conn(), id).await?;
    if sighting.waiting.take().is_none() {
        return Err(Error::conflict("sightings.nothing-waits"));
    }
    sighting.changed_at = At(at);
    answer::decide_waiting(&mut change, id, Decision::Declined, reason).await?;
    finish(change, &sighting, "sightings.decline", json!({ "reason": reason })).await
}

/// Opens a sighting again that is claimed, verified or set aside.
pub async fn reopen(
    app: &App,
    by: &Decide,
    at: Timestamp,
    id: &SightingId,
    reason: &str,
) -> Result<()> {
    let reason = given(reason)?;
    let mut change = app.db.change(by.actor(), at).await?;
    let mut sighting = store::get(change.conn(), id).await?;
    sighting.take(Event::Reopen, at)?;
    finish(change, &sighting, "sightings.reopen", json!({ "reason": reason })).await
}

/// Opens again whatever was set aside until a day that is over.
pub async fn expire(app: &App, at: Timestamp) -> Result<()> {
    let today = at.to_zoned(app.settings.zone.clone()).date();
    let sql = format!(
        "SELECT {} FROM sightings s WHERE s.state = 'refused' AND s.refused_until < $1",
        store::COLUMNS
    );
    let over: Vec<Sighting> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(today.to_string())
        .fetch_all(app.db.reader())
        .await?;
    if over.is_empty() {
        return Ok(());
    }
    let mut change = app.db.change(&Actor::system("sightings.expire"), at).await?;
    let mut opened = Vec::with_capacity(over.len());
    for sighting in over {
        // As it is now, inside the transaction: somebody may just have decided.
        let mut sighting = store::get(change.conn(), &sighting.id).await?;
        let until = sighting.refused_until;
        if until.is_none_or(|until| until.0 >= today) || sighting.take(Event::Expire, at).is_err() {
            continue;
        }
        let mut record =
            Record::new("sightings.expire", &sighting.id).with(json!({ "until": until }));
        record.unit = sighting.unit_id.as_ref().map(ToString::to_string);
        change.record(record);
        opened.push(sighting);
    }
    if opened.is_empty() {
        return Ok(());
    }
    store::save(change.conn(), &opened).await?;
    change.commit().await
}

fn given(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if reason.is_empty() {
        Err(Error::field("sightings.reason-empty", "reason"))
    } else {
        Ok(reason)
    }
}

async fn finish(
    mut change: Change,
    sighting: &Sighting,
    action: &'static str,
    data: serde_json::Value,
) -> Result<()> {
    store::save(change.conn(), [sighting]).await?;
    let mut record = Record::new(action, &sighting.id).with(data);
    record.unit = sighting.unit_id.as_ref().map(ToString::to_string);
    change.record(record);
    change.commit().await
}
