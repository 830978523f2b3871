//! The room's screens: signing in, one's own account, everybody's accounts.

mod account;
mod accounts;
mod login;
mod second_factor;

use axum::{
    Router,
    http::header,
    response::Response,
    routing::{get, post},
};
use serde::Deserialize;

use crate::{App, Error};

/// The room's pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/login", get(login::page).post(login::submit))
        .route("/login/code", get(login::code_page).post(login::code_submit))
        .route("/logout", post(login::logout))
        .route("/language", post(login::language))
        .route("/account", get(account::page))
        .route("/account/password", get(account::password_page).post(account::password_submit))
        .route("/account/sessions/{id}/end", post(account::end_session))
        .route("/account/tokens", post(account::make_token))
        .route("/account/tokens/{id}/end", post(account::end_token))
        .route("/account/second-factor", get(second_factor::page).post(second_factor::switch_on))
        .route("/account/second-factor/off", post(second_factor::switch_off))
        .route("/people", get(accounts::page))
        .route("/people/new", get(accounts::new_page).post(accounts::create))
        .route("/people/{id}", get(accounts::one).post(accounts::change))
        .route("/people/{id}/password", post(accounts::reset_password))
        .route("/people/{id}/second-factor-off", post(accounts::second_factor_off))
        .route("/people/{id}/close", post(accounts::close))
}

/// A form with nothing in it but its token.
#[derive(Deserialize)]
struct Nothing {}

fn set_cookie(response: &mut Response, cookie: &str) -> Result<(), Error> {
    let value = cookie.parse().map_err(Error::internal)?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}
