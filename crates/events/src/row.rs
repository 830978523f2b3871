//! A line of the timeline, column by column.

use crate::{event::Event, time::Zone, to_json::push_fields};

/// The columns of a [`Row`], in order. `zone` is how the time's zone is known:
/// `stated`, `format` or `assumed`, with `+year` where the year was assumed
/// too; `event` holds the source's own fields as JSON.
pub const COLUMNS: &[&str] = &[
    "time", "zone", "host", "format", "channel", "provider", "event_id", "message", "source",
    "record", "offset", "event",
];

/// An event as the timeline shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row<'r> {
    /// Nanoseconds since 1970, UTC; `None` if the record does not say.
    pub time: Option<i64>,
    /// How the zone is known; empty without a time.
    pub zone: &'r str,
    /// The machine.
    pub host: &'r str,
    /// The format of the log.
    pub format: &'r str,
    /// Windows channel.
    pub channel: &'r str,
    /// The program.
    pub provider: &'r str,
    /// Event id.
    pub event_id: Option<u32>,
    /// The part meant for people.
    pub message: &'r str,
    /// The file, an archive's member after `!`.
    pub source: &'r str,
    /// Number of the record, or line.
    pub record: u64,
    /// Bytes from the start of the file.
    pub offset: u64,
    /// The source's own fields as a JSON object.
    pub event: &'r str,
}

impl Row<'_> {
    /// Calls `with` with the row of an event; `fields` is a buffer.
    pub(crate) fn of<T>(event: &Event, fields: &mut String, with: impl FnOnce(Row<'_>) -> T) -> T {
        fields.clear();
        push_fields(fields, event);
        let time = event.time();
        let record = event.record();
        with(Row {
            time: time.and_then(|time| i64::try_from(time.at.as_nanosecond()).ok()),
            zone: time.map_or("", |time| match (time.zone, time.year_assumed) {
                (Zone::Stated, _) => "stated",
                (Zone::Format, _) => "format",
                (Zone::Assumed, false) => "assumed",
                (Zone::Assumed, true) => "assumed+year",
            }),
            host: event.host().unwrap_or_default(),
            format: event.format().name(),
            channel: event.channel().unwrap_or_default(),
            provider: event.provider().unwrap_or_default(),
            event_id: event.event_id(),
            message: event.message(),
            source: &record.file,
            record: record.id,
            offset: record.offset,
            event: fields,
        })
    }

    fn texts(&self) -> [&str; 8] {
        let Row { zone, host, format, channel, provider, message, source, event, .. } = self;
        [zone, host, format, channel, provider, message, source, event]
    }

    /// As bytes: the numbers, then every text with its length.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.time.unwrap_or(i64::MAX).to_le_bytes());
        out.extend_from_slice(&self.event_id.map_or(u64::MAX, u64::from).to_le_bytes());
        out.extend_from_slice(&self.record.to_le_bytes());
        out.extend_from_slice(&self.offset.to_le_bytes());
        for text in self.texts() {
            out.extend_from_slice(&(text.len() as u64).to_le_bytes());
            out.extend_from_slice(text.as_bytes());
        }
    }

    /// The row in bytes of [`Row::encode`].
    pub(crate) fn decode(bytes: &[u8]) -> Option<Row<'_>> {
        let mut reader = bytes;
        let [time, event_id, record, offset] = [(); 4].map(|()| number(&mut reader));
        let [zone, host, format, channel, provider, message, source, event] =
            [(); 8].map(|()| text(&mut reader));
        Some(Row {
            time: Some(i64::from_le_bytes(time?.to_le_bytes())).filter(|time| *time != i64::MAX),
            zone: zone?,
            host: host?,
            format: format?,
            channel: channel?,
            provider: provider?,
            event_id: u32::try_from(event_id?).ok(),
            message: message?,
            source: source?,
            record: record?,
            offset: offset?,
            event: event?,
        })
    }

    pub(crate) fn push_csv(&self, out: &mut String) {
        let time = self.time.and_then(|time| jiff::Timestamp::from_nanosecond(time.into()).ok());
        column(out, &time.map(|time| time.to_string()).unwrap_or_default(), true);
        for text in [self.zone, self.host, self.format, self.channel, self.provider] {
            column(out, text, false);
        }
        column(out, &self.event_id.map(|id| id.to_string()).unwrap_or_default(), false);
        column(out, self.message, false);
        column(out, self.source, false);
        column(out, &self.record.to_string(), false);
        column(out, &self.offset.to_string(), false);
        column(out, self.event, false);
    }
}

fn number(bytes: &mut &[u8]) -> Option<u64> {
    let (number, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(u64::from_le_bytes(*number))
}

fn text<'r>(bytes: &mut &'r [u8]) -> Option<&'r str> {
    let length = usize::try_from(number(bytes)?).ok()?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}

/// Quoted where needed. A line feed would break tools that read by line, and a
/// spreadsheet would run a text that begins like a formula.
fn column(out: &mut String, text: &str, is_first: bool) {
    if !is_first {
        out.push(',');
    }
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if !formula && !text.contains(['"', ',', '\n', '\r']) {
        out.push_str(text);
        return;
    }
    out.push('"');
    if formula {
        out.push('\'');
    }
    for c in text.chars() {
        match c {
            '"' => out.push_str("\"\""),
            '\n' | '\r' => out.push(' '),
            _ => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_from_its_bytes() {
        let row = Row {
            time: Some(-5),
            host: "máy-01.example",
            message: "a\nb",
            record: u64::MAX,
            ..Row::default()
        };
        let mut bytes = Vec::new();
        row.encode(&mut bytes);
        assert_eq!(Row::decode(&bytes), Some(row));
        for cut in 0..bytes.len() {
            assert_eq!(Row::decode(&bytes[..cut]), None, "{cut}");
        }
    }
}
