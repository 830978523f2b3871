//! Access and error logs of Apache httpd (*Log Files*: common, combined,
//! virtual host first) and nginx (*ngx_http_log_module*, *error_log*).
//!
//! Columns have the names of the W3C format, which Sigma's web rules use:
//! `c-ip`, `cs-username`, `cs-method`, `cs-uri`, `cs-uri-stem`, `cs-uri-query`,
//! `cs-version`, `sc-status`, `sc-bytes`, `cs-referer`, `cs-user-agent`,
//! `cs-host`.

use crate::{format::Format, kv, sink::Sink};

/// Whether a line is an access or error log's.
pub(crate) fn is_line(text: &str) -> bool {
    access(text).is_some() || is_apache_error(text) || is_nginx_error(text)
}

/// Decodes a line.
pub(crate) fn decode(text: &str, sink: &mut Sink<'_>) -> bool {
    sink.format(Format::WebAccess);
    if is_nginx_error(text) {
        sink.event.source.product = "nginx";
        sink.add("server", "nginx");
        return nginx_error(text, sink);
    }
    if is_apache_error(text) {
        sink.event.source.product = "apache";
        return apache_error(text, sink);
    }
    let Some(found) = access(text) else { return false };
    add_access(&found, sink);
    true
}

/// The parts of an access line.
struct Access<'a> {
    host: &'a str,
    client: &'a str,
    user: &'a str,
    time: &'a str,
    request: &'a str,
    rest: &'a str,
}

/// `[vhost] client ident user [time] "request" …`.
fn access(text: &str) -> Option<Access<'_>> {
    let bracket = text.find(" [")?;
    let after = &text[bracket + 2..];
    let close = after.find(']')?;
    let (time, rest) = after.split_at(close);
    let stamp = time.len() >= 20 && time.as_bytes()[2] == b'/' && time.as_bytes()[6] == b'/';
    let rest = rest[1..].trim_start();
    if !stamp || !rest.starts_with('"') {
        return None;
    }
    let (request, rest) = quoted(rest)?;
    let mut words = text[..bracket].split(' ').filter(|word| !word.is_empty());
    let (first, second) = (words.next()?, words.next());
    let is_client = |word: &str| word.parse::<std::net::IpAddr>().is_ok();
    let (host, client) = match second {
        Some(second) if !is_client(first) && (is_client(second) || words.clone().count() > 1) => {
            (first, second)
        }
        _ => (first, first),
    };
    let host = if host.as_ptr() == client.as_ptr() { "" } else { host };
    let user = user(&text[..bracket], client);
    Some(Access { host, client, user, time, request, rest })
}

/// What stands after the client and its identity: a name, which may hold blanks.
fn user<'a>(before: &'a str, client: &str) -> &'a str {
    let start = client.as_ptr().addr() - before.as_ptr().addr() + client.len();
    let rest = before[start..].trim_start();
    let user = rest.split_once(' ').map_or(rest, |(_identity, user)| user.trim());
    if user == "-" { "" } else { user }
}

/// A quoted text, `\"` inside, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('"')?;
    let bytes = inner.as_bytes();
    let end = memchr::memchr_iter(b'"', bytes)
        .find(|at| bytes[..*at].iter().rev().take_while(|b| **b == b'\\').count() % 2 == 0)?;
    Some((&inner[..end], &inner[end + 1..]))
}

fn add_access(found: &Access<'_>, sink: &mut Sink<'_>) {
    match found.host.rsplit_once(':') {
        _ if found.host == "-" => {}
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => {
            sink.add("cs-host", host);
            sink.add_number("s-port", port);
        }
        _ => sink.add_some("cs-host", found.host),
    }
    sink.add("c-ip", found.client);
    sink.add_some("cs-username", found.user);
    sink.time(found.time);
    add_request(found.request, sink);
    let mut words = found.rest.split(' ').filter(|word| !word.is_empty());
    for name in ["sc-status", "sc-bytes"] {
        if let Some(number) = words.next().filter(|n| n.bytes().all(|b| b.is_ascii_digit())) {
            sink.add_number(name, number);
        }
    }
    let mut rest = &found.rest[found.rest.find('"').unwrap_or(found.rest.len())..];
    let mut names = ["cs-referer", "cs-user-agent", "x-forwarded-for"].into_iter();
    while let Some((value, after)) = quoted(rest.trim_start()) {
        match names.next() {
            Some(name) if value.contains("\\\"") => {
                sink.add(name, &value.replace("\\\"", "\""));
            }
            Some(name) if !matches!(value, "-" | "") => sink.add(name, value),
            None if is_media_type(value) => sink.add("sc-content-type", value),
            _ => {}
        }
        rest = after;
    }
}

/// `text/plain; charset=utf-8`: what else stands at the end of a line differs
/// from server to server, but a media type (RFC 9110 §8.3.1) shows what it is.
fn is_media_type(text: &str) -> bool {
    const TYPES: &[&str] = &["text", "application", "image", "audio", "video", "font", "multipart"];
    text.split_once('/').is_some_and(|(kind, _)| TYPES.contains(&kind))
}

/// `GET /path?query HTTP/1.1`; anything else is what scanners send.
fn add_request(request: &str, sink: &mut Sink<'_>) {
    sink.add("request", request);
    let Some((method, rest)) = request.split_once(' ') else { return };
    let (uri, version) = rest.rsplit_once(" HTTP/").unwrap_or((rest, ""));
    sink.add("cs-method", method);
    add_uri(uri, sink);
    sink.add_some("cs-version", version);
}

