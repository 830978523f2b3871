//! Text logs of antivirus programs: ClamAV (`clamd`, `clamscan`), Microsoft
//! Defender's `MPLog` detections, Kaspersky Endpoint Security's event texts.
//!
//! The verdict has the names of Sigma's `antivirus` category: `Signature`,
//! `Filename`, and `Action`, `User` where told. Kaspersky's labels are fields
//! under their own names too.

use crate::{format::Format, pattern, sink::Sink, syslog};

/// Whether a line is a verdict.
pub(crate) fn is_line(text: &str) -> bool {
    is_clamav(text) || is_defender(text) || is_kaspersky(text)
}

fn is_clamav(text: &str) -> bool {
    text.ends_with(" FOUND") && text.contains(": ")
}

fn is_defender(text: &str) -> bool {
    let has = |mark: &str| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some();
    memchr::memchr(b'D', text.as_bytes()).is_some()
        && (has("DETECTIONEVENT ") || has(" DETECTION_ADD"))
}

fn is_kaspersky(text: &str) -> bool {
    let lines = memchr::memchr3(b'\\', b'\n', b'\r', text.as_bytes()).is_some();
    lines
        && ["Event type: ", "Result description: ", "Result: ", "Component: "]
            .iter()
            .any(|mark| text.contains(mark))
}

/// Decodes a verdict.
pub(crate) fn decode(text: &str, sink: &mut Sink<'_>) -> bool {
    sink.format(Format::Antivirus);
    if is_clamav(text) {
        clamav(text, sink)
    } else if is_defender(text) {
        defender(text, sink)
    } else if is_kaspersky(text) {
        kaspersky(text, sink)
    } else {
        false
    }
}

/// `Sat Jan 31 08:30:00 2026 -> /srv/file: Win.Test.EICAR_HDB-1 FOUND`.
fn clamav(text: &str, sink: &mut Sink<'_>) -> bool {
    sink.event.source.product = "clamav";
    let text = match text.split_once(" -> ") {
        Some((time, rest)) => {
            sink.time(time);
            rest
        }
        None => text,
    };
    let patterns =
        &["{Filename}: {Signature}({md5}:{size}) FOUND", "{Filename}: {Signature} FOUND"];
    pattern::add_first(patterns, text, sink).is_some()
}

/// `2026-01-31T08:30:00.123Z DETECTIONEVENT MPSOURCE_REALTIME Virus:DOS/EICAR file:C:\…`.
fn defender(text: &str, sink: &mut Sink<'_>) -> bool {
    sink.event.source.product = "windows";
    sink.event.source.service = "windefend";
    let (time, rest) = syslog::leading_time(text);
    if !time.is_empty() {
        sink.time_utc(time);
    }
    let patterns = &[
        "DETECTIONEVENT {source} {Signature} {type}:{Filename}",
        "DETECTION_ADD#{} {Signature} {type}:{Filename}",
        "DETECTION_ADD {Signature} {type}:{Filename}",
    ];
    let rest = rest.trim().trim_end_matches(';');
    pattern::add_first(patterns, rest, sink).is_some()
}

/// `Label: value` lines, the line feeds at times written out.
fn kaspersky(text: &str, sink: &mut Sink<'_>) -> bool {
    sink.event.source.product = "kaspersky";
    let before = sink.event.fields.len();
    for piece in text.split(['\r', '\n']) {
        for line in piece.split("\\r\\n") {
            if let Some((label, value)) = line.split_once(": ") {
                kaspersky_line(label.trim(), value.trim(), sink);
            }
        }
    }
    sink.event.fields.len() > before
}

fn kaspersky_line(label: &str, value: &str, sink: &mut Sink<'_>) {
    if label.len() > 64 || label.is_empty() {
        return;
    }
    sink.add(label, value);
    match label {
        "Release date" | "Event time" | "Time" => sink.time(value),
        "Object" | "Path to object" | "Object path" => sink.add("Filename", value),
        "Name" | "Threat name" => sink.add("Signature", value),
        "Result description" | "Result" => sink.add("Action", value),
        _ => {}
    }
}
