//! UTF-16LE, as Windows writes it, to UTF-8.

/// Appends the text up to the first NUL as UTF-8; a surrogate without its
/// partner becomes `�`.
pub(crate) fn push_utf16le(out: &mut Vec<u8>, mut bytes: &[u8]) {
    out.reserve(bytes.len() / 2);
    while let Some((eight, rest)) = bytes.split_first_chunk::<16>() {
        let Some(narrow) = ascii(eight) else { break };
        out.extend_from_slice(&narrow);
        bytes = rest;
    }
    push_slowly(out, bytes);
}

/// Eight units as ASCII, if they all are, and none is NUL.
fn ascii(units: &[u8; 16]) -> Option<[u8; 8]> {
    let mut narrow = [0; 8];
    let (mut high, mut zero) = (0, false);
    for (i, low) in narrow.iter_mut().enumerate() {
        *low = units[2 * i];
        high |= units[2 * i + 1] | (*low & 0x80);
        zero |= *low == 0;
    }
    (high == 0 && !zero).then_some(narrow)
}

fn push_slowly(out: &mut Vec<u8>, bytes: &[u8]) {
    let units = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
    let mut utf8 = [0; 4];
    for decoded in char::decode_utf16(units.take_while(|unit| *unit != 0)) {
        let c = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
        out.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(bytes: &[u8]) -> String {
        let mut out = Vec::new();
        push_utf16le(&mut out, bytes);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn text_survives(text in "[^\0]{0,60}") {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            prop_assert_eq!(decoded(&bytes), text);
        }

        #[test]
        fn any_bytes_are_some_text(bytes: Vec<u8>) {
            decoded(&bytes);
        }
    }

    #[test]
    fn text_ends_at_nul() {
        assert_eq!(decoded(b"a\0b\0\0\0c\0"), "ab");
        assert_eq!(decoded(b"a\0b\0c\0d\0e\0f\0g\0\0\0h\0"), "abcdefg");
    }
}
