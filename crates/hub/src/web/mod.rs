//! The page frame and what every page is made of.
//!
//! Pages are functions that return markup; a fragment is the function that the
//! page calls. Every page works as plain forms; the script adds live parts.
//!
//! * [`Ctx`] is the signed-in request: viewer, language, zone, now. Every page
//!   of the house takes one, except those for people without an account, which
//!   take a [`Visitor`].
//! * [`frame`] draws the page around a body.
//! * [`Table`] is the one table: sorted, filtered, paged, exported.
//! * [`Posted`] and [`Upload`] are the only ways to read a form; they check its
//!   token first ([`PublicForm`]: of somebody without a session).
//! * A verb that refuses a form names the field; the form then comes back by
//!   itself, filled, with the fault beside the field (`refused`).

pub mod assets;
mod ctx;
mod errors;
mod form;
mod frame;
mod guard;
mod health;
mod home;
mod id;
mod live;
pub mod parts;
mod refused;
mod sheet;
mod table;

use axum::{Router, middleware};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::TimeoutLayer,
};

pub(crate) use ctx::cookie;
pub use ctx::{Ctx, DEVICE_COOKIE, SESSION_COOKIE, Visitor};
pub use errors::PageError;
pub(crate) use errors::{findings, name as error_name, status as error_status};
pub use form::{
    FileField, Posted, PublicForm, UPLOAD_LIMIT, Upload, redirect, set_device, set_lang,
    set_session,
};
pub use frame::{frame, frame_plain, frame_refreshing};
pub use id::Id;
pub use sheet::{CellText, Sheet, attachment, csv_file, xlsx_book, xlsx_file};
pub use table::{Column, Listing, Table, short_table};

use crate::{App, nouns};

/// What a page handler returns.
pub type Page<T = maud::Markup> = Result<T, PageError>;

/// Every page, the API, and what lies around them.
pub(crate) fn router(app: &App) -> Router {
    let mut pages = Router::new();
    for noun in nouns::ALL {
        if let Some(routes) = noun.pages {
            pages = pages.merge(routes());
        }
    }
    let pages = pages
        .merge(assets::routes())
        .merge(home::routes())
        .merge(live::routes())
        .fallback(errors::no_such_page);
    let undrawn = pages.clone().with_state(app.clone());
    let draw = move |visitor, request, next| errors::draw(undrawn.clone(), visitor, request, next);
    pages
        .layer(middleware::from_fn_with_state(app.clone(), draw))
        .merge(crate::api::router(app))
        .merge(health::routes())
        .layer(middleware::from_fn(guard::headers))
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(
            axum::http::StatusCode::SERVICE_UNAVAILABLE,
            std::time::Duration::from_mins(2),
        ))
        .layer(CatchPanicLayer::new())
        .with_state(app.clone())
}

/// The secret of the session cookie, if the request carries one.
pub(crate) fn session_secret(headers: &axum::http::HeaderMap) -> Option<String> {
    cookie(headers, SESSION_COOKIE)
}
