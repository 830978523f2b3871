//! Every page there is, found by following links as a person would: no list of
//! pages to forget one in.

use std::collections::{BTreeMap, VecDeque};

use anyhow::Result;

use crate::browser::Window;

/// Visits pages from `/` on, one of each shape, and calls `visit` on each.
/// A shape is a path with its identifiers taken out and its query cut off.
pub async fn each_page(
    window: &Window,
    server: &str,
    most: usize,
    mut visit: impl AsyncFnMut(&str, &str) -> Result<()>,
) -> Result<Vec<String>> {
    let mut seen = BTreeMap::new();
    let mut waiting = VecDeque::from(["/".to_owned()]);
    while let Some(path) = waiting.pop_front() {
        let shape = shape(&path);
        if seen.len() >= most || seen.contains_key(&shape) {
            continue;
        }
        window.driver.goto(format!("{server}{path}")).await?;
        seen.insert(shape.clone(), path.clone());
        visit(&shape, &path).await?;
        waiting.extend(links(window).await?);
    }
    Ok(seen.into_keys().collect())
}

async fn links(window: &Window) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll('a[href]:not([download])')]
        .filter((a) => a.origin === location.origin)
        .map((a) => a.pathname + a.search);";
    let found = window.driver.execute(script, vec![]).await?;
    let found = found.json().as_array().cloned().unwrap_or_default();
    Ok(found
        .iter()
        .filter_map(|one| one.as_str().map(str::to_owned))
        .filter(|path| is_page(path))
        .collect())
}

/// Files and exports are no pages.
pub fn is_page(path: &str) -> bool {
    !(path.contains("format=")
        || path.starts_with("/assets/")
        || path.starts_with("/files/")
        || path.ends_with(".zip")
        || path.ends_with(".xlsx")
        || path.ends_with(".csv")
        || path.ends_with(".json")
        || path.ends_with(".eml")
        || path.contains("/download")
        || path.contains("/bundle")
        || path.contains("/file"))
}

/// `/units/01HX…/edit?x=1` becomes `/units/ID/edit`; a CVE names a page as an identifier does.
pub fn shape(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let part = |part: &str| {
        let is_id = matches!(part.len(), 26 | 64)
            || part.starts_with("CVE-")
            || part.bytes().all(|b| b.is_ascii_digit());
        if is_id && !part.is_empty() { "ID".to_owned() } else { part.to_owned() }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}
