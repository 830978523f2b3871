//! The whole server, in process, with a clock that the test holds. One file a
//! room; `support.rs` is the stranger who signs in, clicks and posts.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what is wrong by stopping"
)]

mod alerts;
mod audit;
mod directives;
mod exposures;
mod notices;
mod people;
mod registry;
mod sightings;
mod support;
