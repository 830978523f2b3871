//! The few files the browser loads: embedded, and named by their content so
//! that a browser may keep them for ever.

use std::sync::LazyLock;

use axum::{Router, extract::Path, http::header, response::IntoResponse, routing::get};
use sha2::{Digest, Sha256};

use super::PageError;
use crate::{App, Error};

struct Asset {
    name: &'static str,
    kind: &'static str,
    content: &'static str,
    path: String,
}

static ASSETS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        asset("house.css", "text/css; charset=utf-8", include_str!("../../assets/house.css")),
        asset("house.js", "text/javascript; charset=utf-8", include_str!("../../assets/house.js")),
        asset("icon.svg", "image/svg+xml", include_str!("../../assets/icon.svg")),
    ]
});

fn asset(name: &'static str, kind: &'static str, content: &'static str) -> Asset {
    let hash = hex::encode(&Sha256::digest(content)[..6]);
    Asset { name, kind, content, path: format!("/assets/{hash}/{name}") }
}

/// The path of an asset. An unknown name is a mistake of ours and leads nowhere.
pub(super) fn path(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map_or("/assets", |asset| &asset.path)
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/assets/{hash}/{name}", get(serve))
}

async fn serve(Path((_, name)): Path<(String, String)>) -> Result<impl IntoResponse, PageError> {
    let asset = ASSETS.iter().find(|asset| asset.name == name).ok_or(Error::NotFound)?;
    let keep = "public, max-age=31536000, immutable";
    Ok(([(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, keep)], asset.content))
}
