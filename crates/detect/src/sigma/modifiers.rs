//! Field modifiers: `CommandLine|wide|base64offset|contains` and what they
//! make of a rule's values (Sigma specification 2.1, appendix "Modifiers").

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use regex::RegexBuilder;

use super::{
    pattern::{Part, Pattern},
    rule::{Comparison, FieldPart, Item, Test, TimePart},
    yaml::{Kind, Node},
};

/// Most a compiled expression may weigh; a rule's largest takes a tenth of it.
pub(crate) const REGEX_BYTES: usize = 4 << 20;

/// Values for `%placeholders%`, by name.
pub type Placeholders = BTreeMap<String, Vec<String>>;

/// What is wrong with a key or value: a code and a word on why.
pub(super) type Wrong = (&'static str, String);

/// The modifiers of a key, in a form that is asked and not walked.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "one flag a modifier")]
pub(super) struct Chain {
    transforms: Vec<Transform>,
    matching: Matching,
    open_start: bool,
    open_end: bool,
    all: bool,
    cased: bool,
    negated: bool,
    windash: bool,
    flags: String,
}

enum Transform {
    Wide,
    WideBigEndian,
    WideMarked,
    Base64,
    Base64Offset,
    Expand,
}

#[derive(Default)]
enum Matching {
    #[default]
    Plain,
    Regex,
    Cidr,
    Exists,
    Field,
    Compare(Comparison),
    Time(TimePart),
}

impl Chain {
    /// Reads the modifiers after the field's name.
    pub(super) fn parse<'k>(modifiers: impl Iterator<Item = &'k str>) -> Result<Self, Wrong> {
        let mut chain = Self::default();
        for name in modifiers {
            chain.add(name)?;
        }
        Ok(chain)
    }

    fn add(&mut self, name: &str) -> Result<(), Wrong> {
        match name {
            "contains" => (self.open_start, self.open_end) = (true, true),
            "startswith" => self.open_end = true,
            "endswith" => self.open_start = true,
            "all" => self.all = true,
            "cased" => self.cased = true,
            "neq" => self.negated = true,
            "windash" => self.windash = true,
            "wide" | "utf16le" => self.transforms.push(Transform::Wide),
            "utf16be" => self.transforms.push(Transform::WideBigEndian),
            "utf16" => self.transforms.push(Transform::WideMarked),
            "base64" => self.transforms.push(Transform::Base64),
            "base64offset" => self.transforms.push(Transform::Base64Offset),
            "expand" => self.transforms.push(Transform::Expand),
            "i" | "m" | "s" | "ignorecase" | "multiline" | "dotall" => self.flag(name)?,
            _ => self.matching = matching(name)?,
        }
        Ok(())
    }

    fn flag(&mut self, name: &str) -> Result<(), Wrong> {
        if !matches!(self.matching, Matching::Regex) {
            return Err(("detect.modifier-misused", format!("'{name}' belongs after 're'")));
        }
        self.flags.push_str(match name {
            "ignorecase" => "i",
            "multiline" => "m",
            "dotall" => "s",
            short => short,
        });
        Ok(())
    }

    /// The item that the chain makes of a field and its values.
    pub(super) fn item(
        &self,
        field: Option<String>,
        values: &[Node],
        placeholders: &Placeholders,
    ) -> Result<Item, (Wrong, u32)> {
        let mut tests = Vec::with_capacity(values.len());
        for value in values {
            tests.extend(self.value(value, placeholders).map_err(|wrong| (wrong, value.line))?);
        }
        Ok(Item { field, values: tests, all: self.all, negated: self.negated })
    }

    /// One entry a value, or several where a placeholder stands for several.
    fn value(&self, value: &Node, placeholders: &Placeholders) -> Result<Vec<Vec<Test>>, Wrong> {
        match (&self.matching, &value.kind) {
            (_, Kind::List(_) | Kind::Map(_)) => {
                Err(("detect.value-invalid", "a list inside a list".to_owned()))
            }
            (Matching::Exists, kind) => exists(kind).map(|test| vec![vec![test]]),
            (_, Kind::Null) => Ok(vec![vec![Test::Null]]),
            (Matching::Plain, Kind::Number(n)) if self.is_bare() => {
                Ok(vec![vec![Test::Number(n.clone())]])
            }
            (Matching::Plain, _) => self.strings(value.text().unwrap_or_default(), placeholders),
            (_, _) => self.special(value.text().unwrap_or_default()).map(|test| vec![vec![test]]),
        }
    }

    fn is_bare(&self) -> bool {
        self.transforms.is_empty() && !self.open_start && !self.open_end && !self.windash
    }

    fn special(&self, text: &str) -> Result<Test, Wrong> {
        match self.matching {
            Matching::Regex => regex(text, &self.flags),
            Matching::Cidr => cidr(text),
            Matching::Field => Ok(self.field(text)),
            Matching::Compare(comparison) => {
                let limit = text.parse().map_err(|_| invalid(text, "a number"))?;
                Ok(Test::Compare(comparison, limit))
            }
            Matching::Time(part) => {
                let number = text.parse().map_err(|_| invalid(text, "a whole number"))?;
                Ok(Test::TimePart(part, number))
            }
            Matching::Plain | Matching::Exists => Err(invalid(text, "another kind of value")),
        }
    }

    fn field(&self, text: &str) -> Test {
        let part = match (self.open_start, self.open_end) {
            (false, false) => FieldPart::Whole,
            (false, true) => FieldPart::Start,
            (true, false) => FieldPart::End,
            (true, true) => FieldPart::Inside,
        };
        Test::Field { name: text.to_owned(), part, cased: self.cased }
    }

    fn strings(&self, text: &str, placeholders: &Placeholders) -> Result<Vec<Vec<Test>>, Wrong> {
        let expand = self.transforms.iter().any(|t| matches!(t, Transform::Expand));
        if !expand {
            return self.string(text).map(|tests| vec![tests]);
        }
        match expanded(text, placeholders) {
            Ok(texts) => texts.iter().map(|text| self.string(text)).collect(),
            Err(name) => Ok(vec![vec![Test::Unresolved(name)]]),
        }
    }

    fn string(&self, text: &str) -> Result<Vec<Test>, Wrong> {
        let patterns = self.transformed(text)?;
        Ok(patterns.into_iter().map(|pattern| self.finish(pattern)).collect())
    }

    fn finish(&self, mut pattern: Pattern) -> Test {
        if self.windash {
            pattern = pattern.windash();
        }
        if self.open_start {
            pattern = pattern.open_start();
        }
        if self.open_end {
            pattern = pattern.open_end();
        }
        Test::Pattern { pattern, cased: self.cased }
    }

    /// The patterns after `wide`, `base64` and kin.
    fn transformed(&self, text: &str) -> Result<Vec<Pattern>, Wrong> {
        let encodes = |t: &Transform| !matches!(t, Transform::Expand);
        if !self.transforms.iter().any(encodes) {
            return Ok(vec![Pattern::parse(text)]);
        }
        let pattern = Pattern::parse(text);
        let plain = pattern
            .as_literal()
            .ok_or_else(|| ("detect.modifier-misused", "wildcards cannot be encoded".to_owned()))?;
        let mut forms = vec![plain.as_bytes().to_vec()];
        for transform in self.transforms.iter().filter(|t| encodes(t)) {
            forms = forms.iter().flat_map(|form| encode(form, transform)).collect();
        }
        Ok(forms.iter().map(|form| Pattern::literal(&String::from_utf8_lossy(form))).collect())
    }
}

