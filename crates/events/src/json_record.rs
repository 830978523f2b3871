//! What a JSON record is: Suricata's EVE, Zeek, systemd's journal, a Windows
//! event, or any other object.
//!
//! Sources: Suricata User Guide, *EVE JSON Format*; Zeek, *JSON logs*;
//! systemd, *Journal JSON Format*.

use crate::{
    event::{Slot, When},
    format::Format,
    json::{self, Dotted},
    names::{KNOWN, KNOWN_TIMES, Names},
    sink::Sink,
    windows_json,
};

/// What was found among the fields, by position in [`KNOWN`].
type Found = [Option<Slot>; KNOWN.len()];

/// Decodes one object. What follows a break in it is lost to fields, not to
/// the raw text.
pub(crate) fn decode(text: &str, sink: &mut Sink<'_>) -> bool {
    if windows_json::looks_like(text) {
        return windows_json::decode(text, sink);
    }
    sink.format(Format::Json);
    let before = sink.event.fields.len();
    let whole = json::flatten(text, &Dotted, sink);
    let found = look(sink, before);
    settle_format(&found, sink);
    settle(&found, sink);
    if sink.event.format == Format::Journald {
        crate::journald::finish_json(sink);
    }
    whole
}

/// Walks the fields once for the ones with a meaning.
pub(crate) fn look(sink: &Sink<'_>, from: usize) -> Found {
    let mut found = [None; KNOWN.len()];
    for field in &sink.event.fields[from..] {
        if let Some(at) = Names::known(field.key) {
            found[at].get_or_insert(field.slot);
        }
    }
    found
}

fn at(found: &Found, name: &str) -> Option<Slot> {
    KNOWN.iter().position(|known| *known == name).and_then(|at| found[at])
}

fn settle_format(found: &Found, sink: &mut Sink<'_>) {
    if let Some(kind) = at(found, "event_type") {
        sink.format(Format::Eve);
        sink.event.source.service = eve_service(sink.text_of(kind));
        if sink.text_of(kind) == "alert" {
            sink.event.source.category = "ids";
        }
    } else if sink.slot("flow_id").is_some() && sink.slot("src_ip").is_some() {
        sink.format(Format::Eve);
    } else if at(found, "_path").is_some() || at(found, "id.orig_h").is_some() {
        sink.format(Format::Zeek);
        let path = at(found, "_path").map_or("", |slot| sink.text_of(slot));
        sink.event.source.service = crate::zeek::service(path);
    } else if at(found, "__REALTIME_TIMESTAMP").is_some() {
        sink.format(Format::Journald);
    } else if sink.slot("LogType").is_some()
        && (sink.slot("DeviceSN").is_some() || sink.slot("LogSourceID").is_some())
    {
        // Palo Alto's Cortex Data Lake.
        sink.format(Format::PaloAlto);
        if let Some(text) = sink.slot("EventDescription").map(|slot| sink.text_of(slot).to_owned())
        {
            crate::palo_alto::add_sentence(&text, sink);
        }
    }
}

/// Sigma has no services for Suricata; the protocol's name is what one would say.
fn eve_service(kind: &str) -> &'static str {
    const KINDS: &[&str] = &[
        "alert", "anomaly", "dhcp", "dns", "fileinfo", "flow", "ftp", "http", "krb5", "mqtt",
        "netflow", "nfs", "rdp", "rfb", "sip", "smb", "smtp", "snmp", "ssh", "stats", "tftp",
        "tls", "quic", "ldap",
    ];
    KINDS.iter().find(|known| **known == kind).copied().unwrap_or_default()
}

/// Time, host, program and message, where the object names them.
pub(crate) fn settle(found: &Found, sink: &mut Sink<'_>) {
    if sink.event.time.is_unknown() {
        sink.event.time = KNOWN[..KNOWN_TIMES]
            .iter()
            .zip(found)
            .find_map(|(name, slot)| match slot {
                // Sysmon's own, which says so in its name only.
                Some(Slot::Text(span)) if *name == "UtcTime" => Some(When::Utc(*span)),
                Some(Slot::Text(span) | Slot::Number(span)) => Some(When::Text(*span)),
                _ => None,
            })
            .unwrap_or_default();
    }
    let text = |names: &[&str]| {
        names.iter().find_map(|name| match at(found, name) {
            Some(Slot::Text(span)) => Some(span),
            _ => None,
        })
    };
    // In nginx's own JSON, `host` is the one that was asked for.
    let nginx = sink.slot("body_bytes_sent").is_some();
    let hosts =
        ["Computer", "host.name", "hostname", "Hostname", "_HOSTNAME", "agent.hostname", "host"];
    let hosts = if nginx { &hosts[..hosts.len() - 1] } else { &hosts };
    sink.event.host = text(hosts).or(sink.event.host);
    sink.event.provider = text(&["Provider_Name", "SYSLOG_IDENTIFIER"]).or(sink.event.provider);
    sink.event.message = text(&["message", "Message", "MESSAGE"]).or(sink.event.message);
    sink.event.channel = text(&["Channel"]);
}
