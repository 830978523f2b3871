//! `key=value` lines, as firewalls write them.
//!
//! There is no standard. Seen: blanks or commas between pairs; values in
//! double quotes, with `\"` inside; values without quotes that hold blanks and
//! end where the next ` key=` begins (only where the caller says so).

use crate::sink::Sink;

/// Pairs of one line.
const MOST_PAIRS: usize = 1 << 12;

/// One pair; the value without its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: &'a str,
    /// Whether the value still holds `\` escapes.
    pub(crate) escaped: bool,
}

/// The pairs of a line, left to right. Words that are no pair are passed over.
pub(crate) fn pairs(text: &str) -> Pairs<'_> {
    Pairs { text, at: 0, left: MOST_PAIRS }
}

/// See [`pairs`].
pub(crate) struct Pairs<'a> {
    text: &'a str,
    at: usize,
    left: usize,
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Pair<'a>;

    fn next(&mut self) -> Option<Pair<'a>> {
        self.left = self.left.checked_sub(1)?;
        let bytes = self.text.as_bytes();
        loop {
            while bytes.get(self.at).is_some_and(|b| is_between(*b)) {
                self.at += 1;
            }
            let start = self.at;
            let len = bytes.get(start..)?.iter().position(|b| *b == b'=' || is_between(*b))?;
            self.at += len;
            if bytes[self.at] == b'=' {
                self.at += 1;
                let key = self.text.get(start..start + len)?.trim_matches('"');
                return Some(self.value(key));
            }
        }
    }
}

fn is_between(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b',' | b';')
}

impl<'a> Pairs<'a> {
    fn value(&mut self, key: &'a str) -> Pair<'a> {
        let bytes = self.text.as_bytes();
        if bytes.get(self.at) == Some(&b'"')
            && let Some((len, escaped)) = quoted(&bytes[self.at + 1..])
        {
            let start = self.at + 1;
            self.at = start + len + 1;
            return Pair { key, value: &self.text[start..start + len], escaped };
        }
        let start = self.at;
        let rest = &bytes[start..];
        let len = rest.iter().position(|b| matches!(b, b' ' | b',' | b'\t')).unwrap_or(rest.len());
        self.at += len;
        Pair { key, value: self.text[start..start + len].trim_end_matches(';'), escaped: false }
    }
}

/// Length of a value up to its closing quote, and whether it has escapes.
fn quoted(bytes: &[u8]) -> Option<(usize, bool)> {
    let mut at = memchr::memchr(b'"', bytes)?;
    let escaped = memchr::memchr(b'\\', &bytes[..at]).is_some();
    // A quote after an odd number of backslashes is inside the value, unless a
    // separator follows: Windows paths end with a backslash that escapes nothing.
    while bytes[..at].iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
        && bytes.get(at + 1).is_some_and(|b| !is_between(*b))
    {
        at += 1 + memchr::memchr(b'"', &bytes[at + 1..])?;
    }
    Some((at, escaped))
}

/// Adds a pair; only `\"` and `\\` are escapes.
pub(crate) fn add(pair: Pair<'_>, sink: &mut Sink<'_>) {
    if pair.escaped && pair.value.contains("\\\"") {
        sink.add(pair.key, &pair.value.replace("\\\"", "\""));
    } else {
        sink.add(pair.key, pair.value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<(&str, &str)> {
        pairs(text).map(|pair| (pair.key, pair.value)).collect()
    }

    #[test]
    fn pairs_of_every_kind() {
        for (text, expected) in [
            ("a=1 b=2", vec![("a", "1"), ("b", "2")]),
            ("a=1,b=\"2, 3\",c=", vec![("a", "1"), ("b", "2, 3"), ("c", "")]),
            (r#"a="say \"hi\"" b=2"#, vec![("a", r#"say \"hi\""#), ("b", "2")]),
            (r#"dir="C:\" b=2"#, vec![("dir", r"C:\"), ("b", "2")]),
            ("words before a=1 words after", vec![("a", "1")]),
            ("a=\"never ends b=2", vec![("a", "\"never"), ("b", "2")]),
            ("none here", vec![]),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_pairs_or_not(text: String, shape in r#"[a-z=", \\]{0,60}"#) {
            read(&text);
            read(&shape);
        }
    }
}
