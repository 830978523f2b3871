//! YAML as a tree that knows its lines and has a bounded size.
//!
//! Rules come from strangers. The parser hands out events; the tree is ours so
//! that nesting, nodes and alias copies are counted while it grows: a "billion
//! laughs" file costs what the budget allows and is then refused by name.
//! Scalars follow the core schema of YAML 1.2.2, chapter 10.3.

use diag::{Diagnostic, Place};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

/// Nodes a file may have, alias copies included. The largest public rule has under 3,000.
const MAX_NODES: usize = 100_000;
/// Levels of nesting.
const MAX_DEPTH: usize = 48;

/// A value and the line it begins on, counted from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Where it is.
    pub line: u32,
}

/// The kinds of value of the core schema. Numbers keep their text, because a
/// log holds text as well.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer or a decimal fraction, in decimal notation.
    Number(String),
    /// Anything else.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in the order of the file; a key is read as text.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Its text.
    pub name: String,
    /// Where it is.
    pub line: u32,
}

impl Node {
    /// The value under `name`, if this is a mapping that has it.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.map().and_then(|map| map.iter().find(|(key, _)| key.name == name)).map(|(_, v)| v)
    }

    /// The pairs of a mapping.
    pub fn map(&self) -> Option<&[(Key, Node)]> {
        if let Kind::Map(map) = &self.kind { Some(map) } else { None }
    }

    /// The members of a sequence, or the value itself as the only one.
    pub fn members(&self) -> &[Node] {
        if let Kind::List(list) = &self.kind { list } else { std::slice::from_ref(self) }
    }

    /// The text of a scalar; nothing for null and collections.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) | Kind::Number(text) => Some(text),
            Kind::Bool(true) => Some("true"),
            Kind::Bool(false) => Some("false"),
            _ => None,
        }
    }
}

/// The documents of a file.
///
/// # Errors
/// `detect.yaml-invalid` with the line, `detect.yaml-too-large` when the
/// budget is spent, `detect.yaml-duplicate-key`.
pub fn documents(text: &str) -> Result<Vec<Node>, Diagnostic> {
    let mut builder = Builder { parser: Parser::new_from_str(text), anchors: Vec::new(), nodes: 0 };
    let mut documents = Vec::new();
    loop {
        match builder.next()? {
            (Event::StreamEnd, _) => return Ok(documents),
            (Event::DocumentStart(_), _) => documents.push(builder.document()?),
            _ => {}
        }
    }
}

struct Builder<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    /// Anchored values, with the number of nodes that a copy costs.
    anchors: Vec<(usize, Node, usize)>,
    nodes: usize,
}

impl<'t> Builder<'t> {
    fn next(&mut self) -> Result<(Event<'t>, u32), Diagnostic> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, line(span))),
            Some(Err(error)) => Err(invalid(&error)),
            None => Ok((Event::StreamEnd, 0)),
        }
    }

    fn document(&mut self) -> Result<Node, Diagnostic> {
        self.anchors.clear();
        let (event, line) = self.next()?;
        self.node(event, line, 0)
    }

    fn node(&mut self, event: Event<'t>, line: u32, depth: usize) -> Result<Node, Diagnostic> {
        self.spend(1, line)?;
        if depth > MAX_DEPTH {
            return Err(too_large(line));
        }
        let before = self.nodes;
        let (kind, anchor) = match event {
            Event::Scalar(text, style, anchor, _) => (scalar(&text, style), anchor),
            Event::SequenceStart(anchor, _) => (self.list(depth)?, anchor),
            Event::MappingStart(anchor, _) => (self.mapping(depth)?, anchor),
            Event::Alias(id) => return self.alias(id, line),
            _ => (Kind::Null, 0),
        };
        let node = Node { kind, line };
        if anchor != 0 {
            self.anchors.push((anchor, node.clone(), self.nodes - before + 1));
        }
        Ok(node)
    }

    fn alias(&mut self, id: usize, line: u32) -> Result<Node, Diagnostic> {
        let Some((_, node, cost)) = self.anchors.iter().find(|(anchor, ..)| *anchor == id) else {
            return Err(Diagnostic::error("detect.yaml-invalid", place(line))
                .with("reason", "unknown alias"));
        };
        let (node, cost) = (node.clone(), *cost);
        self.spend(cost, line)?;
        Ok(node)
    }

    fn list(&mut self, depth: usize) -> Result<Kind, Diagnostic> {
        let mut members = Vec::new();
        loop {
            let (event, line) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(Kind::List(members));
            }
            members.push(self.node(event, line, depth + 1)?);
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Kind, Diagnostic> {
        let mut pairs: Vec<(Key, Node)> = Vec::new();
        loop {
            let (event, line) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(Kind::Map(pairs));
            }
            let key = self.key(event, line, depth)?;
            if pairs.iter().any(|(other, _)| other.name == key.name) {
                return Err(Diagnostic::error("detect.yaml-duplicate-key", place(line))
                    .with("key", key.name));
            }
            let (event, line) = self.next()?;
            pairs.push((key, self.node(event, line, depth + 1)?));
            if pairs.len() > MAX_NODES / 100 {
                return Err(too_large(line));
            }
        }
    }

    fn key(&mut self, event: Event<'t>, line: u32, depth: usize) -> Result<Key, Diagnostic> {
        let node = self.node(event, line, depth + 1)?;
        let name = node.text().map(str::to_owned);
        name.map(|name| Key { name, line }).ok_or_else(|| {
            Diagnostic::error("detect.yaml-invalid", place(line)).with("reason", "key is no text")
        })
    }

    fn spend(&mut self, nodes: usize, line: u32) -> Result<(), Diagnostic> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES { Err(too_large(line)) } else { Ok(()) }
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Kind {
    if style != ScalarStyle::Plain {
        return Kind::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        _ => number(text).map_or_else(|| Kind::Text(text.to_owned()), Kind::Number),
    }
}

