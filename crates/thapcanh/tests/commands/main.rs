//! The real binary on temporary folders.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod backup;
mod botnet;
mod doctor;
mod import;
mod support;
mod texts;