/// The whole, and its parts around the question mark.
pub(crate) fn add_uri(uri: &str, sink: &mut Sink<'_>) {
    let (stem, query) = uri.split_once('?').unwrap_or((uri, ""));
    sink.add("cs-uri", uri);
    sink.add("cs-uri-stem", stem);
    sink.add_some("cs-uri-query", query);
}

/// `[Sat Jan 31 08:30:00.5 2026] [core:error] [pid 7] …`, the time at times cut off;
/// before 2.4 the level alone: `[error] [client 192.0.2.1] …`.
fn is_apache_error(text: &str) -> bool {
    let Some(first) = bracketed(text).map(|(inner, _)| inner) else { return false };
    let dated =
        first.len() >= 20 && first.contains(':') && first.as_bytes()[0].is_ascii_alphabetic();
    let levelled = first.split_once(':').is_some_and(|(_, level)| LEVELS.contains(&level))
        || (LEVELS.contains(&first) && text.contains("] [client "));
    (dated && text.contains("] [")) || levelled
}

const LEVELS: &[&str] =
    &["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug", "trace1"];

fn bracketed(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('[')?.split_once(']')
}

fn apache_error(text: &str, sink: &mut Sink<'_>) -> bool {
    let mut rest = text;
    while let Some((inner, after)) = bracketed(rest.trim_start()) {
        apache_part(inner, sink);
        rest = after;
    }
    let rest = rest.trim_start();
    // `[client …]` may stand after the system's error too.
    if let Some(at) = rest.find("[client ")
        && let Some((inner, after)) = bracketed(&rest[at..])
    {
        apache_part(inner, sink);
        sink.message(after.trim_start_matches([':', ' ']));
        sink.add("message", after.trim_start_matches([':', ' ']));
    } else {
        sink.message(rest);
        sink.add("message", rest);
    }
    add_bracketed_pairs(rest, sink);
    true
}

fn apache_part(inner: &str, sink: &mut Sink<'_>) {
    let (word, value) = inner.split_once(' ').unwrap_or((inner, ""));
    match word {
        "pid" => {
            let (pid, tid) = value.split_once(":tid ").unwrap_or((value, ""));
            sink.add_number("pid", pid);
            if !tid.is_empty() {
                sink.add_number("tid", tid);
            }
        }
        "client" | "remote" => add_peer(value, "c-ip", "c-port", sink),
        _ if LEVELS.contains(&inner) => sink.add("level", inner),
        _ => match inner.split_once(':') {
            Some((module, level)) if LEVELS.contains(&level) => {
                sink.add("module", module);
                sink.add("level", level);
            }
            _ => sink.time(inner),
        },
    }
}

/// ModSecurity's `[id "973338"]`.
fn add_bracketed_pairs(text: &str, sink: &mut Sink<'_>) {
    for part in text.split('[').skip(1).take(64) {
        if let Some((name, value)) = part.split_once(" \"")
            && let Some((value, _)) = value.split_once("\"]")
            && !name.contains(' ')
        {
            sink.add(name, value);
        }
    }
}

/// `192.0.2.1:42114`, with an address of either family.
fn add_peer(text: &str, ip: &str, port: &str, sink: &mut Sink<'_>) {
    match text.rsplit_once(':') {
        Some((address, number))
            if number.bytes().all(|b| b.is_ascii_digit()) && !address.ends_with(':') =>
        {
            sink.add(ip, address.trim().trim_matches(['[', ']']));
            sink.add_number(port, number);
        }
        _ => sink.add(ip, text.trim()),
    }
}

/// `2026/01/31 08:30:00 [error] 7#7: *1 message, client: …, server: …`.
fn is_nginx_error(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.get(4) == Some(&b'/')
        && bytes.get(19..21) == Some(b" [")
        && text.get(20..).and_then(bracketed).is_some_and(|(level, _)| LEVELS.contains(&level))
}

fn nginx_error(text: &str, sink: &mut Sink<'_>) -> bool {
    let (time, rest) = text.split_at(19);
    let Some((level, rest)) = bracketed(rest.trim_start()) else { return false };
    sink.time(time);
    sink.add("level", level);
    let (process, message) = rest.trim_start().split_once(": ").unwrap_or(("", rest));
    if let Some((pid, tid)) = process.split_once('#') {
        sink.add_number("pid", pid);
        sink.add_number("tid", tid);
    }
    let message = match message.strip_prefix('*').and_then(|m| m.split_once(' ')) {
        Some((_connection, message)) => message,
        None => message,
    };
    sink.message(message);
    let context = [", client: ", ", server: ", ", responder: ", ", peer: "];
    let end = context.iter().filter_map(|mark| message.find(mark)).min().unwrap_or(message.len());
    sink.add("message", &message[..end]);
    nginx_context(&message[end..], sink);
    true
}

fn nginx_context(text: &str, sink: &mut Sink<'_>) {
    for part in text.split(", ") {
        let Some((name, value)) = part.split_once(": ") else { continue };
        let value = value.trim_matches('"');
        match name {
            "client" => sink.add("c-ip", value),
            "server" | "host" => sink.add("cs-host", value),
            "request" => add_request(value, sink),
            "referrer" => sink.add("cs-referer", value),
            _ => kv::add(kv::Pair { key: name, value, escaped: false }, sink),
        }
    }
}
