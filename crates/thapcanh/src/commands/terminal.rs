//! What the engine commands share: where the answer goes, and findings in words.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use anyhow::{Context, Result};
use diag::Diagnostic;
use jiff::tz::TimeZone;
use words::Lang;

/// Findings shown before the rest is only counted.
const MAX_FINDINGS: usize = 50;

/// The file, or standard output when there is none.
pub fn output(out: Option<&Path>) -> Result<Box<dyn Write + Send>> {
    Ok(match out {
        Some(path) => {
            let file =
                File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            Box::new(BufWriter::new(file))
        }
        None => Box::new(BufWriter::new(io::stdout())),
    })
}

/// Findings to standard error, errors first. With `all` none is left out.
pub fn say(lang: Lang, findings: &[Diagnostic], all: bool) {
    let most = if all { findings.len() } else { MAX_FINDINGS };
    let (errors, others): (Vec<_>, Vec<_>) = findings.iter().partition(|found| found.is_error());
    for found in errors.into_iter().chain(others).take(most) {
        let (text, hint) = lang.diagnostic(found);
        let place = Some(found.place.to_string()).filter(|place| !place.is_empty());
        let place = place.map(|place| format!("{}: ", printable(&place))).unwrap_or_default();
        eprintln!("{place}{} {hint}", printable(&text));
    }
    if let Some(left @ 1..) = findings.len().checked_sub(most) {
        eprintln!("{}", lang.count("cli.engines.more", left as u64));
    }
}

/// A terminal would obey control characters in what others wrote.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '·' } else { c }).collect()
}

/// A zone by its name in the tz database.
pub fn zone(name: &str) -> Result<TimeZone> {
    TimeZone::get(name).with_context(|| format!("no time zone {name}"))
}
