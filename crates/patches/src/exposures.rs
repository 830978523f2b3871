//! Bulletins and inventories in, a report out: what the command line and the
//! hub both call.

mod load;

use std::path::{Path, PathBuf};

use diag::{Diagnostic, Place};
use ed25519_dalek::VerifyingKey;
use jiff::{Timestamp, tz::TimeZone};

pub use load::Input;

use crate::{
    campaign::Campaign,
    facts::{Facts, Format, Month, Severity},
    inventory::Host,
    report::Report,
    verdict::{Assessment, Judge, Question},
};

/// What is asked.
#[derive(Debug, Default)]
pub struct Options {
    /// Documents of any known format, zips of them included.
    pub bulletins: Vec<Input>,
    /// Bulletin packs.
    pub packs: Vec<Input>,
    /// Keys whose signature on a pack is believed.
    pub trusted: Vec<VerifyingKey>,
    /// Inventories of any known format, zips of them included.
    pub inventory: Vec<Input>,
    /// A file that names CVEs: only these are asked about.
    pub cves: Option<Input>,
    /// Authorities' letters: what they name, and the union of grave CVEs in
    /// the months they speak of.
    pub letters: Vec<Input>,
    /// Only these vendor severities; empty for all.
    pub severities: Vec<Severity>,
    /// Only CVEs in CISA's catalogue.
    pub kev: bool,
    /// The day of the question; `None` judges each inventory as it stood when
    /// it was collected.
    pub as_of: Option<Timestamp>,
}

/// Why there is no report at all.
#[derive(Debug, thiserror::Error)]
pub enum CouldNotRun {
    /// No bulletin could be read.
    #[error("no bulletin could be read")]
    NoBulletins(Vec<Diagnostic>),
    /// No machine could be read.
    #[error("no machine could be read")]
    NoHosts(Vec<Diagnostic>),
}

/// Reads everything, judges every host, and gives the report.
pub fn run(options: Options) -> Result<Report, CouldNotRun> {
    let Options { bulletins, packs, trusted, inventory, cves, letters, severities, kev, as_of } =
        options;
    let mut loaded = load::bulletins(&bulletins, &packs, &trusted, cves.as_ref(), &letters);
    drop((bulletins, packs));
    if loaded.facts.rows.is_empty() && loaded.facts.statements.is_empty() {
        return Err(CouldNotRun::NoBulletins(loaded.diagnostics));
    }
    let found = load::inventory(inventory);
    loaded.diagnostics.extend(found.diagnostics);
    if found.hosts.is_empty() {
        return Err(CouldNotRun::NoHosts(loaded.diagnostics));
    }
    let campaign = campaign(&loaded.facts, cves.is_some(), !letters.is_empty());
    let question = question(&loaded, &campaign, &severities, kev, as_of);
    let mut diagnostics = loaded.diagnostics;
    let incomplete = coverage(&loaded.facts, &campaign, kev, as_of, &mut diagnostics);
    let answers = judge(&loaded.facts, &found.hosts, &question);
    Ok(Report {
        facts: loaded.facts,
        hosts: found.hosts,
        answers,
        question,
        incomplete,
        diagnostics,
    })
}

fn campaign(facts: &Facts, cves: bool, letters: bool) -> Campaign {
    match (cves, letters) {
        (_, true) => Campaign::of_letters(facts),
        (true, false) => Campaign { named: true, ..Campaign::default() },
        (false, false) => Campaign::everything(),
    }
}

