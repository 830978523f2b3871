//! systemd's *Journal Export Format*: `FIELD=value` lines up to an empty one;
//! a value with line feeds has its length in eight bytes before it.
//!
//! The journal as JSON is read in `json_record`; [`finish_json`] does for it what
//! is left: text that systemd wrote as numbers, and the message's own fields.

use crate::{
    event::{Slot, When},
    format::Format,
    line,
    sink::Sink,
};

/// Decodes one entry, and the message in it.
pub(crate) fn decode_export(text: &str, sink: &mut Sink<'_>) -> bool {
    sink.format(Format::Journald);
    let mut rest = text;
    let mut message = "";
    let mut program = "";
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let (name, value) = match line.split_once('=') {
            Some((name, value)) => {
                rest = after;
                (name, value)
            }
            None => match with_length(after) {
                Some((value, after)) => {
                    rest = after;
                    (line, value)
                }
                None => break,
            },
        };
        sink.add(name, value);
        match name {
            "__REALTIME_TIMESTAMP" => sink.event.time = When::Text(sink.span(value)),
            "_HOSTNAME" => sink.host(value),
            "SYSLOG_IDENTIFIER" => {
                program = value;
                sink.provider(value);
            }
            "MESSAGE" => message = value,
            _ => {}
        }
    }
    let understood = !sink.event.fields.is_empty();
    inside(program, message, sink);
    understood
}

/// What the journal's JSON leaves to do.
pub(crate) fn finish_json(sink: &mut Sink<'_>) {
    join_bytes(sink);
    let program = sink.event.provider().unwrap_or_default().to_owned();
    let message = sink.slot("MESSAGE").map(|slot| sink.text_of(slot).to_owned());
    inside(&program, &message.unwrap_or_default(), sink);
}

/// *Journal JSON Format*: a message with bytes that are no text is a list of them.
fn join_bytes(sink: &mut Sink<'_>) {
    let Some(key) = sink.event.names.find("MESSAGE") else { return };
    let is_byte = |slot: Slot| matches!(slot, Slot::Number(_));
    let numbers = sink.event.fields.iter().filter(|f| f.key == key && is_byte(f.slot));
    let bytes: Vec<u8> =
        numbers.filter_map(|field| sink.text_of(field.slot).parse().ok()).collect();
    if !bytes.is_empty() {
        sink.event.fields.retain(|field| field.key != key || !is_byte(field.slot));
        sink.add("MESSAGE", &String::from_utf8_lossy(&bytes));
    }
}

/// A value after its length. A length with bytes above 127 did not survive
/// the reading as text; such values are longer than anybody logs.
fn with_length(text: &str) -> Option<(&str, &str)> {
    let length = text.as_bytes().first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes))?;
    let end = usize::try_from(length).ok()?.checked_add(8)?;
    Some((text.get(8..end)?, text.get(end..)?.trim_start_matches('\n')))
}

/// The message's own fields after the journal's.
fn inside(program: &str, message: &str, sink: &mut Sink<'_>) {
    if message.is_empty() {
        return;
    }
    let (time, host, provider) = (sink.event.time, sink.event.host, sink.event.provider);
    let before = sink.event.fields.len();
    let understood = match line::payload(program, message) {
        // The program says what it is, whether or not its message is known.
        Format::LinuxAuth => {
            crate::linux_auth::decode(program, message, sink);
            true
        }
        Format::Postfix => crate::postfix::decode(program, message, sink),
        Format::Auditd => crate::auditd::decode(message, sink),
        _ => false,
    };
    if !understood {
        sink.event.fields.truncate(before);
        sink.format(Format::Journald);
    }
    (sink.event.time, sink.event.host, sink.event.provider) = (time, host, provider);
    sink.message(message);
}
