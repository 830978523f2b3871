//! Where one record ends and the next begins.

use std::ops::Range;

use memchr::{memchr, memmem, memrchr};

use crate::evtx;

/// How records follow each other in an input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Framing {
    /// A line each. `\r` before `\n` does not belong to it.
    #[default]
    Line,
    /// EVTX: chunks, which bring their own framing.
    Chunk,
    /// `<Event …>…</Event>`, over several lines or none.
    Xml,
    /// JSON values one after another, or in one list, over several lines.
    Json,
    /// Lines up to an empty one (journald export).
    Paragraph,
    /// `123 <34>1 …`: a count of bytes before each record (RFC 6587).
    Counted,
}

impl Framing {
    /// The end of the last whole record; 0 if there is none.
    pub(crate) fn last_end(self, bytes: &[u8]) -> usize {
        match self {
            Framing::Line => memrchr(b'\n', bytes).map_or(0, |at| at + 1),
            Framing::Chunk => bytes.len().min(evtx::CHUNK),
            Framing::Xml => memmem::rfind(bytes, XML_END).map_or(0, |at| at + XML_END.len()),
            Framing::Paragraph => memmem::rfind(bytes, b"\n\n").map_or(0, |at| at + 2),
            Framing::Json | Framing::Counted => self.walk_to_last(bytes),
        }
    }

    fn walk_to_last(self, bytes: &[u8]) -> usize {
        let mut end = 0;
        while let Some(range) = self.next(bytes, end, false) {
            end = range.end;
        }
        end
    }

    /// The next record at or after an offset. At the end of the input, what is
    /// left counts as a record although nothing ends it.
    pub(crate) fn next(self, bytes: &[u8], at: usize, last: bool) -> Option<Range<usize>> {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let found = match self {
            Framing::Line => line(rest),
            Framing::Chunk => None,
            Framing::Xml => xml(rest),
            Framing::Json => json(rest),
            Framing::Paragraph => paragraph(rest),
            Framing::Counted => counted(rest),
        };
        let found = found.or_else(|| self.leftover(rest).filter(|_| last))?;
        Some(at + found.start..at + found.end)
    }

    /// Whatever is left, unless it is only blank or the end of what is around records.
    fn leftover(self, rest: &[u8]) -> Option<Range<usize>> {
        let blank = |b: &u8| b.is_ascii_whitespace() || matches!(b, b']' | b',');
        let none = match self {
            Framing::Xml => {
                !memmem::find_iter(rest, b"<Event").any(|at| rest.get(at + 6) != Some(&b's'))
            }
            _ => rest.iter().all(blank),
        };
        (!none).then_some(0..rest.len())
    }
}

const XML_END: &[u8] = b"</Event>";

/// Empty lines are passed over here, where that is cheap: a file may be full of them.
fn line(rest: &[u8]) -> Option<Range<usize>> {
    let start = rest.iter().position(|byte| !matches!(byte, b'\n' | b'\r'))?;
    memchr(b'\n', &rest[start..]).map(|end| start..start + end + 1)
}

fn xml(rest: &[u8]) -> Option<Range<usize>> {
    let end = memmem::find(rest, XML_END)? + XML_END.len();
    let start = memmem::find(&rest[..end], b"<Event ")
        .or_else(|| memmem::find(&rest[..end], b"<Event>"))
        .unwrap_or(0);
    Some(start..end)
}

fn paragraph(rest: &[u8]) -> Option<Range<usize>> {
    let start = rest.iter().position(|byte| *byte != b'\n')?;
    memmem::find(&rest[start..], b"\n\n").map(|end| start..start + end + 2)
}

/// A count that is wrong ends the trust in counts: the rest up to the line's
/// end is the record.
fn counted(rest: &[u8]) -> Option<Range<usize>> {
    let skip = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let digits = rest[skip..].iter().take(8).take_while(|byte| byte.is_ascii_digit()).count();
    let start = skip + digits + 1;
    let count = std::str::from_utf8(&rest[skip..skip + digits]).ok().and_then(|n| n.parse().ok());
    match count {
        Some(count) if rest.get(start - 1) == Some(&b' ') && rest.get(start) == Some(&b'<') => {
            let end = start.checked_add(count)?;
            (end <= rest.len()).then_some(start..end)
        }
        _ => line(&rest[skip..]).map(|found| skip + found.start..skip + found.end),
    }
}

/// One JSON object, past blanks, commas and the bracket of a list around it.
fn json(rest: &[u8]) -> Option<Range<usize>> {
    let start = rest.iter().position(|byte| *byte == b'{')?;
    let (mut depth, mut at) = (0usize, start);
    while at < rest.len() {
        match rest[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(start..at + 1);
                }
            }
            b'"' => at = end_of_string(rest, at + 1)?,
            _ => {}
        }
        at += 1;
    }
    None
}

/// Offset of the quote that ends a string.
fn end_of_string(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn records(framing: Framing, text: &str) -> Vec<String> {
        let (mut at, mut found) = (0, Vec::new());
        while let Some(range) = framing.next(text.as_bytes(), at, true) {
            found.push(text[range.clone()].to_owned());
            at = range.end;
        }
        found
    }

    #[test]
    fn records_are_cut_where_they_end() {
        assert_eq!(records(Framing::Line, "a\r\nb"), ["a\r\n", "b"]);
        assert_eq!(
            records(Framing::Json, "[{\"a\":\"}\\\"\"},\n {\"b\":[{}]}]\n"),
            ["{\"a\":\"}\\\"\"}", "{\"b\":[{}]}"]
        );
        assert_eq!(
            records(Framing::Xml, "<Events><Event a='1'>\n</Event><Event></Event></Events>"),
            ["<Event a='1'>\n</Event>", "<Event></Event>"]
        );
        assert_eq!(
            records(Framing::Counted, "8 <1>1 a\nb\n5 <1>1 7 <1>1 cd"),
            ["<1>1 a\nb", "<1>1 ", "<1>1 cd"]
        );
        assert_eq!(records(Framing::Paragraph, "a=1\nb=2\n\nc=3\n"), ["a=1\nb=2\n\n", "c=3\n"]);
    }

    proptest! {
        #[test]
        fn cutting_any_bytes_ends(bytes: Vec<u8>, last: bool) {
            for framing in [Framing::Line, Framing::Xml, Framing::Json, Framing::Paragraph, Framing::Counted] {
                let mut at = 0;
                while let Some(range) = framing.next(&bytes, at, last) {
                    prop_assert!(range.end > at && range.end <= bytes.len());
                    at = range.end;
                }
            }
        }
    }
}
