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

/// The delimiter that cuts most lines of the sample into the same number of
/// cells, at least two; none when the text is not a table.
pub(crate) fn delimiter(sample: &str) -> Option<char> {
    let lines: Vec<&str> = sample
        .lines()
        .filter(|line| !line.trim().is_empty() && !is_comment(line, None))
        .take(200)
        .collect();
    let mut best: Option<(usize, usize, char)> = None;
    for delimiter in DELIMITERS {
        let (width, agreeing) = modal_width(&lines, delimiter);
        let beats = best.is_none_or(|(held, wide, _)| (agreeing, width) > (held, wide));
        if width > 1 && agreeing * 2 > lines.len() && beats {
            best = Some((agreeing, width, delimiter));
        }
    }
    best.map(|(_, _, delimiter)| delimiter)
}

fn modal_width(lines: &[&str], delimiter: char) -> (usize, usize) {
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    for line in lines {
        let width = split(line, delimiter, true).cells.len();
        *counts.entry(width).or_default() += 1;
    }
    counts
        .into_iter()
        .filter(|(width, _)| *width > 1)
        .max_by_key(|(width, n)| (*n, *width))
        .unwrap_or((0, 0))
}

/// Whether a line is a remark: `#` or `//` first, or `;` where that is not the
/// delimiter.
pub(crate) fn is_comment(line: &str, delimiter: Option<char>) -> bool {
    let line = line.trim_start();
    line.starts_with('#')
        || line.starts_with("//")
        || (delimiter != Some(';') && line.starts_with(';'))
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
