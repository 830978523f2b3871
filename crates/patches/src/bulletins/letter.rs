//! An authority's letter: its number and date, the CVEs it names with its own
//! severity and score, and the months it asks about. Plain text, a table, or
//! JSON `{"number","date","cves":[{"id","severity","cvss"}],"from","to"}`.
//!
//! The letter's severity and score stay apart from the vendor's: letters have
//! printed 9.8 where the vendor says 7.5.

use std::collections::BTreeMap;

use diag::{Diagnostic, Place};
use jiff::civil::Date;
use serde::Deserialize;

use super::{day, named_source, tenths};
use crate::{
    facts::{Builder, Format, Month, Naming, Severity, SourceId},
    text,
};

/// Whether a text is a letter: it names CVEs, or it is worded as one.
pub(super) fn looks_like(head: &str) -> bool {
    cves(head).next().is_some() || head.contains("Kính gửi")
}

/// Reads a letter.
pub fn read(name: &str, bytes: &[u8], into: &mut Builder) -> Vec<Diagnostic> {
    let Some(source) = into.source(named_source(name, Format::Letter, bytes)) else {
        return vec![Diagnostic::note("patches.document-twice", Place::file(name))];
    };
    let text = text::decode(bytes);
    let mut letter = serde_json::from_str(&text).unwrap_or_else(|_| from_text(&text));
    letter.cves.retain(|c| !c.id.is_empty());
    let found = name_cves(name, &letter, source, into);
    if let Some(source) = into.source_mut(source) {
        source.released = day(&letter.date);
        source.current = source.released;
        source.months = letter.months();
        source.id = letter.number;
    }
    found
}

fn name_cves(name: &str, letter: &Letter, source: SourceId, into: &mut Builder) -> Vec<Diagnostic> {
    let mut said: BTreeMap<&str, &Named> = BTreeMap::new();
    let mut found = Vec::new();
    for named in &letter.cves {
        if let Some(before) = said.get(named.id.as_str()) {
            let twice = Diagnostic::note("patches.cve-named-twice", Place::file(name))
                .with("cve", &named.id);
            let differs = (&before.severity, before.cvss) != (&named.severity, named.cvss);
            found.push(twice.with("differs", differs));
            continue;
        }
        said.insert(&named.id, named);
        let cve = into.cve(&named.id);
        let severity = Some(Severity::parse(&named.severity)).filter(|s| *s != Severity::Unrated);
        let cvss = named.cvss.map(|c| tenths(&format!("{c:.1}"))).filter(|c| *c > 0);
        if let Some(cve) = into.cve_mut(cve) {
            cve.named.push(Naming { source, severity, cvss });
        }
    }
    if letter.cves.is_empty() && letter.months().is_empty() {
        found.push(Diagnostic::warning("patches.letter-empty", Place::file(name)));
    }
    found
}

#[derive(Default, Deserialize)]
struct Letter {
    #[serde(default)]
    number: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    cves: Vec<Named>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    #[serde(alias = "cve")]
    id: String,
    severity: String,
    cvss: Option<f64>,
}

impl Letter {
    fn months(&self) -> Vec<Month> {
        let month = |text: &str| -> Option<Month> {
            let numbers = text.get(..7)?.split_once('-')?;
            let month: u32 = numbers.1.parse().ok().filter(|m| (1..=12).contains(m))?;
            Some(Month(numbers.0.parse::<u32>().ok()? * 100 + month))
        };
        let (Some(from), Some(to)) = (month(&self.from), month(&self.to)) else {
            return Vec::new();
        };
        let months = std::iter::successors(Some(from), |m| Some(m.next()));
        months.take_while(|m| *m <= to).take(120).collect()
    }
}

fn from_text(text: &str) -> Letter {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (from, to) = period(&flat).unwrap_or_default();
    // Below the address, dates are those of the letters it refers to.
    let head = flat.split("Kính gửi").next().unwrap_or_default();
    let mut letter = Letter { number: number(text), date: date(head), from, to, cves: Vec::new() };
    for line in text.lines() {
        let ids: Vec<&str> = cves(line).collect();
        for id in &ids {
            // With several on a line, a score belongs to none of them for sure.
            let (severity, cvss) =
                if ids.len() == 1 { (severity(line), score(line)) } else { ("", None) };
            letter.cves.push(Named {
                id: (*id).to_uppercase(),
                severity: severity.to_owned(),
                cvss,
            });
        }
    }
    letter
}

/// The CVE numbers of a text, in order.
pub(crate) fn cves(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(['C', 'c']).filter_map(|(at, _)| {
        let rest = text.get(at..)?;
        let head = rest.get(..4)?;
        let tail = rest.get(4..)?;
        let end = tail.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(tail.len());
        let (year, number) = tail[..end].trim_end_matches('-').split_once('-')?;
        let numbers = year.len() == 4 && (4..=7).contains(&number.len()) && !number.contains('-');
        (head.eq_ignore_ascii_case("cve-") && numbers).then(|| &rest[..9 + number.len()])
    })
}

