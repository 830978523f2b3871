//! Diagnostics of one input, in bounded memory.

use std::collections::BTreeMap;

use diag::{Diagnostic, Place};

/// Findings with one code that are kept; the rest is counted.
const MOST_OF_A_CODE: u64 = 50;

/// What was wrong with one input so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    kept: Vec<Diagnostic>,
    seen: BTreeMap<String, u64>,
}

impl Findings {
    /// Adds one.
    pub(crate) fn push(&mut self, found: Diagnostic) {
        let seen = self.seen.entry(found.code.to_string()).or_default();
        *seen += 1;
        if *seen <= MOST_OF_A_CODE {
            self.kept.push(found);
        }
    }

    /// All of them, with the number of those that were too many to keep.
    pub(crate) fn take(&mut self) -> Vec<Diagnostic> {
        for (code, seen) in std::mem::take(&mut self.seen) {
            if let Some(more) = seen.checked_sub(MOST_OF_A_CODE).filter(|more| *more > 0) {
                self.kept.push(
                    Diagnostic::note("events.more-of-the-same", Place::default())
                        .with("code", code)
                        .with("count", more),
                );
            }
        }
        std::mem::take(&mut self.kept)
    }
}
