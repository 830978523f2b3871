//! The room's part of the API: `notices.rs`, and what goes over the mail line
//! in `mail.rs`.

mod mail;
mod notices;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{App, Error, Result, web::UPLOAD_LIMIT};

/// The room's part of the API.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(notices::list))
        .routes(routes!(notices::show, notices::change))
        .routes(routes!(notices::send_many))
        .routes(routes!(notices::send))
        .routes(routes!(notices::hand_over))
        .routes(routes!(notices::withdraw))
        .routes(routes!(notices::revoke))
        .routes(routes!(notices::renew))
        .routes(routes!(notices::message))
        .routes(routes!(notices::file))
        .routes(routes!(mail::list, mail::take_in))
        .routes(routes!(mail::settle))
        .routes(routes!(mail::server, mail::set_server, mail::remove_server))
        .routes(routes!(mail::test))
        .layer(DefaultBodyLimit::max(UPLOAD_LIMIT))
}

/// An identifier of a path; one that is not well formed is not there.
fn id<T: std::str::FromStr<Err = Error>>(text: &str) -> Result<T> {
    text.parse()
}
