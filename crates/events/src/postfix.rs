//! Postfix (formats from Postfix' own documentation and source) and what
//! stands beside it in `mail.log`: postgrey, policyd-spf.
//!
//! Pairs keep their keys (`from`, `to`, `relay`, `status`, `dsn`, …); besides
//! them `queue_id`, `client_name`, `client_ip`, `reason`, `action`.

use crate::{format::Format, kv, pattern, sink::Sink};

/// Whether a program is Postfix or a companion.
pub(crate) fn is_program(program: &str) -> bool {
    program.starts_with("postfix") || matches!(program, "postgrey" | "policyd-spf" | "spamd")
}

/// Decodes a message.
pub(crate) fn decode(program: &str, text: &str, sink: &mut Sink<'_>) -> bool {
    sink.format(Format::Postfix);
    sink.message(text);
    sink.add("message", text);
    if program.is_empty() && sink.event.provider.is_none() {
        sink.event.source.service = "postfix";
    }
    let text = text.trim();
    let rest = match text.split_once(": ") {
        Some((id, rest)) if is_queue_id(id) => {
            sink.add("queue_id", id);
            rest
        }
        _ => text,
    };
    peer(rest, sink);
    event(rest, sink);
    pairs(rest, sink);
    if rest.contains("identity=") && rest.contains("client-ip=") {
        sink.add("action", "spf");
    }
    true
}

/// Hexadecimal digits, or the longer base-52 form, or `NOQUEUE`.
fn is_queue_id(id: &str) -> bool {
    id == "NOQUEUE"
        || ((6..=20).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric())
            && id.bytes().any(|b| b.is_ascii_digit()))
}

/// `connect from name[192.0.2.1]`, `host name[192.0.2.1] said: …`.
fn peer(text: &str, sink: &mut Sink<'_>) {
    const BEFORE: &[(&str, &str)] = &[
        ("disconnect from ", "disconnect"),
        ("connect from ", "connect"),
        ("lost connection after ", "lost connection"),
        ("timeout after ", "timeout"),
        ("Anonymous TLS connection established from ", "tls"),
        ("Trusted TLS connection established from ", "tls"),
        ("Untrusted TLS connection established from ", "tls"),
        ("whitelisted: ", "whitelisted"),
        ("warning: ", "warning"),
        ("reject: ", "reject"),
        ("milter-reject: ", "reject"),
        ("prepend: ", "prepend"),
        ("replace: ", "replace"),
        ("redirect: ", "redirect"),
        ("discard: ", "discard"),
        ("hold: ", "hold"),
        ("proxy-accept: ", "proxy-accept"),
        ("filter: ", "filter"),
        ("host ", "said"),
        ("connect to ", "connect failed"),
        ("Trusted TLS connection established to ", "tls"),
        ("Untrusted TLS connection established to ", "tls"),
        ("Verified TLS connection established to ", "tls"),
        ("Used TLS for ", "tls"),
    ];
    let Some((start, action)) = BEFORE.iter().find(|(start, _)| text.starts_with(start)) else {
        return;
    };
    sink.add("action", action);
    let outward = matches!(*action, "said" | "connect failed")
        || start.contains(" to ")
        || start.starts_with("Used");
    let rest = &text[start.len()..];
    // Whoever is meant stands after `from`, if anybody does.
    let after_from =
        rest.match_indices(" from ").find_map(|(at, word)| first_peer(&rest[at + word.len()..]));
    if let Some((name, ip, port)) = after_from.or_else(|| first_peer(rest)) {
        let names =
            if outward { ["server_name", "server_ip"] } else { ["client_name", "client_ip"] };
        // Mail that a filter hands back: the host is in what it greeted with.
        let handed_back = name == "localhost" && text.contains("helo=");
        if name != "unknown" && !handed_back {
            sink.add_some(names[0], name);
        }
        sink.add(names[1], ip);
        if !port.is_empty() && outward {
            sink.add_number("server_port", port);
        }
    }
}

