//! Errors as pages, in the viewer's language.

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use diag::Diagnostic;
use maud::{Markup, html};
use words::Lang;

use super::{Visitor, frame_plain, redirect};
use crate::Error;

/// An error on its way to becoming a page.
#[derive(Debug)]
pub struct PageError(pub Error);

impl<E: Into<Error>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// The error, kept beside the response until [`draw`] knows the language.
#[derive(Clone)]
struct Undrawn {
    name: &'static str,
    found: Vec<Diagnostic>,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let status = status(&self.0);
        if let Error::Internal(cause) = &self.0 {
            tracing::error!(%cause, "request failed");
        }
        let mut response = status.into_response();
        response.extensions_mut().insert(Undrawn { name: name(&self.0), found: found(self.0) });
        response
    }
}

/// The HTTP status of an error.
pub(crate) fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::SignIn => StatusCode::UNAUTHORIZED,
        Error::Forbidden | Error::ChangePassword => StatusCode::FORBIDDEN,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict(_) | Error::Setup(_) => StatusCode::CONFLICT,
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The name of an error: `error.<name>` in the locales, the `type` of a problem.
pub(crate) fn name(error: &Error) -> &'static str {
    match error {
        Error::NotFound => "not-found",
        Error::SignIn => "sign-in",
        Error::Forbidden => "forbidden",
        Error::ChangePassword => "change-password",
        Error::Invalid(_) => "invalid",
        Error::Conflict(_) => "conflict",
        Error::TooMany { .. } => "too-many",
        Error::TooLarge => "too-large",
        Error::Setup(_) => "setup",
        Error::Internal(_) => "internal",
    }
}

fn found(error: Error) -> Vec<Diagnostic> {
    match error {
        Error::Invalid(found) => found,
        Error::Conflict(one) | Error::Setup(one) => vec![*one],
        _ => Vec::new(),
    }
}

/// Draws the error pages; sends whoever is not signed in to the sign-in page
/// and back.
pub(super) async fn draw(visitor: Visitor, request: Request, next: Next) -> Response {
    let back = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let reading = request.method().is_safe();
    let mut response = next.run(request).await;
    let Some(undrawn) = response.extensions_mut().remove::<Undrawn>() else {
        return response;
    };
    if undrawn.name == "sign-in" && reading {
        return redirect(&super::parts::with_query("/login", &[("next", &back)]));
    }
    if undrawn.name == "change-password" && reading {
        return redirect("/account/password");
    }
    (response.status(), page(&visitor, &undrawn)).into_response()
}

fn page(visitor: &Visitor, undrawn: &Undrawn) -> Markup {
    let lang = visitor.lang;
    let title = lang.t(&format!("error.{}.title", undrawn.name)).to_string();
    frame_plain(
        visitor,
        &title,
        &html! {
            h1 { (title) }
            p { (lang.t(&format!("error.{}.text", undrawn.name))) }
            (findings(lang, &undrawn.found))
            p { a href="/" { (lang.t("error.home")) } }
        },
    )
}

/// Findings as a list: the sentence, the place, the hint.
pub(crate) fn findings(lang: Lang, found: &[Diagnostic]) -> Markup {
    html! {
        @if !found.is_empty() {
            ul.findings {
                @for one in found {
                    @let (text, hint) = lang.diagnostic(one);
                    li {
                        strong { (text) }
                        @if one.place != diag::Place::default() { " " span.place { (one.place) } }
                        @if !hint.is_empty() { br; span.hint { (hint) } }
                    }
                }
            }
        }
    }
}

/// Any path that no room has.
pub(super) async fn no_such_page() -> PageError {
    Error::NotFound.into()
}