/// Decimal notation of an integer (decimal, octal, hexadecimal) or a fraction.
fn number(text: &str) -> Option<String> {
    let first = text.bytes().next()?;
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.')) {
        return None;
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok().map(|n| n.to_string());
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return u64::from_str_radix(octal, 8).ok().map(|n| n.to_string());
    }
    if let Ok(whole) = text.parse::<i128>() {
        return Some(whole.to_string());
    }
    let plain =
        text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E'));
    text.parse::<f64>().ok().filter(|_| plain).map(|n| n.to_string())
}

fn line(span: Span) -> u32 {
    u32::try_from(span.start.line()).unwrap_or(u32::MAX)
}

fn place(line: u32) -> Place {
    Place::line(u64::from(line))
}

fn too_large(line: u32) -> Diagnostic {
    Diagnostic::error("detect.yaml-too-large", place(line)).with("nodes", MAX_NODES)
}

fn invalid(error: &ScanError) -> Diagnostic {
    let line = u32::try_from(error.marker().line()).unwrap_or(u32::MAX);
    Diagnostic::error("detect.yaml-invalid", place(line)).with("reason", error.info())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn scalars_follow_the_core_schema() {
        for (text, kind) in [
            ("a: 4688", Kind::Number("4688".into())),
            ("a: '4688'", Kind::Text("4688".into())),
            ("a: 0x10", Kind::Number("16".into())),
            ("a: 1.50", Kind::Number("1.5".into())),
            ("a: 1.2.3", Kind::Text("1.2.3".into())),
            ("a: 2024-01-02", Kind::Text("2024-01-02".into())),
            ("a: no", Kind::Text("no".into())),
            ("a:", Kind::Null),
            ("a: True", Kind::Bool(true)),
            ("a: -", Kind::Text("-".into())),
        ] {
            let Ok(documents) = documents(text) else { continue };
            assert_eq!(documents[0].get("a").unwrap().kind, kind, "{text}");
        }
    }

    #[test]
    fn lines_are_those_an_editor_shows() {
        let documents = documents("a: 1\nb:\n  - x\n  - y\n").unwrap();
        assert_eq!(documents[0].get("b").unwrap().members()[1].line, 4);
    }

    #[test]
    fn a_bomb_is_refused_by_name() {
        let mut text = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..12 {
            let before = level - 1;
            let copies = vec![format!("*a{before}"); 10].join(",");
            writeln!(text, "a{level}: &a{level} [{copies}]").unwrap();
        }
        assert_eq!(documents(&text).unwrap_err().code, "detect.yaml-too-large");
        let deep = "[".repeat(5000);
        assert!(documents(&deep).is_err());
    }

    #[test]
    fn a_key_given_twice_is_named() {
        let found = documents("a: 1\nb: 2\na: 3\n").unwrap_err();
        assert_eq!((found.code.as_ref(), found.place.line), ("detect.yaml-duplicate-key", Some(3)));
    }
}