/// The first `name[address]:port`.
fn first_peer(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find('[')?;
    let close = open + text[open..].find(']')?;
    let address = text[open + 1..close].split('/').next()?;
    address.parse::<std::net::IpAddr>().ok()?;
    let start = text[..open].rfind([' ', '<', '=']).map_or(0, |at| at + 1);
    let digits = text[close + 1..].strip_prefix(':').unwrap_or_default();
    let port = digits.len() - digits.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    Some((&text[start..open], address, &digits[..port]))
}

/// What is told in words.
fn event(text: &str, sink: &mut Sink<'_>) {
    if let Some((status, reason)) =
        text.split_once("status=").and_then(|(_, rest)| rest.split_once(" ("))
    {
        sink.add("status", status);
        sink.add(
            "reason",
            reason.trim_end_matches(|c: char| c == ')' || c.is_ascii_digit() || c == ' '),
        );
    }
    if let Some((_, reply)) = text.split_once(" said: ") {
        add_reply(reply, sink);
    }
    if let Some(at) = text.find("SASL ").filter(|_| text.contains("authentication failed: ")) {
        sink.add("reason", &text[at..]);
        sink.add("action", "authentication failed");
    }
    pattern::add_first(OTHERS, text, sink);
}

/// What has a form of its own.
const OTHERS: &[&str] = &[
    "spamd: connection from {client_name} [{client_ip}]:{client_port} to port {server_port}, fd {}",
    "spamd: processing message <{message_id}> for {user}:{uid}",
    "warning: read TCP map reply from {server_ip}:{server_port}: {reason}",
];

/// A server's answer (RFC 5321 §4.2), with an enhanced status code (RFC 3463)
/// or without: `450 4.1.1 <a@b.example>: …`.
fn add_reply(reply: &str, sink: &mut Sink<'_>) {
    let is_code =
        |word: &str| word.len() >= 3 && word.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let mut rest = reply;
    for name in ["reply_code", "reply_dsn"] {
        let Some((code, after)) = rest.split_once(' ').filter(|(code, _)| is_code(code)) else {
            break;
        };
        sink.add(name, code);
        rest = after;
    }
    sink.add("reason", rest);
}

/// The pairs, wherever they stand.
fn pairs(text: &str, sink: &mut Sink<'_>) {
    if text.starts_with("action=") {
        // postgrey's values hold blanks, and commas end them.
        for (key, value) in text.split(", ").filter_map(|part| part.split_once('=')) {
            pair(key, value, sink);
        }
        return;
    }
    let text = match text.find("status=") {
        Some(_) => text.split(" (").next().unwrap_or(text),
        None => text,
    };
    for found in kv::pairs(text) {
        pair(found.key, found.value, sink);
    }
    if text.contains("header Content-") {
        attachment(text, sink);
    }
}

/// Parameters of a header (RFC 2183). One that was in quotes itself has its own
/// doubled; the line ends of a folded one are shown as `??`.
fn attachment(text: &str, sink: &mut Sink<'_>) {
    for name in ["filename", "creation-date", "modification-date"] {
        let Some((_, rest)) = text.split_once(&format!("{name}=\"")) else { continue };
        if let Some((value, _)) = rest.trim_start_matches('"').split_once('"')
            && sink.slot(name).is_none()
        {
            sink.add(name, value);
        }
    }
}

fn pair(key: &str, value: &str, sink: &mut Sink<'_>) {
    let value = value.split(';').next().unwrap_or(value);
    let value = if key == "mid" { value } else { value.trim_matches(['<', '>', ':', '"']) };
    let known = key.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-'));
    if !known || key == "status" || value.is_empty() {
        return;
    }
    sink.add(key, value);
    match (key, first_peer(value)) {
        ("client", Some((name, ip, _))) => {
            if name != "unknown" {
                sink.add_some("client_name", name);
            }
            sink.add("client_ip", ip);
        }
        ("relay", None) => {
            if let Some((ip, port)) = value.rsplit_once(':')
                && ip.parse::<std::net::IpAddr>().is_ok()
            {
                sink.add("relay_ip", ip);
                sink.add_number("relay_port", port);
            }
        }
        ("relay", Some((name, ip, port))) => {
            sink.add_some("relay_name", name);
            sink.add("relay_ip", ip);
            if !port.is_empty() {
                sink.add_number("relay_port", port);
            }
        }
        _ => {}
    }
}
