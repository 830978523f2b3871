//! The room's part of the API.
use crate::App;
use utoipa_axum::router::OpenApiRouter;
/// The room's part of the API.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
