//! The strings of Sigma: text with wildcards.
//!
//! `*` stands for any characters, `?` for one. A backslash before `*`, `?` or
//! `\` takes their meaning away; before anything else it is itself (Sigma
//! specification 2.1, "Escaping").

use serde::{Deserialize, Serialize};

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Part {
    /// This text.
    Text(String),
    /// Any characters, or none.
    Any,
    /// One character.
    One,
    /// One of [`DASHES`], which is what `windash` makes of `-` and `/`.
    Dash,
}

/// What Windows programs take for the dash before an option.
pub const DASHES: [char; 5] = ['-', '/', '–', '—', '―'];

/// A string of a rule, which must cover the whole value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pattern {
    /// The pieces in order; no two [`Part::Text`] and no two [`Part::Any`] stand together.
    pub parts: Vec<Part>,
}

impl Pattern {
    /// Reads a string of a rule.
    pub fn parse(text: &str) -> Self {
        let mut pattern = Self::default();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '*' => pattern.push(Part::Any),
                '?' => pattern.push(Part::One),
                '\\' => {
                    let escaped = chars.next_if(|next| matches!(next, '*' | '?' | '\\'));
                    pattern.push_char(escaped.unwrap_or('\\'));
                }
                _ => pattern.push_char(c),
            }
        }
        pattern
    }

    /// A pattern that is this text and nothing else.
    pub fn literal(text: &str) -> Self {
        let mut pattern = Self::default();
        if !text.is_empty() {
            pattern.parts.push(Part::Text(text.to_owned()));
        }
        pattern
    }

    /// The text, if there is no wildcard in it.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The same, with anything allowed before it.
    #[must_use]
    pub fn open_start(mut self) -> Self {
        if self.parts.first() != Some(&Part::Any) {
            self.parts.insert(0, Part::Any);
        }
        self
    }

    /// The same, with anything allowed after it.
    #[must_use]
    pub fn open_end(mut self) -> Self {
        self.push(Part::Any);
        self
    }

    /// The same, with any of [`DASHES`] before a word standing for every one of them.
    #[must_use]
    pub fn windash(self) -> Self {
        let mut out = Self::default();
        let mut word_before = false;
        for part in self.parts {
            match part {
                Part::Text(text) => word_before = out.push_dashes(&text, word_before),
                other => {
                    word_before = false;
                    out.push(other);
                }
            }
        }
        out
    }

    /// A dash counts if no word character precedes it and one follows, as in the
    /// reference implementation.
    fn push_dashes(&mut self, text: &str, mut word_before: bool) -> bool {
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let starts_word = chars.peek().copied().is_some_and(is_word);
            if DASHES.contains(&c) && !word_before && starts_word {
                self.push(Part::Dash);
            } else {
                self.push_char(c);
            }
            word_before = is_word(c);
        }
        word_before
    }

    /// Adds a piece, keeping the form.
    pub fn push(&mut self, part: Part) {
        if part == Part::Any && self.parts.last() == Some(&Part::Any) {
            return;
        }
        self.parts.push(part);
    }

    fn push_char(&mut self, c: char) {
        if let Some(Part::Text(text)) = self.parts.last_mut() {
            text.push(c);
        } else {
            self.parts.push(Part::Text(c.to_string()));
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The same text without case, character by character, so that positions of
/// characters stay comparable: `İ` and final sigma get no special treatment.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// [`fold`] at the end of `out`.
pub fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        let from = out.len();
        out.push_str(text);
        if let Some(added) = out.get_mut(from..) {
            added.make_ascii_lowercase();
        }
    } else {
        out.extend(text.chars().map(fold_char));
    }
}

/// The lower case of a character where that is one character, itself otherwise.
/// The long s is an s, as in Unicode's simple case folding, which regular
/// expressions use.
pub fn fold_char(c: char) -> char {
    if c == 'ſ' {
        return 's';
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(t: &str) -> Part {
        Part::Text(t.to_owned())
    }

    #[test]
    fn escapes_are_those_of_the_specification() {
        for (source, parts) in [
            (r"a*b?c", vec![text("a"), Part::Any, text("b"), Part::One, text("c")]),
            (r"C:\Windows\x", vec![text(r"C:\Windows\x")]),
            (r"\\server\share", vec![text(r"\server\share")]),
            (r"\\\\server", vec![text(r"\\server")]),
            (r"a\*b", vec![text("a*b")]),
            (r"a\\*b", vec![text(r"a\"), Part::Any, text("b")]),
            (r"a\\\*b", vec![text(r"a\*b")]),
            ("**", vec![Part::Any]),
            ("", vec![]),
            ("a\\", vec![text("a\\")]),
        ] {
            assert_eq!(Pattern::parse(source).parts, parts, "{source}");
        }
    }

    #[test]
    fn windash_takes_the_dash_before_an_option_only() {
        let pattern = Pattern::parse("well-known -enc").windash();
        assert_eq!(pattern.parts, vec![text("well-known "), Part::Dash, text("enc")]);
        for written in ["/c", "-c", "–c", "—c", "―c"] {
            assert_eq!(Pattern::parse(written).windash().parts, vec![Part::Dash, text("c")]);
        }
        assert_eq!(Pattern::parse("- a").windash().parts, vec![text("- a")]);
    }
}
