//! Messages with gaps: `Failed {method} for {user} from {ip} port {port}`.
//!
//! Log messages are made by `printf`; a table of their formats reads better
//! than a table of regular expressions, and runs faster.

use crate::sink::Sink;

/// Matches a whole text against a pattern and gives each gap's name and text.
/// A gap ends where the pattern's next piece of text begins; the last gap may
/// take the rest. A gap is never empty; `{}` is a gap nobody wants.
pub(crate) fn matches<'t>(
    pattern: &'static str,
    text: &'t str,
    mut gap: impl FnMut(&'static str, &'t str),
) -> bool {
    let (first, mut pattern) = pattern.split_once('{').unwrap_or((pattern, ""));
    let Some(mut text) = text.strip_prefix(first) else { return false };
    while let Some((name, rest)) = pattern.split_once('}') {
        let (literal, next) = rest.split_once('{').unwrap_or((rest, ""));
        let end = if literal.is_empty() { Some(text.len()) } else { find(text, literal) };
        let Some(end) = end.filter(|end| *end > 0) else { return false };
        if !name.is_empty() {
            gap(name, &text[..end]);
        }
        text = &text[end + literal.len()..];
        pattern = next;
    }
    text.is_empty()
}

/// Where a short literal stands. Its first byte that is no blank is sought, for
/// blanks are everywhere; that beats the set-up of a real searcher.
fn find(text: &str, literal: &str) -> Option<usize> {
    let (text, literal) = (text.as_bytes(), literal.as_bytes());
    let anchor = literal.iter().position(|byte| *byte != b' ').unwrap_or(0);
    let first = memchr::memchr_iter(literal[anchor], text.get(anchor..)?);
    first.into_iter().find(|at| text[*at..].starts_with(literal))
}

/// Tries patterns in order and adds the gaps of the first that fits. Its position.
pub(crate) fn add_first<'p>(
    patterns: impl IntoIterator<Item = &'p &'static str>,
    text: &str,
    sink: &mut Sink<'_>,
) -> Option<usize> {
    let before = sink.event.fields.len();
    patterns.into_iter().position(|pattern| {
        if !may_match(pattern, text) {
            return false;
        }
        let fits = matches(pattern, text, |name, value| sink.add_as(name, value));
        if !fits {
            sink.event.fields.truncate(before);
        }
        fits
    })
}

/// Most patterns fail at their first byte.
fn may_match(pattern: &str, text: &str) -> bool {
    let first = pattern.as_bytes().first();
    first == Some(&b'{') || first == text.as_bytes().first()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(pattern: &'static str, text: &str) -> Option<Vec<(&'static str, String)>> {
        let mut found = Vec::new();
        matches(pattern, text, |name, value| found.push((name, value.to_owned()))).then_some(found)
    }

    #[test]
    fn gaps_take_what_stands_between() {
        let pattern = "Failed {method} for {user} from {ip}";
        let found = gaps(pattern, "Failed password for an user from 192.0.2.1");
        let expected = [("method", "password"), ("user", "an user"), ("ip", "192.0.2.1")];
        assert_eq!(found.unwrap(), expected.map(|(name, value)| (name, value.to_owned())));
        assert_eq!(gaps(pattern, "Failed password for root"), None);
        assert_eq!(gaps(pattern, "Failed password for  from "), None);
        assert_eq!(gaps("exactly", "exactly"), Some(vec![]));
        assert_eq!(gaps("exactly", "exactly not"), None);
    }
}
