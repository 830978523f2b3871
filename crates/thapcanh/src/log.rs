//! What the operator reads: to standard error, `THAPCANH_LOG` says how much
//! (`info` by default; `hub=debug,warn` …).

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging.
pub fn start() {
    let filter = EnvFilter::try_from_env("THAPCANH_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // Machines read lines of JSON, people read lines.
    if std::env::var_os("THAPCANH_LOG_JSON").is_some() {
        log.json().init();
    } else {
        log.with_target(false).init();
    }
}
