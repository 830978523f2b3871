//! ArcSight Common Event Format (*Implementing ArcSight Common Event Format*,
//! version 26).
//!
//! The header's parts are fields `deviceVendor`, `deviceProduct`,
//! `deviceVersion`, `signatureId`, `name`, `severity`; extensions keep their
//! keys. A custom field is given under its label too (`cs1Label=Policy`, so
//! `cs1` is also `Policy`). A relay that takes `CEF:` for the syslog tag leaves a
//! record that begins with its version; it is read all the same.

use memchr::memmem;

use crate::{format::Format, kv, sink::Sink};

const HEADER: [&str; 6] =
    ["deviceVendor", "deviceProduct", "deviceVersion", "signatureId", "name", "severity"];

/// Whether a line is a record without its mark: `0|vendor|product|…|key=value`.
pub(crate) fn is_bare(text: &str) -> bool {
    let head = &text.as_bytes()[..text.len().min(400)];
    matches!(head, [b'0' | b'1', b'|', ..])
        && memchr::memchr_iter(b'|', head).nth(6).is_some_and(|bar| head[bar..].contains(&b'='))
}

/// Decodes a record; what stands before `CEF:` is passed over.
pub(crate) fn decode(text: &str, sink: &mut Sink<'_>) -> bool {
    let start = if is_bare(text) { Some(0) } else { memmem::find(text.as_bytes(), b"CEF:") };
    let Some(start) = start else { return false };
    let Some((_version, rest)) = text[start..].split_once('|') else { return false };
    sink.format(Format::Cef);
    let extension = header(rest, &HEADER, sink);
    add_extensions(extension, sink);
    add_labelled(sink);
    note(sink);
    true
}

/// Adds the parts between bars; gives what is left after them.
pub(crate) fn header<'a>(text: &'a str, names: &[&str], sink: &mut Sink<'_>) -> &'a str {
    let mut rest = text;
    for name in names {
        let end = bar(rest).unwrap_or(rest.len());
        let part = rest[..end].trim();
        if part.contains('\\') {
            sink.add(name, &part.replace("\\|", "|").replace("\\\\", "\\"));
        } else {
            sink.add(name, part);
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    rest
}

/// The next `|` without a backslash before it.
fn bar(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut found = memchr::memchr_iter(b'|', bytes);
    found.find(|at| bytes[..*at].iter().rev().take_while(|b| **b == b'\\').count() % 2 == 0)
}

/// `key=value`, the value up to the next ` key=`.
fn add_extensions(text: &str, sink: &mut Sink<'_>) {
    let mut rest = text.trim_start();
    while let Some((key, after)) = rest.split_once('=') {
        let end = value_end(after);
        let value = after[..end].trim_end();
        let key = key.trim();
        if value.contains('\\') {
            sink.add(key, &unescape(value));
        } else {
            sink.add(key, value);
        }
        rest = after[end..].trim_start();
    }
}

/// Where a value ends: before the blank before the next `key=`.
fn value_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    for equals in memchr::memchr_iter(b'=', bytes) {
        if equals > 0 && bytes[equals - 1] == b'\\' {
            continue;
        }
        let key = bytes[..equals].iter().rev().take_while(|b| is_key(**b)).count();
        let before = equals - key;
        if key > 0 && before > 0 && bytes[before - 1] == b' ' {
            return before - 1;
        }
        if key > 0 && before == 0 {
            return 0;
        }
    }
    text.len()
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'[' | b']')
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match (c, letters.peek()) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('r')) => out.push('\r'),
            ('\\', Some(next @ ('=' | '\\' | '|'))) => out.push(*next),
            _ => {
                out.push(c);
                continue;
            }
        }
        letters.next();
    }
    out
}

/// Custom fields under their labels.
fn add_labelled(sink: &mut Sink<'_>) {
    let names = &sink.event.names;
    let labelled: Vec<_> = sink
        .event
        .fields
        .iter()
        .filter_map(|field| {
            let name = names.name(field.key).strip_suffix("Label")?;
            let value = names.find(name)?;
            let found = sink.event.fields.iter().find(|field| field.key == value)?;
            Some((sink.text_of(field.slot).to_owned(), found.slot))
        })
        .collect();
    for (label, slot) in labelled {
        if !label.is_empty() {
            sink.put(&label, slot);
        }
    }
}

fn note(sink: &mut Sink<'_>) {
    for name in [
        "FTNTFGTeventtime",
        "FortinetFortiGateeventtime",
        "rt",
        "end",
        "endTime",
        "start",
        "startTime",
        "deviceReceiptTime",
    ] {
        if let Some(slot) = sink.slot(name)
            && let Some(span) = slot.span()
            && !sink.text_of(slot).is_empty()
        {
            sink.event.time = crate::event::When::Text(span);
            break;
        }
    }
    let host = ["dvchost", "dvc"].iter().find_map(|name| sink.slot(name)?.span());
    sink.event.host = sink.event.host.or(host);
    sink.event.message = sink.slot("msg").and_then(super::event::Slot::span);
    let id = sink.slot("signatureId").and_then(|slot| sink.text_of(slot).parse().ok());
    sink.event.event_id = id;
}

/// LEEF shares the extension's shape when its delimiter is lost on the way.
pub(crate) fn add_pairs_separated(text: &str, delimiter: char, sink: &mut Sink<'_>) {
    for pair in text.split(delimiter) {
        if let Some((key, value)) = pair.split_once('=') {
            kv::add(kv::Pair { key: key.trim(), value, escaped: false }, sink);
        }
    }
}
