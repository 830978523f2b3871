//! `docs/events-fields.md`, whose tables tests keep true.

use std::{fmt::Write, path::Path};

/// What was counted of a corpus.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Score {
    pub(crate) lines: usize,
    pub(crate) expected: usize,
    pub(crate) right: usize,
}

/// A share as people read it.
pub(crate) fn share(right: usize, expected: usize) -> String {
    format!("{:.1} %", 100.0 * right as f64 / expected.max(1) as f64)
}

/// Adds a row: title, lines, expected, right, share.
#[allow(dead_code, reason = "one of the tests has a row of its own")]
pub(crate) fn row(table: &mut String, title: &str, score: &Score) {
    let Score { lines, expected, right } = score;
    writeln!(table, "| {title} | {lines} | {expected} | {right} | {} |", share(*right, *expected))
        .unwrap();
}

/// The page must have this table below this head; with `UPDATE_DOCS` set it gets it.
pub(crate) fn check(head: &str, table: &str) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/events-fields.md");
    let text = std::fs::read_to_string(&page).unwrap_or_default();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let start = text.find(head).unwrap() + head.len();
        let end = text[start..].find("\n\n").map_or(text.len(), |end| start + end + 1);
        let written = format!("{}{table}{}", &text[..start], &text[end..]);
        return std::fs::write(&page, written).unwrap();
    }
    let there = text.contains(&format!("{head}{table}"));
    assert!(there, "{} must have this table:\n{head}{table}", page.display());
}