fn matching(name: &str) -> Result<Matching, Wrong> {
    Ok(match name {
        "re" => Matching::Regex,
        "cidr" => Matching::Cidr,
        "exists" => Matching::Exists,
        "fieldref" => Matching::Field,
        "lt" => Matching::Compare(Comparison::Lt),
        "lte" => Matching::Compare(Comparison::Lte),
        "gt" => Matching::Compare(Comparison::Gt),
        "gte" => Matching::Compare(Comparison::Gte),
        "minute" => Matching::Time(TimePart::Minute),
        "hour" => Matching::Time(TimePart::Hour),
        "day" => Matching::Time(TimePart::Day),
        "week" => Matching::Time(TimePart::Week),
        "month" => Matching::Time(TimePart::Month),
        "year" => Matching::Time(TimePart::Year),
        _ => return Err(("detect.modifier-unknown", name.to_owned())),
    })
}

fn exists(kind: &Kind) -> Result<Test, Wrong> {
    match kind {
        Kind::Bool(wanted) => Ok(Test::Exists(*wanted)),
        Kind::Text(text) if text == "true" || text == "false" => Ok(Test::Exists(text == "true")),
        _ => Err(invalid("exists", "true or false")),
    }
}

fn invalid(text: &str, expected: &str) -> Wrong {
    ("detect.value-invalid", format!("'{text}' is not {expected}"))
}

