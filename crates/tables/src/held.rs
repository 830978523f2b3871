//! What goes out to spreadsheets.

use std::borrow::Cow;

/// What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text as a cell of a CSV file: one that a spreadsheet would run as a formula
/// is held by an apostrophe. Texts come from outside; numbers need no holding.
pub fn held(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA) { format!("'{text}").into() } else { text.into() }
}

/// The text of a cell that [`held`] wrote.
pub fn released(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_held_and_nothing_else() {
        for (text, cell) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+84", "'+84"),
            ("-", "'-"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("'quoted", "'quoted"),
            ("Sở Y tế", "Sở Y tế"),
            ("", ""),
        ] {
            assert_eq!(held(text), cell);
            assert_eq!(released(cell), text);
        }
    }
}
