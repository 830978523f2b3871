//! Bytes of unknown encoding to text, and small scanners over text.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};
use sha2::{Digest, Sha256};

/// SHA-256 of bytes, hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Text of any encoding that Windows tools write: UTF-8 and UTF-16 with or
/// without a mark, else a guessed code page. Never fails: the parsers above
/// rely on digits and ASCII marks, which every code page shares.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let (encoding, mark) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, mark),
        None => (tables::Decoding::of(bytes, true).encoding, 0),
    };
    let rest = bytes.get(mark..).unwrap_or_default();
    if encoding == UTF_8
        && let Ok(text) = std::str::from_utf8(rest)
    {
        return Cow::Borrowed(text);
    }
    encoding.decode_without_bom_handling(rest).0
}

/// Every `KBnnnnnn` in a text, in order. A KB number has five to eight digits.
pub(crate) fn kb_numbers(text: &str) -> impl Iterator<Item = u32> + '_ {
    let bytes = text.as_bytes();
    (0..bytes.len()).filter_map(move |at| {
        let before = at.checked_sub(1).and_then(|i| bytes.get(i));
        if before.is_some_and(u8::is_ascii_alphanumeric) {
            return None;
        }
        kb_at(bytes.get(at..)?)
    })
}

fn kb_at(bytes: &[u8]) -> Option<u32> {
    let [b'K' | b'k', b'B' | b'b', digits @ ..] = bytes else { return None };
    leading_number(digits, 5..=8)
}

/// A KB number written `KB5032196` or bare `5032196`.
pub(crate) fn kb(text: &str) -> Option<u32> {
    let bytes = text.trim().as_bytes();
    let found = kb_at(bytes).or_else(|| leading_number(bytes, 6..=8))?;
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = bytes.len() - digits;
    (letters == 0 || letters == 2).then_some(found)
}

fn leading_number(bytes: &[u8], lengths: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let length = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    if !lengths.contains(&length) {
        return None;
    }
    std::str::from_utf8(bytes.get(..length)?).ok()?.parse().ok()
}

/// A qualifier of a package URL: `debian-12` of `…?arch=amd64&distro=debian-12`.
pub(crate) fn purl_qualifier<'p>(purl: &'p str, key: &str) -> &'p str {
    let (_, qualifiers) = purl.split_once('?').unwrap_or_default();
    let qualifiers = qualifiers.split('#').next().unwrap_or_default();
    let mut pairs = qualifiers.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == key).map_or("", |(_, value)| value)
}

/// The numbers of a dotted version, leniently: `15.02.1258.028` is `[15, 2, 1258, 28]`.
pub(crate) fn version(text: &str) -> Option<Vec<u64>> {
    let text = text.trim().trim_start_matches(['v', 'V']);
    let parts: Option<Vec<u64>> = text.split('.').map(|p| p.parse().ok()).collect();
    parts.filter(|p| p.len() >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_of_windows_tools() {
        let utf16: Vec<u8> =
            "Bản vá: KB5032196".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&utf16), "Bản vá: KB5032196");
        let marked: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf16).collect();
        assert_eq!(decode(&marked), "Bản vá: KB5032196");
        assert_eq!(decode(b"\xef\xbb\xbfKB1"), "KB1");
        assert!(decode(b"Revisi\xf3n: KB4482887").contains("KB4482887"));
    }

    #[test]
    fn kb_numbers_are_whole_words() {
        let text = "[01]: KB5032196 SKB5032197 kb4486553, KB12 KB123456789";
        assert_eq!(kb_numbers(text).collect::<Vec<_>>(), [5_032_196, 4_486_553]);
    }

    #[test]
    fn one_kb_cell() {
        assert_eq!(kb("KB5032196"), Some(5_032_196));
        assert_eq!(kb(" 5032196 "), Some(5_032_196));
        assert_eq!(kb("Release Notes"), None);
        assert_eq!(kb("2.11.1-2"), None);
    }
}
