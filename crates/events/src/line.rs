//! From a record of text to the decoder of its format.
//!
//! Lines of one file are often of many formats (a collector writes them all
//! into one), so each line is recognised for itself, unless its columns are
//! explained elsewhere in the file or the caller insists.

use memchr::memmem;

use crate::{
    antivirus, auditd, cef, cisco, directives::Directives, dns_query, filterlog, format::Format,
    journald, json_record, kv_record, leef, linux_auth, palo_alto, postfix, sink::Sink,
    sniff::Sniffed, squid, syslog, w3c, web_access, windows_dns, windows_xml, zeek,
};

/// Decodes one record. Whether it was understood.
pub(crate) fn decode(
    text: &str,
    kind: Sniffed,
    directives: &Directives,
    sink: &mut Sink<'_>,
) -> bool {
    match kind.format {
        Format::Zeek if !text.starts_with('{') => zeek::decode(text, directives, sink),
        Format::W3c | Format::WindowsFirewall => w3c::decode(text, directives, sink),
        Format::WindowsXml => windows_xml::decode(text, sink),
        Format::Journald if !text.starts_with('{') => journald::decode_export(text, sink),
        _ if kind.forced => as_format(kind.format, text, sink),
        _ => anything(text, sink),
    }
}

/// A line of which only the caller knows what it is; a syslog header before it
/// is read all the same.
fn as_format(format: Format, text: &str, sink: &mut Sink<'_>) -> bool {
    match syslog::header(text).filter(|_| format != Format::Syslog) {
        Some(header) => syslog::decode(&header, Some(format), sink),
        None => of_format(format, text, sink),
    }
}

/// A line in one format.
pub(crate) fn of_format(format: Format, text: &str, sink: &mut Sink<'_>) -> bool {
    match format {
        Format::Syslog => {
            syslog::header(text).is_some_and(|header| syslog::decode(&header, None, sink))
        }
        Format::LinuxAuth => linux_auth::decode("", text, sink),
        Format::Auditd => auditd::decode(text, sink),
        Format::Cef => cef::decode(text, sink),
        Format::Leef => leef::decode(text, sink),
        Format::KeyValue | Format::Fortinet => kv_record::decode(text, sink),
        Format::Eve | Format::Json | Format::WindowsJson | Format::Zeek | Format::Journald => {
            json_record::decode(text, sink)
        }
        Format::WindowsXml => windows_xml::decode(text, sink),
        Format::WebAccess => web_access::decode(text, sink),
        Format::Postfix => postfix::decode("", text, sink),
        Format::DnsQuery => dns_query::decode(text, sink),
        Format::Squid => squid::decode(text, sink),
        Format::WindowsDns => windows_dns::decode(text, sink),
        Format::Antivirus => antivirus::decode(text, sink),
        Format::Cisco => cisco::decode(text, sink),
        Format::PaloAlto => palo_alto::decode(text, sink),
        Format::Filterlog => filterlog::decode(text, sink),
        Format::Evtx | Format::W3c | Format::WindowsFirewall => false,
        Format::Text => {
            sink.message(text);
            sink.add("message", text);
            true
        }
    }
}

fn anything(text: &str, sink: &mut Sink<'_>) -> bool {
    if text.starts_with('{') {
        return json_record::decode(text, sink);
    }
    if let Some(header) = syslog::header(text) {
        return syslog::decode(&header, None, sink);
    }
    let format = payload("", text);
    if format == Format::Text || !of_format(format, text, sink) {
        sink.format(Format::Text);
        sink.message(text);
        sink.add("message", text);
        // Most lines of programs begin with a time, whatever their format.
        sink.time(&text[..text.floor_char_boundary(40)]);
    }
    true
}

/// The format of one line, without decoding it.
pub(crate) fn classify(text: &str) -> Format {
    if text.starts_with('{') {
        return Format::Json;
    }
    match syslog::header(text) {
        Some(header) => match payload(header.program, header.message) {
            Format::Text => Format::Syslog,
            inner => inner,
        },
        None => payload("", text),
    }
}

