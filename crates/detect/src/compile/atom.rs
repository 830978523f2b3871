//! Atoms: a field and what it is held against, each once in a program.

use std::sync::OnceLock;

use events::{Event, Value};
use regex::Regex;
use rustc_hash::FxHashMap;

use super::{
    literal::{By, Hints},
    slot::{Slot, Slots},
};
use crate::{
    interpret::{part_holds, time_part},
    sigma::{
        REGEX_BYTES,
        pattern::{DASHES, Part, Pattern, fold, fold_into},
        rule::{FieldPart, Test},
    },
};

/// A field and what it is held against.
#[derive(Debug)]
pub(crate) struct Atom {
    pub(crate) slot: u32,
    pub(crate) hints: Hints,
    /// Its literals are looked for in every event.
    pub(crate) is_scanned: bool,
    check: Check,
}

/// How to find out, where the scan alone cannot say.
#[derive(Debug)]
enum Check {
    /// On the value without case.
    Folded(Expression),
    /// On the value as it stands.
    Raw(Expression),
    /// Another field: its slot.
    Field { other: u32, part: FieldPart, cased: bool },
    /// The test says it all.
    Plain(Test),
}

/// A regular expression, compiled when first needed: most never are.
#[derive(Debug)]
struct Expression {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Expression {
    fn new(source: String) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    /// The loader refused what does not compile, so `None` never stays unseen.
    fn is_match(&self, text: &str) -> bool {
        let build = || regex::RegexBuilder::new(&self.source).size_limit(REGEX_BYTES).build().ok();
        self.compiled.get_or_init(build).as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// The atoms of a program while it is made.
#[derive(Default)]
pub(crate) struct Atoms {
    pub(crate) list: Vec<Atom>,
    known: FxHashMap<(u32, String), u32>,
}

impl Atoms {
    /// The number of an atom. `other` is the slot of the field that the test refers to.
    pub(crate) fn intern(&mut self, slot: u32, test: &Test, other: Option<u32>) -> u32 {
        let key = (slot, key(test));
        if let Some(number) = self.known.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let (hints, check) = (Hints::of(test), check(test, other));
        self.list.push(Atom { slot, hints, is_scanned: false, check });
        self.known.insert(key, number);
        number
    }
}

/// Equal for tests that mean the same.
fn key(test: &Test) -> String {
    match test {
        Test::Pattern { pattern, cased: false } => {
            let mut key = String::from("p");
            for part in &pattern.parts {
                match part {
                    Part::Text(piece) => fold_into(piece, &mut key),
                    Part::Any => key.push('\0'),
                    Part::One => key.push('\u{1}'),
                    Part::Dash => key.push('\u{2}'),
                }
            }
            key
        }
        other => format!("{other:?}"),
    }
}

fn check(test: &Test, other: Option<u32>) -> Check {
    match test {
        Test::Pattern { pattern, cased: true } => Check::Raw(Expression::new(regex_of(pattern))),
        Test::Pattern { pattern, cased: false } => {
            let mut pattern = pattern.clone();
            for part in &mut pattern.parts {
                if let Part::Text(text) = part {
                    *text = fold(text);
                }
            }
            Check::Folded(Expression::new(regex_of(&pattern)))
        }
        Test::Regex(source) => Check::Raw(Expression::new(source.clone())),
        Test::Field { part, cased, .. } => {
            Check::Field { other: other.unwrap_or(u32::MAX), part: *part, cased: *cased }
        }
        plain => Check::Plain(plain.clone()),
    }
}

/// The pattern as an expression that covers the whole value.
fn regex_of(pattern: &Pattern) -> String {
    let mut source = String::from(r"(?s)\A");
    for part in &pattern.parts {
        match part {
            Part::Text(text) => source.push_str(&regex::escape(text)),
            Part::Any => source.push_str(".*"),
            Part::One => source.push('.'),
            Part::Dash => {
                let dashes: String = DASHES.iter().collect();
                source.push('[');
                source.push_str(&regex::escape(&dashes));
                source.push(']');
            }
        }
    }
    source.push_str(r"\z");
    source
}

impl Atom {
    /// What finding out costs after the scan: nothing, a look, or an expression.
    pub(crate) fn effort(&self) -> u32 {
        match self.check {
            _ if self.hints.decides => {
                u32::from(!self.is_scanned && matches!(self.hints.by, By::Literals(_)))
            }
            Check::Plain(_) => 1,
            Check::Field { .. } | Check::Folded(_) | Check::Raw(_) => 8,
        }
    }

    /// Whether it is true of the event, whatever the scan says.
    pub(crate) fn check(&self, event: &Event, slots: &Slots) -> bool {
        let Some(slot) = slots.list.get(self.slot as usize) else { return false };
        match &self.check {
            Check::Plain(Test::Exists(wanted)) => any(slot, event, |_| true) == *wanted,
            Check::Plain(Test::Null) => !any(slot, event, |value| !value.text().is_empty()),
            Check::Field { other, part, cased } => {
                let Some(other) = slots.list.get(*other as usize) else { return false };
                any(slot, event, |one| {
                    any(other, event, |other| {
                        one != Value::Null
                            && other != Value::Null
                            && part_holds(&one.text(), &other.text(), *part, *cased)
                    })
                })
            }
            _ => any(slot, event, |value| self.check_value(value)),
        }
    }

    /// Whether it is true of one value, for tests about values.
    pub(crate) fn check_value(&self, value: Value<'_>) -> bool {
        if value == Value::Null {
            return false;
        }
        match &self.check {
            Check::Folded(expression) => expression.is_match(&fold(&value.text())),
            Check::Raw(expression) => expression.is_match(&value.text()),
            Check::Field { .. } => true,
            Check::Plain(test) => plain(test, value),
        }
    }
}

fn plain(test: &Test, value: Value<'_>) -> bool {
    match test {
        Test::Number(number) => *number == value.text(),
        Test::Cidr(net) => value.ip().is_some_and(|ip| net.contains(&ip)),
        Test::Compare(comparison, limit) => {
            value.number().is_some_and(|number| comparison.holds(number, *limit))
        }
        Test::TimePart(part, number) => time_part(&value.text(), *part) == Some(*number),
        Test::Exists(wanted) => *wanted,
        _ => false,
    }
}

fn any(slot: &Slot, event: &Event, mut holds: impl FnMut(Value<'_>) -> bool) -> bool {
    let mut found = false;
    slot.access.visit(event, &mut |value| {
        found = holds(value);
        !found
    });
    found
}
