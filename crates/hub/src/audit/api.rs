//! `/api/v1/audit`.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Row, all, verify};
use crate::{
    App, Error,
    api::{Api, Caller, Slice, SliceQuery},
    store::{Direction, Page},
};

/// The room's part of the API.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(check))
}

/// An entry of the chain.
#[derive(Serialize, ToSchema)]
struct EntryView {
    seq: i64,
    /// Microseconds since 1970.
    at: i64,
    actor: String,
    actor_name: String,
    action: String,
    subject: String,
    unit: Option<String>,
    data: serde_json::Value,
    prev: String,
    hash: String,
}

impl From<Row> for EntryView {
    fn from(row: Row) -> Self {
        Self {
            data: serde_json::from_str(&row.data).unwrap_or_default(),
            seq: row.seq,
            at: row.at,
            actor: row.actor,
            actor_name: row.actor_name,
            action: row.action,
            subject: row.subject,
            unit: row.unit_id,
            prev: row.prev,
            hash: row.hash,
        }
    }
}

/// The chain's entries inside the caller's scope, oldest first. The cursor is
/// the number of the last entry seen.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(SliceQuery), responses((status = 200, body = Slice<EntryView>)))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<SliceQuery>,
) -> Api<Json<Slice<EntryView>>> {
    let limit = query.limit.unwrap_or(100);
    if !(1..=500).contains(&limit) {
        return Err(Error::field("api.limit-out-of-range", "limit").into());
    }
    let after = query.cursor.as_deref().map(str::parse::<i64>).transpose();
    let after = after.map_err(|_| Error::field("api.cursor-unknown", "cursor"))?;
    let rows: Vec<Row> = all(caller.viewer.scope())
        .and_if("seq > {}", after)
        .order("seq", Direction::Up)
        .page(Page { number: 0, size: limit })
        .fetch(app.db.reader())
        .await?;
    let full = rows.len() == limit as usize;
    let next = rows.last().filter(|_| full).map(|row| row.seq.to_string());
    Ok(Json(Slice { items: rows.into_iter().map(EntryView::from).collect(), next }))
}

/// Whether the chain holds.
#[derive(Serialize, ToSchema)]
struct Verdict {
    /// True when every entry continues the one before it.
    holds: bool,
    /// Entries in it.
    entries: Option<u64>,
    /// Hash of its last entry.
    head: Option<String>,
    /// Number of the first entry that does not hold.
    broken_at: Option<u64>,
}

/// Walks the whole chain.
#[utoipa::path(get, path = "/api/v1/audit/verify", tag = "audit", responses((status = 200, body = Verdict)))]
async fn check(State(app): State<App>, caller: Caller) -> Api<Json<Verdict>> {
    if !caller.viewer.scope().is_province() {
        return Err(Error::Forbidden.into());
    }
    Ok(Json(match verify(&app.db).await? {
        Ok(summary) => Verdict {
            holds: true,
            entries: Some(summary.entries),
            head: summary.head.map(|head| head.hash),
            broken_at: None,
        },
        Err(found) => {
            Verdict { holds: false, entries: None, head: None, broken_at: Some(found.seq) }
        }
    }))
}
