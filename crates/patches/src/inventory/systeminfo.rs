//! The text of `systeminfo`, in any language and code page, one machine or
//! many after each other; also `systeminfo /fo csv`.
//!
//! No label is translated here. Every language keeps the order of the lines
//! and the shape of three values: the version (`10.0.17763 … 17763`), the
//! name with `Windows` in it on the line before, and the host's name before
//! that. The list of updates is the one whose entries are KB numbers; when
//! there are none, it is the line after the logon server's.

use diag::{Diagnostic, Place};

use super::{Found, Host, Hotfixes, Input, Os};
use crate::{products::Arch, text};

/// `systeminfo` cuts its list somewhere above two hundred entries.
const TRUSTED_ENTRIES: usize = 200;

pub(super) fn looks_like(input: &Input<'_>) -> bool {
    lines(input.head()).any(|l| is_version(l.value)) || is_csv(input.head())
}

pub(super) fn read(input: &Input<'_>, found: &mut Found) {
    if is_csv(input.head()) {
        return read_csv(input, found);
    }
    let lines: Vec<Line<'_>> = lines(&input.text).collect();
    let versions: Vec<usize> = (0..lines.len()).filter(|at| is_os_line(&lines, *at)).collect();
    let starts: Vec<usize> = versions.iter().map(|v| v.saturating_sub(2)).collect();
    for (nth, &start) in starts.iter().enumerate() {
        let end = starts.get(nth + 1).copied().unwrap_or(lines.len());
        if let (Some(block), Some(&version)) = (lines.get(start..end), versions.get(nth)) {
            found.hosts.push(host(input, block, version - start));
        }
    }
}

/// A line `label: value`, or the continuation of the one before.
struct Line<'a> {
    number: usize,
    /// Empty for a continuation.
    label: &'a str,
    value: &'a str,
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.lines().enumerate().filter_map(|(at, line)| {
        let number = at + 1;
        let value = line.trim();
        if value.is_empty() {
            return None;
        }
        if line.starts_with([' ', '\t', '\u{3000}']) {
            return Some(Line { number, label: "", value });
        }
        let (label, value) = split(line);
        Some(Line { number, label, value })
    })
}

/// Splits at the colon before the column of values: a label may hold a colon
/// itself (`Virtual Memory: Max Size:`), so the last one before the gap counts.
fn split(line: &str) -> (&str, &str) {
    let gap = line.find("  ").unwrap_or(line.len());
    let head = &line[..gap];
    let colon = head.rfind([':', '：']).or_else(|| line.find([':', '：']));
    let Some(at) = colon else { return (line.trim(), "") };
    let after = at + line[at..].chars().next().map_or(1, char::len_utf8);
    (line[..at].trim(), line[after..].trim())
}

/// `6.1.7601 Service Pack 1 version 7601`, and nothing else in that output.
fn is_version(value: &str) -> bool {
    let Some((first, rest)) = value.split_once(' ') else { return false };
    let Some([major, _, build]) =
        text::version(first).as_deref().and_then(|v| v.first_chunk().copied())
    else {
        return false;
    };
    matches!(major, 5 | 6 | 10) && build >= 1000 && rest.contains(&build.to_string())
}

fn is_os_line(lines: &[Line<'_>], at: usize) -> bool {
    let names = |l: &Line<'_>| l.value.contains("Windows") || l.value.contains("Hyper-V");
    lines.get(at).is_some_and(|l| is_version(l.value))
        && at.checked_sub(1).and_then(|before| lines.get(before)).is_some_and(names)
}

fn host(input: &Input<'_>, block: &[Line<'_>], version: usize) -> Host {
    let value = |at: Option<usize>| at.and_then(|a| block.get(a)).map_or("", |l| l.value);
    let mut os = Os { name: value(version.checked_sub(1)).to_owned(), ..Os::default() };
    os.set_version(value(Some(version)));
    os.arch = arch(block);
    let mut host = Host {
        name: value(version.checked_sub(2)).to_owned(),
        os,
        origins: vec![input.origin("systeminfo")],
        ..Host::default()
    };
    let place = Place::line(block.first().map_or(0, |l| l.number) as u64).in_file(input.name);
    host.hotfixes = hotfixes(block, &place, &mut host.warnings);
    host
}

