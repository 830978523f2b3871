//! `Idempotency-Key`: a post sent twice with the same key is done once, and
//! answered the same (draft-ietf-httpapi-idempotency-key-header).
//!
//! Kept 24 hours, by caller and key. The same key with another body is a
//! mistake of the caller's and answered 422.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::ApiError;
use crate::{App, Error, Result, web};

/// For how long an answer is kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Answers over this are not kept, and so not repeated.
const LIMIT: usize = 1024 * 1024;

#[derive(sqlx::FromRow)]
struct Kept {
    request: String,
    status: i64,
    body: String,
}

/// Wraps the API.
pub(crate) async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(key) = key_of(&request) else {
        return next.run(request).await;
    };
    match once(&app, &key, request, next).await {
        Ok(response) => response,
        Err(error) => ApiError(error).into_response(),
    }
}

/// The caller's secret is part of the key, so that nobody reads another's answer.
fn key_of(request: &Request) -> Option<String> {
    if request.method() != Method::POST {
        return None;
    }
    let key = request.headers().get("idempotency-key")?.to_str().ok()?;
    let caller = caller_of(request.headers())?;
    Some(hex::encode(Sha256::digest(format!("{caller}\n{}\n{key}", request.uri().path()))))
}

fn caller_of(headers: &HeaderMap) -> Option<String> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    bearer.map(str::to_owned).or_else(|| web::session_secret(headers))
}

async fn once(app: &App, key: &str, request: Request, next: Next) -> Result<Response> {
    let now = app.clock.now();
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, web::UPLOAD_LIMIT).await.map_err(|_| Error::TooLarge)?;
    let digest = hex::encode(Sha256::digest(&body));
    if let Some(kept) = find(app, key, now).await? {
        return repeat(&kept, &digest);
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if !response.status().is_success() {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(Error::internal)?;
    keep(app, key, &digest, parts.status, &body, now).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn repeat(kept: &Kept, digest: &str) -> Result<Response> {
    if kept.request != digest {
        return Err(Error::field("api.key-reused", "Idempotency-Key"));
    }
    let status = u16::try_from(kept.status).ok().and_then(|code| StatusCode::from_u16(code).ok());
    let headers = [(header::CONTENT_TYPE, "application/json")];
    Ok((status.unwrap_or(StatusCode::OK), headers, kept.body.clone()).into_response())
}

async fn find(app: &App, key: &str, now: Timestamp) -> Result<Option<Kept>> {
    Ok(sqlx::query_as("SELECT request, status, body FROM idempotency WHERE key = $1 AND at > $2")
        .bind(key)
        .bind((now - KEPT).as_microsecond())
        .fetch_optional(app.db.reader())
        .await?)
}

async fn keep(
    app: &App,
    key: &str,
    digest: &str,
    status: StatusCode,
    body: &Bytes,
    now: Timestamp,
) -> Result<()> {
    let Some(text) = std::str::from_utf8(body).ok().filter(|text| text.len() <= LIMIT) else {
        return Ok(());
    };
    sqlx::query(
        "INSERT INTO idempotency (key, request, status, body, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (key) DO UPDATE SET request = $2, status = $3, body = $4, at = $5",
    )
    .bind(key)
    .bind(digest)
    .bind(i64::from(status.as_u16()))
    .bind(text)
    .bind(now.as_microsecond())
    .execute(app.db.bookkeeping())
    .await?;
    Ok(())
}
