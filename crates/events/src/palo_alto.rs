//! Palo Alto Networks' syslog CSV (*PAN-OS Administrator's Guide*, Syslog Field
//! Descriptions): columns by log type, named as that page names them, in lower
//! case with underscores.

use crate::{format::Format, sink::Sink};

/// Whether a line is one: a version, a time, a serial number, a log type.
pub(crate) fn is_line(text: &str) -> bool {
    let mut columns = text.splitn(5, ',');
    let mut column = || columns.next().unwrap_or_default();
    let (_, time, _, kind) = (column(), column(), column(), column());
    time.contains('/') && time.contains(':') && columns_of(kind).is_some()
}

const START: &[&str] = &["", "receive_time", "serial", "type", "subtype", "", "time_generated"];
const TRAFFIC: &[&str] = &[
    "src",
    "dst",
    "natsrc",
    "natdst",
    "rule",
    "srcuser",
    "dstuser",
    "app",
    "vsys",
    "from",
    "to",
    "inbound_if",
    "outbound_if",
    "logset",
    "",
    "sessionid",
    "repeatcnt",
    "sport",
    "dport",
    "natsport",
    "natdport",
    "flags",
    "proto",
    "action",
    "bytes",
    "bytes_sent",
    "bytes_received",
    "packets",
    "start",
    "elapsed",
    "category",
    "",
    "seqno",
    "actionflags",
    "srcloc",
    "dstloc",
    "",
    "pkts_sent",
    "pkts_received",
    "session_end_reason",
    "dg_hier_level_1",
    "dg_hier_level_2",
    "dg_hier_level_3",
    "dg_hier_level_4",
    "vsys_name",
    "device_name",
    "action_source",
    "src_uuid",
    "dst_uuid",
    "tunnelid",
    "monitortag",
    "parent_session_id",
    "parent_start_time",
    "tunnel",
    "assoc_id",
    "chunks",
    "chunks_sent",
    "chunks_received",
    "rule_uuid",
];
const THREAT: &[&str] = &[
    "src",
    "dst",
    "natsrc",
    "natdst",
    "rule",
    "srcuser",
    "dstuser",
    "app",
    "vsys",
    "from",
    "to",
    "inbound_if",
    "outbound_if",
    "logset",
    "",
    "sessionid",
    "repeatcnt",
    "sport",
    "dport",
    "natsport",
    "natdport",
    "flags",
    "proto",
    "action",
    "misc",
    "threatid",
    "category",
    "severity",
    "direction",
    "seqno",
    "actionflags",
    "srcloc",
    "dstloc",
    "",
    "contenttype",
    "pcap_id",
    "filedigest",
    "cloud",
    "url_idx",
    "user_agent",
    "filetype",
    "xff",
    "referer",
    "sender",
    "subject",
    "recipient",
    "reportid",
    "dg_hier_level_1",
    "dg_hier_level_2",
    "dg_hier_level_3",
    "dg_hier_level_4",
    "vsys_name",
    "device_name",
    "",
    "src_uuid",
    "dst_uuid",
    "http_method",
    "tunnel_id",
    "monitortag",
    "parent_session_id",
    "parent_start_time",
    "tunnel",
    "thr_category",
    "contentver",
    "",
    "assoc_id",
    "ppid",
    "http_headers",
    "url_category_list",
    "rule_uuid",
];
const SYSTEM: &[&str] = &[
    "vsys",
    "eventid",
    "object",
    "",
    "",
    "module",
    "severity",
    "opaque",
    "seqno",
    "actionflags",
    "dg_hier_level_1",
    "dg_hier_level_2",
    "dg_hier_level_3",
    "dg_hier_level_4",
    "vsys_name",
    "device_name",
];
const CONFIG: &[&str] = &[
    "host",
    "vsys",
    "cmd",
    "admin",
    "client",
    "result",
    "path",
    "seqno",
    "actionflags",
    "dg_hier_level_1",
    "dg_hier_level_2",
    "dg_hier_level_3",
    "dg_hier_level_4",
    "vsys_name",
    "device_name",
];
const AUTHENTICATION: &[&str] = &[
    "vsys",
    "ip",
    "user",
    "normalize_user",
    "object",
    "authpolicy",
    "repeatcnt",
    "authid",
    "vendor",
    "logset",
    "serverprofile",
    "desc",
    "clienttype",
    "event",
    "factorno",
    "seqno",
    "actionflags",
    "dg_hier_level_1",
    "dg_hier_level_2",
    "dg_hier_level_3",
    "dg_hier_level_4",
    "vsys_name",
    "device_name",
    "vsys_id",
    "authproto",
    "rule_uuid",
];
const USERID: &[&str] = &[
    "vsys",
    "ip",
    "user",
    "datasourcename",
    "eventid",
    "repeatcnt",
    "timeout",
    "beginport",
    "endport",
    "datasource",
    "datasourcetype",
    "seqno",
    "actionflags",
    "dg_hier_level_1",
    "dg_hier_level_2",
    "dg_hier_level_3",
    "dg_hier_level_4",
    "vsys_name",
    "device_name",
];
const GLOBALPROTECT: &[&str] = &[
    "vsys",
    "eventid",
    "stage",
    "auth_method",
    "tunnel_type",
    "srcuser",
    "srcregion",
    "machinename",
    "public_ip",
    "public_ipv6",
    "private_ip",
    "private_ipv6",
    "hostid",
    "serialnumber",
    "client_ver",
    "client_os",
    "client_os_ver",
    "repeatcnt",
    "reason",
    "error",
    "opaque",
    "status",
    "location",
    "login_duration",
    "connect_method",
    "error_code",
    "portal",
    "seqno",
    "actionflags",
];
const HIPMATCH: &[&str] = &[
    "srcuser",
    "vsys",
    "machinename",
    "os",
    "src",
    "matchname",
    "repeatcnt",
    "matchtype",
    "",
    "",
    "seqno",
    "actionflags",
    "dg_hier_level_1",
    "dg_hier_level_2",
    "dg_hier_level_3",
    "dg_hier_level_4",
    "vsys_name",
    "device_name",
];

