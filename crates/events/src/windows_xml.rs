//! Windows events as XML ([MS-EVEN6], *Event Schema*), as `wevtutil qe`,
//! the event viewer's export and forwarders write them.
//!
//! Only what events use is read: elements, attributes, text, the five named
//! entities, numbered ones, CDATA. No DTD, so no entity can grow.

use crate::{format::Format, sink::Sink, windows_json::note_event_id};

/// Elements within each other.
const DEEPEST: usize = 32;
/// Fields of one record.
const MOST_FIELDS: usize = 1 << 13;

/// An element that was opened.
struct Element<'a> {
    name: &'a str,
    /// `Name` of a `Data` element.
    data_name: Option<&'a str>,
    /// Where its text begins.
    text: usize,
    has_children: bool,
}

/// Decodes one `<Event>`. Whether it was whole.
pub(crate) fn decode(text: &str, sink: &mut Sink<'_>) -> bool {
    sink.format(Format::WindowsXml);
    let whole = walk(text, sink).is_some();
    note_event_id(sink);
    whole && !sink.event.fields.is_empty()
}

fn walk(text: &str, sink: &mut Sink<'_>) -> Option<()> {
    let mut stack: Vec<Element<'_>> = Vec::new();
    let mut at = 0;
    while let Some(open) = memchr::memchr(b'<', text.as_bytes().get(at..)?) {
        let start = at + open;
        let rest = &text[start..];
        if rest.starts_with("<![CDATA[") {
            at = start + rest.find("]]>")? + 3;
            continue;
        }
        let end = start + tag_end(rest)?;
        let tag = &text[start + 1..end];
        at = end + 1;
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            let element = stack.pop()?;
            (element.name == local(name.trim())).then_some(())?;
            close(&element, &text[element.text..start], &stack, sink);
            if stack.is_empty() {
                return Some(());
            }
            continue;
        }
        open_element(tag, at, &mut stack, sink)?;
        if stack.is_empty() {
            return Some(());
        }
    }
    None
}

/// Offset of the `>` that ends a tag; quotes may hold others.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    text.bytes().position(|byte| {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        quote.is_none() && byte == b'>'
    })
}

/// A name without its namespace's prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn open_element<'a>(
    tag: &'a str,
    text: usize,
    stack: &mut Vec<Element<'a>>,
    sink: &mut Sink<'_>,
) -> Option<()> {
    let empty = tag.ends_with('/');
    let tag = tag.trim_end_matches('/');
    let (name, attributes) = tag.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((tag, ""));
    let mut element = Element { name: local(name), data_name: None, text, has_children: false };
    if let Some(parent) = stack.last_mut() {
        parent.has_children = true;
    }
    for (attribute, value) in attributes_of(attributes) {
        add_attribute(&mut element, attribute, value, sink);
    }
    if empty {
        if element.data_name.is_some() {
            close(&element, "", stack, sink);
        }
        return Some(());
    }
    stack.push(element);
    (stack.len() <= DEEPEST && sink.event.fields.len() < MOST_FIELDS).then_some(())
}

fn attributes_of(mut text: &str) -> impl Iterator<Item = (&str, &str)> {
    std::iter::from_fn(move || {
        let (name, rest) = text.split_once('=')?;
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = rest[1..].split_once(quote)?;
        text = after;
        Some((name.trim(), value))
    })
}

fn add_attribute<'a>(element: &mut Element<'a>, name: &str, value: &'a str, sink: &mut Sink<'_>) {
    if name == "Name" && matches!(element.name, "Data" | "ComplexData") {
        element.data_name = Some(value);
        return;
    }
    if name.starts_with("xmlns") || value.is_empty() {
        return;
    }
    let field = format!("{}_{name}", element.name);
    add(&field, value, sink);
    match field.as_str() {
        "TimeCreated_SystemTime" => sink.time_utc(value),
        "Provider_Name" => sink.provider(value),
        _ => {}
    }
}

fn close(element: &Element<'_>, text: &str, outer: &[Element<'_>], sink: &mut Sink<'_>) {
    if element.has_children {
        return;
    }
    let name = element.data_name.unwrap_or(element.name);
    if text.is_empty() && element.data_name.is_none() {
        return;
    }
    let text = text.strip_prefix("<![CDATA[").and_then(|t| t.strip_suffix("]]>")).unwrap_or(text);
    add(name, text, sink);
    if outer.last().is_none_or(|parent| parent.name != "System") {
        if outer.last().is_some_and(|parent| parent.name == "RenderingInfo") && name == "Message" {
            sink.message(text);
        }
        return;
    }
    match name {
        "Channel" => sink.event.channel = Some(sink.span(text)),
        "Computer" => sink.host(text),
        _ => {}
    }
}

fn add(name: &str, text: &str, sink: &mut Sink<'_>) {
    if text.contains('&') {
        sink.add(name, &unescape(text));
    } else {
        sink.add(name, text);
    }
}

/// Resolves entities; what is none stays as written.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = rest
            .find(';')
            .filter(|end| *end < 12)
            .and_then(|end| entity(&rest[1..end]).map(|c| (c, end + 1)));
        let (c, taken) = known.unwrap_or(('&', 1));
        out.push(c);
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}
