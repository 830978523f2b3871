//! Debian's chromium through its driver.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, WebDriver, prelude::*};

use crate::server::free_port;

/// A browser window, and the driver process behind it.
pub struct Window {
    /// The window.
    pub driver: WebDriver,
    process: Child,
    _profile: tempfile::TempDir,
}

/// No background traffic: the machine has no network, and a test needs none.
const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,900",
];

impl Window {
    /// Opens a window.
    pub async fn open() -> Result<Self> {
        let port = free_port()?;
        let process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting chromedriver")?;
        let profile = tempfile::tempdir()?;
        let mut wishes = DesiredCapabilities::chrome();
        for flag in FLAGS {
            wishes.add_arg(flag)?;
        }
        wishes.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
        let address = format!("http://127.0.0.1:{port}");
        let driver = connect(&address, wishes).await?;
        Ok(Self { driver, process, _profile: profile })
    }

    /// Signs in.
    pub async fn sign_in(&self, server: &str, login: &str, password: &str) -> Result<()> {
        self.driver.goto(format!("{server}/login")).await?;
        self.driver.find(By::Name("login")).await?.send_keys(login).await?;
        self.driver.find(By::Name("password")).await?.send_keys(password).await?;
        self.driver.find(By::Css("main button[type=submit]")).await?.click().await?;
        Ok(())
    }

    /// The page as a picture: whole, at the width of the window, up to 2,400 pixels.
    pub async fn picture(&self, to: &Path, width: u32) -> Result<()> {
        self.driver.set_window_rect(0, 0, width, 900).await?;
        let height =
            self.driver.execute("return document.documentElement.scrollHeight", vec![]).await?;
        let height = height.json().as_u64().unwrap_or(900).clamp(700, 2400) + 90;
        self.driver.set_window_rect(0, 0, width, u32::try_from(height)?).await?;
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder)?;
        }
        self.driver.screenshot(to).await?;
        self.driver.set_window_rect(0, 0, width, 900).await?;
        Ok(())
    }

    /// What axe-core finds wrong on the page (WCAG 2.1 A and AA), as `rule: where`.
    pub async fn axe(&self, script: &str) -> Result<Vec<String>> {
        self.driver.execute(script, vec![]).await?;
        let run = "const done = arguments[arguments.length - 1];
            axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }).then(
                (r) => done(r.violations.map((v) => v.id + ': ' +
                    v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(', '))));";
        let found = self.driver.execute_async(run, vec![]).await?;
        let found = found.json().as_array().cloned().unwrap_or_default();
        Ok(found.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect())
    }

    /// Closes the window.
    pub async fn close(mut self) -> Result<()> {
        self.driver.clone().quit().await?;
        let _ = self.process.kill();
        let _ = self.process.wait();
        Ok(())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn connect(address: &str, wishes: thirtyfour::ChromeCapabilities) -> Result<WebDriver> {
    for _ in 0..100 {
        if let Ok(driver) = WebDriver::new(address, wishes.clone()).await {
            driver.set_script_timeout(Duration::from_mins(1)).await?;
            return Ok(driver);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("chromedriver did not come up")
}

/// Where pictures go: `docs/pictures` when they are to be renewed
/// (`THAPCANH_PICTURES=1`), else a folder under `target/`.
pub fn pictures() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let renew = std::env::var_os("THAPCANH_PICTURES").is_some();
    root.join(if renew { "docs/pictures" } else { "target/pictures" })
}
