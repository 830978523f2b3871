//! Lists received, and taking in another.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    response::Response,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    App, Error, Result,
    api::{Api, Caller, Cursor, Slice, SliceQuery},
    ids::UnitId,
    sightings::{
        FeedId, ListId, Tally, feeds,
        import::{self, Incoming, Look},
        lists::{self, List, Row},
    },
    web::attachment,
    works::{self, Accepted, Work},
};

/// Every list received; for the province.
#[utoipa::path(get, path = "/api/v1/lists", tag = "lists", params(SliceQuery), responses((status = 200, body = Slice<List>)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<SliceQuery>,
) -> Api<Json<Slice<List>>> {
    let cursor = Cursor::new(&query)?;
    let select = cursor.apply(lists::select(caller.viewer.scope()), "l.id", "l.id > {}");
    let rows: Vec<List> = select.fetch(app.db.reader()).await?;
    Ok(Json(cursor.slice(rows, |row| row.id.to_string())))
}

/// One list; for the province.
#[utoipa::path(get, path = "/api/v1/lists/{id}", tag = "lists", params(("id" = String, Path)), responses((status = 200, body = List)))]
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<List>> {
    Ok(Json(lists::get(&app.db, caller.viewer.scope(), &id.parse()?).await?))
}

/// Which rows of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RowFilter {
    /// Only this outcome.
    outcome: Option<String>,
    /// Rows after this line.
    after: Option<i64>,
    /// Rows wanted, 1 to 5,000; 500 when not given.
    #[param(minimum = 1, maximum = 5000)]
    limit: Option<u32>,
}

/// Rows of a list in the order of the file. A unit sees its own.
#[utoipa::path(get, path = "/api/v1/lists/{id}/rows", tag = "lists", params(("id" = String, Path), RowFilter), responses((status = 200, body = Vec<Row>)))]
pub(super) async fn rows(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<RowFilter>,
) -> Api<Json<Vec<Row>>> {
    let id: ListId = id.parse()?;
    let size = query.limit.unwrap_or(500);
    if !(1..=5_000).contains(&size) {
        return Err(Error::field("api.limit-out-of-range", "limit").into());
    }
    let rows = lists::rows(caller.viewer.scope())
        .and("r.list_id = {}", [id.as_str()])
        .and_if("r.outcome = {}", query.outcome)
        .and_if("r.line > {}", query.after)
        .order("r.line", crate::store::Direction::Up)
        .order("r.part", crate::store::Direction::Up)
        .page(crate::store::Page { number: 0, size })
        .fetch(app.db.reader())
        .await?;
    Ok(Json(rows))
}

/// The very bytes of a list; for the province.
#[utoipa::path(get, path = "/api/v1/lists/{id}/file", tag = "lists", params(("id" = String, Path)), responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub(super) async fn file(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Response> {
    let list = lists::get(&app.db, caller.viewer.scope(), &id.parse()?).await?;
    let bytes = app.files.read(&list.sha256).await?;
    Ok(attachment(&format!("{}.bin", &list.sha256[..16]), "application/octet-stream", bytes))
}

/// What a list is, beside its bytes.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct About {
    /// Code of its feed.
    feed: String,
    /// The name it came with: it may say report and date.
    name: String,
    /// First day it covers; guessed from its rows when missing.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// Last day it covers.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
}

/// Takes in a list: its bytes are the body. Answered at once; the list is taken
/// in as a work, to be asked for where `Location` says. The work's `subject` is
/// then the list: the one that had the same bytes if there was one.
#[utoipa::path(post, path = "/api/v1/lists", tag = "lists", params(About),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 202, body = Work)))]
pub(super) async fn take_in(
    State(app): State<App>,
    caller: Caller,
    Query(about): Query<About>,
    bytes: Bytes,
) -> Api<Accepted> {
    let feed = feed_of(&app, &about).await?;
    let by = caller.viewer.watch()?;
    // Kept first: a server that is stopped meanwhile still has the file.
    let draft = import::put_down(&app, &by, caller.now, &about.name, bytes.clone()).await?;
    let origin = format!("/lists/import/{draft}");
    let incoming = Incoming {
        feed,
        file_name: about.name,
        bytes,
        covers: about.from.zip(about.to),
        settings: None,
        draft: Some(draft),
    };
    let work = import::start(&app, &caller.viewer, caller.now, origin, incoming).await?;
    Ok(works::accepted(&app, &caller, &work).await?)
}

async fn feed_of(app: &App, about: &About) -> Result<FeedId> {
    let found = feeds::by_code(&app.db, &about.feed).await;
    found.map(|feed| feed.id).map_err(|_| Error::field("sightings.feed-unknown", "feed"))
}

/// What taking in a list would do.
#[derive(Serialize, ToSchema)]
#[schema(as = ListPreview)]
pub(super) struct PreviewBody {
    /// First and last day it seems to cover.
    #[schema(value_type = Vec<String>)]
    covers: (Date, Date),
    /// What would become of its rows.
    tally: Tally,
    /// Rows by unit.
    units: Vec<UnitRows>,
    /// The columns as they were read: field and column.
    #[schema(value_type = Option<Object>)]
    mapping: Option<tables::Mapping>,
    /// What was doubtful or wrong.
    #[schema(value_type = Vec<Object>)]
    diagnostics: Vec<diag::Diagnostic>,
}

/// Rows of a unit.
#[derive(Serialize, ToSchema)]
pub(super) struct UnitRows {
    /// The unit.
    unit: UnitId,
    /// Rows.
    rows: u64,
}

/// Says what taking in a list would do, and does nothing.
#[utoipa::path(post, path = "/api/v1/lists/preview", tag = "lists", params(About),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = PreviewBody)))]
pub(super) async fn preview(
    State(app): State<App>,
    caller: Caller,
    Query(about): Query<About>,
    bytes: Bytes,
) -> Api<Json<PreviewBody>> {
    caller.viewer.watch()?;
    let feed = feed_of(&app, &about).await?;
    let look = Look {
        file_name: about.name,
        bytes,
        feed: Some(feed),
        covers: about.from.zip(about.to),
        settings: None,
    };
    let seen = import::preview(&app, caller.now, look).await?;
    let units = seen.units.into_iter().map(|one| UnitRows { unit: one.unit, rows: one.rows });
    Ok(Json(PreviewBody {
        covers: seen.covers,
        tally: seen.plan.tally,
        units: units.collect(),
        mapping: seen.list.mapping,
        diagnostics: seen.list.diagnostics,
    }))
}
