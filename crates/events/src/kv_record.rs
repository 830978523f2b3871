//! `key=value` records: Fortinet (*FortiOS Log Message Reference*), Sophos,
//! SonicWall, Stormshield and whoever else writes pairs.

use memchr::memmem;

use crate::{event::When, format::Format, kv, sink::Sink};

/// Whether the pairs are Fortinet's: every log has a device and a log id.
pub(crate) fn is_fortinet(text: &str) -> bool {
    let head = &text.as_bytes()[..text.len().min(400)];
    let has = |mark: &str| memmem::find(head, mark.as_bytes()).is_some();
    (has("devid=") || has("logid=") || has("log_id=")) && has("type=") && has("=")
}

/// Whether a line is made of pairs: three at least, most of its words.
pub(crate) fn is_line(text: &str) -> bool {
    let head = &text[..text.floor_char_boundary(400)];
    let pairs = kv::pairs(head).filter(|pair| is_name(pair.key)).count();
    let bare = head.split([' ', ',']).filter(|word| !word.contains(['=', '"'])).count();
    pairs >= 3 && pairs * 2 >= bare
}

fn is_name(key: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'@');
    !key.is_empty() && key.len() < 64 && key.bytes().all(plain)
}

/// Decodes a line of pairs.
pub(crate) fn decode(text: &str, sink: &mut Sink<'_>) -> bool {
    sink.format(if is_fortinet(text) { Format::Fortinet } else { Format::KeyValue });
    let mut times = Times::default();
    let before = sink.event.fields.len();
    for pair in kv::pairs(text) {
        match pair.key {
            "devname" | "hostname_fw" | "fw" => sink.host(pair.value),
            "date" | "time" | "tz" | "eventtime" | "timestamp" | "startdate" | "starttime" => {
                times.note(pair.key, pair.value);
            }
            _ => {}
        }
        kv::add(pair, sink);
    }
    times.settle(text, sink);
    sink.event.fields.len() > before
}

/// The fields that times are told in.
#[derive(Debug, Default)]
struct Times<'a> {
    date: &'a str,
    time: &'a str,
    zone: &'a str,
    /// Seconds or nanoseconds since 1970.
    epoch: &'a str,
    /// One field with date and time.
    whole: &'a str,
}

impl<'a> Times<'a> {
    fn note(&mut self, key: &str, value: &'a str) {
        let known = match key {
            "date" => &mut self.date,
            "time" if value.len() > 16 => &mut self.whole,
            "time" => &mut self.time,
            "tz" => &mut self.zone,
            "eventtime" => &mut self.epoch,
            _ => &mut self.whole,
        };
        if known.is_empty() {
            *known = value;
        }
    }

    /// The instant where there is one; date and time, with the zone, otherwise.
    fn settle(&self, text: &str, sink: &mut Sink<'_>) {
        if self.epoch.len() >= 10 && self.epoch.bytes().all(|b| b.is_ascii_digit()) {
            sink.time(self.epoch);
        } else if !self.date.is_empty() && !self.time.is_empty() {
            self.date_and_time(text, sink);
        } else if !self.whole.is_empty() && sink.event.time.is_unknown() {
            sink.time(self.whole);
        }
    }

    fn date_and_time(&self, text: &str, sink: &mut Sink<'_>) {
        let offset = |part: &str| part.as_ptr().addr().wrapping_sub(text.as_ptr().addr());
        let (start, end) = (offset(self.date), offset(self.time) + self.time.len());
        // `date=2026-01-31 time=08:30:00` is read in place.
        let near = end > start && end - start == self.date.len() + self.time.len() + " time=".len();
        if near && self.zone.is_empty() {
            let (date, time) = (sink.span(self.date), sink.span(self.time));
            sink.event.time = When::DateTime(date, time);
        } else {
            sink.time(&format!("{} {} {}", self.date, self.time, self.zone));
        }
    }
}
