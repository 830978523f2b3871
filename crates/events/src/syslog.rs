//! Syslog: RFC 5424, RFC 3164, and what devices send instead.
//!
//! Read besides the standards: no priority (files), a byte order mark before
//! the message, ISO times in the old format (rsyslog's file default), times
//! with a year or a zone or a fraction (Cisco), no host, no program, a host
//! that is really the program (`named[7]:`).
//!
//! Header fields have their ECS names (`log.syslog.appname`), so that they do
//! not hide what the message says under names like `severity` or `hostname`.

use crate::{event::Slot, format::Format, json_record, line, sink::Sink};

/// The parts of a line, each empty if absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Header<'a> {
    pub(crate) priority: Option<u8>,
    pub(crate) time: &'a str,
    pub(crate) host: &'a str,
    pub(crate) program: &'a str,
    pub(crate) pid: &'a str,
    pub(crate) message_id: &'a str,
    /// `[id name="value"]…`, RFC 5424.
    pub(crate) data: &'a str,
    pub(crate) message: &'a str,
}

/// Reads the header; `None` if there is none.
pub(crate) fn header(text: &str) -> Option<Header<'_>> {
    let text = text.trim_start_matches('\u{feff}');
    let (priority, rest) = match priority(text) {
        Some((priority, rest)) => (Some(priority), rest),
        None => (None, text),
    };
    let header = match rest.strip_prefix("1 ") {
        Some(rest) if priority.is_some() => new(rest).unwrap_or_else(|| old(rest)),
        _ => old(rest),
    };
    // Without a priority it takes a program, or a time as only syslog writes it.
    let dated =
        header.time.starts_with(|c: char| c.is_ascii_uppercase()) && !header.host.is_empty();
    let tagged = !header.time.is_empty() && !header.program.is_empty();
    let found = priority.is_some() || tagged || dated;
    found.then_some(Header { priority, ..header })
}

/// `<34>`.
fn priority(text: &str) -> Option<(u8, &str)> {
    let (digits, rest) =
        text.strip_prefix('<')?.split_at_checked(text.find('>')?.checked_sub(1)?)?;
    let number = digits.parse().ok().filter(|n| *n <= 191 && digits.len() <= 3)?;
    Some((number, &rest[1..]))
}

/// RFC 5424 after the version.
fn new(text: &str) -> Option<Header<'_>> {
    let mut rest = text;
    let mut word = || {
        let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
        rest = after;
        if word == "-" { "" } else { word }
    };
    let (time, host, program, pid, message_id) = (word(), word(), word(), word(), word());
    if !time.is_empty() && !time.as_bytes()[0].is_ascii_digit() {
        return None;
    }
    let (data, message) = structured_data(rest);
    let message = message.trim_start_matches('\u{feff}');
    Some(Header { priority: None, time, host, program, pid, message_id, data, message })
}

/// Structured data, and the message after it.
fn structured_data(text: &str) -> (&str, &str) {
    if let Some(rest) = text.strip_prefix('-') {
        return ("", rest.strip_prefix(' ').unwrap_or(rest));
    }
    let bytes = text.as_bytes();
    let (mut at, mut quoted) = (0, false);
    while at < bytes.len() && (at == 0 || bytes[at - 1] != b']' || bytes[at] == b'[' || quoted) {
        match bytes[at] {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            b'[' | b']' => {}
            _ if at == 0 => return ("", text),
            _ => {}
        }
        at += 1;
    }
    let at = text.floor_char_boundary(at.min(text.len()));
    let (data, rest) = text.split_at(at);
    (data, rest.strip_prefix(' ').unwrap_or(rest))
}

/// RFC 3164 and all that resembles it, after the priority.
fn old(text: &str) -> Header<'_> {
    let (origin, rest) = after_sequence(text);
    let (time, rest) = leading_time(rest);
    let rest = rest.trim_start_matches([' ', ':']);
    let (host, rest) = leading_host(rest, !time.is_empty());
    let (program, pid, message) = leading_program(rest);
    let host = if host.is_empty() { origin } else { host };
    Header { time, host, program, pid, message, ..Header::default() }
}

