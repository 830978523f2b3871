//! Squid's native access log (*Squid wiki*, Features/LogFormat).
//!
//! Columns have the names that Sigma's proxy rules use (`c-ip`, `cs-method`,
//! `c-uri`, `sc-status`, `sc-bytes`, `cs-username`) and Squid's own words for
//! the rest (`result`, `hierarchy`, `peer`).

use crate::{format::Format, sink::Sink};

/// Whether a line is one: seconds with milliseconds, duration, address, `TCP_…/200`.
pub(crate) fn is_line(text: &str) -> bool {
    let mut words = text.split_ascii_whitespace();
    let time = words.next().is_some_and(|time| time.len() == 14 && time.as_bytes()[10] == b'.');
    time && words.nth(2).is_some_and(|result| {
        result.contains('/') && result.bytes().next().is_some_and(|b| b.is_ascii_uppercase())
    })
}

/// Decodes a line.
pub(crate) fn decode(text: &str, sink: &mut Sink<'_>) -> bool {
    let mut words = text.split_ascii_whitespace();
    let mut word = || words.next();
    let (Some(time), Some(duration), Some(client), Some(result)) = (word(), word(), word(), word())
    else {
        return false;
    };
    let (Some(bytes), Some(method), Some(url)) = (word(), word(), word()) else { return false };
    let Some((result, status)) = result.split_once('/') else { return false };
    sink.format(Format::Squid);
    sink.time(time);
    sink.add_number("duration", duration);
    sink.add("c-ip", client);
    sink.add("result", result);
    sink.add_number("sc-status", status);
    sink.add_number("sc-bytes", bytes);
    sink.add("cs-method", method);
    add_url(url, sink);
    if let Some(user) = word().filter(|user| *user != "-") {
        sink.add("cs-username", user);
    }
    if let Some((hierarchy, peer)) = word().and_then(|peer| peer.split_once('/')) {
        sink.add("hierarchy", hierarchy);
        if peer != "-" {
            sink.add("dst_ip", peer);
        }
    }
    if let Some(kind) = word().filter(|kind| *kind != "-") {
        sink.add("content-type", kind);
    }
    true
}

/// `http://host:port/path?query`, or `host:port` of a CONNECT.
fn add_url(url: &str, sink: &mut Sink<'_>) {
    sink.add("c-uri", url);
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    sink.add_some("scheme", scheme);
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => {
            sink.add("cs-host", host);
            sink.add_number("dst_port", port);
        }
        _ => sink.add("cs-host", authority),
    }
    if !path.is_empty() {
        let (stem, query) = path.split_once('?').unwrap_or((path, ""));
        sink.add("c-uri-stem", stem);
        sink.add_some("c-uri-query", query);
    }
}
