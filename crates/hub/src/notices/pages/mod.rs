//! The room's pages: one file a screen.

mod actions;
mod bounces;
mod edit;
mod list;
mod mail;
mod print;
mod reply;
mod show;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use super::State;
use crate::{
    App,
    web::{UPLOAD_LIMIT, parts::Tone},
};

/// The room's pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/notices", get(list::page))
        .route("/notices/send", post(actions::send_many))
        .route("/notices/bounces", get(bounces::page).post(bounces::upload))
        .route("/notices/bounces/{id}/settle", post(bounces::settle))
        .route("/notices/mail", get(mail::page).post(mail::save))
        .route("/notices/mail/test", post(mail::test))
        .route("/notices/{id}", get(show::page))
        .route("/notices/{id}/edit", get(edit::page).post(edit::save))
        .route("/notices/{id}/send", post(actions::send))
        .route("/notices/{id}/hand-over", post(actions::hand_over))
        .route("/notices/{id}/withdraw", post(actions::withdraw))
        .route("/notices/{id}/revoke", post(actions::revoke))
        .route("/notices/{id}/renew", post(actions::renew))
        .route("/notices/{id}/eml", post(actions::eml))
        .route("/notices/{id}/print", post(print::print))
        .route("/notices/{id}/file", get(show::file))
        .route("/notices/{id}/reply", get(reply::own_page).post(reply::own_answer))
        .route("/notices/{id}/reply/file", get(show::file))
        .route("/r", get(reply::door).post(reply::knock))
        .route("/r/{secret}", get(reply::page).post(reply::answer))
        .route("/r/{secret}/open", post(reply::open))
        .route("/r/{secret}/file", get(reply::file))
        .layer(DefaultBodyLimit::max(UPLOAD_LIMIT))
}

/// How a state looks.
pub(super) fn tone(state: State) -> Tone {
    match state {
        State::Drafted | State::Withdrawn => Tone::Quiet,
        State::Sending | State::Sent | State::Delivered => Tone::Partly,
        State::Bounced => Tone::Bad,
        State::Opened => Tone::Claimed,
        State::Answered => Tone::Good,
    }
}
