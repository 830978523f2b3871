//! A real browser on the demo: the journeys, every page's picture, and axe-core
//! on every page, wide and narrow.

#![allow(missing_docs, clippy::unwrap_used, reason = "a test says what is wrong by stopping")]

use anyhow::{Context, Result};
use house_tests::{
    browser::{Window, pictures},
    crawl::each_page,
    server::Server,
};

#[tokio::test]
async fn every_page_is_accessible_and_has_its_picture() -> Result<()> {
    let Some(script) = std::env::var_os("THAPCANH_AXE") else {
        println!("SKIPPED: no axe-core; run `cargo xtask ci browser`");
        return Ok(());
    };
    let axe = std::fs::read_to_string(script)?;
    let folder = tempfile::tempdir()?;
    let server = Server::demo(folder.path())?;
    let login = server.said("Đăng nhập: ").context("no login printed")?;
    let password = server.said("Mật khẩu: ").context("no password printed")?;
    let window = Window::open().await?;
    window.sign_in(&server.address, &login, &password).await?;
    let mut wrong = Vec::new();
    let pages = each_page(&window, &server.address, 120, async |shape, _| {
        let name = match shape.trim_matches('/') {
            "" => "home".to_owned(),
            other => other.replace('/', "-"),
        };
        window.picture(&pictures().join(format!("{name}.png")), 1280).await?;
        wrong.extend(window.axe(&axe).await?.into_iter().map(|found| format!("{shape} {found}")));
        let title = window.driver.title().await?;
        if window.driver.source().await?.contains("[web.") || title.starts_with('[') {
            wrong.push(format!("{shape} has a text without words"));
        }
        window.driver.set_window_rect(0, 0, 375, 800).await?;
        let overflow = "return document.documentElement.scrollWidth > document.documentElement.clientWidth + 1";
        if window.driver.execute(overflow, vec![]).await?.json().as_bool() == Some(true) {
            wrong.push(format!("{shape} is wider than a phone"));
        }
        Ok(())
    })
    .await?;
    println!("{} pages: {}", pages.len(), pages.join(" "));
    window.close().await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(pages.len() > 20, "the crawl found only {pages:?}");
    Ok(())
}
