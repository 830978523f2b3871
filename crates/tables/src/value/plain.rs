//! Whole numbers and yes or no.

use crate::fold;

/// Why a cell is not the value that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongValue {
    /// Nothing is in the cell.
    #[error("nothing written")]
    Empty,
    /// It is something else.
    #[error("not understood")]
    NotUnderstood,
    /// It is a number, and too large to be one of ours.
    #[error("out of range")]
    OutOfRange,
}

/// A whole number, with thousand separators as Vietnam (`1.234.567`), the
/// English world (`1,234,567`) or print (`1 234 567`) write them, or with
/// zeros behind the point (`443.0`, as a spreadsheet exports it).
pub fn integer(text: &str) -> Result<i64, WrongValue> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() {
        return Err(WrongValue::Empty);
    }
    let joined = if digits.bytes().all(|b| b.is_ascii_digit()) {
        digits.to_owned()
    } else {
        ungrouped(digits).ok_or(WrongValue::NotUnderstood)?
    };
    let number: i64 = joined.parse().map_err(|_| WrongValue::OutOfRange)?;
    Ok(if negative { -number } else { number })
}

fn ungrouped(digits: &str) -> Option<String> {
    if let Some((whole, zeros)) = digits.split_once('.') {
        let is_number = !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit());
        if is_number && !zeros.is_empty() && zeros.len() < 3 && zeros.bytes().all(|b| b == b'0') {
            return Some(whole.to_owned());
        }
    }
    [".", ",", " ", "\u{a0}", "\u{202f}", "'", "_"].into_iter().find_map(|separator| {
        let groups: Vec<&str> = digits.split(separator).collect();
        let (first, rest) = groups.split_first()?;
        let all_digits = groups.iter().all(|g| g.bytes().all(|b| b.is_ascii_digit()));
        let sized = (1..=3).contains(&first.len()) && rest.iter().all(|g| g.len() == 3);
        (all_digits && sized && !rest.is_empty()).then(|| groups.concat())
    })
}

/// Yes or no, in Vietnamese, English, signs or numbers.
pub fn boolean(text: &str) -> Result<bool, WrongValue> {
    match text.trim() {
        "" => return Err(WrongValue::Empty),
        "✓" | "✔" | "☑" | "+" => return Ok(true),
        "✗" | "✘" | "☐" | "-" => return Ok(false),
        _ => {}
    }
    match fold(text).as_str() {
        "1" | "x" | "co" | "dung" | "da" | "roi" | "yes" | "y" | "true" | "t" | "on" => Ok(true),
        "0" | "khong" | "sai" | "chua" | "no" | "n" | "false" | "f" | "off" => Ok(false),
        _ => Err(WrongValue::NotUnderstood),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers() {
        let table = [
            ("443", Ok(443)),
            ("443.0", Ok(443)),
            ("1.234.567", Ok(1_234_567)),
            ("1,234", Ok(1234)),
            ("12 345", Ok(12345)),
            ("-7", Ok(-7)),
            ("", Err(WrongValue::Empty)),
            ("1.5", Err(WrongValue::NotUnderstood)),
            ("12,34", Err(WrongValue::NotUnderstood)),
            ("10.1.2.3", Err(WrongValue::NotUnderstood)),
            ("99999999999999999999", Err(WrongValue::OutOfRange)),
        ];
        for (text, expected) in table {
            assert_eq!(integer(text), expected, "{text:?}");
        }
    }

    #[test]
    fn yes_and_no() {
        for yes in ["Có", "x", "YES", "đúng", "1", "✓"] {
            assert_eq!(boolean(yes), Ok(true), "{yes}");
        }
        for no in ["không", "No", "0", "Chưa"] {
            assert_eq!(boolean(no), Ok(false), "{no}");
        }
        assert_eq!(boolean("có thể"), Err(WrongValue::NotUnderstood));
        assert_eq!(boolean(" "), Err(WrongValue::Empty));
    }
}
