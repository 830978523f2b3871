//! Killed at any moment, the server loses nothing that it acknowledged and
//! leaves no half record. On the real binary, with a signal that cannot be
//! handled.

#![allow(missing_docs, clippy::unwrap_used, reason = "a test says what is wrong by stopping")]

mod changes;
mod client;
mod imports;
