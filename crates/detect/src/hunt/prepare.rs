//! Rules and indicators, read and compiled before the first event.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use diag::{Diagnostic, Place};

use super::{Options, inputs};
use crate::{
    compile::Matcher,
    correlate::Contributors,
    indicators::{IndicatorSet, WarningLists, read},
    sigma::{Level, RuleFile, RuleSet, cache, read_files},
    taxonomy::Taxonomy,
};

/// Largest file of indicators: a million lines and room to grow.
const MAX_INDICATOR_FILE: u64 = 256 << 20;

/// What a hunt looks for.
#[derive(Debug)]
pub struct Prepared {
    /// The rules.
    pub matcher: Matcher,
    /// Which rules count for which correlations.
    pub contributors: Contributors,
    /// The indicators.
    pub indicators: IndicatorSet,
    /// What never counts as one.
    pub warnings: WarningLists,
    /// What was refused or doubted while reading them.
    pub found: Vec<Diagnostic>,
    /// Whether the rules came from the cache.
    pub from_cache: bool,
    /// Seconds that reading rules took.
    pub rules_seconds: f64,
    /// Seconds that reading indicators took.
    pub indicators_seconds: f64,
}

impl Prepared {
    /// Reads what the options name.
    ///
    /// # Errors
    /// `detect.taxonomy-invalid`, which only a broken build can have.
    pub fn new(options: &Options) -> Result<Self, Diagnostic> {
        let started = Instant::now();
        let (mut set, from_cache) = load(options);
        let mut found = std::mem::take(&mut set.found);
        let contributors = Contributors::new(&set);
        let at_least = |level: Level| level >= options.min_level;
        let correlations = &set.correlations;
        let counted = |number: usize| {
            u32::try_from(number).is_ok_and(|n| contributors.counts(n))
                && correlations.iter().any(|correlation| at_least(correlation.meta.level))
        };
        let keep: Vec<bool> = (0..)
            .zip(&set.rules)
            .map(|(number, rule)| at_least(rule.meta.level) || counted(number))
            .collect();
        let mut keep = keep.into_iter();
        set.rules.retain(|_| keep.next().unwrap_or(true));
        let contributors = Contributors::new(&set);
        let matcher = Matcher::new(set, Taxonomy::builtin()?, []);
        let rules_seconds = started.elapsed().as_secs_f64();
        let started = Instant::now();
        let (indicators, warnings, unread) = load_indicators(&options.indicators);
        found.extend(unread);
        let indicators_seconds = started.elapsed().as_secs_f64();
        Ok(Self {
            matcher,
            contributors,
            indicators,
            warnings,
            found,
            from_cache,
            rules_seconds,
            indicators_seconds,
        })
    }
}

/// The rules, from the cache if it was made of the same files. A cache that
/// cannot be written only makes the next start slower.
fn load(options: &Options) -> (RuleSet, bool) {
    let (placeholders, kept) = (&options.placeholders, options.cache.as_deref());
    let (read, unread) = read_files(&options.rules);
    let files: Vec<RuleFile> = options.rule_texts.iter().cloned().chain(read).collect();
    let fingerprint = cache::fingerprint(&files, placeholders);
    let bytes = kept.and_then(|path| fs::read(path).ok());
    if let Some(mut set) = bytes.and_then(|bytes| cache::from_bytes(&bytes, &fingerprint)) {
        set.found.extend(unread);
        return (set, true);
    }
    let mut set = RuleSet::load(&files, placeholders);
    if let Some(path) = kept
        && let Err(error) = write_whole(path, &cache::to_bytes(&set, &fingerprint))
    {
        let note =
            Diagnostic::note("detect.cache-unwritten", Place::file(path.display().to_string()));
        set.found.push(note.with("reason", error));
    }
    set.found.extend(unread);
    (set, false)
}

/// Through a temporary file, so that nobody reads half a cache.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let temporary = path.with_extension(format!("new{}", std::process::id()));
    fs::write(&temporary, bytes)?;
    fs::rename(&temporary, path)
}

fn load_indicators(paths: &[PathBuf]) -> (IndicatorSet, WarningLists, Vec<Diagnostic>) {
    let (mut set, mut warnings) = (IndicatorSet::new(), WarningLists::default());
    let (files, mut found) = inputs::files(paths);
    for path in files {
        let name = path.display().to_string();
        match read_text(&path) {
            Ok(text) => found.extend(read(&name, &text, None, &mut set, &mut warnings)),
            Err(error) => {
                let unreadable = Diagnostic::error("detect.file-unreadable", Place::file(name));
                found.push(unreadable.with("reason", error));
            }
        }
    }
    (set, warnings, found)
}

fn read_text(path: &Path) -> std::io::Result<String> {
    let size = fs::metadata(path)?.len();
    if size > MAX_INDICATOR_FILE {
        return Err(std::io::Error::other(format!("{size} bytes, at most {MAX_INDICATOR_FILE}")));
    }
    let bytes = fs::read(path)?;
    Ok(String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into()))
}
