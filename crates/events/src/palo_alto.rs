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

const DECRYPTION: &[&str] = &[
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
    "tunnel",
    "",
    "",
    "src_uuid",
    "dst_uuid",
    "rule_uuid",
    "hs_stage_c2f",
    "hs_stage_f2s",
    "tls_version",
    "tls_keyxchg",
    "tls_enc",
    "tls_auth",
    "policy_name",
    "ec_curve",
    "err_index",
    "root_status",
    "chain_status",
    "proxy_type",
    "cert_serial",
    "fingerprint",
    "notbefore",
    "notafter",
    "cert_ver",
    "cert_size",
    "cn_len",
    "issuer_len",
    "rootcn_len",
    "sni_len",
    "cert_flags",
    "cn",
    "issuer_cn",
    "root_cn",
    "sni",
    "error",
    "container_id",
    "pod_namespace",
    "pod_name",
    "src_edl",
    "dst_edl",
    "src_dag",
    "dst_dag",
    "",
    "src_category",
    "src_profile",
    "src_model",
    "src_vendor",
    "src_osfamily",
    "src_osversion",
    "src_host",
    "src_mac",
    "dst_category",
    "dst_profile",
    "dst_model",
    "dst_vendor",
    "dst_osfamily",
    "dst_osversion",
    "dst_host",
    "dst_mac",
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
        "DECRYPTION" => Some(DECRYPTION),
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

/// What precedes a fact in the sentences of the system log, the fact's name,
/// and what ends it. For each name the first that occurs counts.
const IN_SENTENCES: &[(&str, &str, &[char])] = &[
    ("user '", "user", &['\'']),
    ("for user ", "user", &[' ', ',']),
    ("authenticating user ", "user", &[' ', ',']),
    ("From: ", "ip", &[' ', ',']),
    ("from '", "ip", &['\'']),
    ("initiated by: ", "ip", &[' ', ',']),
    ("initiated by ", "ip", &[' ', ',']),
    (", ip ", "ip", &[' ', ',']),
    (" from ", "ip", &[' ', ',']),
    ("server address '", "server_address", &['\'']),
    ("Server Address '", "server_address", &['\'']),
    ("erver address ", "server_address", &[',']),
    ("erver Address ", "server_address", &[',', ' ']),
    ("connected to server ", "server_address", &[':', ',', ' ']),
    ("connect to address: ", "server_address", &[' ', ',']),
    (" IP: ", "server_address", &[' ', ',']),
    ("dhcp server: ", "server_address", &[' ', ',']),
    ("Update server: ", "server_address", &[' ', ',']),
    (" port: ", "server_port", &[' ', ',']),
    ("ELECTION: ", "server_name", &[' ', ',']),
    (": interface ", "interface", &[' ', ',']),
    ("package: ", "filename", &[' ', ',']),
];

/// What a sentence of the system log says: `… for user 'alice'. Reason: …. From: 192.0.2.1.`
pub(crate) fn add_sentence(text: &str, sink: &mut Sink<'_>) {
    let mut known = "";
    for (start, name, ends) in IN_SENTENCES {
        let Some((_, rest)) = text.split_once(start).filter(|_| *name != known) else { continue };
        let fact = rest[..rest.find(*ends).unwrap_or(rest.len())].trim().trim_end_matches('.');
        let is_address = fact.parse::<std::net::IpAddr>().is_ok();
        if !fact.is_empty() && (*name != "ip" || is_address) {
            sink.add(name, fact);
            known = name;
        }
    }
    if let Some((_, reason)) = text.split_once("Reason: ") {
        let end = sentence_end(reason);
        sink.add_some("reason", &reason[..end]);
    }
}

/// Where a sentence ends: at a full stop before a word that is no abbreviation's rest.
fn sentence_end(text: &str) -> usize {
    text.match_indices(". ")
        .find(|(at, _)| !text[..*at].ends_with("e.g") && !text[..*at].ends_with("i.e"))
        .map_or(text.len(), |(at, _)| at + 1)
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
        // PAN-OS has one column for the address asked for and for the file sent.
        "misc" if sink.slot("subtype").is_some_and(|slot| sink.text_of(slot) == "url") => {
            sink.add_some("url", value);
        }
        "misc" => sink.add_some("filename", value),
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
