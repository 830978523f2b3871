//! `/api/v1/directives` and `/api/v1/tasks`: everything that the pages do.

mod bundles;
mod demands;
mod letters;
mod tasks;
mod views;

use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::App;

/// The room's part of the API.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(letters::list, letters::make))
        .routes(routes!(letters::packs))
        .routes(routes!(letters::make_from_pack))
        .routes(routes!(letters::show, letters::edit, letters::discard))
        .routes(routes!(letters::issue))
        .routes(routes!(letters::close))
        .routes(routes!(letters::attach))
        .routes(routes!(letters::file))
        .routes(routes!(letters::board))
        .routes(routes!(letters::trend))
        .routes(routes!(demands::add))
        .routes(routes!(demands::edit, demands::remove))
        .routes(routes!(tasks::list))
        .routes(routes!(tasks::show))
        .routes(routes!(tasks::report))
        .routes(routes!(tasks::accept))
        .routes(routes!(tasks::accept_several))
        .routes(routes!(tasks::return_report))
        .routes(routes!(tasks::ask))
        .routes(routes!(tasks::answer))
        .routes(routes!(tasks::file))
        .routes(routes!(bundles::of_task))
        .routes(routes!(bundles::of_directive))
        .layer(axum::extract::DefaultBodyLimit::max(crate::web::UPLOAD_LIMIT))
}

/// The identifier of what was made.
#[derive(Serialize, ToSchema)]
struct Made {
    /// Identifier.
    id: String,
}
