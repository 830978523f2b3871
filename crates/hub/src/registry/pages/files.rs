//! Everything of a kind as a file that can be read in again.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Path, Query, State},
    response::Response,
    routing::get,
};

use crate::{
    App, Error,
    registry::{Kind, export::export},
    web::{Ctx, Page, attachment, csv_file, xlsx_file},
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/registry/export/{kind}", get(file))
}

async fn file(
    State(app): State<App>,
    ctx: Ctx,
    Path(kind): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let kind = Kind::named(&kind).ok_or(Error::NotFound)?;
    let sheet = export(&app.db, ctx.viewer.scope(), kind, ctx.lang, &ctx.zone, ctx.now).await?;
    let name = kind.name();
    if query.get("format").is_some_and(|format| format == "csv") {
        let bytes = csv_file(&sheet)?;
        return Ok(attachment(&format!("{name}.csv"), "text/csv; charset=utf-8", bytes));
    }
    let bytes =
        tokio::task::spawn_blocking(move || xlsx_file(&sheet)).await.map_err(Error::internal)??;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(attachment(&format!("{name}.xlsx"), kind, bytes))
}