/// Case and the rest as flags in front, so that the expression is one string.
fn regex(text: &str, flags: &str) -> Result<Test, Wrong> {
    let source = if flags.is_empty() { text.to_owned() } else { format!("(?{flags}){text}") };
    RegexBuilder::new(&source)
        .size_limit(REGEX_BYTES)
        .build()
        .map_err(|error| ("detect.regex-refused", last_line(&error.to_string())))?;
    Ok(Test::Regex(source))
}

/// The library draws the expression over several lines; the reason is the last.
fn last_line(text: &str) -> String {
    text.lines().last().unwrap_or_default().trim().to_owned()
}

fn cidr(text: &str) -> Result<Test, Wrong> {
    let address = || text.parse::<std::net::IpAddr>().map(ipnet::IpNet::from);
    match text.parse::<ipnet::IpNet>() {
        Ok(net) => Ok(Test::Cidr(net.trunc())),
        Err(_) => address().map(Test::Cidr).map_err(|_| invalid(text, "an address range")),
    }
}

/// The text with every `%name%` replaced by every value of that name; `\%` is
/// a plain percent sign.
fn expanded(text: &str, placeholders: &Placeholders) -> Result<Vec<String>, String> {
    let mut out = vec![String::new()];
    let mut rest = text;
    while let Some((before, name, after)) = placeholder(rest) {
        let values = placeholders.get(name).ok_or_else(|| name.to_owned())?;
        let before = &before.replace(r"\%", "%");
        out = out
            .iter()
            .flat_map(|head| values.iter().map(move |value| format!("{head}{before}{value}")))
            .take(10_000)
            .collect();
        rest = after;
    }
    let rest = rest.replace(r"\%", "%");
    for one in &mut out {
        one.push_str(&rest);
    }
    Ok(out)
}

/// What stands before the first placeholder, its name, and what follows.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let opens = |(at, _): &(usize, &str)| !text[..*at].ends_with('\\');
    let (start, _) = text.match_indices('%').find(opens)?;
    let len = text[start + 1..].find('%')?;
    let name = &text[start + 1..start + 1 + len];
    Some((&text[..start], name, &text[start + len + 2..]))
}

fn encode(bytes: &[u8], transform: &Transform) -> Vec<Vec<u8>> {
    match transform {
        Transform::Wide => vec![wide(bytes, u16::to_le_bytes)],
        Transform::WideBigEndian => vec![wide(bytes, u16::to_be_bytes)],
        Transform::WideMarked => {
            vec![[&[0xff, 0xfe][..], &wide(bytes, u16::to_le_bytes)].concat()]
        }
        Transform::Base64 => vec![STANDARD.encode(bytes).into_bytes()],
        Transform::Base64Offset => (0..3).map(|offset| base64_at(bytes, offset)).collect(),
        Transform::Expand => vec![bytes.to_vec()],
    }
}

fn wide(bytes: &[u8], order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    String::from_utf8_lossy(bytes).encode_utf16().flat_map(order).collect()
}

/// What the bytes look like inside longer base64 when they begin `offset`
/// bytes into a group of three: the characters that neighbours share are cut.
fn base64_at(bytes: &[u8], offset: usize) -> Vec<u8> {
    let mut padded = vec![b' '; offset];
    padded.extend_from_slice(bytes);
    let encoded = STANDARD.encode(&padded).into_bytes();
    let start = [0, 2, 3][offset];
    let cut = [0, 3, 2][padded.len() % 3];
    encoded.get(start..encoded.len().saturating_sub(cut)).unwrap_or_default().to_vec()
}

