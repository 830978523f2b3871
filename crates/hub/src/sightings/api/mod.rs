//! `/api/v1/sightings`, `/lists`, `/feeds`, `/exclusions`.

mod lists;
mod settings;
mod sightings;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{App, web::UPLOAD_LIMIT};

/// The room's part of the API.
pub(super) fn routes() -> OpenApiRouter<App> {
    super::notify::api_routes()
        .routes(routes!(sightings::list))
        .routes(routes!(sightings::show))
        .routes(routes!(sightings::rows))
        .routes(routes!(sightings::evidence))
        .routes(routes!(sightings::answer))
        .routes(routes!(sightings::locate))
        .routes(routes!(sightings::place))
        .routes(routes!(sightings::ask_register))
        .routes(routes!(sightings::refuse))
        .routes(routes!(sightings::decline))
        .routes(routes!(sightings::reopen))
        .routes(routes!(sightings::bundle))
        .routes(routes!(lists::list, lists::take_in))
        .routes(routes!(lists::preview))
        .routes(routes!(lists::show))
        .routes(routes!(lists::rows))
        .routes(routes!(lists::file))
        .routes(routes!(settings::feeds, settings::make_feed))
        .routes(routes!(settings::change_feed))
        .routes(routes!(settings::exclusions, settings::exclude))
        .routes(routes!(settings::end_exclusion))
        .layer(DefaultBodyLimit::max(UPLOAD_LIMIT))
}