/// `Số: 2074/CATTT-NCSC`
fn number(text: &str) -> String {
    let after = text.lines().find_map(|l| l.trim().trim_matches('*').strip_prefix("Số:"));
    after
        .and_then(|l| l.split_whitespace().find(|w| w.contains('/')))
        .unwrap_or_default()
        .to_owned()
}

/// `ngày 22 tháng 11 năm 2023`, the first that is whole.
fn date(flat: &str) -> String {
    let days = flat.match_indices("ngày ").filter_map(|(at, word)| {
        let words: Vec<&str> = flat[at + word.len()..].split([' ', ',']).take(5).collect();
        let [day, "tháng", month, "năm", year] = words.as_slice() else { return None };
        let year: i16 = year.get(..4)?.parse().ok()?;
        Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
    });
    days.map(|d| d.to_string()).next().unwrap_or_default()
}

/// `từ tháng 5 đến tháng 11 năm 2023`
fn period(flat: &str) -> Option<(String, String)> {
    let lower = flat.to_lowercase();
    let rest = &lower[lower.find("từ tháng ")? + "từ tháng ".len()..];
    let words: Vec<&str> = rest.split([' ', '.', ',']).take(6).collect();
    let month = |word: &str| word.parse::<u32>().ok().filter(|m| (1..=12).contains(m));
    let (first, year, last, last_year) =
        if let [first, "đến", "tháng", last, "năm", year] = *words.as_slice() {
            (first, year, last, year)
        } else {
            let (a, b) = (words.first()?.split_once('/')?, words.get(3)?.split_once('/')?);
            (a.0, a.1, b.0, b.1)
        };
    Some((format!("{year}-{:02}", month(first)?), format!("{last_year}-{:02}", month(last)?)))
}

fn severity(line: &str) -> &'static str {
    let line = line.to_lowercase();
    if line.contains("nghiêm trọng") || line.contains("critical") {
        "critical"
    } else if line.contains("mức cao")
        || line.contains("(cao")
        || line.contains("| cao")
        || line.contains("high")
    {
        "high"
    } else {
        ""
    }
}

/// The number after `CVSS` on the line.
fn score(line: &str) -> Option<f64> {
    let at = line.to_uppercase().find("CVSS")?;
    let rest = line.get(at + 4..)?;
    let words = rest.split(|c: char| !c.is_ascii_digit() && c != '.' && c != ',');
    let scores =
        words.filter_map(|w| w.trim_matches([',', '.']).replace(',', ".").parse::<f64>().ok());
    // "CVSS 3.1: 9.8" names the version first.
    let scores: Vec<f64> = scores.filter(|s| (0.0..=10.0).contains(s)).collect();
    match scores.as_slice() {
        [version, score, ..] if [2.0, 3.0, 3.1, 4.0].contains(version) => Some(*score),
        [score, ..] => Some(*score),
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Số: 99/ABC-XYZ\nngày 22 tháng 11 năm 2023\nKính gửi:\n\
        1. CVE-2023-36397 (điểm CVSS: 9.8 - nghiêm trọng)\n\
        2. CVE-2023-38177, điểm CVSS 3.1: 6,1, mức cao\n\
        3. cve-2023-36397\n\
        các lỗ hổng từ tháng 5 đến\ntháng 11 năm 2023.\n";

    #[test]
    fn a_date_below_the_address_is_another_letters() {
        let text = "Số: /XYZ\nngày tháng 01 năm 2024\nKính gửi: A\nCăn cứ công văn ngày 29 tháng 12 năm 2023\nCVE-2023-36397";
        let mut builder = Builder::default();
        read("cv.txt", text.as_bytes(), &mut builder);
        assert_eq!(builder.finish().sources[0].released, None);
    }

    #[test]
    fn a_letter_is_read() {
        let mut builder = Builder::default();
        let found = read("cv.txt", TEXT.as_bytes(), &mut builder);
        assert_eq!(
            found.iter().map(|d| d.code.as_ref()).collect::<Vec<_>>(),
            ["patches.cve-named-twice"]
        );
        let facts = builder.finish();
        assert_eq!(facts.sources[0].id, "99/ABC-XYZ");
        assert_eq!(facts.sources[0].released, Some(jiff::civil::date(2023, 11, 22)));
        assert_eq!(facts.sources[0].months.len(), 7);
        let said = |at: usize| {
            (
                facts.cves[at].id.as_str(),
                facts.cves[at].named[0].severity,
                facts.cves[at].named[0].cvss,
            )
        };
        assert_eq!(said(0), ("CVE-2023-36397", Some(Severity::Critical), Some(98)));
        assert_eq!(said(1), ("CVE-2023-38177", Some(Severity::Important), Some(61)));
        assert_eq!(facts.cves[0].cvss, 0, "the letter's score is not the vendor's");
    }
}
