//! Pages and XML as lines: tags go, cells are held apart by a tab, the end of a
//! table row, paragraph or line break ends the line.

use tables::{Cells, Row, Source, Table};

/// Whether a text is a page or an XML document.
pub(crate) fn is_markup(text: &str) -> bool {
    let start: String = text.chars().take(2000).collect::<String>().to_lowercase();
    ["<!doctype", "<html", "<?xml", "<table", "<div", "<tr"].iter().any(|tag| start.contains(tag))
}

/// The rows of the page's tables as a table, if it has any.
pub(crate) fn to_table(lines: &[(u64, String)]) -> Table {
    let cells = |text: &str| text.split('\t').skip(1).map(tidy).collect::<Cells>();
    let rows = lines.iter().filter(|(_, text)| text.contains('\t'));
    let rows =
        rows.map(|(line, text)| Row { line: *line, cells: cells(text), raw: tidy(text).into() });
    Table { rows: rows.collect(), source: Source::default(), ..Table::default() }
}

/// One line of blanks, entities undone.
pub(crate) fn tidy(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !joined.contains('&') {
        return joined;
    }
    let entities = [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#46;", "."),
        ("&amp;", "&"),
    ];
    entities.iter().fold(joined, |text, (entity, plain)| text.replace(entity, plain))
}

/// Yields (line number in the file, text); a tab stands before each cell.
pub(crate) fn lines(text: &str) -> Vec<(u64, String)> {
    let mut page = Page { lines: Vec::new(), current: String::new(), started: 1, number: 1 };
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let (before, tail) = rest.split_at(open);
        page.text(before);
        let is_tag = tail[1..]
            .starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
        let close = tail.find('>').filter(|_| is_tag);
        let Some(close) = close else {
            page.text("<");
            rest = &tail[1..];
            continue;
        };
        page.tag(&tail[1..close]);
        rest = &tail[close + 1..];
    }
    page.text(rest);
    page.end_line();
    page.lines
}

struct Page {
    lines: Vec<(u64, String)>,
    current: String,
    /// Where the current line's first text stands.
    started: u64,
    number: u64,
}

impl Page {
    fn text(&mut self, text: &str) {
        for piece in text.split_inclusive('\n') {
            if self.current.trim().is_empty() && !piece.trim().is_empty() {
                self.started = self.number;
            }
            let plain = piece.trim_end_matches(['\n', '\r']);
            self.current.extend(plain.chars().map(|c| if c == '\t' { ' ' } else { c }));
            if piece.ends_with('\n') {
                self.current.push(' ');
                self.number += 1;
            }
        }
    }

    fn tag(&mut self, tag: &str) {
        const ENDS: [&str; 10] =
            ["/tr", "/p", "br", "br/", "/li", "/div", "/option", "/entry", "/h1", "/title"];
        let name = tag.split_whitespace().next().unwrap_or_default().to_lowercase();
        self.number += tag.matches('\n').count() as u64;
        if name == "tr" {
            self.end_line();
        } else if name == "td" || name == "th" {
            self.current.push('\t');
        } else if ENDS.contains(&name.as_str()) && !(name != "/tr" && self.current.contains('\t')) {
            self.end_line();
        } else {
            self.current.push(' ');
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.current);
        if !line.trim().is_empty() {
            self.lines.push((self.started, line));
        }
        self.started = self.number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_its_rows() {
        let page = "<html>\n<p>List</p>\n<table><tr><th>IP</th><th>Malware</th></tr>\n\
                    <tr>\n<td><a\nhref=x>192.0.2.1</a></td><td>a &amp; b</td></tr></table>";
        let table = to_table(&lines(page));
        let cells: Vec<Vec<&str>> =
            table.rows.iter().map(|row| row.cells.iter().collect()).collect();
        assert_eq!(cells, [vec!["IP", "Malware"], vec!["192.0.2.1", "a & b"]]);
        assert_eq!(table.rows[1].line, 6);
        assert_eq!((lines(page)[0].0, lines(page)[0].1.trim()), (2, "List"));
    }
}