/// Cisco counts its messages, and may say whose they are: `45: *Jan 31 …`,
/// `45: router-01: Jan 31 …`. The host, and the rest.
fn after_sequence(text: &str) -> (&str, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let counted = text[digits..].strip_prefix(": ").filter(|_| (1..=12).contains(&digits));
    let Some(rest) = counted else { return ("", text) };
    let dated = |rest: &str| !leading_time(rest).0.is_empty();
    match rest.split_once(": ") {
        _ if dated(rest) => ("", rest),
        Some((host, rest)) if dated(rest) && !host.contains(' ') => (host, rest),
        _ => ("", text),
    }
}

/// The time in front, and the rest of the line.
pub(crate) fn leading_time(text: &str) -> (&str, &str) {
    let trimmed = text.trim_start_matches(['*', '.', ' ']);
    let bytes = trimmed.as_bytes();
    let length = match bytes.first() {
        Some(b'0'..=b'9') if bytes.get(4) == Some(&b'-') => iso_length(bytes),
        Some(b'A'..=b'Z') if is_month(bytes) => month_length(bytes),
        _ => 0,
    };
    trimmed.split_at_checked(length).unwrap_or(("", text))
}

fn is_month(bytes: &[u8]) -> bool {
    const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = bytes.first_chunk::<3>();
    bytes.get(3) == Some(&b' ')
        && month.is_some_and(|month| MONTHS.as_chunks::<3>().0.contains(month))
}

/// `2026-01-31T08:30:00.123+07:00`, or with a blank before the time.
fn iso_length(bytes: &[u8]) -> usize {
    let day = bytes.get(..10).is_some_and(|day| day[7] == b'-' && day[9].is_ascii_digit());
    let clock = bytes.get(13) == Some(&b':') && bytes.get(16) == Some(&b':');
    if !day || !clock || !matches!(bytes[10], b'T' | b' ') {
        return 0;
    }
    let tail = &bytes[11..];
    11 + tail.iter().position(|b| *b == b' ').unwrap_or(tail.len())
}

/// `Jan 31 08:30:00`, `Jan 31 2026 08:30:00.123 UTC:`.
fn month_length(bytes: &[u8]) -> usize {
    let Some(colon) = bytes.iter().take(24).position(|byte| *byte == b':') else { return 0 };
    if bytes.get(colon + 3) != Some(&b':') {
        return 0;
    }
    let tail = bytes.get(colon + 4..).unwrap_or_default();
    let clock = tail.iter().position(|b| !b.is_ascii_digit() && *b != b'.').unwrap_or(tail.len());
    let end = colon + 4 + clock;
    let rest = bytes.get(end..).unwrap_or_default();
    let zone = rest.get(1..4).is_some_and(|name| matches!(name, b"UTC" | b"GMT"));
    end + if rest.first() == Some(&b' ') && zone { 4 } else { 0 }
}

/// The host, unless the first word is the program or the message.
fn leading_host(text: &str, after_time: bool) -> (&str, &str) {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let program = word.ends_with(':') || word.contains('[') || word.contains('=');
    let marked = word.starts_with(['%', '{', '<', '(', '"']);
    if !after_time
        || word.is_empty()
        || program
        || marked
        || word.contains('|')
        || word.contains(',')
    {
        return ("", text);
    }
    (word, rest.trim_start_matches([' ', ':']))
}

/// `program[pid]:`, and the message.
fn leading_program(text: &str) -> (&str, &str, &str) {
    let bytes = text.as_bytes();
    let is_part = |b: &u8| {
        b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b'(' | b')' | b'@')
    };
    let length = bytes.iter().take(128).position(|b| !is_part(b)).unwrap_or(0);
    let (program, rest) = text.split_at(length);
    if matches!(program, "CEF" | "LEEF") {
        return ("", "", text);
    }
    if let Some((pid, message)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let message = message.strip_prefix(':').unwrap_or(message);
        let plain = pid.len() <= 32 && !pid.contains([' ', '"']) && length > 0;
        if plain {
            return (program, pid, message.trim_start());
        }
    }
    match rest.strip_prefix(':') {
        Some(message) if length > 0 && (message.is_empty() || message.starts_with(' ')) => {
            (program, "", message.trim_start())
        }
        _ => ("", "", text),
    }
}

