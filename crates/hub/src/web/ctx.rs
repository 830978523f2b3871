//! Who asks, in which language, and when.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use jiff::{Timestamp, tz::TimeZone};
use words::Lang;

use super::PageError;
use crate::{App, Error, access::Viewer, people::sessions};

/// Name of the cookie that holds a session's secret.
pub const SESSION_COOKIE: &str = "thapcanh_session";
/// Name of the cookie by which a browser is known at its next sign-in.
pub const DEVICE_COOKIE: &str = "thapcanh_device";
/// Name of the cookie that holds a visitor's language.
pub const LANG_COOKIE: &str = "thapcanh_lang";

/// What is open to somebody who owes a new password.
const OPEN_WHILE_OWING: [&str; 3] = ["/account/password", "/logout", "/language"];

/// A request by somebody signed in.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// What they may see and do.
    pub viewer: Viewer,
    /// Their session's id.
    pub session: String,
    /// The token that their forms carry.
    pub csrf: String,
    /// Their language.
    pub lang: Lang,
    /// The zone in which instants are shown.
    pub zone: TimeZone,
    /// The instant of the request.
    pub now: Timestamp,
    /// The path asked for.
    pub path: String,
    /// The path asked for with its query.
    pub page: String,
    /// Whether the page must say that this is a demonstration.
    pub demonstration: bool,
}

/// A request by somebody without an account, or not signed in yet.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Their language: the cookie's, or Vietnamese.
    pub lang: Lang,
    /// The zone in which instants are shown.
    pub zone: TimeZone,
    /// The instant of the request.
    pub now: Timestamp,
    /// The path asked for.
    pub path: String,
    /// Where the request comes from.
    pub origin: sessions::Origin,
}

impl Ctx {
    /// The text of a locale key.
    pub fn t(&self, key: &str) -> String {
        self.lang.t(key).to_string()
    }

    /// The text of a locale key with its `{names}` filled.
    pub fn fill(&self, key: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
        self.lang.fill(key, values)
    }

    /// An instant as the locale writes it.
    pub fn time(&self, at: impl Into<Timestamp>) -> String {
        self.lang.date_time(at.into(), &self.zone)
    }

    /// The day of an instant as the locale writes it.
    pub fn day(&self, at: impl Into<Timestamp>) -> String {
        self.lang.date(at.into().to_zoned(self.zone.clone()).date())
    }

    /// A number with the locale's thousands.
    pub fn number(&self, number: i64) -> String {
        self.lang.number(number.unsigned_abs())
    }
}

impl FromRequestParts<App> for Ctx {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let secret = cookie(&parts.headers, SESSION_COOKIE).ok_or(Error::SignIn)?;
        let now = app.clock.now();
        let zone = app.settings.zone.clone();
        let found = sessions::find(&app.db, &secret, &now.to_zoned(zone.clone())).await?;
        let owing = found.must_change_password && !OPEN_WHILE_OWING.contains(&parts.uri.path());
        if owing {
            return Err(Error::ChangePassword.into());
        }
        Ok(Self {
            viewer: found.viewer,
            session: found.session,
            csrf: sessions::csrf(&secret),
            lang: Lang::from_code(&found.lang).unwrap_or_default(),
            zone,
            now,
            path: parts.uri.path().to_owned(),
            page: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            demonstration: app.settings.demonstration,
        })
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let lang = cookie(&parts.headers, LANG_COOKIE).and_then(|name| Lang::from_code(&name));
        Ok(Self {
            lang: lang.unwrap_or_default(),
            zone: app.settings.zone.clone(),
            now: app.clock.now(),
            path: parts.uri.path().to_owned(),
            origin: origin(parts),
        })
    }
}

/// The network address of the peer (never a header that the peer wrote) and
/// what it says it is.
fn origin(parts: &Parts) -> sessions::Origin {
    let address = parts
        .extensions
        .get::<axum::extract::ConnectInfo<std::net::SocketAddr>>()
        .map(|peer| peer.0.ip().to_string());
    let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    sessions::Origin {
        address: address.unwrap_or_default(),
        agent: agent.unwrap_or_default().to_owned(),
    }
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}
