//! A record's values, put into the fields that its template makes.

use std::ops::Range;

use super::{
    bytes::{Reader, offset_at},
    template::{Op, Piece, Plans, Role},
    value::{Scalar, element_size, kind, scalar},
};
use crate::{
    event::{Event, Slot, Span, When},
    names::Key,
    utf16::push_utf16le,
};

/// Fields of one record: more means that values refer to each other to fill memory.
const MOST_FIELDS: usize = 1 << 13;
/// Text of one record, in bytes: a chunk is 64 KiB, so 1 MiB is not honest either.
const MOST_TEXT: usize = 1 << 20;
/// XML values within XML values.
const DEEPEST: u8 = 8;

/// A substitution value: its type and where it stands in the chunk.
#[derive(Clone, Copy, Debug)]
pub(super) struct ValueAt {
    kind: u8,
    start: u32,
    len: u16,
}

/// Fills one event from one record.
pub(super) struct Filler<'a> {
    pub(super) chunk: &'a [u8],
    pub(super) plans: &'a mut Plans,
    pub(super) values: &'a mut Vec<ValueAt>,
    pub(super) event: &'a mut Event,
    /// The event's text while it is being written: checked to be UTF-8 once a
    /// record instead of once a value.
    pub(super) out: Vec<u8>,
    pub(super) depth: u8,
}

