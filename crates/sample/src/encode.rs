//! Text as offices really save it.

use unicode_normalization::UnicodeNormalization;

/// How the bytes of a text file are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// What a program writes.
    Utf8,
    /// What a spreadsheet writes as "CSV UTF-8".
    Utf8WithBom,
    /// What a spreadsheet writes as "Unicode text".
    Utf16,
    /// What an old office machine writes.
    Windows1258,
    /// What a console in western Europe writes (code page 850).
    Oem850,
}

/// `text` in `encoding`.
pub(crate) fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf8WithBom => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        Encoding::Utf16 => {
            let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        }
        Encoding::Windows1258 => {
            let spelled = tones_apart(text);
            encoding_rs::WINDOWS_1258.encode(&spelled).0.into_owned()
        }
        Encoding::Oem850 => text.chars().map(oem_850).collect(),
    }
}

/// Windows-1258 has *ê* and the acute tone, but no *ế*: the letter keeps its
/// shape (circumflex, breve, horn) and the tone follows it.
fn tones_apart(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut tones = String::new();
    let mut letter = None;
    for c in text.nfd() {
        match (c, letter) {
            ('\u{302}' | '\u{306}' | '\u{31B}', Some(base)) => letter = Some(shaped(base, c)),
            ('\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}', Some(_)) => tones.push(c),
            _ => {
                out.extend(letter.replace(c));
                out.push_str(&tones);
                tones.clear();
            }
        }
    }
    out.extend(letter);
    out + &tones
}

/// The letters of code page 850 that French needs.
fn oem_850(letter: char) -> u8 {
    match letter {
        'ç' => 0x87,
        'à' => 0x85,
        'é' => 0x82,
        'è' => 0x8A,
        'ê' => 0x88,
        'ô' => 0x93,
        other => u8::try_from(other).ok().filter(u8::is_ascii).unwrap_or(b'?'),
    }
}

fn shaped(base: char, mark: char) -> char {
    [base, mark].into_iter().collect::<String>().nfc().next().unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_survives_windows_1258() {
        let text = "Đường Trần Hưng Đạo, huyện Lấp Vò: nghiễm ngữ ỡ ẵ ặ ộ ợ Ậ\n";
        let bytes = encode(text, Encoding::Windows1258);
        let (back, _, wrong) = encoding_rs::WINDOWS_1258.decode(&bytes);
        assert!(!wrong);
        assert_eq!(back.nfc().collect::<String>(), text);
        assert!(!String::from_utf8_lossy(&bytes).contains("&#"), "a letter became a reference");
    }

    #[test]
    fn utf16_begins_with_its_mark() {
        assert_eq!(encode("ế", Encoding::Utf16), [0xFF, 0xFE, 0xBF, 0x1E]);
    }
}
