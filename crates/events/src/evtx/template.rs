//! A template's tokens, compiled once a chunk to the fields they make.
//!
//! Nearly every record is an instance of a template: the element and attribute
//! names stand in the template, the record holds values alone. Walking the
//! tokens of each record again is what makes other readers slow; here a record
//! runs down a short list of [`Op`]s.

use std::{collections::HashMap, ops::Range};

use foldhash::fast::FixedState;

use super::bytes::{Reader, u16_at};
use crate::{
    names::{Key, Names},
    utf16::push_utf16le,
};

/// What a field of `System` says about the record itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    None,
    EventId,
    Channel,
    Provider,
    Host,
    Time,
    RecordId,
}

/// One step of making a record's fields.
#[derive(Clone, Debug)]
pub(super) enum Op {
    /// A field with a known name. An attribute without a value is left out,
    /// as Windows leaves it out.
    Field { key: Key, role: Role, attribute: bool, pieces: Range<u32> },
    /// `<Data Name="%1">`: the name is a value too.
    Named { name: Range<u32>, pieces: Range<u32> },
    /// An element that is not there when a value is NULL.
    SkipIfNull { value: u16, to: u32 },
}

/// Part of a field's text.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// Of [`Plans::text`].
    Text(Range<u32>),
    /// A substitution.
    Value(u16),
}

/// The compiled templates of one chunk.
#[derive(Debug, Default)]
pub(super) struct Plans {
    pub(super) ops: Vec<Op>,
    pub(super) pieces: Vec<Piece>,
    pub(super) text: Vec<u8>,
    known: HashMap<usize, Option<Range<u32>>, FixedState>,
}

/// Elements within elements; Windows itself stops far below.
const DEEPEST: usize = 64;
/// Steps of one chunk's templates: 64 KiB of tokens cannot honestly make more.
const MOST_OPS: usize = 1 << 16;

impl Plans {
    /// Forgets the last chunk.
    pub(super) fn clear(&mut self) {
        self.ops.clear();
        self.pieces.clear();
        self.text.clear();
        self.known.clear();
    }

    /// The steps of the template whose definition stands at an offset of the
    /// chunk; `None` if it cannot be read.
    pub(super) fn template(
        &mut self,
        chunk: &[u8],
        at: usize,
        names: &mut Names,
    ) -> Option<Range<u32>> {
        if let Some(plan) = self.known.get(&at) {
            return plan.clone();
        }
        let plan = self.define(chunk, at, names);
        self.known.insert(at, plan.clone());
        plan
    }

    fn define(&mut self, chunk: &[u8], at: usize, names: &mut Names) -> Option<Range<u32>> {
        let mut header = Reader { data: chunk, at: at.checked_add(20)? };
        let size = header.u32()? as usize;
        let end = header.at.checked_add(size)?.min(chunk.len());
        self.compile(Reader { data: chunk.get(..end)?, at: header.at }, true, names)
    }

    /// The steps of a token stream. Only those of template definitions carry
    /// dependency ids.
    pub(super) fn compile(
        &mut self,
        tokens: Reader<'_>,
        dependencies: bool,
        names: &mut Names,
    ) -> Option<Range<u32>> {
        let start = count(self.ops.len());
        let mut walk =
            Walk { plans: self, names, tokens, dependencies, stack: Vec::new(), attribute: None };
        walk.run()?;
        Some(start..count(self.ops.len()))
    }

    /// Forgets steps that were for one record.
    pub(super) fn truncate(&mut self, plan: &Range<u32>) {
        self.ops.truncate(plan.start as usize);
    }
}

/// An element that was opened.
#[derive(Debug)]
struct Element {
    name: String,
    /// `Name` of a `Data` element.
    data_name: Option<Vec<Piece>>,
    pieces: Vec<Piece>,
    has_children: bool,
    /// The step to patch with the end of the element.
    skip: Option<usize>,
}

