//! `/api/v1`: everything that the pages do, as JSON.
//!
//! * Who asks: a bearer token, or the session of a signed-in browser. [`Caller`].
//! * Errors: RFC 9457 problem documents. [`ApiError`].
//! * Lists: keyset cursors. [`Cursor`], [`Slice`].
//! * Posts may carry an `Idempotency-Key`. [`idempotency`].
//! * The OpenAPI 3.1 document is made from the handlers themselves.

mod caller;
mod cursor;
mod document;
pub mod idempotency;
mod page;
mod problem;

use std::sync::Arc;

use axum::{Json, Router, middleware, routing::get};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;

pub use caller::Caller;
pub use cursor::{Cursor, Slice, SliceQuery};
pub use problem::{ApiError, Body, Problem, ProblemItem};

use crate::{App, nouns, web::Ctx};

/// What an API handler returns.
pub type Api<T> = Result<T, ApiError>;

/// The API with its document.
pub(crate) fn router(app: &App) -> Router<App> {
    let info = InfoBuilder::new()
        .title("Tháp Canh")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Directive to proof: the machine's side of every page."))
        .build();
    let problem = ComponentsBuilder::new().schema_from::<Problem>().build();
    let document = OpenApiBuilder::new().info(info).components(Some(problem)).build();
    let mut api = OpenApiRouter::with_openapi(document);
    for noun in nouns::ALL {
        if let Some(routes) = noun.api {
            api = api.merge(routes());
        }
    }
    let (routes, document) = api.split_for_parts();
    let document = serde_json::to_value(document).unwrap_or_default();
    let document = Arc::new(document::finish(document));
    let shown = Arc::clone(&document);
    routes
        .layer(middleware::from_fn_with_state(app.clone(), idempotency::layer))
        .layer(middleware::map_response(problem::as_problem))
        .route("/api/v1/openapi.json", get(async move || Json((*document).clone())))
        .route("/api", get(async move |ctx: Ctx| page::draw(&ctx, &shown)))
}