fn columns_of(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "TRAFFIC" => Some(TRAFFIC),
        "THREAT" => Some(THREAT),
        "SYSTEM" => Some(SYSTEM),
        "CONFIG" => Some(CONFIG),
        "AUTH" | "AUTHENTICATION" => Some(AUTHENTICATION),
        "USERID" => Some(USERID),
        "GLOBALPROTECT" => Some(GLOBALPROTECT),
        "HIPMATCH" | "HIP-MATCH" => Some(HIPMATCH),
        _ => None,
    }
}

/// Decodes a line.
pub(crate) fn decode(text: &str, sink: &mut Sink<'_>) -> bool {
    if !is_line(text) {
        return false;
    }
    sink.format(Format::PaloAlto);
    let mut columns = Columns { rest: Some(text) };
    let mut names = START;
    for (name, column) in START.iter().zip(columns.by_ref()) {
        add(name, column, sink);
        if *name == "type" {
            names = columns_of(column).unwrap_or_default();
        }
    }
    for (name, column) in names.iter().copied().chain(std::iter::repeat("")).zip(columns) {
        add(name, column, sink);
    }
    true
}

/// What a sentence of the system log says: `… for user 'alice'. Reason: …. From: 192.0.2.1.`
pub(crate) fn add_sentence(text: &str, sink: &mut Sink<'_>) {
    let between = |start: &str, ends: &[char]| {
        let (_, rest) = text.split_once(start)?;
        Some(rest[..rest.find(ends).unwrap_or(rest.len())].trim())
    };
    let user = between("user '", &['\'']).or_else(|| between("for user ", &[' ', ',']));
    if let Some(user) = user {
        sink.add_some("user", user.trim_end_matches('.'));
    }
    if let Some((_, reason)) = text.split_once("Reason: ") {
        let end = reason.find(". ").map_or(reason.len(), |at| at + 1);
        sink.add_some("reason", &reason[..end]);
    }
    let from = between("From: ", &[' ', ',']).or_else(|| between("from '", &['\'']));
    let from = from.or_else(|| between("initiated by ", &[' ', ',']));
    if let Some(from) = from {
        sink.add_some("ip", from.trim_end_matches('.'));
    }
    if let Some(address) =
        between("server address '", &['\'']).or_else(|| between("server address ", &[',']))
    {
        sink.add_some("server_address", address);
    }
}

fn add(name: &str, column: &str, sink: &mut Sink<'_>) {
    let quoted = column.len() > 1 && column.starts_with('"') && column.ends_with('"');
    let value = if quoted { &column[1..column.len() - 1] } else { column };
    match name {
        "" => {
            // The time with its zone stands in a column that moves with the version.
            if value.len() >= 24 && value.as_bytes()[4] == b'-' && value.as_bytes()[10] == b'T' {
                sink.time(value);
            }
            return;
        }
        "time_generated" => sink.time(value),
        "device_name" => sink.host(value),
        "threatid" => {
            // `Name of the threat(40005)`.
            if let Some((name, code)) = value.trim_end_matches(')').rsplit_once('(') {
                sink.add_some("threat_name", name);
                sink.add_some("threat_code", code);
            }
        }
        "opaque" => {
            sink.message(value);
            add_sentence(value, sink);
        }
        _ => {}
    }
    if quoted && value.contains("\"\"") {
        sink.add(name, &value.replace("\"\"", "\""));
    } else {
        sink.add_some(name, value);
    }
}

/// Columns of one CSV line, quotes left on.
struct Columns<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for Columns<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest?;
        let mut quoted = false;
        let end = rest.bytes().position(|byte| {
            quoted ^= byte == b'"';
            byte == b',' && !quoted
        });
        self.rest = end.map(|end| &rest[end + 1..]);
        Some(&rest[..end.unwrap_or(rest.len())])
    }
}
