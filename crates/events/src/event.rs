//! The one shape of a log record.

use std::ops::Range;

use crate::{
    format::Format,
    names::{Key, Names},
    origin::{LogSource, RecordRef},
    time::{self, Reading, Time},
    value::Value,
};

/// One record of a log, and the buffer that the next one is decoded into.
///
/// An `Event` is made once a thread and filled again and again by
/// a decoder: after the first few records nothing
/// is allocated. Fields keep the source's own names and order; a field with
/// several values occurs several times. `clone` to keep one.
///
/// ```
/// use events::{Event, Format, Names, Value};
///
/// let mut names = Names::new();
/// let image = names.intern("Image"); // what a compiled rule asks for
/// names.freeze();
///
/// let mut event = Event::new(names);
/// event.begin(Format::Json);
/// event.add_str("Image", r"C:\Windows\System32\cmd.exe");
/// event.add("ProcessId", Value::UInt(7));
///
/// assert_eq!(event.get(image), Some(Value::Str(r"C:\Windows\System32\cmd.exe")));
/// assert_eq!(event.field("ProcessId"), Some(Value::UInt(7)));
/// ```
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_field_names, reason = "an event id is called that everywhere")]
pub struct Event {
    pub(crate) names: Names,
    /// Raw text of the record first, then whatever had to be unescaped.
    pub(crate) text: String,
    /// How much of `text` is the record itself.
    pub(crate) raw_text: usize,
    /// The record, where it is not text.
    pub(crate) raw: Vec<u8>,
    pub(crate) fields: Vec<Field>,
    pub(crate) record: RecordRef,
    pub(crate) format: Format,
    pub(crate) source: LogSource,
    pub(crate) time: When,
    pub(crate) event_id: Option<u32>,
    pub(crate) channel: Option<Span>,
    pub(crate) provider: Option<Span>,
    pub(crate) host: Option<Span>,
    pub(crate) message: Option<Span>,
    /// Kept for whoever builds names from parts.
    pub(crate) path: String,
    pub(crate) reading: Reading,
}

/// A piece of [`Event::text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// A field as stored: 24 bytes, no pointers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) key: Key,
    pub(crate) slot: Slot,
}

/// A value as stored.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Slot {
    Text(Span),
    /// A JSON number, read when asked for.
    Number(Span),
    Int(i64),
    UInt(u64),
    Float(f64),
    Bool(bool),
    Null,
}

/// A time as stored, until somebody asks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum When {
    #[default]
    Unknown,
    Known(Time),
    /// 100 ns since 1601.
    FileTime(u64),
    /// As the record writes it; a zone that it does not say is assumed.
    Text(Span),
    /// As the record writes it, in UTC.
    Utc(Span),
    /// Date and time in two places; the zone is assumed.
    DateTime(Span, Span),
    /// Date and time in two places, in UTC.
    UtcDateTime(Span, Span),
}

impl Event {
    /// An empty event that speaks of fields by these names.
    pub fn new(names: Names) -> Self {
        Self { names, ..Self::default() }
    }

    // ---- what a reader asks ----

