//! Documents that say what is vulnerable, what fixes it, and how much it
//! matters: one file a format.
//!
//! *To add a format:* write `fn read(name, bytes, into: &mut Builder) ->
//! Vec<Diagnostic>` in a file of its own, and recognise its content in
//! [`read`].

pub mod csaf;
pub mod csaf_rules;
pub mod cvrf;
pub mod epss;
pub mod kev;
pub mod letter;
pub mod wesng;

use diag::{Diagnostic, Place};
use jiff::civil::Date;

use crate::{
    archive,
    facts::{Builder, Format, Source},
    text,
};

/// Reads a document of any known format, recognised by its content; a zip is
/// read member by member.
pub fn read(name: &str, bytes: &[u8], into: &mut Builder) -> Vec<Diagnostic> {
    if archive::is_zip(bytes) {
        let mut found = Vec::new();
        let trouble = archive::each(name, bytes, &mut |member, content| {
            found.extend(read(member, content, into));
        });
        found.extend(trouble);
        return found;
    }
    match sniff(bytes) {
        Some(Format::Cvrf) => cvrf::read(name, bytes, into),
        Some(Format::Csaf) => csaf::read(name, bytes, into),
        Some(Format::Kev) => kev::read(name, bytes, into),
        Some(Format::Epss) => epss::read(name, bytes, into),
        Some(Format::Letter) => letter::read(name, bytes, into),
        Some(Format::Wesng) => wesng::read(name, bytes, into),
        None => vec![Diagnostic::error("patches.bulletin-unknown", Place::file(name))],
    }
}

fn sniff(bytes: &[u8]) -> Option<Format> {
    let head = text::decode(bytes.get(..bytes.len().min(4096)).unwrap_or_default());
    let head = head.trim_start();
    let line = head.lines().next().unwrap_or_default().to_lowercase();
    if head.starts_with('<') {
        return head.contains("cvrfdoc").then_some(Format::Cvrf);
    }
    if head.starts_with('{') {
        return sniff_json(bytes, head);
    }
    if line.starts_with("#model_version") || line.starts_with("cve,epss") {
        return Some(Format::Epss);
    }
    if line.contains("cveid") && line.contains("dateadded") {
        return Some(Format::Kev);
    }
    if line.contains("bulletinkb") {
        return Some(Format::Wesng);
    }
    letter::looks_like(head).then_some(Format::Letter)
}

fn sniff_json(bytes: &[u8], head: &str) -> Option<Format> {
    let anywhere = |needle: &str| head.contains(needle) || memchr_find(bytes, needle.as_bytes());
    if head.contains("catalogVersion") || anywhere("\"cveID\"") {
        return Some(Format::Kev);
    }
    anywhere("\"csaf_version\"").then_some(Format::Csaf)
}

fn memchr_find(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}

/// A source of this name and format, its hash taken.
fn named_source(name: &str, format: Format, bytes: &[u8]) -> Source {
    Source {
        name: name.to_owned(),
        format,
        id: String::new(),
        sha256: text::sha256(bytes),
        released: None,
        current: None,
        months: Vec::new(),
    }
}

/// The day of an ISO date or date-time.
fn day(text: &str) -> Option<Date> {
    text.trim().get(..10)?.parse().ok()
}

/// A score such as `9.8` in tenths; 0 when it is none.
fn tenths(text: &str) -> u8 {
    let mut parts = text.trim().splitn(2, ['.', ',']);
    let whole: u8 = parts.next().and_then(|p| p.parse().ok()).unwrap_or(0);
    let tenth = parts.next().and_then(|p| p.chars().next()).and_then(|c| c.to_digit(10));
    let tenth = tenth.and_then(|t| u8::try_from(t).ok()).unwrap_or(0);
    if whole > 10 { 0 } else { (whole * 10 + tenth).min(100) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_in_tenths() {
        for (text, tenths_) in
            [("9.8", 98), ("10.0", 100), ("7", 70), ("", 0), ("n/a", 0), ("7,5", 75)]
        {
            assert_eq!(tenths(text), tenths_, "{text}");
        }
    }
}
