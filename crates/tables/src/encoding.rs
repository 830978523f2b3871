//! Text in whatever encoding it comes, as UTF-8, a chunk at a time.
//!
//! The encodings are those of the WHATWG Encoding Standard. Windows-1258
//! writes Vietnamese tone marks as combining characters; cells are therefore
//! brought to NFC when they are cut out (`records.rs`).

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

const CHUNK: usize = 64 << 10;

/// Which encoding a text is in, and how we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoding {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// Whether it was inferred from the frequency of bytes and may be wrong.
    pub guessed: bool,
}

impl Decoding {
    /// Looks at the start of a text (`whole`: at all of it). A byte order mark
    /// decides; then the zero bytes of UTF-16; then validity as UTF-8; then
    /// statistics with a Vietnamese bias.
    pub fn of(bytes: &[u8], whole: bool) -> Self {
        if let Some((encoding, _)) = Encoding::for_bom(bytes) {
            return Self { encoding, guessed: false };
        }
        if let Some(encoding) = utf16_by_zeros(bytes) {
            return Self { encoding, guessed: true };
        }
        if is_utf8(bytes, whole) {
            return Self { encoding: UTF_8, guessed: false };
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(bytes, whole);
        Self { encoding: detector.guess(Some(b"vn"), Utf8Detection::Deny), guessed: true }
    }
}

fn is_utf8(bytes: &[u8], whole: bool) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(wrong) => !whole && wrong.error_len().is_none(),
    }
}

/// ASCII in UTF-16 has a zero in every second byte; no other text has.
fn utf16_by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096)];
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), sample.len() / 2);
    if pairs < 2 {
        None
    } else if odd * 10 > pairs * 4 && even * 10 < pairs {
        Some(UTF_16LE)
    } else if even * 10 > pairs * 4 && odd * 10 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Decodes a stream to UTF-8 without NULs, counting what it had to mend.
pub struct Decoder<R> {
    from: R,
    machine: encoding_rs::Decoder,
    input: Vec<u8>,
    left: u64,
    ended: bool,
    /// Bytes consumed.
    pub bytes: u64,
    /// Sequences that are not text in this encoding; each became U+FFFD.
    pub broken: u64,
    /// Where the first of them is, in bytes from the start.
    pub first_broken: Option<u64>,
    /// NUL characters left out.
    pub nuls: u64,
    /// Whether the limit on bytes ended the text early.
    pub cut: bool,
}

impl<R: Read> Decoder<R> {
    /// Decodes at most `limit` bytes of `from`.
    pub fn new(from: R, decoding: Decoding, limit: u64) -> Self {
        Self {
            from,
            machine: decoding.encoding.new_decoder_with_bom_removal(),
            input: vec![0; CHUNK],
            left: limit,
            ended: false,
            bytes: 0,
            broken: 0,
            first_broken: None,
            nuls: 0,
            cut: false,
        }
    }

    /// Appends the next chunk to `text`; `false` at the end.
    pub fn fill(&mut self, text: &mut Vec<u8>) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let got = self.read_chunk()?;
        self.ended = got == 0;
        let start = text.len();
        self.decode(got, text);
        if text[start..].contains(&0) {
            self.strip_nuls(text, start);
        }
        Ok(true)
    }

    fn read_chunk(&mut self) -> io::Result<usize> {
        let got = loop {
            match self.from.read(&mut self.input) {
                Err(stop) if stop.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        let kept = got.min(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= kept as u64;
        self.cut |= kept < got;
        Ok(kept)
    }

    fn decode(&mut self, got: usize, text: &mut Vec<u8>) {
        let mut from = 0;
        loop {
            let input = &self.input[from..got];
            let room = self.machine.max_utf8_buffer_length(input.len()).unwrap_or(CHUNK * 4);
            let start = text.len();
            text.resize(start + room, 0);
            let (result, read, written) = self.machine.decode_to_utf8_without_replacement(
                input,
                &mut text[start..],
                self.ended,
            );
            text.truncate(start + written);
            from += read;
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    self.broken += 1;
                    self.first_broken.get_or_insert(self.bytes + from as u64);
                    text.extend_from_slice("\u{FFFD}".as_bytes());
                }
            }
        }
        self.bytes += got as u64;
    }

    fn strip_nuls(&mut self, text: &mut Vec<u8>, start: usize) {
        let mut kept = start;
        for at in start..text.len() {
            if text[at] != 0 {
                text[kept] = text[at];
                kept += 1;
            }
        }
        self.nuls += (text.len() - kept) as u64;
        text.truncate(kept);
    }
}
