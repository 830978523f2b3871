//! The signed evidence of what is finished.

use axum::{
    extract::{Path, State as Shared},
    response::Response,
};

use crate::{
    App,
    api::{Api, Caller},
    directives::bundle,
    web::attachment,
};

/// The signed evidence of an accepted task, as a zip.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/bundle", tag = "directives",
    params(("id" = String, Path, description = "The task")), responses((status = 200, body = [u8], content_type = "application/zip")))]
pub(super) async fn of_task(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Response> {
    let packed = bundle::of_task(&app, caller.viewer.scope(), caller.now, &id.parse()?).await?;
    Ok(attachment(&packed.name, "application/zip", packed.bytes))
}

/// The signed evidence of a closed letter, as a zip.
#[utoipa::path(get, path = "/api/v1/directives/{id}/bundle", tag = "directives",
    params(("id" = String, Path, description = "The letter")), responses((status = 200, body = [u8], content_type = "application/zip")))]
pub(super) async fn of_directive(
    Shared(app): Shared<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Response> {
    let scope = caller.viewer.scope();
    let packed = bundle::of_directive(&app, scope, caller.now, &id.parse()?).await?;
    Ok(attachment(&packed.name, "application/zip", packed.bytes))
}
