//! How the searches of a rule combine: `selection and not 1 of filter_*`.
//!
//! Grammar of the Sigma specification 2.1, "Condition": `not` binds tighter
//! than `and`, `and` tighter than `or`; `1 of`, `any of`, `all of` and a
//! number take a name, a name with `*`, or `them` (every search whose name
//! does not begin with `_`).

use serde::{Deserialize, Serialize};

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condition {
    /// Both, or all.
    And(Vec<Condition>),
    /// One of them.
    Or(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// The search of this name.
    Search(String),
    /// At least this many of the searches that the name means; `None`: all of them.
    Of(Option<u32>, String),
}

/// Nesting that no person writes.
const MAX_DEPTH: usize = 64;

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// A word or two on what is wrong, for the diagnostic.
    pub fn parse(text: &str) -> Result<Self, String> {
        let words = words(text)?;
        let mut reader = Reader { words: &words, at: 0, depth: 0 };
        let condition = reader.or()?;
        match reader.peek() {
            None => Ok(condition),
            Some("|") => Err("aggregation after '|' was withdrawn; write a correlation".to_owned()),
            Some(word) => Err(format!("unexpected '{word}'")),
        }
    }

    /// Calls `visit` with every name or name pattern in it.
    pub fn names<'c>(&'c self, visit: &mut dyn FnMut(&'c str)) {
        match self {
            Condition::And(list) | Condition::Or(list) => {
                for inner in list {
                    inner.names(visit);
                }
            }
            Condition::Not(inner) => inner.names(visit),
            Condition::Search(name) | Condition::Of(_, name) => visit(name),
        }
    }
}

/// Whether a name in a condition (`them`, `filter_*`) means this search.
pub fn means(pattern: &str, search: &str) -> bool {
    if pattern.eq_ignore_ascii_case("them") {
        return !search.starts_with('_');
    }
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = search.strip_prefix(first) else { return false };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else { return rest.is_empty() };
    for piece in middle {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn words(text: &str) -> Result<Vec<&str>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let len = if matches!(first, '(' | ')' | '|') {
            1
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '|'));
            end.unwrap_or(rest.len())
        };
        let (word, after) = rest.split_at(len);
        if !word.chars().all(|c| c.is_alphanumeric() || "_-*.()|?:/".contains(c)) {
            return Err(format!("unexpected '{word}'"));
        }
        words.push(word);
        rest = after.trim_start();
    }
    Ok(words)
}

struct Reader<'w> {
    words: &'w [&'w str],
    at: usize,
    depth: usize,
}

impl<'w> Reader<'w> {
    fn peek(&self) -> Option<&'w str> {
        self.words.get(self.at).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Result<Condition, String> {
        let mut list = vec![self.and()?];
        while self.take("or") {
            list.push(self.and()?);
        }
        Ok(one_or(list, Condition::Or))
    }

    fn and(&mut self) -> Result<Condition, String> {
        let mut list = vec![self.not()?];
        while self.take("and") {
            list.push(self.not()?);
        }
        Ok(one_or(list, Condition::And))
    }

    fn not(&mut self) -> Result<Condition, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("nested too deeply".to_owned());
        }
        let read = if self.take("not") {
            self.not().map(|inner| Condition::Not(Box::new(inner)))
        } else {
            self.primary()
        };
        self.depth -= 1;
        read
    }

    fn primary(&mut self) -> Result<Condition, String> {
        if self.take("(") {
            let inner = self.or()?;
            return if self.take(")") { Ok(inner) } else { Err("')' is missing".to_owned()) };
        }
        let word = self.peek().ok_or("it ends too early")?;
        self.at += 1;
        if self.peek().is_some_and(|next| next.eq_ignore_ascii_case("of"))
            && let Some(count) = count(word)
        {
            self.at += 1;
            return Ok(Condition::Of(count, self.name()?));
        }
        self.at -= 1;
        self.name().map(Condition::Search)
    }

    fn name(&mut self) -> Result<String, String> {
        let word = self.peek().ok_or("it ends too early")?;
        let reserved = ["and", "or", "not", "of", "(", ")", "|"];
        if reserved.iter().any(|r| r.eq_ignore_ascii_case(word)) {
            return Err(format!("unexpected '{word}'"));
        }
        self.at += 1;
        Ok(word.to_owned())
    }
}

/// `Some(None)`: all; `Some(Some(n))`: that many; `None`: no quantity.
#[expect(clippy::option_option, reason = "`all` is what a condition keeps as `None`")]
fn count(word: &str) -> Option<Option<u32>> {
    match word {
        _ if word.eq_ignore_ascii_case("all") => Some(None),
        _ if word.eq_ignore_ascii_case("any") => Some(Some(1)),
        _ => word.parse().ok().map(Some),
    }
}

fn one_or(mut list: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    if list.len() == 1 { list.remove(0) } else { many(list) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(name: &str) -> Condition {
        Condition::Search(name.to_owned())
    }

    #[test]
    fn not_binds_tighter_than_and_and_and_than_or() {
        let read = Condition::parse("a or b and not c").unwrap();
        let not = Condition::Not(Box::new(search("c")));
        assert_eq!(read, Condition::Or(vec![search("a"), Condition::And(vec![search("b"), not])]));
    }

    #[test]
    fn quantities() {
        for (text, count, name) in [
            ("1 of them", Some(1), "them"),
            ("all of sel_*", None, "sel_*"),
            ("any of x*", Some(1), "x*"),
            ("(2 of them)", Some(2), "them"),
            ("ALL OF them", None, "them"),
        ] {
            let read = Condition::parse(text).unwrap();
            assert_eq!(read, Condition::Of(count, name.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for text in ["", "a and", "(a", "a b", "not", "a | count() > 5", "of x", "a and or b", ")"]
        {
            assert!(Condition::parse(text).is_err(), "{text}");
        }
        assert!(Condition::parse(&"(".repeat(100_000)).is_err());
    }

    #[test]
    fn a_name_pattern_means_searches() {
        for (pattern, name, expected) in [
            ("them", "selection", true),
            ("them", "_private", false),
            ("filter_*", "filter_main", true),
            ("filter_*", "selection", false),
            ("*_x", "a_x", true),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c", false),
            ("selection", "selection", true),
            ("selection", "selection2", false),
        ] {
            assert_eq!(means(pattern, name), expected, "{pattern} {name}");
        }
    }
}
