//! An event under the names of the Elastic Common Schema (ECS 8).
//!
//! A format's table of [`Row`]s says which of its own fields is which ECS
//! field; what follows from others by definition (`related.ip`, `url.path`,
//! `source.address`, `process.name`) is derived in the same way for all.
//! Nothing of it is done until somebody asks: rules speak the sources' names.
//!
//! *To add a field:* put it into [`FIELDS`], and a row into the format's table.

mod derive;
mod domains;
mod fields;
mod how;
mod tables;
mod user_agent;

use std::borrow::Cow;

pub use fields::{FIELDS, Field, Kind};

use self::how::How;
use crate::{event::Event, format::Format, value::Value};

/// Which of a format's fields is an ECS field.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The ECS field.
    pub name: &'static str,
    /// The source's field; empty if the value is always the same.
    pub from: &'static str,
    how: How,
}

/// The rows for a format, the better source of a field first.
pub fn table(format: Format) -> &'static [Row] {
    tables::of(format)
}

/// An event's ECS fields. Values are text; [`Field::kind`] says of what.
#[derive(Clone, Debug, Default)]
pub struct Ecs<'e> {
    fields: Vec<(Cow<'e, str>, Cow<'e, str>)>,
}

impl<'e> Ecs<'e> {
    /// Maps an event.
    pub fn of(event: &'e Event) -> Self {
        let mut ecs = Self::default();
        if let Some(time) = event.time() {
            ecs.set("@timestamp", Cow::Owned(time.at.to_string()));
        }
        ecs.copy_named(event);
        for row in table(event.format()).iter().chain(tables::of_vendor(event)) {
            ecs.map(row, event);
        }
        ecs.note_host(event);
        derive::derive(&mut ecs);
        ecs
    }

    /// First value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Every value of a field.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_ref())
    }

    /// All fields; one with several values occurs several times.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets a field that has no value yet; no text is no value.
    fn set(&mut self, name: &'static str, value: impl Into<Cow<'e, str>>) {
        let value = trimmed(value.into());
        if !value.is_empty() && !self.has(name) {
            self.fields.push((Cow::Borrowed(name), value));
        }
    }

    /// Gives a field another value.
    fn replace(&mut self, name: &'static str, value: String) {
        self.remove(name);
        self.set(name, value);
    }

    fn remove(&mut self, name: &str) {
        self.fields.retain(|(known, _)| known != name);
    }

    /// Adds a value to a field, unless it is there.
    fn add(&mut self, name: &'static str, value: impl Into<Cow<'e, str>>) {
        let value = value.into();
        let there = self.all(name).any(|known| known == value);
        if !value.is_empty() && !there {
            self.fields.push((Cow::Borrowed(name), value));
        }
    }

    /// Fields that have ECS names already: the syslog header's, and those of
    /// programs that write ECS.
    fn copy_named(&mut self, event: &'e Event) {
        let all = matches!(event.format(), Format::Json | Format::WindowsJson | Format::Journald);
        for (key, value) in event.fields() {
            let name = event.names().name(key);
            let known = if all { fields::is_ecs(name) } else { name.starts_with("log.syslog.") };
            if known && value != Value::Null {
                self.fields.push((Cow::Borrowed(name), value.text()));
            }
        }
    }

    fn map(&mut self, row: &Row, event: &'e Event) {
        if row.from.is_empty() {
            self.set(row.name, row.how.constant());
            return;
        }
        if row.how.is_list() {
            let Some(key) = event.names().find(row.from) else { return };
            for value in event.all(key) {
                self.add(row.name, value.text());
            }
            return;
        }
        if self.has(row.name) {
            return;
        }
        let value = field(row.from, event);
        let mapped = value
            .filter(|v| *v != Value::Null)
            .and_then(|v| row.how.apply(v.text(), &event.reading));
        let mapped = match row.how {
            How::After(other) => mapped.map(|text| match field(other, event) {
                Some(other) => Cow::Owned(format!("{}:{text}", other.text())),
                None => text,
            }),
            How::NumberBeside(other) => mapped.filter(|_| event.field(other).is_some()),
            How::SchemeOf(other) => {
                mapped.and_then(|_| how::scheme(&field(other, event)?.text())).map(Cow::Borrowed)
            }
            _ => mapped,
        };
        if let Some(mapped) = mapped.filter(|mapped| !is_nothing(mapped)) {
            self.set(row.name, mapped);
        }
    }

    /// The machine that wrote the record, whatever the format calls it.
    fn note_host(&mut self, event: &'e Event) {
        let Some(host) = event.host() else { return };
        match event.format() {
            Format::Fortinet
            | Format::Cisco
            | Format::PaloAlto
            | Format::Filterlog
            | Format::Cef
            | Format::Leef => self.set("observer.hostname", host),
            _ => self.set("host.name", host),
        }
    }
}

/// Without the blanks around it.
fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() < text.len() => Cow::Owned(text.trim().to_owned()),
        owned @ Cow::Owned(_) => owned,
    }
}

/// What vendors put before their own names when they write CEF.
const IN_CEF: &[&str] = &["PanOS", "FTNTFGT", "FortinetFortiGate"];

fn field<'e>(name: &str, event: &'e Event) -> Option<Value<'e>> {
    let in_cef = || IN_CEF.iter().find_map(|prefix| event.field(&format!("{prefix}{name}")));
    event.field(name).or_else(|| if event.format() == Format::Cef { in_cef() } else { None })
}

/// What devices write for want of a value.
fn is_nothing(text: &str) -> bool {
    matches!(text, "" | "-" | "N/A" | "n/a" | "(null)" | "null" | "::" | "0.0.0.0")
}
