//! IBM QRadar Log Event Extended Format (*LEEF*, versions 1.0 and 2.0).
//!
//! The header's parts are fields `vendor`, `product`, `version`, `eventId`;
//! attributes keep their keys.

use memchr::memmem;

use crate::{cef, format::Format, sink::Sink};

/// Decodes a record; what stands before `LEEF:` is passed over.
pub(crate) fn decode(text: &str, sink: &mut Sink<'_>) -> bool {
    let Some(start) = memmem::find(text.as_bytes(), b"LEEF:") else { return false };
    let Some((version, rest)) = text[start + 5..].split_once('|') else { return false };
    sink.format(Format::Leef);
    let mut attributes = cef::header(rest, &["vendor", "product", "version", "eventId"], sink);
    let mut delimiter = '\t';
    if version.starts_with('2')
        && let Some((stated, rest)) = attributes.split_once('|')
        && stated.len() <= 6
    {
        delimiter = stated_delimiter(stated);
        attributes = rest;
    }
    if !attributes.contains(delimiter) {
        // A relay that turns tabs into blanks, or writes them as `#011`.
        delimiter = if attributes.contains('^') { '^' } else { delimiter };
    }
    cef::add_pairs_separated(attributes, delimiter, sink);
    note(sink);
    true
}

/// A character, or its number as `x09` or `0x09`.
fn stated_delimiter(stated: &str) -> char {
    let hex = stated.trim_start_matches('0').strip_prefix(['x', 'X']);
    match hex.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32) {
        Some(c) => c,
        None => stated.chars().next().unwrap_or('\t'),
    }
}

fn note(sink: &mut Sink<'_>) {
    if let Some(span) = sink.slot("devTime").and_then(super::event::Slot::span) {
        sink.event.time = crate::event::When::Text(span);
    }
    let host = ["identHostName", "identSrc"].iter().find_map(|name| sink.slot(name)?.span());
    sink.event.host = sink.event.host.or(host);
    sink.event.message = sink.slot("msg").and_then(super::event::Slot::span);
}
