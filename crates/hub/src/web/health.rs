//! For whoever watches the watchtower: `/healthz` (alive), `/readyz` (the
//! database answers), `/metrics` (Prometheus text format 0.0.4).

use std::fmt::Write;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};

use crate::{App, Result};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

async fn ready(State(app): State<App>) -> impl IntoResponse {
    match sqlx::query("SELECT 1").execute(app.db.reader()).await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(cause) => {
            tracing::error!(%cause, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "database unavailable\n")
        }
    }
}

/// Only counts of the whole house: nothing here tells about a unit, because
/// this page asks for no sign-in. Put it behind the proxy's own lock if the
/// counts themselves are sensitive.
async fn metrics(State(app): State<App>) -> impl IntoResponse {
    match text(&app).await {
        Ok(text) => (StatusCode::OK, [(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text)
            .into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn text(app: &App) -> Result<String> {
    let (entries,): (i64,) =
        sqlx::query_as("SELECT seq FROM audit_head").fetch_one(app.db.reader()).await?;
    let jobs: Vec<(String, i64, Option<String>)> =
        sqlx::query_as("SELECT name, ran_at, failed FROM jobs ORDER BY name")
            .fetch_all(app.db.reader())
            .await?;
    let mut out = format!(
        "# HELP thapcanh_audit_entries Entries in the audit chain.\n\
         # TYPE thapcanh_audit_entries counter\nthapcanh_audit_entries {entries}\n\
         # HELP thapcanh_job_last_run_seconds When a job ran last, Unix time.\n\
         # TYPE thapcanh_job_last_run_seconds gauge\n"
    );
    for (name, ran_at, _) in &jobs {
        let _ =
            writeln!(out, "thapcanh_job_last_run_seconds{{job=\"{name}\"}} {}", ran_at / 1_000_000);
    }
    out.push_str("# HELP thapcanh_job_failed Whether the job's last run failed.\n# TYPE thapcanh_job_failed gauge\n");
    for (name, _, failed) in &jobs {
        let _ =
            writeln!(out, "thapcanh_job_failed{{job=\"{name}\"}} {}", u8::from(failed.is_some()));
    }
    Ok(out)
}
