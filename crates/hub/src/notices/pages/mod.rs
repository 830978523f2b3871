//! The room's pages.
use crate::App;
use axum::Router;
/// The room's pages.
pub fn routes() -> Router<App> {
    Router::new()
}
