//! Accepted risks.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    App,
    api::{Api, Body, Caller, Cursor, Slice, SliceQuery},
    exposures::{
        AcceptanceId,
        accept::{self, Acceptance, Wish, Word},
        campaign::Asked,
    },
    ids::UnitId,
    registry::HostId,
};

/// Every request to accept a risk.
#[utoipa::path(get, path = "/api/v1/acceptances", tag = "exposures", operation_id = "acceptances_list",
    params(SliceQuery), responses((status = 200, body = Slice<Acceptance>)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<SliceQuery>,
) -> Api<Json<Slice<Acceptance>>> {
    let cursor = Cursor::new(&query)?;
    let select = cursor.apply(accept::select(caller.viewer.scope()), "x.id", "x.id > {}");
    let rows: Vec<Acceptance> = select.fetch(app.db.reader()).await?;
    Ok(Json(cursor.slice(rows, |row| row.id.to_string())))
}

/// One request.
#[utoipa::path(get, path = "/api/v1/acceptances/{id}", tag = "exposures", operation_id = "acceptances_show",
    params(("id" = String, Path)), responses((status = 200, body = Acceptance)))]
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<Acceptance>> {
    Ok(Json(accept::get(&app.db, caller.viewer.scope(), &id.parse()?).await?))
}

/// What is asked to be accepted.
#[derive(Deserialize, ToSchema)]
#[schema(as = AskAcceptance)]
pub(super) struct WishBody {
    /// Whose hosts.
    unit: UnitId,
    /// One host; every host of the unit when missing.
    host: Option<HostId>,
    /// The CVEs.
    cves: Vec<String>,
    /// Why it cannot be fixed, and what is done instead.
    reason: String,
    /// Last day on which it holds; at most a year from today.
    #[schema(value_type = String, format = Date)]
    until: Date,
}

/// A request that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = AcceptanceAsked)]
pub(super) struct AskedBody {
    /// Identifier.
    acceptance: AcceptanceId,
}

/// Asks that a risk be accepted. A file that proves it is uploaded on the page.
#[utoipa::path(post, path = "/api/v1/acceptances", tag = "exposures", operation_id = "acceptances_ask",
    request_body = WishBody, responses((status = 201, body = AskedBody)))]
pub(super) async fn ask(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<WishBody>,
) -> Api<(StatusCode, Json<AskedBody>)> {
    let by = caller.viewer.answer(&body.unit)?;
    let asked = Asked::of_query(&|name| (name == "cves").then(|| body.cves.join(",")))?;
    let title = body.cves.join(", ");
    // Without a CVE the union would be meant, which nobody asked for here.
    if body.cves.is_empty() {
        return Err(crate::Error::conflict("exposures.nothing-to-accept").into());
    }
    let (host, reason, until) = (body.host, body.reason, Some(body.until));
    let wish = Wish { host, asked, title, reason, until, file: None };
    let acceptance = accept::ask(&app, &by, caller.now, wish).await?;
    Ok((StatusCode::CREATED, Json(AskedBody { acceptance })))
}

/// Accepts a risk, or does not.
#[utoipa::path(post, path = "/api/v1/acceptances/{id}/decide", tag = "exposures",
    operation_id = "acceptances_decide", params(("id" = String, Path)), request_body = Word, responses((status = 204)))]
pub(super) async fn decide(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(word): Body<Word>,
) -> Api<StatusCode> {
    let by = caller.viewer.decide()?;
    accept::decide(&app, &by, caller.now, &id.parse()?, &word).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends an accepted risk before its day.
#[utoipa::path(post, path = "/api/v1/acceptances/{id}/end", tag = "exposures",
    operation_id = "acceptances_end", params(("id" = String, Path)), responses((status = 204)))]
pub(super) async fn end(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<StatusCode> {
    let by = caller.viewer.decide()?;
    accept::end(&app, &by, caller.now, &id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
