//! Text without columns: a plain list, a page, a mail. Every address that a
//! line names becomes an entry.

use crate::{
    Address, WrongAddress,
    address::{self, Named},
    refang,
    rows::Collector,
};

/// A line of text.
pub(crate) fn line(collector: &mut Collector<'_>, number: u64, raw: &str) {
    collector.counts.rows += 1;
    let plain = refang(raw);
    let found = addresses(&plain);
    if let Some(named) = found.named {
        collector.bare(number, raw, &named);
    } else if let Some((wrong, token)) = found.wrong {
        collector.refuse(number, raw, &wrong, &token);
    } else {
        collector.counts.skipped.text += 1;
    }
}

/// What a line of text names.
pub(crate) struct Found {
    pub(crate) named: Option<Named>,
    /// The first thing that would have been an address or a host.
    pub(crate) wrong: Option<(WrongAddress, String)>,
}

/// Finds the addresses in a line. One on its own keeps its port and URL.
pub(crate) fn addresses(line: &str) -> Found {
    let mut all: Vec<Named> = Vec::new();
    let mut wrong = None;
    for token in tokens(line) {
        match address::read(token) {
            Ok(named) => all.push(named),
            Err(WrongAddress::Empty | WrongAddress::NotUnderstood) => {}
            Err(other) => {
                wrong.get_or_insert((other, token.to_owned()));
            }
        }
    }
    let mut all = all.into_iter();
    let mut named = all.next();
    for more in all {
        if let Some(named) = named.as_mut() {
            let new: Vec<Address> =
                more.addresses.into_iter().filter(|a| !named.addresses.contains(a)).collect();
            named.addresses.extend(new);
        }
    }
    Found { named, wrong }
}

/// Words that could be an address or a host: they have a dot or two colons.
fn tokens(line: &str) -> impl Iterator<Item = &str> {
    const APART: [char; 15] =
        [',', ';', '|', '"', '\'', '<', '>', '(', ')', '{', '}', '=', '\u{a0}', '`', '!'];
    line.split(|c: char| c.is_whitespace() || APART.contains(&c))
        .map(|word| word.trim_end_matches(['.', ':', ',']).trim_matches(':'))
        .filter(|word| word.len() > 3 && (word.contains('.') || word.matches(':').count() > 1))
}

/// Markup as lines: tags go, the end of a table row, paragraph or line break
/// ends the line. Yields (line number in the file, text).
pub(crate) fn without_tags(text: &str) -> Vec<(u64, String)> {
    const ENDS: [&str; 10] =
        ["/tr", "/p", "br", "br/", "/li", "/div", "/option", "/entry", "/h1", "/title"];
    let mut lines = Vec::new();
    let (mut current, mut started, mut number) = (String::new(), 1, 1);
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let (before, tail) = rest.split_at(open);
        push_text(&mut current, &mut started, &mut number, before);
        let is_tag = tail[1..]
            .starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
        let close = tail.find('>').filter(|_| is_tag);
        let Some(close) = close else {
            push_text(&mut current, &mut started, &mut number, "<");
            rest = &tail[1..];
            continue;
        };
        let tag = tail[1..close].split_whitespace().next().unwrap_or_default().to_lowercase();
        number += tail[..close].matches('\n').count() as u64;
        current.push(' ');
        if ENDS.contains(&tag.as_str()) {
            lines.push((started, std::mem::take(&mut current)));
        }
        rest = &tail[close + 1..];
    }
    push_text(&mut current, &mut started, &mut number, rest);
    lines.push((started, current));
    lines.retain(|(_, line)| !line.trim().is_empty());
    lines
}

fn push_text(current: &mut String, started: &mut u64, number: &mut u64, text: &str) {
    for piece in text.split_inclusive('\n') {
        if current.trim().is_empty() && !piece.trim().is_empty() {
            *started = *number;
            current.clear();
        }
        current.push_str(piece.trim_end_matches(['\n', '\r']));
        if piece.ends_with('\n') {
            current.push(' ');
            *number += 1;
        }
    }
}

/// Whether a text is a page or an XML document.
pub(crate) fn is_markup(text: &str) -> bool {
    let start: String = text.chars().take(2000).collect::<String>().to_lowercase();
    ["<!doctype", "<html", "<?xml", "<table", "<div", "<tr"].iter().any(|tag| start.contains(tag))
}
