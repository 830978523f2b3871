//! `/api/v1/works`: where a caller asks how far it is.

use std::time::Duration;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderName, StatusCode, header},
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Work, WorkId, read, wait};
use crate::{
    App, Error, Result,
    api::{Api, Caller},
};

/// Longest that a call waits for a work, in seconds.
const LONGEST: u64 = 60;

/// The room's part of the API.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show))
}

/// What a call answers that started a work: `202 Accepted`, the work as it
/// stands, and in `Location` where to ask for it.
pub type Accepted = (StatusCode, [(HeaderName, String); 1], Json<Work>);

/// The answer to a call that started a work.
pub async fn accepted(app: &App, caller: &Caller, id: &WorkId) -> Result<Accepted> {
    let work = read::get(app, &caller.viewer, caller.now, id).await?;
    let place = [(header::LOCATION, format!("/api/v1/works/{id}"))];
    Ok((StatusCode::ACCEPTED, place, Json(work)))
}

/// The latest 100 works, newest first: the caller's own, or all for the province.
#[utoipa::path(get, path = "/api/v1/works", tag = "works", responses((status = 200, body = Vec<Work>)))]
async fn list(State(app): State<App>, caller: Caller) -> Api<Json<Vec<Work>>> {
    Ok(Json(read::all(&app, &caller.viewer, caller.now).await?))
}

/// For how long.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Waiting {
    /// Seconds to wait for its end before answering, 0 to 60; 0 when not given.
    #[param(minimum = 0, maximum = 60)]
    wait: Option<u64>,
}

/// A work: how far it is, or what came of it, by its `subject`.
#[utoipa::path(get, path = "/api/v1/works/{id}", tag = "works", params(("id" = String, Path), Waiting),
    responses((status = 200, body = Work)))]
async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<Waiting>,
) -> Api<Json<Work>> {
    let id: WorkId = id.parse()?;
    let seconds = query.wait.unwrap_or(0);
    if seconds > LONGEST {
        return Err(Error::field("works.wait-too-long", "wait").into());
    }
    // Refused before it is waited for.
    read::get(&app, &caller.viewer, caller.now, &id).await?;
    wait(&app, &id, Duration::from_secs(seconds)).await;
    Ok(Json(read::get(&app, &caller.viewer, caller.now, &id).await?))
}
