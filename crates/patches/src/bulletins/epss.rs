//! FIRST's exploit prediction scores: a `#model_version:…,score_date:…` line,
//! then `cve,epss,percentile`.

use diag::{Diagnostic, Place};

use super::{day, named_source};
use crate::{
    facts::{Builder, Epss, Format},
    text,
};

/// Reads a day's scores.
pub fn read(name: &str, bytes: &[u8], into: &mut Builder) -> Vec<Diagnostic> {
    let Some(source) = into.source(named_source(name, Format::Epss, bytes)) else {
        return vec![Diagnostic::note("patches.document-twice", Place::file(name))];
    };
    let text = text::decode(bytes);
    let head = text.lines().next().filter(|l| l.starts_with('#')).unwrap_or_default();
    if let Some(source) = into.source_mut(source) {
        part(head, "model_version:").clone_into(&mut source.id);
        source.released = day(part(head, "score_date:"));
        source.current = source.released;
    }
    let mut found = Vec::new();
    for (line, row) in (1..).zip(text.lines()) {
        if row.starts_with('#') || row.trim().is_empty() || row.starts_with("cve,") {
            continue;
        }
        match score(row) {
            Some((cve, epss)) => into.epss(cve, epss),
            None if found.len() < 20 => {
                found.push(Diagnostic::error("patches.epss-row", Place::line(line).in_file(name)));
            }
            None => {}
        }
    }
    found
}

fn part<'h>(head: &'h str, key: &str) -> &'h str {
    let Some(at) = head.find(key) else { return "" };
    let rest = &head[at + key.len()..];
    rest.split(',').next().unwrap_or_default()
}

fn score(row: &str) -> Option<(&str, Epss)> {
    let mut cells = row.split(',').map(str::trim);
    let cve = cells.next().filter(|c| c.starts_with("CVE-"))?;
    let score: f32 = cells.next()?.parse().ok()?;
    let percentile: f32 = cells.next()?.parse().ok()?;
    let share = 0.0..=1.0;
    (share.contains(&score) && share.contains(&percentile))
        .then_some((cve, Epss { score, percentile }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_head() {
        let text = "#model_version:v2023.03.01,score_date:2023-11-20T00:00:00+0000\ncve,epss,percentile\nCVE-2023-36397,0.01,0.8\nCVE-2023-1,x,1\n";
        let mut builder = Builder::default();
        builder.cve("CVE-2023-36397");
        let found = read("epss.csv", text.as_bytes(), &mut builder);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place.line, Some(4));
        let facts = builder.finish();
        assert_eq!(facts.cves[0].epss.map(|e| e.percentile), Some(0.8));
        assert_eq!(facts.sources[0].released, Some(jiff::civil::date(2023, 11, 20)));
    }
}