    /// The names of the fields; [`Names::find`] gives the key of one.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// First value of a field.
    #[inline]
    pub fn get(&self, key: Key) -> Option<Value<'_>> {
        self.fields.iter().find(|field| field.key == key).map(|field| self.value(field.slot))
    }

    /// Every value of a field, for lists.
    pub fn all(&self, key: Key) -> impl Iterator<Item = Value<'_>> {
        self.fields.iter().filter(move |field| field.key == key).map(|f| self.value(f.slot))
    }

    /// First value of a field by name. Compile names to keys where it matters.
    pub fn field(&self, name: &str) -> Option<Value<'_>> {
        self.get(self.names.find(name)?)
    }

    /// All fields in the source's order. A key whose
    /// [`index`](Key::index) is below [`Names::frozen`] was asked for by
    /// whoever made the names: others need no look.
    #[inline]
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (Key, Value<'_>)> {
        self.fields.iter().map(|field| (field.key, self.value(field.slot)))
    }

    /// All text of the event in one piece, for searches by keyword: the raw
    /// record if that is text, then whatever had to be unescaped or decoded,
    /// with a NUL between the pieces. Numbers of binary formats are not in it.
    pub fn texts(&self) -> &str {
        &self.text
    }

    /// The record as it stood in the file. Text that is not UTF-8 is kept as bytes.
    pub fn raw(&self) -> &[u8] {
        if self.raw.is_empty() { &self.text.as_bytes()[..self.raw_text] } else { &self.raw }
    }

    /// The record as text, if it is text; bytes that are not UTF-8 show as `�`.
    pub fn raw_text(&self) -> &str {
        self.text.get(..self.raw_text).unwrap_or_default()
    }

    /// Where to look the record up.
    pub fn record(&self) -> &RecordRef {
        &self.record
    }

    /// The format that it was decoded from.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The kind of log.
    pub fn source(&self) -> LogSource {
        self.source
    }

    /// When it happened; `None` if the record does not say, or not legibly.
    /// Read on each call: ask once.
    pub fn time(&self) -> Option<Time> {
        match self.time {
            When::Unknown => None,
            When::Known(time) => Some(time),
            When::FileTime(ticks) => time::from_filetime(ticks),
            When::Text(span) => time::parse(self.span(span)?, &self.reading),
            When::Utc(span) => time::parse_utc(self.span(span)?, &self.reading),
            When::DateTime(date, time) => {
                time::parse(&self.date_and_time(date, time)?, &self.reading)
            }
            When::UtcDateTime(date, time) => {
                time::parse_utc(&self.date_and_time(date, time)?, &self.reading)
            }
        }
    }

    /// Windows `EventID`, or a device's numeric message id (Cisco `106023`).
    pub fn event_id(&self) -> Option<u32> {
        self.event_id
    }

    /// Windows `Channel` (`Security`, `Microsoft-Windows-Sysmon/Operational`).
    pub fn channel(&self) -> Option<&str> {
        self.span(self.channel?)
    }

    /// Windows `Provider Name`, or the program that wrote a syslog line.
    pub fn provider(&self) -> Option<&str> {
        self.span(self.provider?)
    }

    /// The machine or device that wrote the record.
    pub fn host(&self) -> Option<&str> {
        self.span(self.host?)
    }

    /// The part meant for people, if the format has one; the raw text otherwise.
    pub fn message(&self) -> &str {
        self.message.and_then(|span| self.span(span)).unwrap_or_else(|| self.raw_text())
    }

    // ---- what a decoder, or a test, fills in ----

    /// Forgets the last record.
    pub fn begin(&mut self, format: Format) {
        self.names.trim();
        self.text.clear();
        self.raw.clear();
        self.fields.clear();
        self.raw_text = 0;
        self.format = format;
        self.source = format.log_source();
        self.time = When::Unknown;
        self.event_id = None;
        self.channel = None;
        self.provider = None;
        self.host = None;
        self.message = None;
    }

    /// Adds a field with a text value.
    pub fn add_str(&mut self, name: &str, value: &str) {
        let key = self.names.intern(name);
        let span = self.push_text(value);
        self.put(key, Slot::Text(span));
    }

    /// Adds a field.
    pub fn add(&mut self, name: &str, value: Value<'_>) {
        let key = self.names.intern(name);
        let slot = match value {
            Value::Str(text) => Slot::Text(self.push_text(text)),
            Value::Int(n) => Slot::Int(n),
            Value::UInt(n) => Slot::UInt(n),
            Value::Float(n) => Slot::Float(n),
            Value::Bool(b) => Slot::Bool(b),
            Value::Null => Slot::Null,
        };
        self.put(key, slot);
    }

    /// Says what kind of log it is.
    pub fn set_source(&mut self, source: LogSource) {
        self.source = source;
    }

    /// Says when it happened.
    pub fn set_time(&mut self, time: Time) {
        self.time = When::Known(time);
    }

    /// Says which event id it has.
    pub fn set_event_id(&mut self, id: u32) {
        self.event_id = Some(id);
    }

    /// Says which Windows channel it was written to.
    pub fn set_channel(&mut self, channel: &str) {
        self.channel = Some(self.push_text(channel));
    }

    /// Says who wrote it.
    pub fn set_provider(&mut self, provider: &str) {
        self.provider = Some(self.push_text(provider));
    }

    /// Says on which machine.
    pub fn set_host(&mut self, host: &str) {
        self.host = Some(self.push_text(host));
    }

    /// Says where it stood.
    pub fn set_record(&mut self, record: RecordRef) {
        self.record = record;
    }

    pub(crate) fn put(&mut self, key: Key, slot: Slot) {
        self.fields.push(Field { key, slot });
    }

    pub(crate) fn push_text(&mut self, text: &str) -> Span {
        let start = self.text.len();
        self.text.push_str(text);
        let span = Span::of(start..self.text.len());
        self.text.push('\0');
        span
    }

    fn date_and_time(&self, date: Span, time: Span) -> Option<String> {
        Some(format!("{} {}", self.span(date)?, self.span(time)?))
    }

    pub(crate) fn span(&self, span: Span) -> Option<&str> {
        self.text.get(span.start as usize..span.end as usize)
    }

    #[inline]
    fn value(&self, slot: Slot) -> Value<'_> {
        match slot {
            Slot::Text(span) => Value::Str(self.span(span).unwrap_or_default()),
            Slot::Number(span) => number(self.span(span).unwrap_or_default()),
            Slot::Int(n) => Value::Int(n),
            Slot::UInt(n) => Value::UInt(n),
            Slot::Float(n) => Value::Float(n),
            Slot::Bool(b) => Value::Bool(b),
            Slot::Null => Value::Null,
        }
    }
}

impl When {
    /// Whether nothing has said the time yet.
    pub(crate) fn is_unknown(self) -> bool {
        matches!(self, When::Unknown)
    }
}

impl Slot {
    /// Where its text is, if it has one.
    pub(crate) fn span(self) -> Option<Span> {
        match self {
            Slot::Text(span) | Slot::Number(span) => Some(span),
            _ => None,
        }
    }
}

impl Span {
    /// Records are bounded well below 4 GiB, so the cast never loses anything;
    /// if it did, the span would be out of range and read as empty.
    pub(crate) fn of(range: Range<usize>) -> Self {
        let cast = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: cast(range.start), end: cast(range.end) }
    }
}

/// A JSON number as the smallest type that holds it.
fn number(text: &str) -> Value<'_> {
    if let Ok(n) = text.parse() {
        return Value::UInt(n);
    }
    if let Ok(n) = text.parse() {
        return Value::Int(n);
    }
    text.parse().map_or(Value::Str(text), Value::Float)
}
