//! Bytes of any log → [`Event`]s.
//!
//! One `Event` for everything: fields under the **source's own names** (the
//! ones that Sigma rules speak), ECS names on demand through a mapping, the
//! time with its zone resolved, a reference to the record, and the raw bytes.
//!
//! How a matcher uses it:
//!
//! 1. Intern the names that rules ask for in a [`Names`], [`Names::freeze`] it,
//!    and compile the rules to [`Key`]s.
//! 2. Give each thread `Event::new(names.clone())` and decode into it.
//! 3. Dispatch on [`Event::source`], [`Event::channel`], [`Event::event_id`];
//!    walk [`Event::fields`] once, or [`Event::get`] by key.
//!
//! Names of Windows events are flat, as Sigma writes them, whether they come
//! from EVTX, XML or JSON: `EventID`, `Channel`, `Provider_Name`, `Computer`,
//! `EventRecordID`, `Level`, `Task`, `Opcode`, `Keywords`, `Version`,
//! `Execution_ProcessID`, `Execution_ThreadID`, `Security_UserID`, and every
//! `EventData`/`UserData` element under its own name. JSON of other shapes has
//! dotted names (`alert.signature`); a list's elements share one name.
//!
//! *What this crate must not know:* rules, indicators, databases, HTTP, the
//! clock.
#![forbid(unsafe_code)]

mod event;
mod evtx;
mod findings;
mod format;
mod names;
mod origin;
mod time;
mod utf16;
mod value;

pub use event::Event;
pub use format::Format;
pub use names::{Key, Names};
pub use origin::{LogSource, RecordRef};
pub use time::{Time, Zone};
pub use value::Value;
