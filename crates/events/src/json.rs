//! JSON of any shape (RFC 8259), flattened as it is read.
//!
//! A member of an object within an object has a dotted name; the elements of a
//! list share the list's name, one field each. Numbers stay as written until
//! asked for. Text that is no JSON from some point on keeps what was read
//! before it.

use std::borrow::Cow;

use crate::{
    event::{Slot, Span},
    sink::Sink,
};

/// Objects and lists within each other.
const DEEPEST: usize = 64;
/// Fields of one record.
const MOST_FIELDS: usize = 1 << 14;
/// Bytes of one field's dotted name.
const LONGEST_NAME: usize = 1 << 10;

/// How a path of member names becomes the name of a field.
pub(crate) trait Naming {
    /// Where names begin within an object or list, if not where they began
    /// outside it: `path` is the dotted path of the object.
    fn start(&self, _path: &str) -> Option<usize> {
        None
    }

    /// The field's name for what is left of the path.
    fn name<'p>(&self, path: &'p str) -> Cow<'p, str> {
        Cow::Borrowed(path)
    }
}

/// Names as they are.
pub(crate) struct Dotted;

impl Naming for Dotted {}

/// Flattens one object. Whether it was whole.
pub(crate) fn flatten(text: &str, naming: &impl Naming, sink: &mut Sink<'_>) -> bool {
    let mut path = std::mem::take(&mut sink.event.path);
    path.clear();
    let mut walk = Walk { text, at: 0, path, from: 0, naming, sink };
    walk.blanks();
    let whole = walk.peek() == Some(b'{') && walk.value(0).is_some();
    let path = walk.path;
    sink.event.path = path;
    whole
}

struct Walk<'a, 's, 'e, N> {
    text: &'a str,
    at: usize,
    path: String,
    /// Where names begin in `path`.
    from: usize,
    naming: &'a N,
    sink: &'s mut Sink<'e>,
}

impl<'a, N: Naming> Walk<'a, '_, '_, N> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Takes a byte if it comes next.
    fn took(&mut self, byte: u8) -> bool {
        let next = self.peek() == Some(byte);
        self.at += usize::from(next);
        next
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        if self.sink.event.fields.len() > MOST_FIELDS {
            return None;
        }
        match self.peek()? {
            b'"' => {
                let slot = self.string()?;
                self.put(slot);
            }
            b'{' => self.object(depth + 1)?,
            b'[' => self.list(depth + 1)?,
            b't' => self.word("true", Slot::Bool(true))?,
            b'f' => self.word("false", Slot::Bool(false))?,
            b'n' => self.word("null", Slot::Null)?,
            _ => self.number()?,
        }
        Some(())
    }

    fn put(&mut self, slot: Slot) {
        // A list where an object was expected has no name of its own.
        let path = self.path.get(self.from..).unwrap_or(&self.path);
        let key = self.sink.event.names.intern(&self.naming.name(path));
        self.sink.event.put(key, slot);
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        self.at += 1;
        self.blanks();
        if self.took(b'}') {
            return Some(());
        }
        loop {
            self.member(depth)?;
            self.blanks();
            if self.took(b'}') {
                return Some(());
            }
            self.took(b',').then_some(())?;
            self.blanks();
        }
    }

    fn member(&mut self, depth: usize) -> Option<()> {
        let outer = self.path.len();
        let name = self.name()?;
        if depth > DEEPEST || outer + name.len() > LONGEST_NAME {
            return None;
        }
        if outer > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        self.blanks();
        self.took(b':').then_some(())?;
        self.blanks();
        let from = self.from;
        if matches!(self.peek(), Some(b'{' | b'[')) {
            self.from = self.naming.start(&self.path).unwrap_or(from);
        }
        self.value(depth)?;
        self.from = from;
        self.path.truncate(outer);
        Some(())
    }

    /// A member's name. Escapes in names are left as they are: nobody writes them.
    fn name(&mut self) -> Option<&'a str> {
        self.took(b'"').then_some(())?;
        let start = self.at;
        let (end, _) = string_end(self.text.as_bytes(), start)?;
        self.at = end + 1;
        self.text.get(start..end)
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        self.at += 1;
        self.blanks();
        if self.took(b']') {
            self.put(Slot::Null);
            return Some(());
        }
        loop {
            self.value(depth)?;
            self.blanks();
            if self.took(b']') {
                return Some(());
            }
            self.took(b',').then_some(())?;
            self.blanks();
        }
    }

    fn word(&mut self, word: &str, slot: Slot) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then_some(())?;
        self.at += word.len();
        self.put(slot);
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let is_part = |b: &u8| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E');
        let len = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let text = self.text.get(self.at..self.at + len).filter(|text| !text.is_empty())?;
        self.at += len;
        let span = self.sink.span(text);
        self.put(Slot::Number(span));
        Some(())
    }

    fn string(&mut self) -> Option<Slot> {
        let start = self.at + 1;
        let (end, escaped) = string_end(self.text.as_bytes(), start)?;
        self.at = end + 1;
        let text = self.text.get(start..end)?;
        let span = if escaped { self.unescape(text) } else { self.sink.span(text) };
        Some(Slot::Text(span))
    }

    fn unescape(&mut self, text: &str) -> Span {
        let out = &mut self.sink.event.text;
        let start = out.len();
        unescape_into(text, out);
        let span = Span::of(start..out.len());
        out.push('\0');
        span
    }
}

/// The offset of the closing quote, and whether there was a backslash before it.
fn string_end(bytes: &[u8], start: usize) -> Option<(usize, bool)> {
    let mut at = start;
    let mut escaped = false;
    loop {
        at += quote_or_backslash(bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some((at, escaped));
        }
        escaped = true;
        at += 2;
    }
}

/// Most strings are short: eight bytes at a time beat a call to `memchr`.
fn quote_or_backslash(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < 64 {
        let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) else { break };
        let word = u64::from_le_bytes(*eight);
        let found = zero_bytes(word ^ (ONES * 0x22)) | zero_bytes(word ^ (ONES * 0x5c));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    memchr::memchr2(b'"', b'\\', bytes.get(at..)?).map(|found| at + found)
}

const ONES: u64 = 0x0101_0101_0101_0101;

/// The high bit of each byte that is zero; the lowest one set is exact.
fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & (ONES << 7)
}

/// Resolves escapes; what is no escape stays as written.
pub(crate) fn unescape_into(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match rest.as_bytes().get(1) {
            Some(b'n') => push(out, '\n'),
            Some(b't') => push(out, '\t'),
            Some(b'r') => push(out, '\r'),
            Some(b'b') => push(out, '\u{8}'),
            Some(b'f') => push(out, '\u{c}'),
            Some(b'"') => push(out, '"'),
            Some(b'/') => push(out, '/'),
            Some(b'\\') => push(out, '\\'),
            Some(b'u') => unicode(rest, out),
            _ => 0,
        };
        if taken == 0 {
            out.push('\\');
        }
        rest = &rest[taken.max(1)..];
    }
    out.push_str(rest);
}

fn push(out: &mut String, c: char) -> usize {
    out.push(c);
    2
}

/// `\uXXXX`, or two of them for one character. How many bytes it took.
fn unicode(text: &str, out: &mut String) -> usize {
    let Some(first) = hex4(text, 2) else { return 0 };
    if (0xd800..0xdc00).contains(&first)
        && text.get(6..8) == Some("\\u")
        && let Some(second @ 0xdc00..0xe000) = hex4(text, 8)
    {
        let c = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        out.push(char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER));
        return 12;
    }
    out.push(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
    6
}

fn hex4(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}
