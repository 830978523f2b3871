//! How Windows prints the values of an event ([MS-EVEN6] §2.2.16).

use std::io::Write;

use super::bytes::{u16_at, u32_at, u64_at};
use crate::{time, utf16::push_utf16le};

/// Type bytes of substitution values.
pub(super) mod kind {
    pub(crate) const NULL: u8 = 0x00;
    pub(crate) const STRING: u8 = 0x01;
    pub(crate) const BINXML: u8 = 0x21;
    pub(crate) const ARRAY: u8 = 0x80;
    pub(crate) const FILETIME: u8 = 0x11;
}

/// A value before it is given a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scalar {
    /// Nothing there.
    Null,
    /// Text was appended to the output.
    Text,
    Int(i64),
    UInt(u64),
    Float(f64),
    Bool(bool),
}

/// Reads one value that is no array and no nested XML. Text goes to `out`.
pub(super) fn scalar(kind: u8, bytes: &[u8], out: &mut Vec<u8>) -> Option<Scalar> {
    let value = match kind {
        0x00 => Scalar::Null,
        0x03 => Scalar::Int(i64::from(bytes.first()?.cast_signed())),
        0x04 => Scalar::UInt(u64::from(*bytes.first()?)),
        0x05 => Scalar::Int(i64::from(u16_at(bytes, 0)?.cast_signed())),
        0x06 => Scalar::UInt(u64::from(u16_at(bytes, 0)?)),
        0x07 => Scalar::Int(i64::from(u32_at(bytes, 0)?.cast_signed())),
        0x08 => Scalar::UInt(u64::from(u32_at(bytes, 0)?)),
        0x09 => Scalar::Int(u64_at(bytes, 0)?.cast_signed()),
        0x0a => Scalar::UInt(u64_at(bytes, 0)?),
        0x0b => Scalar::Float(f64::from(f32::from_bits(u32_at(bytes, 0)?))),
        0x0c => Scalar::Float(f64::from_bits(u64_at(bytes, 0)?)),
        0x0d => boolean(u32_at(bytes, 0)?),
        _ => {
            text(kind, bytes, out)?;
            Scalar::Text
        }
    };
    Some(value)
}

/// Some providers put bit masks into booleans: those stay numbers.
fn boolean(raw: u32) -> Scalar {
    match raw {
        0 => Scalar::Bool(false),
        1 => Scalar::Bool(true),
        _ => Scalar::Int(i64::from(raw.cast_signed())),
    }
}

/// The types whose printed form is not a number.
fn text(kind: u8, bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    match kind {
        0x01 => push_utf16le(out, bytes),
        0x02 => push_ansi(out, bytes),
        0x0e => push_hex(out, bytes),
        0x0f => push_guid(out, bytes.first_chunk()?),
        0x10 | 0x14 | 0x15 | 0x20 => push_number_in_hex(out, bytes)?,
        0x11 => time::push_filetime(out, u64_at(bytes, 0)?),
        0x12 => push_system_time(out, bytes)?,
        0x13 => push_sid(out, bytes)?,
        _ => return None,
    }
    Some(())
}

/// Bytes in the machine's code page, which the file does not name: ASCII is
/// kept, the rest is read as Latin-1.
fn push_ansi(out: &mut Vec<u8>, bytes: &[u8]) {
    let mut utf8 = [0; 4];
    for byte in bytes.iter().take_while(|byte| **byte != 0) {
        out.extend_from_slice(char::from(*byte).encode_utf8(&mut utf8).as_bytes());
    }
}

pub(super) fn push_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
}

fn push_number_in_hex(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let number = if bytes.len() < 8 { u64::from(u32_at(bytes, 0)?) } else { u64_at(bytes, 0)? };
    // Writing to memory does not fail.
    write!(out, "{number:#x}").ok()
}

fn push_guid(out: &mut Vec<u8>, guid: &[u8; 16]) {
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.push(b'{');
    for (i, at) in ORDER.into_iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        out.push(DIGITS[usize::from(guid[at] >> 4)]);
        out.push(DIGITS[usize::from(guid[at] & 15)]);
    }
    out.push(b'}');
}

/// [MS-DTYP] §2.4.2: revision, count, six bytes of authority, sub-authorities.
fn push_sid(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let (revision, count) = (*bytes.first()?, usize::from(*bytes.get(1)?));
    let authority = bytes.get(2..8)?.iter().fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
    write!(out, "S-{revision}-{authority}").ok()?;
    for i in 0..count {
        write!(out, "-{}", u32_at(bytes, 8 + 4 * i)?).ok()?;
    }
    Some(())
}

fn push_system_time(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let part = |i: usize| u16_at(bytes, 2 * i);
    write!(
        out,
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        part(0)?,
        part(1)?,
        part(3)?,
        part(4)?,
        part(5)?,
        part(6)?,
        part(7)?
    )
    .ok()
}

/// Size of one element of an array; `None` for strings, which end at NUL.
pub(super) fn element_size(kind: u8) -> Option<usize> {
    match kind {
        0x03 | 0x04 => Some(1),
        0x05 | 0x06 => Some(2),
        0x07 | 0x08 | 0x0b | 0x0d | 0x14 => Some(4),
        0x09 | 0x0a | 0x0c | 0x11 | 0x15 => Some(8),
        0x0f | 0x12 => Some(16),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(kind: u8, bytes: &[u8]) -> String {
        let mut out = Vec::new();
        scalar(kind, bytes, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn values_print_as_windows_prints_them() {
        let guid: Vec<u8> = (1..=16).collect();
        assert_eq!(printed(0x0f, &guid), "{04030201-0605-0807-090a-0b0c0d0e0f10}");
        let sid = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0];
        assert_eq!(printed(0x13, &sid), "S-1-5-32-544");
        assert_eq!(printed(0x14, &[0x6d, 0, 0, 0xc0]), "0xc000006d");
        assert_eq!(printed(0x0e, &[0xde, 0xad]), "DEAD");
    }

    #[test]
    fn a_short_value_is_no_value() {
        for kind in 0x03..=0x15 {
            if kind != 0x0e {
                assert!(scalar(kind, &[], &mut Vec::new()).is_none(), "{kind:#x}");
            }
        }
    }
}
