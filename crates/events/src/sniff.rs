//! Which format an input is in, from its first bytes.

use memchr::memmem;

use crate::{evtx, format::Format, framing::Framing, line};

/// Bytes that are looked at.
pub(crate) const ENOUGH: usize = 1 << 16;
/// Lines that have a vote.
const LINES: usize = 64;

/// What an input was recognised as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sniffed {
    pub(crate) format: Format,
    pub(crate) framing: Framing,
    /// Whether lines that begin with `#` say what the columns are.
    pub(crate) directives: bool,
    /// Whether the caller insists on the format.
    pub(crate) forced: bool,
}

/// Recognises an input; a format that the caller insists on decides all but
/// how records are cut.
pub(crate) fn sniff(head: &[u8], insisted: Option<Format>) -> Sniffed {
    let format = insisted.unwrap_or_else(|| recognise(head));
    Sniffed {
        format,
        framing: framing(head, format),
        directives: matches!(format, Format::Zeek | Format::W3c | Format::WindowsFirewall),
        forced: insisted.is_some(),
    }
}

fn framing(head: &[u8], format: Format) -> Framing {
    let start = head.trim_ascii_start();
    match format {
        Format::Evtx => Framing::Chunk,
        Format::WindowsXml if start.first() == Some(&b'<') => Framing::Xml,
        Format::Journald if is_journal_export(start) => Framing::Paragraph,
        _ if is_counted(start) => Framing::Counted,
        _ if is_spread_json(start) => Framing::Json,
        _ => Framing::Line,
    }
}

fn recognise(head: &[u8]) -> Format {
    let start = head.trim_ascii_start();
    if head.starts_with(evtx::FILE_MAGIC) || head.starts_with(b"ElfChnk\0") {
        return Format::Evtx;
    }
    if is_windows_xml(start) {
        return Format::WindowsXml;
    }
    if is_journal_export(start) {
        return Format::Journald;
    }
    if is_counted(start) {
        return Format::Syslog;
    }
    match start.first() {
        Some(b'{' | b'[') if is_json(start) => of_json(start),
        Some(b'#') => of_directives(start),
        _ => of_lines(start),
    }
}

fn is_windows_xml(start: &[u8]) -> bool {
    start.starts_with(b"<Event")
        || (start.starts_with(b"<?xml") && memmem::find(start, b"<Event").is_some())
}

fn is_journal_export(start: &[u8]) -> bool {
    start.starts_with(b"__CURSOR=") || start.starts_with(b"__REALTIME_TIMESTAMP=")
}

/// RFC 6587: digits, a blank, and a priority.
fn is_counted(start: &[u8]) -> bool {
    let digits = start.iter().take(8).take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0
        && start.get(digits..digits + 2) == Some(b" <")
        && start.get(digits + 2).is_some_and(u8::is_ascii_digit)
}

fn is_json(start: &[u8]) -> bool {
    let inner =
        start.iter().find(|byte| !matches!(byte, b'[' | b'{') && !byte.is_ascii_whitespace());
    matches!(inner, Some(b'"' | b'}' | b']') | None)
}

/// JSON that is not one object a line.
fn is_spread_json(start: &[u8]) -> bool {
    if start.first() == Some(&b'[') && is_json(start) {
        return true;
    }
    let first_line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let whole = Framing::Json.next(first_line, 0, false).is_some();
    start.first() == Some(&b'{') && !whole && first_line.len() < start.len()
}

fn of_json(start: &[u8]) -> Format {
    let has = |name: &str| memmem::find(start, name.as_bytes()).is_some();
    if has("\"event_type\"") && (has("\"flow_id\"") || has("\"src_ip\"") || has("\"stats\"")) {
        Format::Eve
    } else if has("\"__REALTIME_TIMESTAMP\"") {
        Format::Journald
    } else if crate::windows_json::looks_like(&String::from_utf8_lossy(start)) {
        Format::WindowsJson
    } else if has("\"id.orig_h\"") || has("\"_path\"") {
        Format::Zeek
    } else {
        Format::Json
    }
}

fn of_directives(start: &[u8]) -> Format {
    let has = |text: &str| memmem::find(start, text.as_bytes()).is_some();
    if has("#separator") || has("#fields\t") {
        Format::Zeek
    } else if has("Windows Firewall") {
        Format::WindowsFirewall
    } else if has("#Fields:") {
        Format::W3c
    } else {
        of_lines(start)
    }
}

/// The format that most lines have; the envelope if they differ inside.
fn of_lines(start: &[u8]) -> Format {
    let text = String::from_utf8_lossy(start);
    let lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut votes: Vec<(Format, usize)> = Vec::new();
    for line in lines.take(LINES) {
        let format = line::classify(line);
        match votes.iter_mut().find(|(voted, _)| *voted == format) {
            Some((_, count)) => *count += 1,
            None => votes.push((format, 1)),
        }
    }
    let total: usize = votes.iter().map(|(_, count)| count).sum();
    match votes.iter().max_by_key(|(_, count)| *count) {
        Some((format, count)) if *count * 2 > total => *format,
        Some(_) if votes.iter().any(|(format, _)| *format != Format::Text) => Format::Syslog,
        _ => Format::Text,
    }
}
