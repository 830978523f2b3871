//! What the whole-system tests share: a running server, a browser, a crawl.
//!
//! *To add a test of the whole:* a file in `tests/tests/`, a step in
//! `xtask/src/ci.rs`. Whatever it needs from outside is installed in
//! `xtask/src/tools.rs` and handed over in an environment variable.

pub mod browser;
pub mod crawl;
pub mod server;
pub mod session;
pub mod visitor;
