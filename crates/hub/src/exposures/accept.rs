//! Accepted risks (*chấp nhận rủi ro*): a CVE, or what a campaign takes in, on a
//! host or on every host of a unit, with a reason, a proof, an approver and a
//! last day. What is accepted stays missing; it is shown apart and is never
//! counted as fixed. When the day is over it counts again by itself.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use serde_json::json;

use super::{
    AcceptanceId,
    campaign::{self, Asked},
    read,
};
use crate::{
    App, Error, Result,
    access::{Actor, Answer, Decide, Scope},
    ids::UnitId,
    registry::HostId,
    store::{At, Change, Day, Db, Direction, Record, Select, bulk, files, vocabulary},
};

vocabulary! {
    /// Where a request to accept a risk stands.
    State in "exposures.acceptance" {
        /// The unit asks.
        Asked = "asked",
        /// The province accepts, until a day.
        Accepted = "accepted",
        /// It does not.
        Refused = "refused",
        /// Somebody ended it before its day.
        Ended = "ended",
        /// Its day is over.
        Expired = "expired",
    }
}

/// Longest time for which a risk may be accepted.
pub const LONGEST_DAYS: i64 = 366;

/// What is asked to be accepted.
#[derive(Clone, Debug)]
pub struct Wish {
    /// One host; every host of the unit when missing.
    pub host: Option<HostId>,
    /// Which CVEs.
    pub asked: Asked,
    /// What it is called: the CVE, or how the campaign is worded.
    pub title: String,
    /// Why it cannot be fixed, and what is done instead.
    pub reason: String,
    /// Last day on which it holds.
    pub until: Option<Date>,
    /// A file that proves it: name and content.
    pub file: Option<(String, Vec<u8>)>,
}

/// A request to accept a risk, with what became of it.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Acceptance {
    /// Identifier.
    pub id: AcceptanceId,
    /// Whose hosts.
    pub unit_id: UnitId,
    /// Name of that unit.
    pub unit_name: String,
    /// One host; every host of the unit when missing.
    pub host_id: Option<HostId>,
    /// Name of that host.
    pub host: Option<String>,
    /// What it is called.
    pub title: String,
    /// Why.
    pub reason: String,
    /// Digest of the file that proves it.
    pub file_sha256: Option<String>,
    /// Its name.
    pub file_name: Option<String>,
    /// Where it stands.
    pub state: State,
    /// When it was asked.
    pub asked_at: At,
    /// By whom.
    pub asked_by: String,
    /// Last day on which it holds.
    pub until_on: Day,
    /// Who approved it.
    pub approver: Option<String>,
    /// When it was decided.
    pub decided_at: Option<At>,
    /// Who entered the decision.
    pub decided_by: Option<String>,
    /// In which words.
    pub decided_reason: Option<String>,
    /// When it ended.
    pub ended_at: Option<At>,
    /// How many CVEs it is about.
    pub cves: i64,
}

const COLUMNS: &str = "x.id, x.unit_id, u.name AS unit_name, x.host_id, h.name AS host, x.title, \
    x.reason, x.file_sha256, x.file_name, x.state, x.asked_at, x.asked_by, x.until_on, x.approver, \
    x.decided_at, x.decided_by, x.decided_reason, x.ended_at, \
    (SELECT COUNT(*) FROM acceptance_cves y WHERE y.acceptance_id = x.id) AS cves";

/// The requests of the scope, to be filtered further: `x` is the request, `u`
/// the unit, `h` the host.
pub fn select(scope: &Scope) -> Select {
    Select::new(
        COLUMNS,
        "acceptances x JOIN units u ON u.id = x.unit_id LEFT JOIN hosts h ON h.id = x.host_id",
    )
    .scoped(scope, "x.unit_id")
}

/// A request. Outside the scope it is not found.
pub async fn get(db: &Db, scope: &Scope, id: &AcceptanceId) -> Result<Acceptance> {
    let found = select(scope).and("x.id = {}", [id.as_str()]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// The CVEs that a request of the scope is about.
pub async fn cves(db: &Db, scope: &Scope, id: &AcceptanceId) -> Result<Vec<String>> {
    get(db, scope, id).await?;
    let rows: Vec<(String,)> = Select::new("cve", "acceptance_cves")
        .and("acceptance_id = {}", [id.as_str()])
        .order("cve", Direction::Up)
        .fetch(db.reader())
        .await?;
    Ok(rows.into_iter().map(|(cve,)| cve).collect())
}

/// A unit asks that a risk on its hosts be accepted. Errors: no reason, no day
/// or one too far, nothing to accept, a host of another unit.
pub async fn ask(app: &App, by: &Answer, at: Timestamp, wish: Wish) -> Result<AcceptanceId> {
    let reason = wish.reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Error::field("exposures.reason-missing", "reason"));
    }
    let today = at.to_zoned(app.settings.zone.clone()).date();
    let until = until(wish.until, today)?;
    let scope = Scope::of([by.unit().clone()]);
    if let Some(host) = &wish.host {
        read::host(&app.db, &scope, host).await?;
    }
    let cves = campaign::cves(&app.db, &wish.asked, today).await?;
    if cves.is_empty() {
        return Err(Error::conflict("exposures.nothing-to-accept"));
    }
    let file = match wish.file {
        Some((name, bytes)) => Some((name, app.files.keep(bytes).await?)),
        None => None,
    };
    let id = AcceptanceId::new(at);
    let mut change = app.db.change(by.actor(), at).await?;
    if let Some((_, stored)) = &file {
        files::register(change.conn(), stored, at).await?;
    }
    let (file_name, stored) = file.unzip();
    let asked_by = by.actor().name.clone();
    sqlx::query(
        "INSERT INTO acceptances (id, unit_id, host_id, title, reason, file_sha256, file_name, state,
            asked_at, asked_by, until_on)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked', $8, $9, $10)",
    )
    .bind(id.as_str())
    .bind(by.unit().as_str())
    .bind(wish.host.as_ref().map(ToString::to_string))
    .bind(wish.title.trim())
    .bind(&reason)
    .bind(stored.as_ref().map(|stored| stored.sha256.clone()))
    .bind(file_name)
    .bind(at.as_microsecond())
    .bind(asked_by)
    .bind(until.to_string())
    .execute(change.conn())
    .await?;
    let rows: Vec<_> = cves.iter().map(|cve| [id.as_str().into(), cve.as_str().into()]).collect();
    bulk::insert(change.conn(), "acceptance_cves", ["acceptance_id", "cve"], rows).await?;
    let data = json!({
        "host": wish.host, "title": wish.title, "reason": reason, "until": until,
        "file": stored.map(|stored| stored.sha256), "cves": cves.len(),
    });
    change.record(Record::new("exposures.ask_acceptance", &id).of_unit(by.unit()).with(data));
    change.commit().await?;
    Ok(id)
}

