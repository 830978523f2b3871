//! The W3C extended log file format (W3C working draft WD-logfile-960323) as
//! IIS and others write it, and Windows' firewall log, which borrows it.
//!
//! Columns keep their names; `cs(User-Agent)` is `cs-user-agent` too, as Sigma
//! writes it.

use crate::{directives::Directives, event::When, format::Format, sink::Sink};

/// Decodes one line of columns.
pub(crate) fn decode(text: &str, directives: &Directives, sink: &mut Sink<'_>) -> bool {
    let firewall = directives.software.contains("Firewall");
    sink.format(if firewall { Format::WindowsFirewall } else { Format::W3c });
    if directives.software.contains("Internet Information") {
        sink.event.source.product = "windows";
        sink.event.source.service = "iis";
    }
    if directives.fields.is_empty() {
        return false;
    }
    let (mut date, mut time) = (directives.date.as_str(), "");
    for (name, value) in directives.fields.iter().zip(text.split(' ')) {
        match name.as_str() {
            "date" => date = value,
            "time" => time = value,
            "s-computername" => sink.host(value),
            _ => {}
        }
        if value != "-" {
            column(name, value, sink);
        }
    }
    note_time(date, time, firewall || directives.local_time, sink);
    true
}

fn column(name: &str, value: &str, sink: &mut Sink<'_>) {
    let number = matches!(name, "sc-status" | "sc-bytes" | "cs-bytes" | "time-taken" | "s-port");
    if number && value.bytes().all(|b| b.is_ascii_digit()) {
        sink.add_number(name, value);
    } else {
        sink.add(name, value);
    }
    let header = name.strip_prefix("cs(").and_then(|name| name.strip_suffix(')'));
    if let Some(header) = header {
        // IIS writes a blank as `+`.
        let value = value.replace('+', " ");
        sink.add(&format!("cs-{}", header.to_ascii_lowercase()), &value);
    }
}

/// W3C times are UTC; those of the firewall are local.
fn note_time(date: &str, time: &str, local: bool, sink: &mut Sink<'_>) {
    if date.is_empty() || time.is_empty() {
        return;
    }
    // The day may stand in the file's head.
    let (date, time) = (sink.span(date), sink.span(time));
    sink.event.time =
        if local { When::DateTime(date, time) } else { When::UtcDateTime(date, time) };
}
