//! `/api/v1/exposures`, `/inventories`, `/bulletins`, `/acceptances`.

mod acceptances;
mod bulletins;
mod exposures;
mod inventories;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{App, web::UPLOAD_LIMIT};

/// The room's part of the API.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(exposures::list))
        .routes(routes!(exposures::units))
        .routes(routes!(exposures::hosts))
        .routes(routes!(exposures::host))
        .routes(routes!(exposures::proof))
        .routes(routes!(exposures::history))
        .routes(routes!(exposures::cves))
        .routes(routes!(exposures::ask))
        .routes(routes!(inventories::list, inventories::take_in))
        .routes(routes!(inventories::show))
        .routes(routes!(inventories::files))
        .routes(routes!(inventories::part))
        .routes(routes!(inventories::machines))
        .routes(routes!(inventories::place))
        .routes(routes!(inventories::add))
        .routes(routes!(inventories::aside))
        .routes(routes!(bulletins::list, bulletins::upload))
        .routes(routes!(bulletins::letter))
        .routes(routes!(bulletins::withdraw))
        .routes(routes!(bulletins::file))
        .routes(routes!(acceptances::list, acceptances::ask))
        .routes(routes!(acceptances::show))
        .routes(routes!(acceptances::decide))
        .routes(routes!(acceptances::end))
        .layer(DefaultBodyLimit::max(UPLOAD_LIMIT))
}
