//! Linux audit records (*RHEL Audit System Reference*, `audit.log(5)`,
//! `auparse` for which fields are hex-encoded).
//!
//! One record is one event: rules for auditd speak of records. `audit_time`
//! and `serial` come from `msg=audit(…)`; the pairs inside `msg='…'` of user
//! records are fields like the others; the interpretation after the group
//! separator keeps its upper-case names.

use crate::{format::Format, kv, sink::Sink};

/// Whether a line is an audit record.
pub(crate) fn is_record(text: &str) -> bool {
    let head = &text.as_bytes()[..text.len().min(160)];
    memchr::memmem::find(head, b"audit(").is_some()
        && (memchr::memmem::find(head, b"type=").is_some() || text.starts_with("audit"))
}

/// Decodes a record.
pub(crate) fn decode(text: &str, sink: &mut Sink<'_>) -> bool {
    let Some(at) = text.find("audit(") else { return false };
    let Some((stamp, rest)) = text[at + 6..].split_once(')') else { return false };
    sink.format(Format::Auditd);
    let Some((time, serial)) = stamp.split_once(':') else { return false };
    for pair in kv::pairs(&text[..at]).filter(|pair| pair.key != "msg") {
        if pair.key == "node" {
            sink.host(pair.value);
        }
        sink.add(pair.key, pair.value);
    }
    sink.time(time);
    sink.add_number("audit_time", time);
    sink.add_number("serial", serial);
    for part in rest.trim_start_matches(':').split('\u{1d}') {
        add_pairs(part, sink);
    }
    true
}

fn add_pairs(text: &str, sink: &mut Sink<'_>) {
    let (plain, quoted) = match text.split_once("msg='") {
        Some((plain, rest)) => (plain, rest.trim_end().trim_end_matches('\'')),
        None => (text, ""),
    };
    for pair in kv::pairs(plain).chain(kv::pairs(quoted)) {
        let quoted = pair.value.len() + 2 <= text.len() && is_quoted(text, pair.value);
        let value = pair.value.trim_matches('\'');
        match decoded(pair.key, value).filter(|_| !quoted) {
            Some(decoded) => sink.add(pair.key, &decoded),
            None if value.bytes().all(|b| b.is_ascii_digit()) && !value.is_empty() && !quoted => {
                sink.add_number(pair.key, value);
            }
            None => sink.add(pair.key, value),
        }
    }
}

fn is_quoted(text: &str, value: &str) -> bool {
    let at = value.as_ptr().addr().wrapping_sub(text.as_ptr().addr());
    at > 0 && text.as_bytes().get(at - 1) == Some(&b'"')
}

/// Text with blanks or quotes in it is written as hex digits.
fn decoded(key: &str, value: &str) -> Option<String> {
    let may_be = matches!(
        key,
        "proctitle" | "name" | "cwd" | "exe" | "comm" | "path" | "data" | "cmd" | "key" | "acct"
    ) || is_argument(key);
    let hex = value.len() >= 2
        && value.len().is_multiple_of(2)
        && value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'));
    // `a0=12` of a system call is a number in hex, not text.
    if !may_be || !hex || (is_argument(key) && value.len() < 6) {
        return None;
    }
    let bytes: Vec<u8> = value
        .as_bytes()
        .as_chunks::<2>()
        .0
        .iter()
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .map(|byte| if byte == 0 { b' ' } else { byte })
        .collect();
    let text = String::from_utf8(bytes).ok()?;
    (!text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r'))).then_some(text)
}

/// `a0`, `a1`, … of EXECVE.
fn is_argument(key: &str) -> bool {
    key.strip_prefix('a').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}
