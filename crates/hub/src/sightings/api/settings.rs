//! Feeds and exclusions.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    App, Error,
    api::{Api, Body, Caller, Cursor, Slice, SliceQuery},
    sightings::{
        ExclusionId, FeedId,
        exclude::{self as excluding, Exclusion, NewExclusion},
        feeds::{self as keeping, Feed, FeedData},
    },
};

/// Every feed; for the province.
#[utoipa::path(get, path = "/api/v1/feeds", tag = "feeds", params(SliceQuery), responses((status = 200, body = Slice<Feed>)))]
pub(super) async fn feeds(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<SliceQuery>,
) -> Api<Json<Slice<Feed>>> {
    if !caller.viewer.scope().is_province() {
        return Err(Error::NotFound.into());
    }
    let cursor = Cursor::new(&query)?;
    let select = cursor.apply(keeping::select(), "f.id", "f.id > {}");
    let rows: Vec<Feed> = select.fetch(app.db.reader()).await?;
    Ok(Json(cursor.slice(rows, |row| row.id.to_string())))
}

/// A feed made.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeFeed {
    /// Identifier.
    id: FeedId,
}

/// Makes a feed.
#[utoipa::path(post, path = "/api/v1/feeds", tag = "feeds", request_body = FeedData, responses((status = 201, body = MadeFeed)))]
pub(super) async fn make_feed(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<FeedData>,
) -> Api<(StatusCode, Json<MadeFeed>)> {
    let by = caller.viewer.watch()?;
    let id = keeping::create(&app.db, &by, caller.now, &body).await?;
    Ok((StatusCode::CREATED, Json(MadeFeed { id })))
}

/// Changes a feed; its code stays.
#[utoipa::path(put, path = "/api/v1/feeds/{id}", tag = "feeds", params(("id" = String, Path)),
    request_body = FeedData, responses((status = 204)))]
pub(super) async fn change_feed(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<FeedData>,
) -> Api<StatusCode> {
    let by = caller.viewer.watch()?;
    keeping::change(&app.db, &by, caller.now, &id.parse()?, &body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Every exclusion; a unit sees those that name it.
#[utoipa::path(get, path = "/api/v1/exclusions", tag = "exclusions", params(SliceQuery), responses((status = 200, body = Slice<Exclusion>)))]
pub(super) async fn exclusions(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<SliceQuery>,
) -> Api<Json<Slice<Exclusion>>> {
    let cursor = Cursor::new(&query)?;
    let select = cursor.apply(excluding::select(caller.viewer.scope()), "e.id", "e.id > {}");
    let rows: Vec<Exclusion> = select.fetch(app.db.reader()).await?;
    Ok(Json(cursor.slice(rows, |row| row.id.to_string())))
}

/// An exclusion made.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeExclusion {
    /// Identifier.
    id: ExclusionId,
    /// Open sightings that it set aside.
    set_aside: usize,
}

/// Makes an exclusion, and sets aside what is open and matches it.
#[utoipa::path(post, path = "/api/v1/exclusions", tag = "exclusions", request_body = NewExclusion, responses((status = 201, body = MadeExclusion)))]
pub(super) async fn exclude(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<NewExclusion>,
) -> Api<(StatusCode, Json<MadeExclusion>)> {
    let by = caller.viewer.decide()?;
    let (id, set_aside) = excluding::create(&app, &by, caller.now, &body).await?;
    Ok((StatusCode::CREATED, Json(MadeExclusion { id, set_aside })))
}

/// Ends an exclusion before its time.
#[utoipa::path(post, path = "/api/v1/exclusions/{id}/end", tag = "exclusions", params(("id" = String, Path)), responses((status = 204)))]
pub(super) async fn end_exclusion(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<StatusCode> {
    let by = caller.viewer.decide()?;
    excluding::end(&app, &by, caller.now, &id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
