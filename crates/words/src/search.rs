//! Search and order that know Vietnamese.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Marks of tone, in the order of Vietnamese dictionaries: huyền, hỏi, ngã, sắc, nặng.
const TONES: [char; 5] = ['\u{300}', '\u{309}', '\u{303}', '\u{301}', '\u{323}'];

/// The letters of Vietnamese in their order, with the four of Latin that it borrows.
const ALPHABET: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";

/// Text for searching: lower case, no tone and no other mark, đ as d, so that
/// `dong thap` finds `Đồng Tháp`. Folding what is folded changes nothing.
pub fn fold(text: &str) -> String {
    let lower = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let bare = lower.nfd().filter(|c| !is_combining_mark(*c));
    bare.map(|c| if c == 'đ' { 'd' } else { c }).nfc().collect()
}

/// Whether the query is found in the text. Written without marks it finds any;
/// written with marks it finds only those, in upper or lower case, however
/// they are encoded, and with the tone on either vowel (`hoà`, `hòa`).
pub fn matches(query: &str, text: &str) -> bool {
    let marked = lower(query);
    let folded = fold(query);
    if marked == folded {
        return fold(text).contains(&folded);
    }
    let text = lower(text);
    text.contains(&marked) || tone_on_second(&text).contains(&tone_on_second(&marked))
}

fn lower(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// Composed text with the tone of oa, oe and uy on the second vowel: both ways
/// of writing are in use, and official documents mix them.
fn tone_on_second(text: &str) -> String {
    let mut out: Vec<char> = Vec::with_capacity(text.len());
    for c in text.chars() {
        let first = out.last().map(|last| split_tone(*last));
        match first {
            Some((vowel @ ('o' | 'u'), tone @ 1..)) if takes_tone_after(vowel, c) => {
                out.pop();
                out.push(vowel);
                out.extend([c, TONES[tone - 1]].into_iter().nfc());
            }
            _ => out.push(c),
        }
    }
    out.into_iter().collect()
}

fn takes_tone_after(first: char, second: char) -> bool {
    matches!((first, second), ('o', 'a' | 'e') | ('u', 'y'))
}

/// What to sort by; see [`sort_key`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SortKey {
    letters: Vec<(u32, String)>,
    tones: Vec<usize>,
}

/// Order of the Vietnamese alphabet (a ă â b c d đ e ê …), then of tones, with
/// numbers by their value: `Phường 2` stands before `Phường 11`.
pub fn sort_key(text: &str) -> SortKey {
    let mut key = SortKey { letters: Vec::new(), tones: Vec::new() };
    for c in lower(text).chars() {
        let (letter, tone) = split_tone(c);
        match letter.to_digit(10) {
            Some(digit) => push_digit(&mut key.letters, letter, digit),
            None => key.letters.push((weight(letter), String::new())),
        }
        key.tones.push(tone);
    }
    key
}

/// A letter without its tone, and the tone's rank; 0 is none.
fn split_tone(c: char) -> (char, usize) {
    let mut tone = 0;
    let rest = std::iter::once(c).nfd().filter(|mark| match rank(*mark) {
        0 => true,
        found => {
            tone = found;
            false
        }
    });
    let letter = rest.nfc().next();
    (letter.unwrap_or(c), tone)
}

fn rank(mark: char) -> usize {
    TONES.iter().position(|tone| *tone == mark).map_or(0, |at| at + 1)
}

fn weight(letter: char) -> u32 {
    const LETTERS: u32 = 1 << 16;
    match (LETTERS..).zip(ALPHABET.chars()).find(|(_, each)| *each == letter) {
        Some((weight, _)) => weight,
        None if letter.is_alphabetic() => 2 * LETTERS + u32::from(letter),
        None => u32::from(letter).min(DIGITS - 1),
    }
}

/// Numbers stand after signs and before letters.
const DIGITS: u32 = 1 << 15;

/// A run of digits is one element: its length without leading zeros, then its digits.
fn push_digit(letters: &mut Vec<(u32, String)>, letter: char, digit: u32) {
    match letters.last_mut().filter(|(weight, run)| *weight >= DIGITS && !run.is_empty()) {
        Some(zero) if zero.1 == "0" => *zero = number_starting(letter, digit),
        Some((weight, run)) => {
            *weight += 1;
            run.push(letter);
        }
        None => letters.push(number_starting(letter, digit)),
    }
}

fn number_starting(letter: char, digit: u32) -> (u32, String) {
    (DIGITS + u32::from(digit > 0), letter.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_query_without_marks_finds_any_and_one_with_marks_only_those() {
        for (query, text, found) in [
            ("dong thap", "UBND tỉnh Đồng Tháp", true),
            ("DONG", "Đồng Tháp", true),
            ("Đồng", "Sở Y tế Đồng Tháp", true),
            ("đồng", "Đông Nam", false),
            ("đông", "Đồng Tháp", false),
            ("dông", "Đông", false),
            ("hoà", "Hòa An", true),
            ("hòa", "Hoà An", true),
            ("thuỷ", "THỦY SẢN", true),
            ("hò", "Hòa An", true),
            ("hò", "Hoàn Kiếm", false),
            ("hóa", "Hòa An", false),
            ("Hồng Ngự", "Hồng Ngự".nfd().collect::<String>().as_str(), true),
            ("hoa", "Hòa An", true),
            ("", "gì cũng được", true),
            ("sa dec 2", "Sa Đéc", false),
        ] {
            assert_eq!(matches(query, text), found, "{query:?} in {text:?}");
        }
    }

    #[test]
    fn names_stand_as_in_a_vietnamese_dictionary() {
        let right = [
            "An Bình",
            "Ấp 1",
            "Ba Sao",
            "Bà Triệu",
            "Bình Thành",
            "Cao Lãnh",
            "Dầu Tiếng",
            "Đa Kao",
            "Định An",
            "Hồng Ngự",
            "Hồng Ngự A",
            "Lai Vung",
            "Phường 2",
            "Phường 02a",
            "Phường 11",
            "Tháp Mười",
            "Ý Yên",
        ];
        let mut sorted = right;
        sorted.reverse();
        sorted.sort_by_key(|name| sort_key(name));
        assert_eq!(sorted, right);
    }

    #[test]
    fn tones_decide_only_between_equal_letters() {
        let right = ["ma", "mà", "mả", "mã", "má", "mạ", "mai", "măng", "mâm"];
        let mut sorted = right;
        sorted.reverse();
        sorted.sort_by_key(|word| sort_key(word));
        assert_eq!(sorted, right);
    }

    #[test]
    fn leading_zeros_do_not_make_a_number_longer() {
        assert!(sort_key("007") < sort_key("8"));
        assert!(sort_key("0") < sort_key("1"));
        assert!(sort_key("10") > sort_key("9"));
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn a_text_is_found_in_itself_however_it_is_encoded(text in any::<String>()) {
            prop_assert!(matches(&text, &text.nfd().collect::<String>()));
            prop_assert!(matches(&fold(&text), &text));
        }
    }
}