/// The line of the system's type: a short value that names an architecture,
/// which no processor, path or product of the other lines does.
fn arch(block: &[Line<'_>]) -> Option<Arch> {
    let typed = block.iter().filter(|l| !l.label.is_empty() && l.value.chars().count() < 40);
    typed.filter(|l| !l.value.contains(['\\', '/'])).find_map(|l| {
        let value = l.value.to_lowercase();
        let based = ["x64", "x86", "arm64", "itanium"].iter().any(|a| value.contains(a));
        if based && !value.contains("windows") { Arch::parse(&value) } else { None }
    })
}

fn hotfixes(block: &[Line<'_>], place: &Place, warnings: &mut Vec<Diagnostic>) -> Option<Hotfixes> {
    let Some(header) = header(block) else {
        warnings.push(Diagnostic::warning("patches.hotfixes-not-collected", place.clone()));
        return None;
    };
    let declared = block.get(header).and_then(|l| first_number(l.value)).unwrap_or(0);
    let rest = block.get(header + 1..).unwrap_or_default();
    let entries: Vec<&str> = rest
        .iter()
        .take_while(|l| l.label.is_empty())
        .map(|l| l.value)
        .filter(|v| v.starts_with('['))
        .collect();
    let mut list = Hotfixes::whole(entries.iter().flat_map(|e| text::kb_numbers(e)));
    list.truncated = entries.len() > TRUSTED_ENTRIES || declared > entries.len();
    if list.truncated {
        let code = Diagnostic::warning("patches.hotfix-list-truncated", place.clone());
        warnings.push(code.with("declared", declared).with("listed", entries.len()));
    }
    Some(list)
}

/// The line that heads the list of updates.
fn header(block: &[Line<'_>]) -> Option<usize> {
    let first_kb = block.iter().position(|l| l.label.is_empty() && is_update(l.value));
    if let Some(at) = first_kb {
        return (0..at).rev().find(|a| block.get(*a).is_some_and(|l| !l.label.is_empty()));
    }
    let logon = block.iter().position(|l| l.value.starts_with("\\\\"));
    let after =
        logon.map(|at| at + 1).filter(|at| block.get(*at).is_some_and(|l| !l.label.is_empty()));
    after.or_else(|| block.iter().position(|l| is_known_label(l.label)))
}

/// `[01]: KB5032196`, or `[01]: File 1` of Windows XP.
fn is_update(value: &str) -> bool {
    let entry = value.split_once(']').map_or("", |(_, e)| e.trim_start_matches([' ', ':', '：']));
    value.starts_with('[')
        && (text::kb_numbers(entry).next().is_some() || entry.starts_with("File 1"))
}

fn is_known_label(label: &str) -> bool {
    const LABELS: &[&str] = &[
        "hotfix",
        "correctif",
        "revisi",
        "aggiornamenti rapidi",
        "исправлени",
        "修补程序",
        "修正",
        "bản vá",
        "bản sửa",
        "ホットフィックス",
    ];
    let label = label.to_lowercase();
    LABELS.iter().any(|l| label.starts_with(l))
}

fn first_number(text: &str) -> Option<usize> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let digits = &text[start..];
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok()
}

/// `systeminfo /fo csv`: the same values in the same order, in quoted cells.
fn is_csv(head: &str) -> bool {
    let mut rows = head.lines().filter(|l| !l.trim().is_empty());
    let starts_quoted = rows.next().is_some_and(|l| l.starts_with('"'));
    starts_quoted && rows.next().is_some_and(|l| l.split("\",\"").nth(2).is_some_and(is_version))
}

fn read_csv(input: &Input<'_>, found: &mut Found) {
    let mut reader = ::csv::ReaderBuilder::new().flexible(true).from_reader(input.text.as_bytes());
    for record in reader.records().flatten() {
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        if !is_version(cell(2)) {
            continue;
        }
        let mut os = Os { name: cell(1).to_owned(), ..Os::default() };
        os.set_version(cell(2));
        os.arch = record
            .iter()
            .skip(3)
            .filter(|c| c.len() < 40 && c.contains("-based"))
            .find_map(Arch::parse);
        let list = record.iter().skip(3).find(|c| text::kb_numbers(c).next().is_some());
        found.hosts.push(Host {
            name: cell(0).to_owned(),
            os,
            hotfixes: list.map(|c| Hotfixes::whole(text::kb_numbers(c))),
            origins: vec![input.origin("systeminfo")],
            ..Host::default()
        });
    }
}
