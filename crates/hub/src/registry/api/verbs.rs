//! What is done to things besides entering them, and the questions across kinds.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App, Error,
    api::{Api, Body, Caller},
    ids::UnitId,
    registry::{
        ContactId, HostId, Keeper, NetworkId, authorities, contacts, hosts, networks,
        search::{self, Found},
        units::{self, End, FormerName, NewName},
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(end))
        .routes(routes!(rename))
        .routes(routes!(names))
        .routes(routes!(successor))
        .routes(routes!(facts))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(confirm))
        .routes(routes!(close))
        .routes(routes!(find))
        .routes(routes!(authorities_of))
}

/// The day a question is about.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct On {
    /// `YYYY-MM-DD`; today when not given.
    on: Option<String>,
}

impl On {
    fn day(&self, app: &App, caller: &Caller) -> Result<Date, Error> {
        match self.on.as_deref() {
            None => Ok(today(app, caller)),
            Some(text) => text.parse().map_err(|_| Error::field("registry.date-unreadable", "on")),
        }
    }
}

fn today(app: &App, caller: &Caller) -> Date {
    caller.now.to_zoned(app.settings.zone.clone()).date()
}

/// Ends a unit: merged, renamed into another, or dissolved.
#[utoipa::path(post, path = "/api/v1/units/{id}/end", tag = "units", params(("id" = String, Path)),
    request_body = End,
    responses((status = 204)))]
async fn end(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<End>,
) -> Api<StatusCode> {
    let by = caller.viewer.decide()?;
    units::end(&app.db, &by, caller.now, &id.parse()?, &body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a unit another name; the old one is kept.
#[utoipa::path(post, path = "/api/v1/units/{id}/rename", tag = "units", params(("id" = String, Path)),
    request_body = NewName,
    responses((status = 204)))]
async fn rename(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<NewName>,
) -> Api<StatusCode> {
    let by = caller.viewer.decide()?;
    units::rename(&app.db, &by, caller.now, today(&app, &caller), &id.parse()?, &body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Names that a unit had before.
#[utoipa::path(get, path = "/api/v1/units/{id}/names", tag = "units", params(("id" = String, Path)),
    responses((status = 200, body = Vec<FormerName>)))]
async fn names(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<Vec<FormerName>>> {
    let id: UnitId = id.parse()?;
    units::get(&app.db, caller.viewer.scope(), &id).await?;
    Ok(Json(units::former_names(&app.db, &id).await?))
}

/// A unit by its identifier.
#[derive(Serialize, utoipa::ToSchema)]
struct Answering {
    /// Who answers on that day.
    unit_id: UnitId,
}

/// Who answers on a day for what was this unit's.
#[utoipa::path(get, path = "/api/v1/units/{id}/successor", tag = "units",
    params(("id" = String, Path), On),
    responses((status = 200, body = Answering)))]
async fn successor(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(on): Query<On>,
) -> Api<Json<Answering>> {
    let id: UnitId = id.parse()?;
    units::get(&app.db, caller.viewer.scope(), &id).await?;
    let unit_id = units::successor(&app.db, &id, on.day(&app, &caller)?).await?;
    Ok(Json(Answering { unit_id }))
}

/// Everything that was said about a machine, the latest first.
#[utoipa::path(get, path = "/api/v1/hosts/{id}/facts", tag = "hosts", params(("id" = String, Path)),
    responses((status = 200, body = Vec<hosts::Collection>)))]
async fn facts(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<Vec<hosts::Collection>>> {
    let id: HostId = id.parse()?;
    hosts::get(&app.db, caller.viewer.scope(), &id).await?;
    Ok(Json(hosts::facts(&app.db, caller.viewer.scope(), &id).await?))
}

/// Approves a claimed range.
#[utoipa::path(post, path = "/api/v1/networks/{id}/approve", tag = "networks", params(("id" = String, Path)),
    responses((status = 204)))]
async fn approve(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<StatusCode> {
    let id: NetworkId = id.parse()?;
    networks::approve(&app.db, &caller.viewer.decide()?, caller.now, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a range is rejected.
#[derive(Deserialize, utoipa::ToSchema)]
struct Reason {
    /// What the unit reads.
    reason: String,
}

/// Rejects a claimed range, or takes an approval back.
#[utoipa::path(post, path = "/api/v1/networks/{id}/reject", tag = "networks", params(("id" = String, Path)),
    request_body = Reason,
    responses((status = 204)))]
async fn reject(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<Reason>,
) -> Api<StatusCode> {
    let id: NetworkId = id.parse()?;
    networks::reject(&app.db, &caller.viewer.decide()?, caller.now, &id, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Confirms a contact without change.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/confirm", tag = "contacts", params(("id" = String, Path)),
    responses((status = 204)))]
async fn confirm(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<StatusCode> {
    let id: ContactId = id.parse()?;
    contacts::confirm(&app.db, &Keeper::of(&caller.viewer)?, caller.now, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a contact off the list.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/close", tag = "contacts", params(("id" = String, Path)),
    responses((status = 204)))]
async fn close(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Api<StatusCode> {
    let id: ContactId = id.parse()?;
    contacts::close(&app.db, &Keeper::of(&caller.viewer)?, caller.now, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is searched for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Typed {
    /// A name, code, telephone or address; tone marks are not needed.
    q: String,
}

/// Searches the register; at most 20 of each kind.
#[utoipa::path(get, path = "/api/v1/search", tag = "registry", params(Typed),
    responses((status = 200, body = Found)))]
async fn find(
    State(app): State<App>,
    caller: Caller,
    Query(typed): Query<Typed>,
) -> Api<Json<Found>> {
    Ok(Json(search::search(&app.db, caller.viewer.scope(), &typed.q).await?))
}

/// The authorities in force on a day. A role that the pack of the day must name
/// and does not is a set-up error.
#[utoipa::path(get, path = "/api/v1/authorities", tag = "registry", params(On),
    responses((status = 200, body = Vec<Object>)))]
async fn authorities_of(
    State(app): State<App>,
    caller: Caller,
    Query(on): Query<On>,
) -> Api<Json<Vec<packs::Authority>>> {
    let day = on.day(&app, &caller)?;
    for role in authorities::NEEDED {
        authorities::find(&app, role, day)?;
    }
    let (all, _) = authorities::packs(&app)?;
    Ok(Json(all.iter().flat_map(|pack| pack.on(day)).cloned().collect()))
}
