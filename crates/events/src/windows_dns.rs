//! The debug log of Windows' DNS server (Microsoft, *DNS Logging and
//! Diagnostics*; the file's own legend).
//!
//! Fields keep the legend's words: `thread_id`, `context`, `packet_id`,
//! `protocol`, `direction`, `remote_ip`, `xid`, `response`, `opcode`, `flags`,
//! `rcode`, `record_type`, `query`.

use crate::{format::Format, sink::Sink};

/// Whether a line is a packet's or an event's.
pub(crate) fn is_line(text: &str) -> bool {
    text.contains(" PACKET  ") || text.contains(" PACKET ") && text.contains('[')
}

/// Decodes a line.
pub(crate) fn decode(text: &str, sink: &mut Sink<'_>) -> bool {
    let Some((before, after)) = text.split_once(" PACKET ") else { return false };
    let Some((stamp, thread)) = before.trim_end().rsplit_once(' ') else { return false };
    let Some((head, tail)) = after.split_once('[') else { return false };
    let Some((flags, question)) = tail.split_once(']') else { return false };
    sink.format(Format::WindowsDns);
    sink.time(stamp);
    sink.add("thread_id", thread);
    sink.add("context", "PACKET");
    add_head(head, sink);
    add_flags(flags, sink);
    let mut words = question.split_ascii_whitespace();
    if let (Some(kind), Some(name)) = (words.next(), words.next()) {
        sink.add("record_type", kind);
        sink.add("query", &name_of(name));
    }
    true
}

/// `000001D1 UDP Rcv 192.0.2.1 0002 R Q `.
fn add_head(head: &str, sink: &mut Sink<'_>) {
    let words = head.split_ascii_whitespace();
    let names = ["packet_id", "protocol", "direction", "remote_ip", "xid"];
    let mut rest = words.clone().skip(names.len());
    for (name, word) in names.iter().zip(words) {
        sink.add(name, word);
    }
    let first = rest.next();
    let response = first == Some("R");
    sink.put("response", crate::event::Slot::Bool(response));
    if let Some(opcode) = if response { rest.next() } else { first } {
        sink.add("opcode", opcode);
    }
}

/// `8081   DR  NOERROR`.
fn add_flags(flags: &str, sink: &mut Sink<'_>) {
    let mut words = flags.split_ascii_whitespace();
    if let Some(hex) = words.next() {
        sink.add("flags", hex);
    }
    if let Some(rcode) = words.last() {
        sink.add("rcode", rcode);
    }
}

/// `(3)www(7)example(0)` is `www.example`.
fn name_of(text: &str) -> String {
    let labels =
        text.split(['(', ')']).enumerate().filter(|(i, label)| i % 2 == 0 && !label.is_empty());
    labels.map(|(_, label)| label).collect::<Vec<_>>().join(".")
}
