//! The Sigma specification read word by word: slow, plain, and right.
//!
//! It is the judge of the compiled matcher, which must agree with it on every
//! rule and every event. It shares the rule model with the matcher and nothing
//! else: no lowering, no literals, no dispatch, its own wildcard matching.

use events::{Event, Value};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use regex::Regex;

use crate::{
    sigma::{
        Rule,
        condition::{Condition, means},
        pattern::{DASHES, Part, fold_char},
        rule::{Detection, FieldPart, Filter, Item, Search, Test, TimePart},
    },
    taxonomy::{Origin, Taxonomy, View},
    values::Access,
};

/// Where an event says it comes from.
pub fn origin(event: &Event) -> Origin<'_> {
    Origin { source: event.source(), channel: event.channel(), event_id: event.event_id() }
}

/// Whether the rule, less its exceptions, fires on the event.
pub fn fires(taxonomy: &Taxonomy, rule: &Rule, filters: &[Filter], event: &Event) -> bool {
    let views = taxonomy.views(&origin(event));
    let mut admitted = views.iter().filter(|view| view.admits(&rule.log_source));
    admitted.any(|view| {
        let looking = Looking { event, view };
        let excepted = |filter: &&Filter| filter_applies(filter, rule, view);
        looking.meets_when()
            && looking.detection(&rule.detection)
            && !filters.iter().filter(excepted).any(|filter| looking.detection(&filter.detection))
    })
}

/// Whether an exception is about this rule.
pub(crate) fn filter_applies(filter: &Filter, rule: &Rule, view: &View<'_>) -> bool {
    let named = filter.rules.is_empty() || filter.rules.iter().any(|r| rule.meta.is_called(r));
    named && (filter.log_source == rule.log_source || view.admits(&filter.log_source))
}

struct Looking<'l> {
    event: &'l Event,
    view: &'l View<'l>,
}

impl Looking<'_> {
    fn meets_when(&self) -> bool {
        let holds = |name: &str, wanted: &[String]| {
            let key = self.event.names().find(name);
            let value = key.and_then(|key| self.event.get(key));
            value.is_some_and(|v| wanted.iter().any(|w| w.eq_ignore_ascii_case(&v.text())))
        };
        self.view.when.iter().all(|(name, wanted)| holds(name, wanted))
    }

    fn detection(&self, detection: &Detection) -> bool {
        detection.conditions.iter().any(|condition| self.condition(condition, detection))
    }

    fn condition(&self, condition: &Condition, detection: &Detection) -> bool {
        match condition {
            Condition::And(list) => list.iter().all(|inner| self.condition(inner, detection)),
            Condition::Or(list) => list.iter().any(|inner| self.condition(inner, detection)),
            Condition::Not(inner) => !self.condition(inner, detection),
            Condition::Search(name) => {
                let mut found = detection.searches.iter().filter(|(search, _)| means(name, search));
                found.any(|(_, search)| self.search(search))
            }
            Condition::Of(count, pattern) => {
                let meant = detection.searches.iter().filter(|(name, _)| means(pattern, name));
                let (all, met) = meant.fold((0, 0), |(all, met), (_, search)| {
                    (all + 1, met + u32::from(self.search(search)))
                });
                met >= count.unwrap_or(all)
            }
        }
    }

    fn search(&self, search: &Search) -> bool {
        match search {
            Search::All(list) => list.iter().all(|inner| self.search(inner)),
            Search::Any(list) => list.iter().any(|inner| self.search(inner)),
            Search::Item(item) => self.item(item) != item.negated,
        }
    }

    fn item(&self, item: &Item) -> bool {
        let met = |tests: &Vec<Test>| tests.iter().any(|test| self.test(item, test));
        if item.all { item.values.iter().all(met) } else { item.values.iter().any(met) }
    }

    fn test(&self, item: &Item, test: &Test) -> bool {
        match &item.field {
            None => holds(test, Value::Str(self.event.texts())),
            Some(field) => {
                let values = self.values(field);
                match test {
                    Test::Exists(wanted) => values.is_empty() != *wanted,
                    Test::Null => values.iter().all(|held| held.value().text().is_empty()),
                    Test::Field { name, part, cased } => {
                        let others = self.values(name);
                        let pair = |one: &Held, other: &Held| {
                            let (one, other) = (one.value(), other.value());
                            let nothing = one == Value::Null || other == Value::Null;
                            !nothing && part_holds(&one.text(), &other.text(), *part, *cased)
                        };
                        values.iter().any(|one| others.iter().any(|other| pair(one, other)))
                    }
                    _ => values.iter().any(|held| holds(test, held.value())),
                }
            }
        }
    }

    fn values(&self, field: &str) -> Vec<Held> {
        let find = |name: &str| self.event.names().find(name);
        let access = Access::new(field, self.view.field(field), &find);
        let mut values = Vec::new();
        access.visit(self.event, &mut |value| {
            values.push(Held::new(value));
            true
        });
        values
    }
}

