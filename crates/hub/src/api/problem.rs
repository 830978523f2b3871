//! Errors as problem documents (RFC 9457), and bodies whose errors are such.

use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use diag::{Diagnostic, Place};
use serde::{Serialize, de::DeserializeOwned};
use words::Lang;

use crate::{App, Error, web};

/// A problem document.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// `urn:thapcanh:error:<name>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The error in a few words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What to do about it.
    pub detail: String,
    /// Each thing found wrong.
    pub errors: Vec<ProblemItem>,
}

/// One thing found wrong.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemItem {
    /// Stable code.
    pub code: String,
    /// Field, line or file.
    pub place: String,
    /// What is wrong.
    pub text: String,
    /// What to do about it.
    pub hint: String,
}

impl ProblemItem {
    /// A finding, in the language in which machines are spoken to; the codes are
    /// the same in every language.
    pub fn new(found: &Diagnostic) -> Self {
        let (text, hint) = Lang::En.diagnostic(found);
        Self { code: found.code.to_string(), place: found.place.to_string(), text, hint }
    }
}

/// An error on its way to becoming a problem document.
#[derive(Debug)]
pub struct ApiError(pub Error);

impl<E: Into<Error>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Error::Internal(cause) = &self.0 {
            tracing::error!(%cause, "request failed");
        }
        let status = web::error_status(&self.0);
        let retry = match &self.0 {
            Error::TooMany { retry_after } => Some(*retry_after),
            _ => None,
        };
        let problem = problem(self.0, status.as_u16());
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn problem(error: Error, status: u16) -> Problem {
    let lang = Lang::En;
    let name = web::error_name(&error);
    let errors = match error {
        Error::Invalid(found) => found,
        Error::Conflict(one) | Error::Setup(one) => vec![*one],
        _ => Vec::new(),
    };
    Problem {
        kind: format!("urn:thapcanh:error:{name}"),
        title: lang.t(&format!("error.{name}.title")).to_string(),
        status,
        detail: lang.t(&format!("error.{name}.text")).to_string(),
        errors: errors.iter().map(ProblemItem::new).collect(),
    }
}

/// Whatever the framework refuses by itself, as a problem too: a query string,
/// a path or a method that it cannot read.
pub(super) async fn as_problem(response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_ours = kind.is_some_and(|kind| kind.as_bytes().ends_with(b"json"));
    let status = response.status();
    if is_ours || !status.is_client_error() {
        return response;
    }
    let place = Place::default().in_column("request");
    let found = Diagnostic::error("api.request-unreadable", place).with("status", status);
    let mut answer = ApiError(Error::Invalid(vec![found])).into_response();
    *answer.status_mut() = status;
    answer
}

/// A JSON body. Use it in place of `axum::Json` when reading.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        match Json::<T>::from_request(request, app).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(JsonRejection::BytesRejection(_)) => Err(Error::TooLarge.into()),
            Err(cause) => {
                let place = Place::default().in_column("body");
                let found = Diagnostic::error("api.body-unreadable", place).with("cause", cause);
                Err(Error::Invalid(vec![found]).into())
            }
        }
    }
}
