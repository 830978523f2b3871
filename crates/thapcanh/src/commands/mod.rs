//! The subcommands, one file or folder each.
//!
//! *To add one:* a file here with its arguments as a struct and a `run`, a line
//! in `main.rs`, and a line in the README's table. What it prints stands in
//! `packs/locales/<lang>/cli.toml`; its exit codes in its help.

pub mod backup;
pub mod board;
pub mod botnet;
pub mod demo;
mod digest;
pub mod doctor;
pub mod help;
pub mod import;
mod place;
pub mod restore;
mod say;
pub mod serve;
mod server;
mod space;
pub mod verify;
mod whole;

// The engines without a server.
pub mod exposures;
pub mod hunt;
pub mod packs;
pub mod rules;
mod terminal;
pub mod timeline;
mod to_hub;
