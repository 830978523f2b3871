//! Diagnostics with a bound: a file with a million bad rows must not answer
//! with a million findings, nor hide how many there were.

use std::{borrow::Cow, collections::BTreeMap};

use diag::{Diagnostic, Place};

/// A collector that lists the first findings of each code and counts the rest.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    each: usize,
    seen: BTreeMap<Cow<'static, str>, u64>,
    listed: Vec<Diagnostic>,
}

impl Findings {
    /// Lists up to `each` findings of one code.
    pub fn new(each: usize) -> Self {
        Self { each: each.max(1), ..Self::default() }
    }

    /// Adds a finding, or counts it when enough of its kind are listed.
    pub fn add(&mut self, found: Diagnostic) {
        let seen = self.seen.entry(found.code.clone()).or_default();
        *seen += 1;
        if *seen <= self.each as u64 {
            self.listed.push(found);
        }
    }

    /// Adds all of them.
    pub fn extend(&mut self, found: impl IntoIterator<Item = Diagnostic>) {
        for one in found {
            self.add(one);
        }
    }

    /// How many findings of this code there were, listed or not.
    pub fn count(&self, code: &str) -> u64 {
        self.seen.get(code).copied().unwrap_or(0)
    }

    /// What was found; one note per code says how many were not listed.
    pub fn into_list(mut self) -> Vec<Diagnostic> {
        for (code, seen) in self.seen {
            let hidden = seen.saturating_sub(self.each as u64);
            if hidden > 0 {
                let note = Diagnostic::note("tables.more-findings", Place::default());
                self.listed.push(note.with("code", code).with("count", hidden));
            }
        }
        self.listed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_counted() {
        let mut findings = Findings::new(2);
        for line in 1..=5 {
            findings.add(Diagnostic::warning("t.bad", Place::line(line)));
        }
        let list = findings.into_list();
        assert_eq!(list.len(), 3);
        assert_eq!(list[2].values["count"], "3");
    }
}
