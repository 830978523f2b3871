//! The crate from outside, in one program.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod bundle;
mod chain;
mod codes;
mod common;
mod hostile;