/// Keywords stand anywhere in the event, so their patterns are open at both ends.
pub(super) fn keyword(test: Test) -> Test {
    match test {
        Test::Pattern { pattern, cased } => {
            Test::Pattern { pattern: pattern.open_start().open_end(), cased }
        }
        Test::Number(n) => {
            let pattern = Pattern { parts: vec![Part::Any, Part::Text(n), Part::Any] };
            Test::Pattern { pattern, cased: false }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sigma::yaml;

    fn tests(key: &str, value: &str) -> Vec<Vec<Test>> {
        let node = yaml::documents(&format!("v: {value}")).unwrap().remove(0);
        let chain = Chain::parse(key.split('|').skip(1)).unwrap();
        let values = node.get("v").unwrap().members().to_vec();
        let placeholders = BTreeMap::from([("a".to_owned(), vec!["x".to_owned(), "y".to_owned()])]);
        chain.item(None, &values, &placeholders).unwrap().values
    }

    fn patterns(key: &str, value: &str) -> Vec<String> {
        let show = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Any => "*".to_owned(),
            Part::One => "?".to_owned(),
            Part::Dash => "<dash>".to_owned(),
        };
        let flat = tests(key, value).into_iter().flatten();
        flat.map(|test| match test {
            Test::Pattern { pattern, .. } => pattern.parts.iter().map(show).collect(),
            other => format!("{other:?}"),
        })
        .collect()
    }

    #[test]
    fn strings() {
        for (key, value, expected) in [
            ("f", "abc", vec!["abc"]),
            ("f|contains", "abc", vec!["*abc*"]),
            ("f|contains", "'*abc*'", vec!["*abc*"]),
            ("f|startswith", "abc", vec!["abc*"]),
            ("f|endswith", "abc", vec!["*abc"]),
            ("f|contains", "7", vec!["*7*"]),
            ("f|windash|contains", "' -enc'", vec!["* <dash>enc*"]),
            ("f|base64", "foobar", vec!["Zm9vYmFy"]),
            (
                "f|base64offset|contains",
                "/bin/bash",
                vec!["*L2Jpbi9iYXNo*", "*9iaW4vYmFza*", "*vYmluL2Jhc2*"],
            ),
            ("f|wide|base64", "ab", vec!["YQBiAA=="]),
            ("f|utf16|base64", "ab", vec!["//5hAGIA"]),
            ("f|expand|contains", "'p%a%q'", vec!["*pxq*", "*pyq*"]),
            ("f|expand", r"'\%plain%a%'", vec!["%plainx", "%plainy"]),
            ("f|expand", "'%nobody%'", vec!["Unresolved(\"nobody\")"]),
        ] {
            assert_eq!(patterns(key, value), expected, "{key}: {value}");
        }
    }

    #[test]
    fn other_tests() {
        for (key, value, expected) in [
            ("f", "4688", Test::Number("4688".into())),
            ("f", "null", Test::Null),
            ("f|re|i", "a.b", Test::Regex("(?i)a.b".into())),
            ("f|exists", "true", Test::Exists(true)),
            ("f|gte", "5", Test::Compare(Comparison::Gte, 5.0)),
            ("f|cidr", "192.0.2.0/24", Test::Cidr("192.0.2.0/24".parse().unwrap())),
        ] {
            assert_eq!(tests(key, value), vec![vec![expected]], "{key}");
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert!(Chain::parse(["nosuch"].into_iter()).is_err());
        assert!(Chain::parse(["i"].into_iter()).is_err());
        for (key, value) in [
            ("re", "'(a'"),
            ("re", r"'(?:a{1000}){1000}'"),
            ("cidr", "here"),
            ("gt", "many"),
            ("base64", "'a*b'"),
            ("exists", "perhaps"),
        ] {
            let node = yaml::documents(&format!("v: {value}")).unwrap().remove(0);
            let chain = Chain::parse([key].into_iter()).unwrap();
            let values = node.get("v").unwrap().members().to_vec();
            assert!(chain.item(None, &values, &BTreeMap::new()).is_err(), "{key}: {value}");
        }
    }
}
