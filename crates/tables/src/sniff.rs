//! What a file is, judged by its bytes: the name is only what somebody typed.

use serde::{Deserialize, Serialize};

use crate::{archive, records::split};

/// The kinds of file that can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Office Open XML workbook (ISO/IEC 29500).
    Xlsx,
    /// OpenDocument spreadsheet (ISO/IEC 26300).
    Ods,
    /// Text with a delimiter (RFC 4180 and what people make of it).
    Csv,
    /// Text without columns.
    #[default]
    Lines,
}

/// A file that is something else, named so that a person can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Foreign(pub(crate) &'static str);

impl Format {
    /// Judges by the first bytes (of an archive also by its member names).
    /// `Err` names a kind of file that is known and not read here.
    pub(crate) fn of(bytes: &[u8]) -> Result<Option<Self>, Foreign> {
        const FOREIGN: [(&[u8], &str); 7] = [
            (b"\xD0\xCF\x11\xE0", "Excel 97-2003 (.xls)"),
            (b"%PDF", "PDF"),
            (b"\x1F\x8B", "gzip"),
            (b"7z\xBC\xAF\x27\x1C", "7-Zip"),
            (b"Rar!", "RAR"),
            (b"\x89PNG", "PNG"),
            (b"\xFF\xD8\xFF", "JPEG"),
        ];
        if let Some((_, name)) = FOREIGN.iter().find(|(magic, _)| bytes.starts_with(magic)) {
            return Err(Foreign(name));
        }
        if !bytes.starts_with(b"PK\x03\x04") && !bytes.starts_with(b"PK\x05\x06") {
            return Ok(None);
        }
        archive::kind(bytes).map(Some).ok_or(Foreign("ZIP"))
    }
}

/// Delimiters that people use, the likelier first.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// The delimiter that cuts most records of the sample into the same number of
/// cells, at least two; none when that is not even every third. (A letter's
/// title may be longer than its table.)
pub(crate) fn delimiter(sample: &str) -> Option<char> {
    let lines: Vec<&str> = sample
        .lines()
        .filter(|line| !line.trim().is_empty() && !is_comment(line, None))
        .take(200)
        .collect();
    let mut best: Option<(usize, usize, char)> = None;
    for delimiter in DELIMITERS {
        let widths = widths(&lines, delimiter);
        let Some((width, agreeing)) = modal(&widths) else { continue };
        let beats = best.is_none_or(|(held, wide, _)| (agreeing, width) > (held, wide));
        if agreeing * 3 >= widths.len() && beats {
            best = Some((agreeing, width, delimiter));
        }
    }
    best.map(|(_, _, delimiter)| delimiter)
}

/// How many cells each record has. A quote left open takes lines with it.
fn widths(lines: &[&str], delimiter: char) -> Vec<usize> {
    let mut widths = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let mut taken = 1;
        let mut cut = split(lines[at], delimiter, true);
        while cut.open && taken < 20 && at + taken < lines.len() {
            taken += 1;
            cut = split(&lines[at..at + taken].join("\n"), delimiter, true);
        }
        if cut.open {
            taken = 1;
            cut = split(lines[at], delimiter, false);
        }
        widths.push(cut.cells.len());
        at += taken;
    }
    widths
}

/// The commonest width above one, and how often it is.
fn modal(widths: &[usize]) -> Option<(usize, usize)> {
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    for width in widths.iter().filter(|width| **width > 1) {
        *counts.entry(*width).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(width, count)| (*count, *width))
}

/// Whether a line is a remark: `#` or `//` first, or `;`; where that is the
/// delimiter, only with a space behind it.
pub(crate) fn is_comment(line: &str, delimiter: Option<char>) -> bool {
    let line = line.trim_start();
    let remark = if delimiter == Some(';') { "; " } else { ";" };
    line.starts_with('#') || line.starts_with("//") || line.starts_with(remark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_that_agrees_most_is_taken() {
        let table = [
            ("a,b,c\n1,2,3\n", Some(',')),
            ("a;b\n1,5;2\n3,5;4\n", Some(';')),
            ("# note, with commas, here\na\tb\n1\t2\n", Some('\t')),
            ("ip|asn|time\n192.0.2.1|1|x\n", Some('|')),
            ("\"a,b\";c\n\"d,e\";f\n", Some(';')),
            ("192.0.2.1\n192.0.2.2\n", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(delimiter(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_not_a_table_is_named() {
        assert_eq!(Format::of(b"%PDF-1.7"), Err(Foreign("PDF")));
        assert_eq!(Format::of(b"PK\x03\x04junk"), Err(Foreign("ZIP")));
        assert_eq!(Format::of(b"a,b"), Ok(None));
    }
}
