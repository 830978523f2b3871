//! Asking about alerts.

use serde::Serialize;
use sqlx::FromRow;

use super::{Alert, AlertId, State, posted::Detection};
use crate::{
    Error, Result,
    access::Scope,
    registry::HostId,
    store::{At, Db, Direction, Page, Select},
};

/// An alert with its unit's names.
#[derive(Clone, Debug, Serialize, FromRow, utoipa::ToSchema)]
#[schema(as = AlertShown)]
pub struct Shown {
    /// The alert.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub alert: Alert,
    /// Code of its unit.
    pub unit_code: Option<String>,
    /// Name of its unit.
    pub unit_name: Option<String>,
}

/// A detection as it is kept.
#[derive(Clone, Debug, FromRow)]
pub struct Kept {
    /// Identifier; later ones are larger within a post.
    pub id: String,
    /// Digest of the file it was found in.
    pub source_sha256: String,
    /// The line as it was posted.
    pub raw: String,
    /// When it was posted.
    pub posted_at: At,
    /// By whom.
    pub posted_by: String,
}

impl Kept {
    /// What it says. It could be read when it was taken in; a later version of
    /// the house may want more of it.
    pub fn detection(&self) -> Option<Detection> {
        serde_json::from_str(&self.raw).ok()
    }
}

/// As in `store`, with the unit's names.
const SHOWN: &str = "a.id, a.group_key, a.rule_id, a.title, a.level, a.author, \
    a.license, a.rule_sha256, a.tags, a.reference_list, a.unit_id, a.host_id, a.host_name, \
    a.host_key, a.question, a.case_ref, a.state, a.outcome, a.reason, a.first_seen, a.last_seen, \
    a.detection_count, a.follows, a.raised_at, a.raised_by, a.acknowledged_at, \
    a.acknowledged_by, a.closed_at, a.closed_by, a.changed_at, u.code AS unit_code, \
    u.name AS unit_name";

/// The alerts of the scope, to be filtered further: `a` is the alert, `u` its
/// unit. What belongs to no unit yet is the province's.
pub fn select(scope: &Scope) -> Select {
    Select::new(SHOWN, "alerts a LEFT JOIN units u ON u.id = a.unit_id").scoped(scope, "a.unit_id")
}

/// An alert. Outside the scope it is not found.
pub async fn get(db: &Db, scope: &Scope, id: &AlertId) -> Result<Shown> {
    let found = select(scope).and("a.id = {}", [id.as_str()]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// The alerts of a machine, the latest first.
pub async fn of_host(db: &Db, scope: &Scope, host: &HostId, most: u32) -> Result<Vec<Shown>> {
    select(scope)
        .and("a.host_id = {}", [host.as_str()])
        .order("a.raised_at", Direction::Down)
        .order("a.id", Direction::Down)
        .page(Page { number: 0, size: most })
        .fetch(db.reader())
        .await
}

/// The alert that came after a closed one, if its rule matched again.
pub async fn followed_by(db: &Db, scope: &Scope, id: &AlertId) -> Result<Option<Shown>> {
    select(scope).and("a.follows = {}", [id.as_str()]).fetch_first(db.reader()).await
}

/// Detections of the scope, to be filtered further: `d`.
pub fn detections(scope: &Scope) -> Select {
    Select::new(
        "d.id, d.source_sha256, d.raw, d.posted_at, d.posted_by",
        "alert_detections d JOIN alerts a ON a.id = d.alert_id",
    )
    .scoped(scope, "a.unit_id")
}

/// The detections of an alert in the order of their times, `most` of them.
pub async fn detections_of(db: &Db, scope: &Scope, id: &AlertId, most: u32) -> Result<Vec<Kept>> {
    detections(scope)
        .and("d.alert_id = {}", [id.as_str()])
        .order("COALESCE(d.seen_at, d.posted_at)", Direction::Up)
        .order("d.id", Direction::Up)
        .page(Page { number: 0, size: most })
        .fetch(db.reader())
        .await
}

/// How many alerts of the scope are in one of these states.
pub async fn count(db: &Db, scope: &Scope, states: &[State]) -> Result<i64> {
    select(scope)
        .any_of("a.state", states.iter().map(|state| state.name()))
        .count(db.reader())
        .await
}