/// Decodes a line; its message too, if some format is recognised in it or the
/// caller names one.
pub(crate) fn decode(header: &Header<'_>, inner: Option<Format>, sink: &mut Sink<'_>) -> bool {
    sink.format(Format::Syslog);
    add_header(header, sink);
    let inner = inner.unwrap_or_else(|| line::payload(header.program, header.message));
    let before = sink.event.fields.len();
    let understood = match inner {
        Format::Text | Format::Syslog => false,
        // The program says what it is, whether or not its message is known.
        Format::LinuxAuth => {
            crate::linux_auth::decode(header.program, header.message, sink);
            true
        }
        Format::Postfix => crate::postfix::decode(header.program, header.message, sink),
        Format::Json => json_record::decode(header.message, sink),
        _ => line::of_format(inner, header.message, sink),
    };
    if !understood {
        sink.event.fields.truncate(before);
        sink.event.message = None;
        sink.format(Format::Syslog);
        sink.event.source.product = product(header.program);
        sink.event.source.service = service(header.program);
    }
    if !header.message.is_empty() && sink.event.message.is_none() {
        sink.message(header.message);
        if !understood {
            sink.add_as("message", header.message);
        }
    }
    true
}

/// Programs that only Linux has; others say nothing about the product.
fn product(program: &str) -> &'static str {
    match program {
        "kernel" | "systemd" | "CRON" | "cron" | "crond" | "rsyslogd" | "dockerd" => "linux",
        _ if program.starts_with("systemd-") => "linux",
        _ => "",
    }
}

/// Sigma's names of services.
fn service(program: &str) -> &'static str {
    match program {
        "CRON" | "cron" | "crond" => "cron",
        "vsftpd" => "vsftpd",
        "kernel" | "systemd" => "syslog",
        _ => "",
    }
}

fn add_header(header: &Header<'_>, sink: &mut Sink<'_>) {
    if let Some(priority) = header.priority {
        sink.put_as("log.syslog.facility.code", Slot::UInt(u64::from(priority >> 3)));
        sink.put_as("log.syslog.severity.code", Slot::UInt(u64::from(priority & 7)));
    }
    if !header.time.is_empty() {
        sink.time(header.time);
    }
    sink.host(header.host);
    sink.provider(header.program);
    sink.add_some_as("log.syslog.hostname", header.host);
    sink.add_some_as("log.syslog.appname", header.program);
    sink.add_some_as("log.syslog.procid", header.pid);
    sink.add_some_as("log.syslog.msgid", header.message_id);
    add_data(header.data, sink);
}

/// Structured data: `id.name`, escapes resolved.
fn add_data(data: &str, sink: &mut Sink<'_>) {
    let mut rest = data;
    while let Some(start) = rest.strip_prefix('[') {
        let (id, mut pairs) = start.split_at(start.find([' ', ']']).unwrap_or(start.len()));
        while let Some((name, value)) = pairs.strip_prefix(' ').and_then(|p| p.split_once("=\"")) {
            let end = end_of_value(value);
            let name = format!("{id}.{}", name.trim());
            if value[..end].contains('\\') {
                sink.add(&name, &unescape(&value[..end]));
            } else {
                sink.add(&name, &value[..end]);
            }
            pairs = value.get(end + 1..).unwrap_or_default();
        }
        rest = pairs.strip_prefix(']').unwrap_or_default();
    }
}

fn end_of_value(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => return at,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// RFC 5424 §6.3.3: a backslash before `"`, `\` and `]`.
fn unescape(text: &str) -> String {
    text.replace("\\\"", "\"").replace("\\]", "]").replace("\\\\", "\\")
}