/// A value that outlives the text it was put together from.
enum Held {
    Text(String),
    Other(Value<'static>),
}

impl Held {
    fn new(value: Value<'_>) -> Self {
        match value {
            Value::Str(text) => Held::Text(text.to_owned()),
            Value::Int(n) => Held::Other(Value::Int(n)),
            Value::UInt(n) => Held::Other(Value::UInt(n)),
            Value::Float(n) => Held::Other(Value::Float(n)),
            Value::Bool(b) => Held::Other(Value::Bool(b)),
            Value::Null => Held::Other(Value::Null),
        }
    }

    fn value(&self) -> Value<'_> {
        match self {
            Held::Text(text) => Value::Str(text),
            Held::Other(value) => *value,
        }
    }
}

fn holds(test: &Test, value: Value<'_>) -> bool {
    if value == Value::Null {
        return false;
    }
    let content = value.text();
    match test {
        Test::Pattern { pattern, cased } => {
            let chars: Vec<char> = content.chars().collect();
            covers(&pattern.parts, &chars, *cased)
        }
        Test::Number(number) => *number == content,
        Test::Regex(source) => Regex::new(source).is_ok_and(|regex| regex.is_match(&content)),
        Test::Cidr(net) => value.ip().is_some_and(|ip| net.contains(&ip)),
        Test::Compare(comparison, limit) => {
            value.number().is_some_and(|number| comparison.holds(number, *limit))
        }
        Test::TimePart(part, number) => time_part(&content, *part) == Some(*number),
        Test::Exists(_) | Test::Null | Test::Field { .. } | Test::Unresolved(_) => false,
    }
}

/// Backtracking from each `*`, remembering only the last one.
fn covers(parts: &[Part], text: &[char], cased: bool) -> bool {
    let pieces: Vec<Piece> = parts.iter().flat_map(pieces).collect();
    let (mut at, mut read) = (0, 0);
    let mut last_any = None;
    while read < text.len() {
        match pieces.get(at) {
            Some(Piece::Any) => {
                last_any = Some((at, read));
                at += 1;
            }
            Some(piece) if piece.takes(text[read], cased) => (at, read) = (at + 1, read + 1),
            _ => match last_any {
                None => return false,
                Some((any, from)) => {
                    last_any = Some((any, from + 1));
                    (at, read) = (any + 1, from + 1);
                }
            },
        }
    }
    pieces[at..].iter().all(|piece| matches!(piece, Piece::Any))
}

enum Piece {
    Char(char),
    One,
    Dash,
    Any,
}

impl Piece {
    fn takes(&self, c: char, cased: bool) -> bool {
        match self {
            Piece::Char(wanted) if cased => *wanted == c,
            Piece::Char(wanted) => fold_char(*wanted) == fold_char(c),
            Piece::Dash => DASHES.contains(&c),
            Piece::One | Piece::Any => true,
        }
    }
}

fn pieces(part: &Part) -> Vec<Piece> {
    match part {
        Part::Text(text) => text.chars().map(Piece::Char).collect(),
        Part::Any => vec![Piece::Any],
        Part::One => vec![Piece::One],
        Part::Dash => vec![Piece::Dash],
    }
}

/// Whether `other` is that part of `text`.
pub(crate) fn part_holds(text: &str, other: &str, part: FieldPart, cased: bool) -> bool {
    let (text, other) = if cased {
        (text.to_owned(), other.to_owned())
    } else {
        (crate::sigma::pattern::fold(text), crate::sigma::pattern::fold(other))
    };
    match part {
        FieldPart::Whole => text == other,
        FieldPart::Start => text.starts_with(&other),
        FieldPart::End => text.ends_with(&other),
        FieldPart::Inside => text.contains(&other),
    }
}

/// The part of a time, in UTC; a text without a zone is taken as UTC.
pub(crate) fn time_part(text: &str, part: TimePart) -> Option<i64> {
    let text = text.trim();
    let time = text
        .parse::<Timestamp>()
        .map(|time| time.to_zoned(TimeZone::UTC).datetime())
        .or_else(|_| text.parse::<DateTime>())
        .ok()?;
    Some(match part {
        TimePart::Minute => time.minute().into(),
        TimePart::Hour => time.hour().into(),
        TimePart::Day => time.day().into(),
        TimePart::Week => time.iso_week_date().week().into(),
        TimePart::Month => time.month().into(),
        TimePart::Year => time.year().into(),
    })
}
