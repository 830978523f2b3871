//! Demands of a draft.

use axum::{
    Json,
    extract::{Path, State as Shared},
    http::StatusCode,
};

use super::{Made, letters::deciding};
use crate::{
    App,
    api::{Api, Body, Caller},
    directives::{
        DemandId,
        draft::{self, Asking},
        read,
    },
};

/// Adds a demand to a draft.
#[utoipa::path(post, path = "/api/v1/directives/{id}/demands", tag = "directives",
    params(("id" = String, Path, description = "The draft")), request_body = Asking, responses((status = 201, body = Made)))]
pub(super) async fn add(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(asking): Body<Asking>,
) -> Api<(StatusCode, Json<Made>)> {
    let (by, id) = deciding(&app, &caller, &id).await?;
    let demand = draft::add_demand(&app.db, &by, caller.now, &id, &asking).await?;
    Ok((StatusCode::CREATED, Json(Made { id: demand.to_string() })))
}

/// Changes a demand of a draft.
#[utoipa::path(put, path = "/api/v1/directives/{id}/demands/{demand}", tag = "directives",
    params(("id" = String, Path, description = "The draft"), ("demand" = String, Path, description = "The demand")),
    request_body = Asking, responses((status = 204)))]
pub(super) async fn edit(
    Shared(app): Shared<App>,
    caller: Caller,
    Path((id, demand)): Path<(String, String)>,
    Body(asking): Body<Asking>,
) -> Api<StatusCode> {
    let (by, id) = deciding(&app, &caller, &id).await?;
    let demand: DemandId = demand.parse()?;
    read::demand(&app.db, &id, &demand).await?;
    draft::edit_demand(&app.db, &by, caller.now, (&id, &demand), &asking).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a demand out of a draft.
#[utoipa::path(delete, path = "/api/v1/directives/{id}/demands/{demand}", tag = "directives",
    params(("id" = String, Path, description = "The draft"), ("demand" = String, Path, description = "The demand")),
    responses((status = 204)))]
pub(super) async fn remove(
    Shared(app): Shared<App>,
    caller: Caller,
    Path((id, demand)): Path<(String, String)>,
) -> Api<StatusCode> {
    let (by, id) = deciding(&app, &caller, &id).await?;
    draft::remove_demand(&app.db, &by, caller.now, (&id, &demand.parse()?)).await?;
    Ok(StatusCode::NO_CONTENT)
}
