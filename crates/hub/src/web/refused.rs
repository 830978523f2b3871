//! A refused form comes back: the page it stood on is drawn again by its own
//! function, and what was typed and what was wrong is written into it. A room
//! does nothing for it but name its fields as its errors do; no form can be
//! forgotten.
//!
//! The page is ours, so it may be changed after it was drawn: its function need
//! not know of faults (WCAG 2.1, 3.3.1 and 3.3.3; 4.1.2 for the states).

mod write;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, Method, Uri, header},
};
use tower::ServiceExt;

use super::{
    errors::Undrawn,
    form::{FROM_PAGE, Typed},
};

/// Most that a page of ours may be, in bytes.
const PAGE_LIMIT: usize = 16 * 1024 * 1024;
/// Errors with which a form comes back; the others say nothing about a form.
const RETURNING: [&str; 5] = ["invalid", "conflict", "setup", "too-many", "too-large"];

/// A request on its way, and what is needed if its form must come back.
pub(super) struct Sent {
    action: Uri,
    headers: HeaderMap,
    typed: Typed,
}

impl Sent {
    /// Lets the request keep what its form holds.
    pub fn of(request: &mut Request) -> Self {
        let typed = Typed::default();
        request.extensions_mut().insert(typed.clone());
        Self { action: request.uri().clone(), headers: request.headers().clone(), typed }
    }

    /// The form's page with the form as it was sent, if it was a form and its
    /// page can still be drawn for this viewer.
    pub async fn back(&self, pages: Router, undrawn: &Undrawn) -> Option<String> {
        let held = self.typed.held().filter(|_| RETURNING.contains(&undrawn.name))?;
        let page = match &undrawn.page {
            Some(page) => page.clone(),
            None => self.drawn_again(pages, held.get(FROM_PAGE)).await?,
        };
        let refusal = write::Refusal {
            action: self.action.path(),
            held,
            name: undrawn.name,
            found: &undrawn.found,
        };
        Some(write::into(&page, &refusal))
    }

    /// The page the form stood on; for a form that does not say, the page of
    /// its own address.
    async fn drawn_again(&self, pages: Router, from: Option<&str>) -> Option<String> {
        let from = from.filter(|path| path.starts_with('/')).and_then(|path| path.parse().ok());
        let mut request = Request::new(Body::empty());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = from.unwrap_or_else(|| self.action.clone());
        let cookies = self.headers.get_all(header::COOKIE).iter().cloned();
        request.headers_mut().extend(cookies.map(|cookie| (header::COOKIE, cookie)));
        let response = pages.oneshot(request).await.ok()?;
        if !response.status().is_success() || !is_page(response.headers()) {
            return None;
        }
        let bytes = to_bytes(response.into_body(), PAGE_LIMIT).await.ok()?;
        String::from_utf8(bytes.into()).ok()
    }
}

fn is_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}
