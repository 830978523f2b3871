//! Bytes to facts and hosts.

use diag::{Diagnostic, Place};
use ed25519_dalek::VerifyingKey;

use crate::{
    bulletins,
    facts::{Builder, CveId, Facts, Format},
    inventory::{self, Found},
    pack::{self, Signed},
};

/// A file: its name for people, and its bytes.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// The name as the person gave it.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Facts, and which CVEs were asked for by name.
pub(super) struct Loaded {
    pub(super) facts: Facts,
    pub(super) named: Vec<CveId>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Reads packs, then documents over them, then what names CVEs.
pub(super) fn bulletins(
    documents: &[Input],
    packs: &[Input],
    trusted: &[VerifyingKey],
    cves: Option<&Input>,
    letters: &[Input],
) -> Loaded {
    let mut diagnostics = Vec::new();
    let mut builder = Builder::default();
    for (nth, input) in packs.iter().enumerate() {
        if let Some(facts) = load_pack(input, trusted, &mut diagnostics) {
            if nth == 0 {
                builder = Builder::over(facts);
            } else {
                builder.join(facts);
            }
        }
    }
    for input in documents {
        diagnostics.extend(bulletins::read(&input.name, &input.bytes, &mut builder));
    }
    for input in letters {
        diagnostics.extend(bulletins::letter::read(&input.name, &input.bytes, &mut builder));
    }
    let named =
        cves.map(|input| crate::text::decode(&input.bytes).into_owned()).unwrap_or_default();
    let mut named: Vec<CveId> =
        bulletins::letter::cves(&named).map(|id| builder.cve(&id.to_uppercase())).collect();
    let facts = builder.finish();
    let by_letter =
        (0..).zip(&facts.cves).filter(|(_, c)| !c.named.is_empty() && !letters.is_empty());
    named.extend(by_letter.map(|(at, _)| at));
    named.sort_unstable();
    named.dedup();
    diagnostics.extend(doubts(&facts));
    Loaded { facts, named, diagnostics }
}

fn load_pack(
    input: &Input,
    trusted: &[VerifyingKey],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Facts> {
    let place = || Place::file(&input.name);
    if !matches!(pack::check(&input.bytes, trusted), Ok((_, Signed::By(_)))) && !trusted.is_empty()
    {
        diagnostics.push(Diagnostic::warning("patches.pack-unsigned", place()));
    }
    match pack::load(&input.bytes) {
        Ok((_, facts)) => Some(facts),
        Err(error) => {
            diagnostics
                .push(Diagnostic::error("patches.pack-broken", place()).with("reason", error));
            None
        }
    }
}

/// What the sources say against each other: a catalogue older than the
/// bulletins, a letter whose score is not the vendor's.
fn doubts(facts: &Facts) -> Vec<Diagnostic> {
    let newest =
        facts.sources.iter().filter(|s| s.format == Format::Cvrf).filter_map(|s| s.released).max();
    let catalogues = facts.sources.iter().filter(|s| s.format == Format::Kev);
    let old = catalogues.filter(|s| s.current < newest).map(|s| {
        let old = Diagnostic::warning("patches.kev-old", Place::file(&s.name));
        let day = s.current.map(|d| d.to_string()).unwrap_or_default();
        old.with("day", day).with("bulletins", newest.map(|d| d.to_string()).unwrap_or_default())
    });
    let mut found: Vec<Diagnostic> = old.collect();
    for cve in facts.cves.iter().filter(|c| c.cvss > 0) {
        let says = cve.named.iter().filter_map(|n| Some((n.source, n.cvss?)));
        for (source, said) in says.filter(|(_, said)| *said != cve.cvss) {
            let name = facts.sources.get(usize::from(source)).map_or("", |s| s.name.as_str());
            let differs =
                Diagnostic::note("patches.letter-differs", Place::file(name)).with("cve", &cve.id);
            found.push(differs.with("letter", tenths(said)).with("vendor", tenths(cve.cvss)));
        }
    }
    found
}

fn tenths(score: u8) -> String {
    format!("{}.{}", score / 10, score % 10)
}

/// Reads inventories, each file by itself, and joins what is of one machine.
pub(super) fn inventory(inputs: Vec<Input>) -> Found {
    let parts = in_parallel(&inputs, |input| {
        let mut found = Found::default();
        inventory::read(&input.name, &input.bytes, &mut found);
        found
    });
    drop(inputs);
    let mut all = Found::default();
    for part in parts {
        all.hosts.extend(part.hosts);
        all.diagnostics.extend(part.diagnostics);
    }
    inventory::gather(all)
}

/// Maps items on all cores, in order.
pub(super) fn in_parallel<T: Sync, U: Send>(items: &[T], work: impl Fn(&T) -> U + Sync) -> Vec<U> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let size = items.len().div_ceil(cores).max(1);
    if items.len() < 64 || cores == 1 {
        return items.iter().map(&work).collect();
    }
    std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = items
            .chunks(size)
            .map(|chunk| scope.spawn(move || chunk.iter().map(work).collect::<Vec<U>>()))
            .collect();
        threads
            .into_iter()
            .flat_map(|t| t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}
