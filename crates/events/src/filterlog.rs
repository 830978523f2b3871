//! pfSense and OPNsense packet filter log (Netgate, *Raw Filter Log Format*).
//!
//! Columns have that page's names.

use crate::{format::Format, sink::Sink};

/// Whether a line is one: rule numbers, an interface, `match` or another reason, a verdict.
pub(crate) fn is_line(text: &str) -> bool {
    let mut columns = text.split(',');
    let numeric = columns.next().is_some_and(|rule| rule.bytes().all(|b| b.is_ascii_digit()));
    let direction = columns.clone().nth(6);
    numeric && matches!(direction, Some("in" | "out")) && matches!(columns.nth(7), Some("4" | "6"))
}

const RULE: &[&str] = &[
    "rule_number",
    "sub_rule",
    "anchor",
    "tracker",
    "interface",
    "reason",
    "action",
    "direction",
    "ip_version",
];
const IPV4: &[&str] = &[
    "tos",
    "ecn",
    "ttl",
    "id",
    "offset",
    "flags",
    "protocol_id",
    "protocol",
    "length",
    "src_ip",
    "dst_ip",
];
const IPV6: &[&str] =
    &["class", "flow_label", "hop_limit", "protocol", "protocol_id", "length", "src_ip", "dst_ip"];
const TCP: &[&str] = &[
    "src_port",
    "dst_port",
    "data_length",
    "tcp_flags",
    "sequence",
    "ack",
    "window",
    "urg",
    "options",
];
const UDP: &[&str] = &["src_port", "dst_port", "data_length"];
const CARP: &[&str] = &["carp_type", "carp_ttl", "vhid", "version", "advbase", "advskew"];
const ICMP: &[&str] = &["icmp_type", "icmp_data1", "icmp_data2", "icmp_data3"];

/// Decodes a line.
pub(crate) fn decode(text: &str, sink: &mut Sink<'_>) -> bool {
    if !is_line(text) {
        return false;
    }
    sink.format(Format::Filterlog);
    let mut columns = text.split(',');
    let mut add = |names: &[&str], sink: &mut Sink<'_>| {
        for name in names {
            column(name, columns.next().unwrap_or_default(), sink);
        }
    };
    add(RULE, sink);
    let interface = sink.slot("interface").map(|slot| sink.text_of(slot).to_owned());
    let inward = sink.slot("direction").is_some_and(|slot| sink.text_of(slot) == "in");
    if let Some(interface) = interface {
        sink.add(if inward { "ingress" } else { "egress" }, &interface);
    }
    let version = sink.slot("ip_version").map(|slot| sink.text_of(slot).to_owned());
    add(if version.as_deref() == Some("6") { IPV6 } else { IPV4 }, sink);
    let protocol = sink.slot("protocol").map(|slot| sink.text_of(slot).to_ascii_lowercase());
    match protocol.as_deref() {
        Some("tcp") => add(TCP, sink),
        Some("udp") => add(UDP, sink),
        Some("carp") => add(CARP, sink),
        Some("icmp" | "icmp6" | "ipv6-icmp") => add(ICMP, sink),
        _ => {}
    }
    true
}

fn column(name: &str, value: &str, sink: &mut Sink<'_>) {
    if value.is_empty() {
        return;
    }
    let number = value.bytes().all(|b| b.is_ascii_digit()) && name != "tracker";
    if number {
        sink.add_number(name, value);
    } else {
        sink.add(name, value);
    }
}