fn until(day: Option<Date>, today: Date) -> Result<Date> {
    let day = day.ok_or_else(|| Error::field("exposures.until-missing", "until"))?;
    let last = today.saturating_add(jiff::Span::new().days(LONGEST_DAYS));
    if day < today || day > last {
        return Err(Error::field("exposures.day-too-far", "until"));
    }
    Ok(day)
}

/// What the province says to a request.
#[derive(Clone, Debug, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[schema(as = AcceptanceWord)]
pub struct Word {
    /// Whether the risk is accepted.
    pub accepted: bool,
    /// Who says so: the person who bears it.
    pub approver: String,
    /// In which words.
    pub reason: String,
}

/// Accepts a risk, or does not. Errors: no approver, no words, decided already,
/// its day is over.
pub async fn decide(
    app: &App,
    by: &Decide,
    at: Timestamp,
    id: &AcceptanceId,
    word: &Word,
) -> Result<()> {
    if word.reason.trim().is_empty() || (word.accepted && word.approver.trim().is_empty()) {
        return Err(Error::field("exposures.reason-missing", "reason"));
    }
    let today = at.to_zoned(app.settings.zone.clone()).date();
    let state = if word.accepted { State::Accepted } else { State::Refused };
    let mut change = app.db.change(by.actor(), at).await?;
    let decided_by = by.actor().name.clone();
    let done: Option<(UnitId,)> = sqlx::query_as(
        "UPDATE acceptances SET state = $1, approver = $2, decided_at = $3, decided_by = $4,
            decided_reason = $5
         WHERE id = $6 AND state = 'asked' AND until_on >= $7 RETURNING unit_id",
    )
    .bind(state.name())
    .bind(Some(word.approver.trim()).filter(|name| !name.is_empty()).map(str::to_owned))
    .bind(at.as_microsecond())
    .bind(decided_by)
    .bind(word.reason.trim())
    .bind(id.as_str())
    .bind(today.to_string())
    .fetch_optional(change.conn())
    .await?;
    let (unit,) = done.ok_or_else(|| Error::conflict("exposures.state-forbids"))?;
    let record = Record::new("exposures.decide_acceptance", id).of_unit(&unit).with(word);
    change.record(record);
    change.commit().await
}

/// Ends an accepted risk before its day.
pub async fn end(app: &App, by: &Decide, at: Timestamp, id: &AcceptanceId) -> Result<()> {
    let change = app.db.change(by.actor(), at).await?;
    close(change, std::slice::from_ref(id), State::Ended, "exposures.end_acceptance").await
}

/// Lets what was accepted, or asked, until a day that is over count again.
pub async fn expire(app: &App, at: Timestamp) -> Result<()> {
    let today = at.to_zoned(app.settings.zone.clone()).date();
    let over: Vec<(AcceptanceId,)> = Select::new("x.id", "acceptances x")
        .and("x.state = 'accepted' AND x.until_on < {}", [today])
        .fetch(app.db.reader())
        .await?;
    if over.is_empty() {
        return Ok(());
    }
    let ids: Vec<AcceptanceId> = over.into_iter().map(|(id,)| id).collect();
    let change = app.db.change(&Actor::system("exposures.expire"), at).await?;
    close(change, &ids, State::Expired, "exposures.expire_acceptance").await
}

async fn close(
    mut change: Change,
    ids: &[AcceptanceId],
    state: State,
    action: &'static str,
) -> Result<()> {
    let at = change.at().as_microsecond();
    let mut any = false;
    for id in ids {
        let done: Option<(UnitId,)> = sqlx::query_as(
            "UPDATE acceptances SET state = $1, ended_at = $2
             WHERE id = $3 AND state = 'accepted' RETURNING unit_id",
        )
        .bind(state.name())
        .bind(at)
        .bind(id.as_str())
        .fetch_optional(change.conn())
        .await?;
        if let Some((unit,)) = done {
            change.record(Record::new(action, id).of_unit(&unit));
            any = true;
        }
    }
    if any { change.commit().await } else { Err(Error::conflict("exposures.state-forbids")) }
}
