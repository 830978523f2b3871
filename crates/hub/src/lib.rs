//! The server of Tháp Canh: what people do, one folder a noun.
//!
//! A tower: a room knows its own floor and those below.
//!
//! | floor | rooms | what is there |
//! |---|---|---|
//! | 3 goal | [`directives`] | letters, demands, tasks, the board |
//! | 1 sensing | [`sightings`], [`exposures`], [`alerts`] | what lists found out, until silence proves it gone; which machine misses which fix; what rules found in logs, until somebody answers |
//! | 0 ground | [`registry`], [`people`], [`notices`] | units, systems, hosts, networks, contacts; accounts; what a unit was told |
//! | shell | [`web`], [`api`], [`jobs`], [`notify`], [`audit`], [`store`], [`access`], [`checks`], [`works`] | page frame, tokens and OpenAPI, scheduler, mail, the chain, the database, rights, the shape of a proof, what outlasts its request |
//!
//! A room is `mod.rs` (its types), verb files (`import.rs`, `close.rs`:
//! authorise, check, change, record), `rules.rs` (pure decisions, tested as
//! tables), `pages.rs`, `api.rs`, `checks.rs` (facts it can prove for a
//! demand), `schema.sql`.
//!
//! *What this crate must not know:* file formats (the engine crates read them),
//! the command line, and the clock outside [`clock`].
//!
//! *To add a noun:* make its folder, write its card (`pub const NOUN`), and put
//! one line into [`nouns::ALL`].

pub mod access;
pub mod alerts;
pub mod api;
pub mod app;
pub mod audit;
pub mod checks;
pub mod clock;
pub mod directives;
mod error;
pub mod exposures;
pub mod ids;
pub mod installation;
pub mod jobs;
mod keys;
pub mod notices;
pub mod notify;
pub mod nouns;
pub mod people;
pub mod registry;
pub mod sightings;
pub mod store;
pub mod web;
pub mod works;

pub use app::{App, Settings};
pub use error::{Error, Result};
