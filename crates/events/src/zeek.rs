//! Zeek's ASCII logs (*Book of Zeek*, Log Formats): tab-separated columns that
//! `#fields` names. Zeek's JSON is read in `json_record`.

use crate::{directives::Directives, event::Slot, format::Format, sink::Sink};

/// Sigma's `service` for a log's path.
pub(crate) fn service(path: &str) -> &'static str {
    const SERVICES: &[&str] = &[
        "conn",
        "dce_rpc",
        "dhcp",
        "dns",
        "files",
        "ftp",
        "http",
        "intel",
        "irc",
        "kerberos",
        "modbus",
        "mysql",
        "notice",
        "ntlm",
        "pe",
        "radius",
        "rdp",
        "rfb",
        "sip",
        "smb_files",
        "smb_mapping",
        "smtp",
        "snmp",
        "socks",
        "software",
        "ssh",
        "ssl",
        "syslog",
        "tunnel",
        "weird",
        "x509",
    ];
    SERVICES.iter().find(|known| **known == path).copied().unwrap_or_default()
}

/// Decodes one line of columns.
pub(crate) fn decode(text: &str, directives: &Directives, sink: &mut Sink<'_>) -> bool {
    sink.format(Format::Zeek);
    sink.event.source.service = service(&directives.path);
    if directives.fields.is_empty() {
        return false;
    }
    if !directives.path.is_empty() {
        sink.add("_path", &directives.path);
    }
    for (name, value) in directives.fields.iter().zip(text.split('\t')) {
        match value {
            // Unset: the field is not there.
            "-" => {}
            "(empty)" => sink.put(name, Slot::Null),
            "T" => sink.put(name, Slot::Bool(true)),
            "F" => sink.put(name, Slot::Bool(false)),
            _ => column(name, value, sink),
        }
    }
    true
}

fn column(name: &str, value: &str, sink: &mut Sink<'_>) {
    if name == "ts" {
        sink.time(value);
    }
    let number = value.len() < 20 && value.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if number && value.bytes().filter(|b| *b == b'.').count() < 2 {
        sink.add_number(name, value);
    } else if LISTS.contains(&name) {
        for one in value.split(',') {
            sink.add(name, &unescape(one));
        }
    } else if value.contains("\\x") {
        sink.add(name, &unescape(value));
    } else {
        sink.add(name, value);
    }
}

/// Columns that are sets or vectors in Zeek's own logs.
const LISTS: &[&str] = &[
    "answers",
    "TTLs",
    "analyzers",
    "tx_hosts",
    "rx_hosts",
    "conn_uids",
    "tags",
    "actions",
    "san.dns",
    "rcptto",
    "to",
    "path",
    "orig_fuids",
    "resp_fuids",
    "orig_mime_types",
    "resp_mime_types",
    "tunnel_parents",
    "cert_chain_fuids",
    "fuids",
];

/// `\x09` for a tab within a value.
fn unescape(text: &str) -> String {
    let mut parts = text.split("\\x");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some(byte) = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(char::from(byte));
            out.push_str(&part[2..]);
        } else {
            out.push_str("\\x");
            out.push_str(part);
        }
    }
    out
}
