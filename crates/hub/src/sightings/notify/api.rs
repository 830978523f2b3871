//! `/api/v1/lists/{id}/notices`.

use axum::{
    Json,
    extract::{Path, State as Server},
};
use std::collections::BTreeSet;

use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    api::{Api, Body, Caller},
    ids::UnitId,
    notices::draft::Drafted,
    sightings::ListId,
};

/// The part of the API.
pub(in crate::sightings) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(draft))
}

/// Whom to tell.
#[derive(Deserialize, ToSchema)]
struct DraftBody {
    /// Only these units; every unit of the list when empty.
    #[serde(default)]
    units: Vec<UnitId>,
}

/// Drafts a notice for each unit of a list. A unit that has one keeps it.
#[utoipa::path(post, path = "/api/v1/lists/{id}/notices", tag = "notices", operation_id = "lists_draft_notices",
    params(("id" = String, Path,)), request_body = DraftBody, responses((status = 200, body = Vec<Drafted>)))]
async fn draft(
    Server(app): Server<App>,
    caller: Caller,
    Path(list): Path<String>,
    Body(body): Body<DraftBody>,
) -> Api<Json<Vec<Drafted>>> {
    let by = caller.viewer.watch()?;
    let list: ListId = list.parse()?;
    let only: BTreeSet<UnitId> = body.units.into_iter().collect();
    let only = Some(only).filter(|only| !only.is_empty());
    Ok(Json(super::draft(&app, &by, caller.now, &list, only.as_ref()).await?))
}
