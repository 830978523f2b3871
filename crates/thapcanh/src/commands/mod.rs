//! The subcommands, one file each.
//!
//! *To add one:* a file here with its arguments as a struct and a `run`, a line
//! in `main.rs`, and a line in the README's table.

pub mod board;
pub mod botnet;
pub mod demo;
pub mod serve;
mod server;
pub mod verify;

// The engines without a server.
pub mod exposures;
pub mod hunt;
pub mod packs;
pub mod rules;
mod terminal;
pub mod timeline;