fn question(
    loaded: &load::Loaded,
    campaign: &Campaign,
    severities: &[Severity],
    kev: bool,
    as_of: Option<Timestamp>,
) -> Question {
    let facts = &loaded.facts;
    let today = as_of.map(|t| t.to_zoned(TimeZone::UTC).date());
    let mut asked = campaign.select(facts, as_of);
    for cve in &loaded.named {
        if let Some(flag) = asked.get_mut(*cve as usize) {
            *flag = true;
        }
    }
    for (flag, cve) in asked.iter_mut().zip(&facts.cves) {
        *flag &= severities.is_empty() || severities.contains(&cve.severity);
        *flag &= !kev || crate::campaign::in_kev(cve, today);
    }
    let is_asked = |cve: &u32| asked.get(*cve as usize).copied().unwrap_or(false);
    let by_name = loaded.named.iter().copied().filter(is_asked).collect();
    Question { asked, by_name, as_of }
}

/// Judges every host, on as many threads as the machine has.
pub fn judge(facts: &Facts, hosts: &[Host], question: &Question) -> Vec<Assessment> {
    let judge = Judge::new(facts);
    load::in_parallel(hosts, |host| judge.host(host, question))
}

/// Whether the data reach as far as the question; what is lacking is named.
/// An answer over data that lack something is never "nothing missing".
fn coverage(
    facts: &Facts,
    campaign: &Campaign,
    kev: bool,
    as_of: Option<Timestamp>,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let before = diagnostics.len();
    let months = facts.months_of(Format::Cvrf);
    let asked = asked_months(campaign, &months);
    for month in asked.iter().filter(|m| !months.contains(m)) {
        diagnostics.push(
            Diagnostic::warning("patches.month-missing", Place::default()).with("month", month),
        );
    }
    let by_range = campaign.from.is_some() && diagnostics.len() > before;
    let late = too_old(facts, campaign, as_of);
    if let (true, Some(ends)) = (late, facts.data_ends()) {
        diagnostics
            .push(Diagnostic::warning("patches.data-ends", Place::default()).with("day", ends));
    }
    let no_kev = kev && facts.cves.iter().all(|c| c.kev.is_none());
    if no_kev {
        diagnostics.push(Diagnostic::error("patches.kev-absent", Place::default()));
    }
    by_range || late || no_kev
}

/// The months the question is about: the range asked for, else all between the
/// first and last loaded.
fn asked_months(campaign: &Campaign, loaded: &[Month]) -> Vec<Month> {
    let first = campaign.from.or(loaded.first().copied());
    let last = campaign.to.or(loaded.last().copied());
    let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
    std::iter::successors(Some(first), |m| Some(m.next()))
        .take_while(|m| *m <= last)
        .take(240)
        .collect()
}

/// Whether a month's bulletins came out between the end of the data and the
/// question's day.
fn too_old(facts: &Facts, campaign: &Campaign, as_of: Option<Timestamp>) -> bool {
    let (Some(as_of), Some(blind), true) = (as_of, facts.blind_from(), campaign.everything) else {
        return false;
    };
    as_of.to_zoned(TimeZone::UTC).date() >= blind
}

/// Every file under some paths, folders walked in order of their names. What
/// cannot be read is named.
pub fn files(paths: &[PathBuf]) -> (Vec<Input>, Vec<Diagnostic>) {
    let (mut inputs, mut found) = (Vec::new(), Vec::new());
    for path in paths {
        walk(path, &mut inputs, &mut found, 16);
    }
    (inputs, found)
}

fn walk(path: &Path, inputs: &mut Vec<Input>, found: &mut Vec<Diagnostic>, depth: usize) {
    let name = path.to_string_lossy().into_owned();
    let unread = |error: &dyn std::fmt::Display| {
        Diagnostic::error("patches.file-unread", Place::file(&name)).with("reason", error)
    };
    if path.is_dir() {
        if depth == 0 {
            return;
        }
        match std::fs::read_dir(path) {
            Ok(entries) => {
                let mut below: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
                below.sort();
                for path in below {
                    walk(&path, inputs, found, depth - 1);
                }
            }
            Err(error) => found.push(unread(&error)),
        }
        return;
    }
    match std::fs::read(path) {
        Ok(bytes) => inputs.push(Input { name, bytes }),
        Err(error) => found.push(unread(&error)),
    }
}
