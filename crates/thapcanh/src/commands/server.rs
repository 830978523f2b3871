//! Running the server until it is told to stop.

use std::{future::IntoFuture, net::SocketAddr, path::PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use hub::{App, Settings, clock::Clock, jobs};
use jiff::tz::TimeZone;

/// Where a server listens and keeps its data.
#[derive(Args, Clone)]
pub struct Place {
    /// Data folder: database, kept files, keys, own packs.
    #[arg(long, value_name = "DIR", env = "THAPCANH_DATA")]
    pub data: Option<PathBuf>,
    /// Address to listen on. Anything but loopback belongs behind a proxy that speaks TLS.
    #[arg(long, default_value = "127.0.0.1:8080", env = "THAPCANH_LISTEN")]
    pub listen: SocketAddr,
    /// Address under which the outside reaches this server, for links in mails.
    #[arg(long, value_name = "URL", env = "THAPCANH_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// PostgreSQL address; without it the database is a file in the data folder.
    #[arg(long, value_name = "URL", env = "THAPCANH_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// Zone in which dates are shown and days begin.
    #[arg(long, default_value = "Asia/Ho_Chi_Minh", env = "THAPCANH_ZONE")]
    pub zone: String,
}

impl Place {
    /// The settings of a server at this place.
    pub fn settings(&self, data: PathBuf, clock: Clock, demonstration: bool) -> Result<Settings> {
        Ok(Settings {
            data,
            database: self.database.clone(),
            public_url: self
                .public_url
                .clone()
                .unwrap_or_else(|| format!("http://{}", self.listen)),
            zone: TimeZone::get(&self.zone)
                .with_context(|| format!("no zone is called {}", self.zone))?,
            clock,
            demonstration,
        })
    }
}

/// Answers requests and runs the jobs until Ctrl-C or a termination signal.
pub async fn serve(app: App, listen: SocketAddr) -> Result<()> {
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}; is another server running there?"))?;
    let jobs = tokio::spawn(jobs::run(app.clone()));
    let service = app.router().into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(stopped()).into_future();
    let server = tokio::spawn(server);
    stopped().await;
    // Open live connections would hold the door for ever.
    let _ = tokio::time::timeout(std::time::Duration::from_secs(5), server).await;
    jobs.abort();
    Ok(())
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    let _ = interrupt.await;
}
