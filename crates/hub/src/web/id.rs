//! The identifier in a page's path.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

use super::PageError;
use crate::{App, Error};

/// The one identifier in the path. What is none is a page that is not there,
/// like an identifier that names nothing.
pub struct Id<T>(pub T);

impl<T: FromStr<Err = Error>> FromRequestParts<App> for Id<T> {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let Path(text) =
            Path::<String>::from_request_parts(parts, app).await.map_err(|_| Error::NotFound)?;
        Ok(Self(text.parse()?))
    }
}
