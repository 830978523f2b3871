//! What text a test cannot do without: the literals that the automaton looks
//! for, so that the test itself is made only when one of them is there.

use regex_syntax::hir::{
    Hir, HirKind,
    literal::{ExtractKind, Extractor},
};

use crate::sigma::{
    pattern::{DASHES, Part, Pattern, fold},
    rule::Test,
};

/// Where a literal must stand in the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Anywhere,
    Start,
    End,
}

/// How the scan finds out about a test.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hints {
    /// What makes it possibly true.
    pub(crate) by: By,
    /// Whether that alone makes it true.
    pub(crate) decides: bool,
}

/// What makes a test possibly true.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum By {
    /// The value without case is one of these.
    Exact(Vec<String>),
    /// One of these is in the value without case.
    Literals(Vec<(Anchor, String)>),
    /// There is a value.
    Value,
    /// There is the field, with or without a value.
    Field,
    /// Nothing: it may be true of an event that has nothing.
    Nothing,
}

/// Most dashes of a `windash` pattern that are written out, five forms each.
const MAX_DASHES: usize = 2;
/// Shortest literal of a regular expression worth looking for.
const MIN_REGEX_LITERAL: usize = 3;

impl Hints {
    pub(crate) fn of(test: &Test) -> Self {
        match test {
            Test::Pattern { pattern, cased } => Self::of_pattern(pattern, *cased),
            Test::Number(number) => Self { by: By::Exact(vec![fold(number)]), decides: true },
            Test::Regex(source) => Self { by: regex_literals(source), decides: false },
            Test::Exists(true) => Self { by: By::Field, decides: true },
            Test::Exists(false) | Test::Null => Self { by: By::Nothing, decides: false },
            _ => Self { by: By::Value, decides: false },
        }
    }

    fn of_pattern(pattern: &Pattern, cased: bool) -> Self {
        let forms = written_out(pattern);
        if let Some(by) = plain_forms(&forms) {
            return Self { by, decides: !cased };
        }
        if pattern.parts == [Part::Any] {
            return Self { by: By::Value, decides: true };
        }
        let longest = pattern.parts.iter().filter_map(text_of).max_by_key(|text| text.len());
        let by =
            longest.map_or(By::Value, |text| By::Literals(vec![(Anchor::Anywhere, fold(text))]));
        Self { by, decides: false }
    }
}

fn text_of(part: &Part) -> Option<&String> {
    if let Part::Text(text) = part { Some(text) } else { None }
}

/// The pattern with its dashes written out, or itself if there are too many.
fn written_out(pattern: &Pattern) -> Vec<Pattern> {
    let dashes = pattern.parts.iter().filter(|part| **part == Part::Dash).count();
    if dashes == 0 || dashes > MAX_DASHES {
        return vec![pattern.clone()];
    }
    let mut forms = vec![Pattern::default()];
    for part in &pattern.parts {
        forms = forms.iter().flat_map(|form| with_part(form, part)).collect();
    }
    forms
}

fn with_part(form: &Pattern, part: &Part) -> Vec<Pattern> {
    match part {
        Part::Dash => DASHES.iter().map(|dash| with_text(form, &dash.to_string())).collect(),
        Part::Text(text) => vec![with_text(form, text)],
        other => {
            let mut form = form.clone();
            form.push(other.clone());
            vec![form]
        }
    }
}

fn with_text(form: &Pattern, text: &str) -> Pattern {
    let mut form = form.clone();
    if let Some(Part::Text(last)) = form.parts.last_mut() {
        last.push_str(text);
    } else {
        form.push(Part::Text(text.to_owned()));
    }
    form
}

/// The literals, if every form is a literal with at most a `*` at either end.
fn plain_forms(forms: &[Pattern]) -> Option<By> {
    if forms.iter().all(|form| form.as_literal().is_some()) {
        let texts = forms.iter().filter_map(Pattern::as_literal).map(fold);
        return Some(By::Exact(texts.collect()));
    }
    let one = |form: &Pattern| match form.parts.as_slice() {
        [Part::Any, Part::Text(text), Part::Any] => Some((Anchor::Anywhere, fold(text))),
        [Part::Any, Part::Text(text)] => Some((Anchor::End, fold(text))),
        [Part::Text(text), Part::Any] => Some((Anchor::Start, fold(text))),
        _ => None,
    };
    forms.iter().map(one).collect::<Option<Vec<_>>>().map(By::Literals)
}

/// Literals of which one is in every match of the expression.
fn regex_literals(source: &str) -> By {
    let Ok(hir) = regex_syntax::parse(source) else { return By::Value };
    let mut best = inner_literal(&hir).map(|text| vec![text]);
    for kind in [ExtractKind::Prefix, ExtractKind::Suffix] {
        let found = extracted(&hir, &kind);
        if weight(found.as_deref()) > weight(best.as_deref()) {
            best = found;
        }
    }
    best.filter(|texts| weight(Some(texts)) >= MIN_REGEX_LITERAL).map_or(By::Value, |texts| {
        By::Literals(texts.into_iter().map(|text| (Anchor::Anywhere, text)).collect())
    })
}

/// How much a set of literals narrows: as much as its shortest.
fn weight(texts: Option<&[String]>) -> usize {
    texts.and_then(|texts| texts.iter().map(String::len).min()).unwrap_or(0)
}

fn extracted(hir: &Hir, kind: &ExtractKind) -> Option<Vec<String>> {
    let mut sequence = Extractor::new().kind(kind.clone()).extract(hir);
    match kind {
        ExtractKind::Suffix => sequence.optimize_for_suffix_by_preference(),
        _ => sequence.optimize_for_prefix_by_preference(),
    }
    let literals = sequence.literals()?;
    let mut texts = Vec::new();
    for literal in literals {
        let text = std::str::from_utf8(literal.as_bytes()).ok()?;
        texts.push(safe_fold(text)?);
    }
    texts.sort();
    texts.dedup();
    (!texts.is_empty()).then_some(texts)
}

/// The longest literal that stands in the expression unconditionally.
fn inner_literal(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => safe_fold(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Concat(list) => list.iter().filter_map(inner_literal).max_by_key(String::len),
        HirKind::Capture(capture) => inner_literal(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => inner_literal(&repetition.sub),
        _ => None,
    }
}

/// Only plain ASCII: beyond it, what an expression takes for the same letter
/// and what [`fold`] does may differ.
fn safe_fold(text: &str) -> Option<String> {
    let text = fold(text);
    (!text.is_empty() && text.is_ascii()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_give_their_literals() {
        for (source, expected) in [
            (r"foo.*barbaz", Some("barbaz")),
            (r"a|b", None),
            (r"\d+\.exe$", Some(".exe")),
            (r"[0-9]{4}", None),
            (r"(abc)?def+ghi", Some("fghi")),
        ] {
            let literal = |text: &str| By::Literals(vec![(Anchor::Anywhere, text.to_owned())]);
            assert_eq!(regex_literals(source), expected.map_or(By::Value, literal), "{source}");
        }
    }
}