/// The format of a line without its syslog header, from its first bytes, its
/// marks, and the program that wrote it.
pub(crate) fn payload(program: &str, text: &str) -> Format {
    let bytes = text.as_bytes();
    let by_start = match bytes.first() {
        Some(b'{') => Format::Json,
        Some(b'C') if text.starts_with("CEF:") => Format::Cef,
        Some(b'L') if text.starts_with("LEEF:") => Format::Leef,
        Some(b'%' | b':') if cisco::is_message(text) => Format::Cisco,
        Some(b't' | b'n' | b'a') if auditd::is_record(text) => Format::Auditd,
        Some(b'<') if text.starts_with("<Event") => Format::WindowsXml,
        Some(b'c') if text.starts_with("client @0x") => Format::DnsQuery,
        Some(b'0'..=b'9') => by_first_column(text),
        Some(b'[') => by_bracket(text),
        _ => Format::Text,
    };
    if by_start != Format::Text {
        return by_start;
    }
    match by_program(program) {
        Format::Text if is_plain(program) => Format::Text,
        Format::Text => by_marks(text),
        format => format,
    }
}

/// Programs that write sentences only: they are half of all lines.
fn is_plain(program: &str) -> bool {
    matches!(program, "systemd" | "CRON" | "cron" | "crond" | "rsyslogd" | "anacron" | "dhclient")
        || (program.starts_with("systemd-") && program != "systemd-logind")
}

fn by_program(program: &str) -> Format {
    match program {
        "" => Format::Text,
        "filterlog" => Format::Filterlog,
        "named" | "unbound" => Format::DnsQuery,
        "squid" | "(squid-1)" => Format::Squid,
        "audit" | "audispd" | "auditd" => Format::Auditd,
        "clamd" | "freshclam" | "clamscan" => Format::Antivirus,
        "nginx" | "httpd" | "apache" | "apache2" => Format::WebAccess,
        _ if postfix::is_program(program) => Format::Postfix,
        _ if linux_auth::is_program(program) => Format::LinuxAuth,
        _ => Format::Text,
    }
}

/// Whether a line is in some format.
type IsLine = fn(&str) -> bool;

/// Formats whose lines begin with a number, an address or a date.
fn by_first_column(text: &str) -> Format {
    let rules: [(IsLine, Format); 8] = [
        (cef::is_bare, Format::Cef),
        (filterlog::is_line, Format::Filterlog),
        (palo_alto::is_line, Format::PaloAlto),
        (squid::is_line, Format::Squid),
        (windows_dns::is_line, Format::WindowsDns),
        (dns_query::is_line, Format::DnsQuery),
        (web_access::is_line, Format::WebAccess),
        (antivirus::is_line, Format::Antivirus),
    ];
    rules.iter().find(|(is, _)| is(text)).map_or(Format::Text, |(_, format)| *format)
}

fn by_bracket(text: &str) -> Format {
    if dns_query::is_line(text) {
        Format::DnsQuery
    } else if web_access::is_line(text) {
        Format::WebAccess
    } else {
        Format::Text
    }
}

/// Formats that show only somewhere in the line. One look for the marks that
/// they cannot do without spares most lines the closer looks.
fn by_marks(text: &str) -> Format {
    let bytes = text.as_bytes();
    let head = &bytes[..bytes.len().min(400)];
    let (mut pairs, mut bars, mut percent) = (0, 0, false);
    for at in memchr::memchr3_iter(b'=', b'|', b'%', head) {
        match head[at] {
            b'=' => pairs += 1,
            b'|' => bars += 1,
            _ => percent = true,
        }
    }
    if pairs >= 3 && kv_record::is_fortinet(text) {
        Format::Fortinet
    } else if percent && cisco::is_message(text) {
        Format::Cisco
    } else if bars >= 5 && memmem::find(head, b"CEF:").is_some() {
        Format::Cef
    } else if bars >= 4 && memmem::find(head, b"LEEF:").is_some() {
        Format::Leef
    } else if memchr::memchr(b'"', bytes).is_some() && web_access::is_line(text) {
        Format::WebAccess
    } else if pairs >= 3 && kv_record::is_line(text) {
        Format::KeyValue
    } else if antivirus::is_line(text) {
        Format::Antivirus
    } else {
        Format::Text
    }
}
