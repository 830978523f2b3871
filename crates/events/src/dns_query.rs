//! Query logs of BIND 9 (*Administrator Reference Manual*, category `queries`,
//! `query-errors`, `rpz`) and Unbound (`log-queries`, `log-replies`).
//!
//! Fields have the names of Sigma's `dns` category where it has one: `query`,
//! `record_type`, `src_ip`; and `query_class`, `flags`, `dst_ip`, `rcode`.

use crate::{format::Format, pattern, sink::Sink, syslog};

/// Whether a line is a name server's.
pub(crate) fn is_line(text: &str) -> bool {
    text.contains(" query: ")
        || text.contains("query (cache)")
        || text.contains("client @0x")
        || (text.starts_with('[') && text.contains("] unbound["))
        || text.contains("queries: ")
}

/// Decodes a line.
pub(crate) fn decode(text: &str, sink: &mut Sink<'_>) -> bool {
    sink.format(Format::DnsQuery);
    if let Some(at) = text.find("client ").filter(|_| text.contains('#')) {
        bind_time(&text[..at], sink);
        return bind(&text[at + "client ".len()..], sink);
    }
    unbound(text, sink) || bind_other(text, sink)
}

const BIND_OTHER: &[&str] = &[
    "zone {zone}: {reason}",
    "transfer of '{zone}' from {src_ip}#{src_port}: {reason}",
    "validating {query}/{record_type}: {error}",
    "view {view}:   validating {query}/{record_type}: {error}",
    "view {view}: validating {query}/{record_type}: {error}",
    "success resolving '{query}/{record_type}' after {reason}",
    "{error} resolving '{query}/{record_type}/{query_class}': {src_ip}#{src_port}",
    "rpz: {zone}: {error}",
];

/// What BIND says of zones, transfers and its own questions, perhaps after the
/// category and the level.
fn bind_other(text: &str, sink: &mut Sink<'_>) -> bool {
    let mut rest = text;
    for level in ["info", "notice", "warning", "error"] {
        if let Some((before, after)) = text.split_once(&format!("{level}: "))
            && before.len() < 64
        {
            bind_time(before, sink);
            sink.add("level", level);
            rest = after;
        }
    }
    sink.message(rest);
    let known = pattern::add_first(BIND_OTHER, rest.trim(), sink);
    if known == Some(0) {
        add_name_in_zone(rest, sink);
    }
    known.is_some()
}

/// `zone sample.example/IN: name.sample.example/A: bad owner name`.
fn add_name_in_zone(text: &str, sink: &mut Sink<'_>) {
    let Some((_, about)) = text.split_once(": ") else { return };
    let Some((name, reason)) = about.split_once(": ") else { return };
    let Some((name, kind)) = name.split_once('/').filter(|(name, _)| !name.contains(' ')) else {
        return;
    };
    if kind.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
        sink.add("query", name);
        sink.add("record_type", kind);
        sink.add("error", reason);
    }
}

/// `31-Jan-2026 08:30:00.123 queries: info:`.
fn bind_time(text: &str, sink: &mut Sink<'_>) {
    let dated = text.len() > 20 && text.as_bytes()[0].is_ascii_digit();
    if dated && sink.event.time.is_unknown() {
        let (iso, _) = syslog::leading_time(text);
        let end = text.match_indices(' ').nth(1).map_or(text.len(), |(at, _)| at);
        sink.time(if iso.is_empty() { &text[..end] } else { iso });
    }
}

const BIND: &[&str] = &[
    "answer: {query} {query_class} {record_type} {flags} ({dst_ip}) -> {rcode}",
    "query: {query} {query_class} {record_type} {flags} ({dst_ip})",
    "query: {query} {query_class} {record_type} {flags}",
    "query: {query} {query_class} {record_type}",
    "query (cache) '{query}/{record_type}/{query_class}' {action}",
    "query '{query}/{record_type}/{query_class}' {action}",
    "query failed ({rcode}) for {query}/{query_class}/{record_type} at {}",
    "rpz QNAME {policy} rewrite {query}/{record_type}/{query_class} via {rule}",
    "rpz {} {policy} rewrite {query}/{record_type}/{query_class} via {rule}",
];

/// `@0x7f… 192.0.2.1#53124 (name): view inside: query: …`.
fn bind(text: &str, sink: &mut Sink<'_>) -> bool {
    let text = match text.strip_prefix('@').and_then(|rest| rest.split_once(' ')) {
        Some((_pointer, rest)) => rest,
        None => text,
    };
    let Some((ip, rest)) = text.split_once('#') else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (port, rest) = rest.split_at(digits);
    sink.add("src_ip", ip);
    sink.add_number("src_port", port);
    let mut rest = rest.trim_start();
    if let Some((_name, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once("): ")) {
        rest = after;
    }
    rest = rest.trim_start_matches([':', ' ']);
    if let Some((view, after)) = rest.strip_prefix("view ").and_then(|rest| rest.split_once(": ")) {
        sink.add("view", view);
        rest = after;
    }
    sink.message(rest);
    if let Some((error, _)) = rest.split_once(" for ").filter(|_| rest.starts_with("query failed"))
    {
        sink.add("error", error);
    }
    match pattern::add_first(BIND, rest, sink) {
        None => sink.add("message", rest),
        Some(0) => sink.put("response", crate::event::Slot::Bool(true)),
        Some(_) => {}
    }
    add_flags(sink);
    true
}

/// `+E(0)TDC`: recursion desired, EDNS, over TCP, DNSSEC, checking disabled.
fn add_flags(sink: &mut Sink<'_>) {
    let Some(flags) = sink.slot("flags").map(|slot| sink.text_of(slot).to_owned()) else { return };
    for (mark, name) in [('+', "RD"), ('C', "CD")] {
        if flags.contains(mark) {
            sink.add("header_flags", name);
        }
    }
    if flags.contains('T') {
        sink.add("protocol", "tcp");
    }
}

/// `[1769848200] unbound[7:0] info: 192.0.2.1 name. A IN NOERROR 0.01 0 45`.
fn unbound(text: &str, sink: &mut Sink<'_>) -> bool {
    let mut rest = text;
    if let Some((time, after)) = text.strip_prefix('[').and_then(|rest| rest.split_once("] "))
        && time.bytes().all(|b| b.is_ascii_digit())
    {
        sink.time(time);
        rest = after;
    }
    let (_, rest) = rest.split_once("info: ").unwrap_or(("", rest));
    let mut words = rest.trim().split(' ');
    let (Some(ip), Some(name), Some(kind), Some(class)) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return false;
    };
    if ip.parse::<std::net::IpAddr>().is_err() {
        return false;
    }
    sink.add("src_ip", ip);
    sink.add("query", name.strip_suffix('.').filter(|name| !name.is_empty()).unwrap_or(name));
    sink.add("record_type", kind);
    sink.add("query_class", class);
    if let Some(rcode) = words.next() {
        sink.add("rcode", rcode);
    }
    true
}
