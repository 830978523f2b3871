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
//! Three ways in: [`Reader`] for one input on one thread; [`Blocks`] and
//! [`Decoder`] to cut inputs on one thread and decode them on many;
//! [`Decoder::decode_record`] for records that arrive one by one. [`visit`]
//! finds the inputs below a path, in archives too, and [`visit_stream`] those of
//! one stream. [`Timeline`] merges all
//! events in the order of time. [`ecs::Ecs`] gives an event's ECS names, by
//! tables that `docs/events-schema.md` shows; how far they agree with what
//! others expect is counted in `docs/events-fields.md`.
//!
//! *What this crate must not know:* rules, indicators, databases, HTTP, the
//! clock.
//!
//! *To add a format:* a variant in [`Format`] with its name and log source; a
//! file of its own with `decode(text, sink) -> bool` and the standard it
//! follows in its first lines; a line in `line.rs` that recognises it (by its
//! first bytes, its program, or a mark) and one that calls it; a table in
//! `ecs/tables.rs`; lines in `tests/golden`, a target in `fuzz/src/events.rs`. Tests
//! fail until names, tables and pages agree.
#![forbid(unsafe_code)]

mod antivirus;
mod auditd;
mod block;
mod cef;
mod cisco;
mod codes;
mod decoder;
mod directives;
mod dns_query;
pub mod ecs;
mod event;
mod evtx;
mod filterlog;
mod findings;
mod format;
mod framing;
mod input;
mod journald;
mod json;
mod json_record;
mod kv;
mod kv_record;
mod leef;
mod line;
mod linux_auth;
mod names;
mod options;
mod origin;
mod palo_alto;
mod pattern;
mod postfix;
mod reader;
mod row;
mod sink;
mod sniff;
mod sorter;
mod squid;
mod syslog;
mod time;
mod timeline;
mod to_json;
mod utf16;
mod value;
mod w3c;
mod web_access;
mod windows_dns;
mod windows_json;
mod windows_xml;
mod zeek;

pub use block::{Block, Blocks};
pub use codes::CODES;
pub use decoder::Decoder;
pub use event::Event;
pub use format::Format;
pub use input::{Input, Visit, visit, visit_stream};
pub use names::{Key, Names};
pub use options::Options;
pub use origin::{LogSource, RecordRef};
pub use reader::Reader;
pub use row::{COLUMNS, Row};
pub use sorter::Sorter;
pub use time::{Time, Zone};
pub use timeline::{Layout, Timeline};
pub use to_json::{push_fields, push_json};
pub use value::Value;
