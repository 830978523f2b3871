//! Lists, one thing, a new thing, a changed thing: the same for every kind.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    api::{Api, Body, Caller, Cursor, Slice, SliceQuery},
    registry::{
        Keeper, contacts, enter, hosts, networks, systems,
        units::{self, Unit, UnitEntry},
    },
};

/// What a list may be narrowed by.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Words to be found, tone marks or not.
    q: Option<String>,
}

/// A new thing.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = MadeThing)]
struct Made {
    /// Its identifier.
    id: String,
}

/// The four roads of a kind: `fold` is the column searched, `id` the column of
/// the identifier.
macro_rules! roads {
    (
        $module:ident, $tag:tt, $list:tt, $one:tt, $row:ty, $entry:ty, $id:ty,
        select: $select:expr, get: $get:expr, fold: $fold:literal, key: $key:literal, after: $after:literal
    ) => {
        mod $module {
            use super::*;

            /// Those that the caller may see.
            #[utoipa::path(
                        get, path = $list, tag = $tag, operation_id = concat!("list_", $tag),
                        params(SliceQuery, Filter),
                        responses((status = 200, body = Slice<$row>))
                    )]
            pub(super) async fn list(
                State(app): State<App>,
                caller: Caller,
                Query(slice): Query<SliceQuery>,
                Query(filter): Query<Filter>,
            ) -> Api<Json<Slice<$row>>> {
                let cursor = Cursor::new(&slice)?;
                let select = ($select)(caller.viewer.scope()).search($fold, filter.q.as_deref());
                let rows: Vec<$row> =
                    cursor.apply(select, $key, $after).fetch(app.db.reader()).await?;
                Ok(Json(cursor.slice(rows, |row| row.id.to_string())))
            }

            /// One of them.
            #[utoipa::path(
                        get, path = $one, tag = $tag, operation_id = concat!("get_", $tag),
                        params(("id" = String, Path)),
                        responses((status = 200, body = $row))
                    )]
            pub(super) async fn one(
                State(app): State<App>,
                caller: Caller,
                Path(id): Path<String>,
            ) -> Api<Json<$row>> {
                let id: $id = id.parse()?;
                Ok(Json($get(&app.db, caller.viewer.scope(), &id).await?))
            }

            /// Enters a new one.
            #[utoipa::path(
                        post, path = $list, tag = $tag, operation_id = concat!("add_", $tag),
                        request_body = $entry,
                        responses((status = 201, body = Made))
                    )]
            pub(super) async fn add(
                State(app): State<App>,
                caller: Caller,
                Body(entry): Body<$entry>,
            ) -> Api<(StatusCode, Json<Made>)> {
                let by = Keeper::of(&caller.viewer)?;
                let id = enter::add(&app.db, &by, caller.now, &entry).await?;
                Ok((StatusCode::CREATED, Json(Made { id })))
            }

            /// Changes one: what is left out is emptied.
            #[utoipa::path(
                        put, path = $one, tag = $tag, operation_id = concat!("edit_", $tag),
                        params(("id" = String, Path)), request_body = $entry,
                        responses((status = 204))
                    )]
            pub(super) async fn edit(
                State(app): State<App>,
                caller: Caller,
                Path(id): Path<String>,
                Body(entry): Body<$entry>,
            ) -> Api<StatusCode> {
                let by = Keeper::of(&caller.viewer)?;
                let id: $id = id.parse()?;
                enter::edit(&app.db, &by, caller.now, id.as_str(), &entry).await?;
                Ok(StatusCode::NO_CONTENT)
            }

            pub(super) fn routes() -> OpenApiRouter<App> {
                OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(one, edit))
            }
        }
    };
}

roads! {
    unit, "units", "/api/v1/units", "/api/v1/units/{id}", Unit, UnitEntry, crate::ids::UnitId,
    select: |scope| units::select().scoped(scope, "u.id"), get: units::get,
    fold: "u.fold", key: "u.id", after: "u.id > {}"
}
roads! {
    system, "systems", "/api/v1/systems", "/api/v1/systems/{id}",
    systems::System, systems::SystemEntry, crate::registry::SystemId,
    select: systems::select, get: systems::get,
    fold: "s.fold", key: "s.id", after: "s.id > {}"
}
roads! {
    host, "hosts", "/api/v1/hosts", "/api/v1/hosts/{id}",
    hosts::Host, hosts::HostEntry, crate::registry::HostId,
    select: hosts::select, get: hosts::get,
    fold: "h.fold", key: "h.id", after: "h.id > {}"
}
roads! {
    network, "networks", "/api/v1/networks", "/api/v1/networks/{id}",
    networks::Network, networks::NetworkEntry, crate::registry::NetworkId,
    select: networks::select, get: networks::get,
    fold: "n.range_text", key: "n.id", after: "n.id > {}"
}
roads! {
    contact, "contacts", "/api/v1/contacts", "/api/v1/contacts/{id}",
    contacts::Contact, contacts::ContactEntry, crate::registry::ContactId,
    select: contacts::select, get: contacts::get,
    fold: "c.fold", key: "c.id", after: "c.id > {}"
}

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(unit::routes())
        .merge(system::routes())
        .merge(host::routes())
        .merge(network::routes())
        .merge(contact::routes())
}