impl Filler<'_> {
    /// A stream of tokens: the record's own, or that of an XML value.
    pub(super) fn stream(&mut self, range: Range<usize>) -> Option<()> {
        let data = self.chunk.get(..range.end)?;
        let mut reader = Reader { data, at: range.start };
        while reader.at < range.end {
            match data.get(reader.at)? {
                0x00 => break,
                0x0f => drop(reader.take(4)?),
                0x0c => self.instance(&mut reader)?,
                _ => return self.plain(reader),
            }
        }
        Some(())
    }

    /// Elements that belong to no template.
    fn plain(&mut self, tokens: Reader<'_>) -> Option<()> {
        let plan = self.plans.compile(tokens, false, &mut self.event.names)?;
        let base = self.values.len();
        let done = self.run(plan.clone(), base);
        self.plans.truncate(&plan);
        done
    }

    fn instance(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        reader.take(6)?;
        let definition = offset_at(reader.data, reader.at)?;
        reader.take(4)?;
        if definition == reader.at {
            reader.take(20)?;
            let size = reader.u32()? as usize;
            reader.take(size)?;
        }
        let plan = self.plans.template(self.chunk, definition, &mut self.event.names)?;
        let base = self.values.len();
        let done = self.values(reader).and_then(|()| self.run(plan, base));
        self.values.truncate(base);
        done
    }

    /// The table of types and sizes, and the values after it.
    fn values(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let count = reader.u32()? as usize;
        let table = reader.take(count.checked_mul(4)?)?;
        for descriptor in table.as_chunks::<4>().0 {
            let len = u16::from_le_bytes([descriptor[0], descriptor[1]]);
            let start = u32::try_from(reader.at).ok()?;
            self.values.push(ValueAt { kind: descriptor[2], start, len });
            reader.take(usize::from(len))?;
        }
        Some(())
    }

    fn run(&mut self, plan: Range<u32>, base: usize) -> Option<()> {
        let mut at = plan.start;
        while at < plan.end {
            let op = self.plans.ops.get(at as usize)?.clone();
            at += 1;
            match op {
                Op::SkipIfNull { value, to } if self.is_null(base, value) => at = to.max(at),
                Op::SkipIfNull { .. } => {}
                Op::Field { key, role, attribute, pieces } => {
                    self.field(key, role, attribute, pieces, base)?;
                }
                Op::Named { name, pieces } => {
                    let key = self.dynamic_key(name, base)?;
                    self.field(key, Role::None, false, pieces, base)?;
                }
            }
            if self.event.fields.len() > MOST_FIELDS || self.out.len() > MOST_TEXT {
                return None;
            }
        }
        Some(())
    }

    fn value_at(&self, base: usize, index: u16) -> Option<ValueAt> {
        self.values.get(base + usize::from(index)).copied()
    }

    /// A dependency past the values is none.
    fn is_null(&self, base: usize, index: u16) -> bool {
        self.value_at(base, index).is_some_and(|value| value.kind == kind::NULL)
    }

    fn field(
        &mut self,
        key: Key,
        role: Role,
        attribute: bool,
        pieces: Range<u32>,
        base: usize,
    ) -> Option<()> {
        let slot = match self.plans.pieces.get(pieces.start as usize..pieces.end as usize)? {
            [Piece::Value(index)] => match self.value_at(base, *index) {
                None | Some(ValueAt { kind: kind::NULL, .. }) if attribute => return Some(()),
                None | Some(ValueAt { kind: kind::NULL, .. }) => Slot::Null,
                Some(value) if value.kind == kind::BINXML => return self.nested(value),
                Some(value) if value.kind & kind::ARRAY != 0 => return self.array(key, value),
                Some(value) => self.single(role, value)?,
            },
            _ => self.joined(pieces, base)?,
        };
        self.event.put(key, slot);
        self.note(role, slot);
        Some(())
    }

    fn bytes(&self, value: ValueAt) -> Option<&[u8]> {
        let start = value.start as usize;
        self.chunk.get(start..start + usize::from(value.len))
    }

    fn single(&mut self, role: Role, value: ValueAt) -> Option<Slot> {
        let start = self.out.len();
        let read = {
            let from = value.start as usize;
            let bytes = self.chunk.get(from..from + usize::from(value.len))?;
            if role == Role::Time && value.kind == kind::FILETIME {
                self.event.time =
                    When::FileTime(bytes.first_chunk().copied().map_or(0, u64::from_le_bytes));
            }
            element(value.kind, bytes, &mut self.out)
        };
        Some(match read {
            Scalar::Text => Slot::Text(self.span_from(start)),
            Scalar::Null => Slot::Null,
            Scalar::Int(n) => Slot::Int(n),
            Scalar::UInt(n) => Slot::UInt(n),
            Scalar::Float(n) => Slot::Float(n),
            Scalar::Bool(b) => Slot::Bool(b),
        })
    }

    fn span_from(&mut self, start: usize) -> Span {
        let span = Span::of(start..self.out.len());
        self.out.push(0);
        span
    }

    /// Text and values mixed: text.
    fn joined(&mut self, pieces: Range<u32>, base: usize) -> Option<Slot> {
        let start = self.out.len();
        for at in pieces {
            match self.plans.pieces.get(at as usize)? {
                Piece::Text(range) => {
                    let text = self.plans.text.get(range.start as usize..range.end as usize)?;
                    self.out.extend_from_slice(text);
                }
                Piece::Value(index) => {
                    if let Some(value) = self.value_at(base, *index) {
                        self.append(value)?;
                    }
                }
            }
        }
        Some(Slot::Text(self.span_from(start)))
    }

    fn append(&mut self, value: ValueAt) -> Option<()> {
        let from = value.start as usize;
        let bytes = self.chunk.get(from..from + usize::from(value.len))?;
        let text = match element(value.kind, bytes, &mut self.out) {
            Scalar::Text | Scalar::Null => return Some(()),
            Scalar::Int(n) => n.to_string(),
            Scalar::UInt(n) => n.to_string(),
            Scalar::Float(n) => n.to_string(),
            Scalar::Bool(b) => b.to_string(),
        };
        self.out.extend_from_slice(text.as_bytes());
        Some(())
    }

    fn dynamic_key(&mut self, name: Range<u32>, base: usize) -> Option<Key> {
        let start = self.out.len();
        self.joined(name, base)?;
        let name = String::from_utf8_lossy(self.out.get(start..)?);
        let key = self.event.names.intern(name.trim_end_matches('\0'));
        self.out.truncate(start);
        Some(key)
    }

    fn nested(&mut self, value: ValueAt) -> Option<()> {
        if self.depth >= DEEPEST {
            return None;
        }
        self.depth += 1;
        let start = value.start as usize;
        let done = self.stream(start..start + usize::from(value.len));
        self.depth -= 1;
        done
    }

    /// An array is a field that occurs several times; an empty one is nothing.
    fn array(&mut self, key: Key, value: ValueAt) -> Option<()> {
        let before = self.event.fields.len();
        match element_size(value.kind & !kind::ARRAY) {
            Some(size) => self.array_of_sized(key, value, size)?,
            None if value.kind & !kind::ARRAY == kind::STRING => {
                self.array_of_strings(key, value)?;
            }
            None => {
                let slot = self.single(Role::None, value)?;
                self.event.put(key, slot);
            }
        }
        if self.event.fields.len() == before {
            self.event.put(key, Slot::Null);
        }
        Some(())
    }

    fn array_of_sized(&mut self, key: Key, value: ValueAt, size: usize) -> Option<()> {
        let len = u16::try_from(size).ok()?;
        for i in 0..usize::from(value.len) / size {
            let start = value.start + u32::try_from(i * size).ok()?;
            let one = ValueAt { kind: value.kind & !kind::ARRAY, start, len };
            let slot = self.single(Role::None, one)?;
            self.event.put(key, slot);
        }
        Some(())
    }

    /// Strings that end at NUL, back to back.
    fn array_of_strings(&mut self, key: Key, value: ValueAt) -> Option<()> {
        let units = self.bytes(value)?.as_chunks::<2>().0.len();
        let mut first = 0;
        for at in 0..=units {
            let bytes = self.bytes(value)?;
            let ends = at == units || bytes.get(2 * at..2 * at + 2)? == [0, 0];
            if !ends || (at == units && first == units) {
                continue;
            }
            let start = self.out.len();
            let from = value.start as usize;
            push_utf16le(&mut self.out, self.chunk.get(from + 2 * first..from + 2 * at)?);
            let span = self.span_from(start);
            self.event.put(key, Slot::Text(span));
            first = at + 1;
        }
        Some(())
    }

    fn note(&mut self, role: Role, slot: Slot) {
        match (role, slot) {
            (Role::EventId, Slot::UInt(id)) => self.event.event_id = u32::try_from(id).ok(),
            // A log that was exported is numbered anew in the chunks.
            (Role::RecordId, Slot::UInt(id)) => self.event.record.id = id,
            (Role::Channel, Slot::Text(span)) => self.event.channel = Some(span),
            (Role::Provider, Slot::Text(span)) => self.event.provider = Some(span),
            (Role::Host, Slot::Text(span)) => self.event.host = Some(span),
            _ => {}
        }
    }
}

/// A value; one that is not what its type says is kept as its bytes.
fn element(kind: u8, bytes: &[u8], out: &mut Vec<u8>) -> Scalar {
    let start = out.len();
    scalar(kind, bytes, out).unwrap_or_else(|| {
        out.truncate(start);
        super::value::push_hex(out, bytes);
        Scalar::Text
    })
}