/// An attribute whose value is being read.
#[derive(Debug)]
struct Attribute {
    name: String,
    pieces: Vec<Piece>,
}

struct Walk<'a> {
    plans: &'a mut Plans,
    names: &'a mut Names,
    tokens: Reader<'a>,
    dependencies: bool,
    stack: Vec<Element>,
    attribute: Option<Attribute>,
}

impl Walk<'_> {
    fn run(&mut self) -> Option<()> {
        while self.tokens.at < self.tokens.data.len() {
            let token = self.tokens.u8()?;
            match token & !0x40 {
                0x00 => break,
                0x01 => self.open(token & 0x40 != 0)?,
                0x02 => self.end_attribute(),
                0x03 | 0x04 => self.close()?,
                0x06 => self.start_attribute()?,
                0x0a => drop(self.name()?),
                0x0b => drop(self.tokens.counted_utf16()?),
                0x0f => drop(self.tokens.take(3)?),
                _ => self.piece(token & !0x40)?,
            }
            if self.plans.ops.len() > MOST_OPS {
                return None;
            }
        }
        self.stack.is_empty().then_some(())
    }

    /// Content of the open attribute, or of the open element.
    fn piece(&mut self, token: u8) -> Option<()> {
        let piece = match token {
            0x05 => {
                // Text of any other type than a string does not occur.
                let _kind = self.tokens.u8()?;
                let text = self.tokens.counted_utf16()?;
                self.text(text)
            }
            0x07 => {
                let text = self.tokens.counted_utf16()?;
                self.text(text)
            }
            0x08 => {
                let unit = self.tokens.u16()?;
                self.text(&unit.to_le_bytes())
            }
            0x09 => {
                let name = self.name()?;
                self.utf8(entity(&name)?)
            }
            0x0d | 0x0e => {
                let index = self.tokens.u16()?;
                let _kind = self.tokens.u8()?;
                Piece::Value(index)
            }
            _ => return None,
        };
        match (&mut self.attribute, self.stack.last_mut()) {
            (Some(attribute), _) => attribute.pieces.push(piece),
            (None, Some(element)) => element.pieces.push(piece),
            (None, None) => return None,
        }
        Some(())
    }

    fn text(&mut self, utf16: &[u8]) -> Piece {
        let start = count(self.plans.text.len());
        push_utf16le(&mut self.plans.text, utf16);
        Piece::Text(start..count(self.plans.text.len()))
    }

    fn utf8(&mut self, text: &str) -> Piece {
        let start = count(self.plans.text.len());
        self.plans.text.extend_from_slice(text.as_bytes());
        Piece::Text(start..count(self.plans.text.len()))
    }

    fn open(&mut self, attributes: bool) -> Option<()> {
        let dependency = if self.dependencies { self.tokens.u16()? } else { 0xffff };
        let _size = self.tokens.u32()?;
        let name = self.name()?;
        if attributes {
            let _size = self.tokens.u32()?;
        }
        if let Some(parent) = self.stack.last_mut() {
            parent.has_children = true;
        }
        let skip = (dependency != 0xffff).then(|| {
            self.plans.ops.push(Op::SkipIfNull { value: dependency, to: 0 });
            self.plans.ops.len() - 1
        });
        let element =
            Element { name, data_name: None, pieces: Vec::new(), has_children: false, skip };
        self.stack.push(element);
        (self.stack.len() <= DEEPEST).then_some(())
    }

    fn close(&mut self) -> Option<()> {
        self.end_attribute();
        let role = self.role_of_text();
        let element = self.stack.pop()?;
        let skip = element.skip;
        self.emit_text(element, role);
        let end = count(self.plans.ops.len());
        if let Some(Op::SkipIfNull { to, .. }) = skip.and_then(|at| self.plans.ops.get_mut(at)) {
            *to = end;
        }
        Some(())
    }

    fn emit_text(&mut self, element: Element, role: Role) {
        if element.pieces.is_empty() && (element.has_children || element.data_name.is_none()) {
            return;
        }
        let pieces = self.keep(element.pieces);
        match element.data_name.map(|name| self.constant(name)) {
            None => self.emit_field(&element.name, role, false, pieces),
            Some(Ok(name)) => self.emit_field(&name, role, false, pieces),
            Some(Err(name)) => self.plans.ops.push(Op::Named { name, pieces }),
        }
    }

    fn emit_field(&mut self, name: &str, role: Role, attribute: bool, pieces: Range<u32>) {
        let key = self.names.intern(name);
        self.plans.ops.push(Op::Field { key, role, attribute, pieces });
    }

    /// A name made of text alone, or the pieces to make it of.
    fn constant(&mut self, pieces: Vec<Piece>) -> Result<String, Range<u32>> {
        let mut name = Vec::new();
        for piece in &pieces {
            let Piece::Text(range) = piece else { return Err(self.keep(pieces)) };
            name.extend_from_slice(&self.plans.text[range.start as usize..range.end as usize]);
        }
        Ok(String::from_utf8_lossy(&name).into_owned())
    }

    fn keep(&mut self, pieces: Vec<Piece>) -> Range<u32> {
        let start = count(self.plans.pieces.len());
        self.plans.pieces.extend(pieces);
        start..count(self.plans.pieces.len())
    }

    fn start_attribute(&mut self) -> Option<()> {
        self.end_attribute();
        let name = self.name()?;
        self.attribute = Some(Attribute { name, pieces: Vec::new() });
        Some(())
    }

    fn end_attribute(&mut self) {
        let Some(attribute) = self.attribute.take() else { return };
        let Some(element) = self.stack.last_mut() else { return };
        if attribute.name == "Name" && matches!(element.name.as_str(), "Data" | "ComplexData") {
            element.data_name = Some(attribute.pieces);
            return;
        }
        if attribute.name.starts_with("xmlns") {
            return;
        }
        let name = format!("{}_{}", element.name, attribute.name);
        let role = if self.in_system() { role_of(&name) } else { Role::None };
        let pieces = self.keep(attribute.pieces);
        self.emit_field(&name, role, true, pieces);
    }

    fn role_of_text(&self) -> Role {
        match self.stack.last() {
            Some(element) if self.in_system() => role_of(&element.name),
            _ => Role::None,
        }
    }

    /// `Event/System/*`, and only in a record's own template: what a provider
    /// puts into its `UserData` must not pass for the header.
    fn in_system(&self) -> bool {
        matches!(self.stack.as_slice(), [event, system, _] if event.name == "Event" && system.name == "System")
    }

    /// A name by offset; written in place where it is used first.
    fn name(&mut self) -> Option<String> {
        let at = self.tokens.u32()? as usize;
        let units = usize::from(u16_at(self.tokens.data, at.checked_add(6)?)?);
        let start = at + 8;
        let end = start + units * 2;
        let utf16 = self.tokens.data.get(start..end)?;
        if at == self.tokens.at {
            self.tokens.at = end + 2;
        }
        let mut name = Vec::new();
        push_utf16le(&mut name, utf16);
        Some(String::from_utf8_lossy(&name).into_owned())
    }
}

fn role_of(name: &str) -> Role {
    match name {
        "EventID" => Role::EventId,
        "Channel" => Role::Channel,
        "Computer" => Role::Host,
        "EventRecordID" => Role::RecordId,
        "Provider_Name" => Role::Provider,
        "TimeCreated_SystemTime" => Role::Time,
        _ => Role::None,
    }
}

/// The entities that XML itself defines.
fn entity(name: &str) -> Option<&'static str> {
    match name {
        "amp" => Some("&"),
        "lt" => Some("<"),
        "gt" => Some(">"),
        "quot" => Some("\""),
        "apos" => Some("'"),
        _ => None,
    }
}

/// Everything here is bounded by a chunk, so the cast never loses anything.
fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
