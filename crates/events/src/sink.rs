//! Where text decoders put what they find.

use crate::{
    event::{Event, Slot, Span, When},
    format::Format,
    names::Key,
};

/// An event being filled from one record of text.
///
/// Pieces of the record are kept as spans of its copy in the event; text that
/// is not a piece of it (unescaped, made up) is appended. Which of the two a
/// `&str` is shows from its address.
pub(crate) struct Sink<'a> {
    pub(crate) event: &'a mut Event,
    base: usize,
    len: usize,
}

impl<'a> Sink<'a> {
    /// A sink for a record that was copied to the start of the event's text.
    pub(crate) fn new(event: &'a mut Event, record: &str) -> Self {
        Self { event, base: record.as_ptr().addr(), len: record.len() }
    }

    /// The span of a text in the event.
    pub(crate) fn span(&mut self, text: &str) -> Span {
        let start = text.as_ptr().addr().wrapping_sub(self.base);
        let end = start.wrapping_add(text.len());
        if start <= self.len && end <= self.len {
            Span::of(start..end)
        } else {
            self.event.push_text(text)
        }
    }

    /// Adds a text field.
    pub(crate) fn add(&mut self, name: &str, text: &str) {
        let key = self.event.names.intern(name);
        self.add_key(key, text);
    }

    /// Adds a text field whose name stands in the program.
    pub(crate) fn add_as(&mut self, name: &'static str, text: &str) {
        let key = self.event.names.intern_literal(name);
        self.add_key(key, text);
    }

    /// Adds a text field by key.
    pub(crate) fn add_key(&mut self, key: Key, text: &str) {
        let span = self.span(text);
        self.event.put(key, Slot::Text(span));
    }

    /// Adds a text field, unless there is no text.
    pub(crate) fn add_some(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.add(name, text);
        }
    }

    /// The same, for a name that stands in the program.
    pub(crate) fn add_some_as(&mut self, name: &'static str, text: &str) {
        if !text.is_empty() {
            self.add_as(name, text);
        }
    }

    /// Adds any value, its name standing in the program.
    pub(crate) fn put_as(&mut self, name: &'static str, slot: Slot) {
        let key = self.event.names.intern_literal(name);
        self.event.put(key, slot);
    }

    /// Adds a number as the record writes it.
    pub(crate) fn add_number(&mut self, name: &str, text: &str) {
        let key = self.event.names.intern(name);
        self.add_number_key(key, text);
    }

    /// Adds a number by key.
    pub(crate) fn add_number_key(&mut self, key: Key, text: &str) {
        let span = self.span(text);
        self.event.put(key, Slot::Number(span));
    }

    /// Adds any value.
    pub(crate) fn put(&mut self, name: &str, slot: Slot) {
        let key = self.event.names.intern(name);
        self.event.put(key, slot);
    }

    /// The time is written here; a zone that it does not say is assumed.
    pub(crate) fn time(&mut self, text: &str) {
        let span = self.span(text);
        self.event.time = When::Text(span);
    }

    /// The time is written here, and is UTC by the format's definition.
    pub(crate) fn time_utc(&mut self, text: &str) {
        let span = self.span(text);
        self.event.time = When::Utc(span);
    }

    /// The machine or device.
    pub(crate) fn host(&mut self, text: &str) {
        if !text.is_empty() && text != "-" {
            self.event.host = Some(self.span(text));
        }
    }

    /// The program.
    pub(crate) fn provider(&mut self, text: &str) {
        if !text.is_empty() && text != "-" {
            self.event.provider = Some(self.span(text));
        }
    }

    /// The part meant for people.
    pub(crate) fn message(&mut self, text: &str) {
        self.event.message = Some(self.span(text));
    }

    /// What a field holds so far.
    pub(crate) fn slot(&self, name: &str) -> Option<Slot> {
        let key = self.event.names.find(name)?;
        self.event.fields.iter().find(|field| field.key == key).map(|field| field.slot)
    }

    /// The text of a slot; empty if it holds none.
    pub(crate) fn text_of(&self, slot: Slot) -> &str {
        slot.span().and_then(|span| self.event.span(span)).unwrap_or_default()
    }

    /// A format inside the one thought so far.
    pub(crate) fn format(&mut self, format: Format) {
        self.event.format = format;
        self.event.source = format.log_source();
    }
}
