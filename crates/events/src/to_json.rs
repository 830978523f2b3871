//! An event as one line of JSON, for results and for people's own tools.

use std::fmt::Write;

use crate::{event::Event, value::Value};

/// Appends `{"time":…,"host":…,"format":…,"source":…,"record":…,"event":{…}}`:
/// `event` holds the source's own fields, a list where one occurs several
/// times. What is not known is left out.
pub fn push_json(out: &mut String, event: &Event) {
    out.push('{');
    if let Some(time) = event.time() {
        member(out, "time", &time.at.to_string());
    }
    for (name, value) in [
        ("host", event.host()),
        ("format", Some(event.format().name())),
        ("channel", event.channel()),
        ("provider", event.provider()),
        ("product", Some(event.source().product).filter(|text| !text.is_empty())),
        ("service", Some(event.source().service).filter(|text| !text.is_empty())),
        ("category", Some(event.source().category).filter(|text| !text.is_empty())),
    ] {
        if let Some(value) = value {
            member(out, name, value);
        }
    }
    name(out, "source");
    let record = event.record();
    out.push('{');
    member(out, "path", &record.file);
    // Writing to memory does not fail.
    let _ = write!(out, ",\"offset\":{},\"record\":{}}}", record.offset, record.id);
    name(out, "event");
    push_fields(out, event);
    out.push('}');
}

/// Appends the fields alone, as one object.
pub fn push_fields(out: &mut String, event: &Event) {
    out.push('{');
    let fields: Vec<_> = event.fields().collect();
    let mut done = vec![false; fields.len()];
    for (at, (key, value)) in fields.iter().enumerate() {
        if done[at] {
            continue;
        }
        name(out, event.names().name(*key));
        let others: Vec<usize> =
            (at + 1..fields.len()).filter(|other| fields[*other].0 == *key).collect();
        if others.is_empty() {
            push_value(out, *value);
            continue;
        }
        out.push('[');
        push_value(out, *value);
        for other in others {
            done[other] = true;
            out.push(',');
            push_value(out, fields[other].1);
        }
        out.push(']');
    }
    out.push('}');
}

fn name(out: &mut String, name: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    push_text(out, name);
    out.push(':');
}

fn member(out: &mut String, key: &str, value: &str) {
    name(out, key);
    push_text(out, value);
}

fn push_value(out: &mut String, value: Value<'_>) {
    let _ = match value {
        Value::Str(text) => {
            push_text(out, text);
            Ok(())
        }
        Value::Int(n) => write!(out, "{n}"),
        Value::UInt(n) => write!(out, "{n}"),
        Value::Float(n) if n.is_finite() => write!(out, "{n}"),
        Value::Bool(b) => write!(out, "{b}"),
        Value::Null | Value::Float(_) => write!(out, "null"),
    };
}

/// Appends a text in quotes, escaped as RFC 8259 asks.
pub(crate) fn push_text(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| b < 0x20 || matches!(b, b'"' | b'\\')) {
        out.push_str(&rest[..at]);
        let _ = match rest.as_bytes()[at] {
            b'"' => write!(out, "\\\""),
            b'\\' => write!(out, "\\\\"),
            b'\n' => write!(out, "\\n"),
            b'\r' => write!(out, "\\r"),
            b'\t' => write!(out, "\\t"),
            byte => write!(out, "\\u{byte:04x}"),
        };
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}
