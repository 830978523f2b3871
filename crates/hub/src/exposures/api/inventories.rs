//! Deliveries, and the machines in them.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    App, Error,
    api::{Api, Body, Caller, Cursor, Slice, SliceQuery},
    exposures::{
        InventoryId, MachineId,
        inventories::{
            self, Delivery, File, Inventory, Machine, Through, place as placing, take_in as taking,
        },
        pages,
    },
    registry::{HostId, Keeper, hosts::Kind},
    store::Direction,
    web::attachment,
};

/// Every delivery.
#[utoipa::path(get, path = "/api/v1/inventories", tag = "inventories", operation_id = "inventories_list",
    params(SliceQuery), responses((status = 200, body = Slice<Inventory>)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<SliceQuery>,
) -> Api<Json<Slice<Inventory>>> {
    let cursor = Cursor::new(&query)?;
    let select = cursor.apply(inventories::select(caller.viewer.scope()), "i.id", "i.id > {}");
    let rows: Vec<Inventory> = select.fetch(app.db.reader()).await?;
    Ok(Json(cursor.slice(rows, |row| row.id.to_string())))
}

/// What a delivery is, beside its bytes.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct About {
    /// Name of the file.
    name: String,
    /// Whose machines; a unit's own token may leave it out.
    unit: Option<String>,
    /// The day of collection where files do not say it.
    #[param(value_type = Option<String>, format = Date)]
    collected_on: Option<Date>,
}

/// Takes a delivery in: a file or a zip of files is the body.
#[utoipa::path(post, path = "/api/v1/inventories", tag = "inventories", operation_id = "inventories_take_in",
    params(About), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = taking::Taken)))]
pub(super) async fn take_in(
    State(app): State<App>,
    caller: Caller,
    Query(about): Query<About>,
    bytes: Bytes,
) -> Api<(StatusCode, Json<taking::Taken>)> {
    let unit = about.unit.as_deref().filter(|unit| !unit.is_empty());
    let by = pages::hand(&app, &caller.viewer, unit).await?;
    let delivery = Delivery {
        files: vec![(about.name, bytes.to_vec())],
        said_on: about.collected_on,
        through: Through::Api,
    };
    let taken = inventories::take_in(&app, &by, caller.now, delivery).await?;
    Ok((StatusCode::CREATED, Json(taken)))
}

/// One delivery.
#[utoipa::path(get, path = "/api/v1/inventories/{id}", tag = "inventories", operation_id = "inventories_show",
    params(("id" = String, Path)), responses((status = 200, body = Inventory)))]
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<Inventory>> {
    Ok(Json(inventories::get(&app.db, caller.viewer.scope(), &id.parse()?).await?))
}

/// Every file of a delivery with what became of it.
#[utoipa::path(get, path = "/api/v1/inventories/{id}/files", tag = "inventories",
    operation_id = "inventories_files", params(("id" = String, Path)), responses((status = 200, body = Vec<File>)))]
pub(super) async fn files(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<Vec<File>>> {
    let id: InventoryId = id.parse()?;
    inventories::get(&app.db, caller.viewer.scope(), &id).await?;
    let select = inventories::files(caller.viewer.scope())
        .and("f.inventory_id = {}", [id.as_str()])
        .order("f.seq", Direction::Up);
    Ok(Json(select.fetch(app.db.reader()).await?))
}

/// The very bytes of a delivered file, by its digest.
#[utoipa::path(get, path = "/api/v1/inventories/{id}/parts/{sha256}", tag = "inventories",
    operation_id = "inventories_part", params(("id" = String, Path), ("sha256" = String, Path)), responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub(super) async fn part(
    State(app): State<App>,
    caller: Caller,
    Path((id, sha256)): Path<(String, String)>,
) -> Api<Response> {
    let kept = inventories::parts(&app.db, caller.viewer.scope(), &id.parse()?).await?;
    let part = kept.into_iter().find(|part| part.sha256 == sha256).ok_or(Error::NotFound)?;
    let bytes = app.files.read(&part.sha256).await?;
    let name = format!("{}.bin", part.sha256.get(..16).unwrap_or_default());
    Ok(attachment(&name, "application/octet-stream", bytes))
}

/// Which machines.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct MachineFilter {
    /// Only of this place: `placed`, `new`, `several` or `set_aside`.
    place: Option<String>,
}

/// Delivered machines, without their facts.
#[utoipa::path(get, path = "/api/v1/machines", tag = "inventories", operation_id = "machines_list",
    params(MachineFilter, SliceQuery), responses((status = 200, body = Slice<Machine>)))]
pub(super) async fn machines(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<MachineFilter>,
    Query(query): Query<SliceQuery>,
) -> Api<Json<Slice<Machine>>> {
    let cursor = Cursor::new(&query)?;
    let select = inventories::machines(caller.viewer.scope()).and_if("m.place = {}", filter.place);
    let rows: Vec<Machine> =
        cursor.apply(select, "m.id", "m.id > {}").fetch(app.db.reader()).await?;
    Ok(Json(cursor.slice(rows, |row| row.id.to_string())))
}

/// A host of the register.
#[derive(Deserialize, ToSchema)]
#[schema(as = PlaceMachine)]
pub(super) struct OnHost {
    /// The host.
    host: HostId,
}

/// Puts a machine that waits on a host of the register.
#[utoipa::path(post, path = "/api/v1/machines/{id}/place", tag = "inventories",
    operation_id = "machines_place", params(("id" = String, Path)), request_body = OnHost, responses((status = 204)))]
pub(super) async fn place(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<OnHost>,
) -> Api<StatusCode> {
    let by = Keeper::of(&caller.viewer)?;
    let id: MachineId = id.parse()?;
    placing::on_host(&app, &by, caller.now, &id, &body.host).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a machine is.
#[derive(Deserialize, ToSchema)]
#[schema(as = AddMachine)]
pub(super) struct NewHost {
    /// What it is.
    kind: Kind,
}

/// The host that a machine became.
#[derive(Serialize, ToSchema)]
#[schema(as = AddedMachine)]
pub(super) struct Added {
    /// The host.
    host: HostId,
}

/// Makes a machine that waits a host of the register.
#[utoipa::path(post, path = "/api/v1/machines/{id}/add", tag = "inventories",
    operation_id = "machines_add", params(("id" = String, Path)), request_body = NewHost, responses((status = 201, body = Added)))]
pub(super) async fn add(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<NewHost>,
) -> Api<(StatusCode, Json<Added>)> {
    let by = Keeper::of(&caller.viewer)?;
    let id: MachineId = id.parse()?;
    let host = placing::as_new_host(&app, &by, caller.now, &id, body.kind).await?;
    Ok((StatusCode::CREATED, Json(Added { host })))
}

/// Why a machine does not count.
#[derive(Deserialize, ToSchema)]
#[schema(as = SetMachineAside)]
pub(super) struct Aside {
    /// Why.
    reason: String,
}

/// Says that a machine that waits does not count.
#[utoipa::path(post, path = "/api/v1/machines/{id}/aside", tag = "inventories",
    operation_id = "machines_aside", params(("id" = String, Path)), request_body = Aside, responses((status = 204)))]
pub(super) async fn aside(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<Aside>,
) -> Api<StatusCode> {
    let by = Keeper::of(&caller.viewer)?;
    let id: MachineId = id.parse()?;
    placing::set_aside(&app, &by, caller.now, &id, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
