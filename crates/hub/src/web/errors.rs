//! Errors as pages, in the viewer's language.

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use diag::Diagnostic;
use maud::{Markup, html};
use words::Lang;

use super::{Visitor, frame_plain, redirect, refused::Sent};
use crate::Error;

/// An error on its way to becoming a page.
#[derive(Debug)]
pub struct PageError {
    /// What went wrong.
    pub(super) error: Error,
    page: Option<Markup>,
}

impl PageError {
    /// An error of a form on this very page, which no link leads to: the form
    /// comes back on it.
    pub fn on(page: Markup, error: Error) -> Self {
        Self { error, page: Some(page) }
    }
}

impl<E: Into<Error>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self { error: error.into(), page: None }
    }
}

/// The error, kept beside the response until [`draw`] knows the language.
#[derive(Clone)]
pub(super) struct Undrawn {
    /// Its name.
    pub name: &'static str,
    /// What was found.
    pub found: Vec<Diagnostic>,
    /// The page of the form, where the form's owner gave it.
    pub page: Option<String>,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let status = status(&self.error);
        if let Error::Internal(cause) = &self.error {
            tracing::error!(%cause, "request failed");
        }
        let mut response = status.into_response();
        let page = self.page.map(Markup::into_string);
        let undrawn = Undrawn { name: name(&self.error), found: found(self.error), page };
        response.extensions_mut().insert(undrawn);
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
        Error::TooMany { retry_after } => {
            let wait = Diagnostic::error("web.wait", diag::Place::default());
            vec![wait.with("seconds", retry_after)]
        }
        _ => Vec::new(),
    }
}

/// Draws the error pages, and refused forms on theirs; sends whoever is not
/// signed in to the sign-in page and back.
pub(super) async fn draw(
    pages: Router,
    visitor: Visitor,
    mut request: Request,
    next: Next,
) -> Response {
    let back = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let reading = request.method().is_safe();
    let sent = Sent::of(&mut request);
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
    if let Some(page) = sent.back(pages, &undrawn).await {
        return (response.status(), Html(page)).into_response();
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
