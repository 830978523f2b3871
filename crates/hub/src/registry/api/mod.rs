//! The room's part of `/api/v1`: everything that its pages do.

mod imports;
mod things;
mod verbs;

use utoipa_axum::router::OpenApiRouter;

use crate::App;

/// All of it.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(things::routes()).merge(verbs::routes()).merge(imports::routes())
}
