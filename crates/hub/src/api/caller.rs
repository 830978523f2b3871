//! Who calls the API: the holder of a bearer token, or a signed-in browser.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use jiff::Timestamp;

use super::ApiError;
use crate::{
    App, Error,
    access::Viewer,
    people::{sessions, tokens},
    web,
};

/// A call by somebody known.
#[derive(Clone, Debug)]
pub struct Caller {
    /// What they may see and do.
    pub viewer: Viewer,
    /// The instant of the call.
    pub now: Timestamp,
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let now = app.clock.now();
        let here = now.to_zoned(app.settings.zone.clone());
        if let Some(token) = bearer(parts) {
            return Ok(Self { viewer: tokens::find(&app.db, token, &here).await?, now });
        }
        let secret = web::session_secret(&parts.headers).ok_or(Error::SignIn)?;
        let found = sessions::find(&app.db, &secret, &here).await?;
        if found.must_change_password {
            return Err(Error::ChangePassword.into());
        }
        let viewer = found.viewer;
        if parts.method.is_safe() {
            return Ok(Self { viewer, now });
        }
        // A browser's session may change things here only with its form token,
        // which no other site can send.
        let given = parts.headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
        if given == Some(sessions::csrf(&secret).as_str()) {
            Ok(Self { viewer, now })
        } else {
            Err(Error::Forbidden.into())
        }
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
