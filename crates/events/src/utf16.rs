//! UTF-16LE, as Windows writes it, to UTF-8.

use std::io::{self, Read};

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

/// UTF-16 text with a byte order mark, read as UTF-8.
pub(crate) struct Utf16Reader<R> {
    source: R,
    decoder: encoding_rs::Decoder,
    input: Vec<u8>,
    /// Decoded; given out up to `given`.
    ready: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Utf16Reader<R> {
    /// The byte order mark is still to come and decides the byte order.
    pub(crate) fn new(source: R) -> Self {
        let decoder = encoding_rs::UTF_16LE.new_decoder();
        let input = vec![0; 1 << 16];
        Self { source, decoder, input, ready: Vec::new(), given: 0, ended: false }
    }

    /// Decodes one more piece of the input.
    fn refill(&mut self) -> io::Result<()> {
        let read = self.source.read(&mut self.input)?;
        self.ended = read == 0;
        let room = self.decoder.max_utf8_buffer_length(read).unwrap_or(read * 3 + 16);
        self.ready.resize(room, 0);
        let piece = &self.input[..read];
        let (_, _, written, _) = self.decoder.decode_to_utf8(piece, &mut self.ready, self.ended);
        self.ready.truncate(written);
        self.given = 0;
        Ok(())
    }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() && !self.ended {
            self.refill()?;
        }
        let given = (&self.ready[self.given..]).read(out)?;
        self.given += given;
        Ok(given)
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
