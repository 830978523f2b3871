//! The whole server, in process, with a clock that the test holds. One file a
//! room; `support.rs` is the stranger who signs in, clicks and posts.

#![allow(unreachable_pub, missing_docs, reason = "tests are read here, not from outside")]

mod people;
mod registry;
mod support;
