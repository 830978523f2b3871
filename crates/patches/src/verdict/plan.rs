//! What to install on a host: the fewest updates that close what is missing,
//! the newest cumulative one first.

use serde::Serialize;

use super::{Assessment, Judge, Verdict, view::View};
use crate::facts::{CveId, Kind};

/// One update to install.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its KB number.
    pub kb: Kb,
    /// How many missing CVEs it closes.
    pub closes: usize,
}

/// A KB number, written `KB5032196`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kb(pub u32);

impl std::fmt::Display for Kb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KB{}", self.0)
    }
}

impl Serialize for Kb {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Longest plan worth printing for a clerk.
const STEPS: usize = 6;

impl Judge<'_> {
    /// The updates of Windows that close what the host misses.
    pub fn plan(&self, answer: &Assessment) -> Vec<Step> {
        let Some(view) = self.windows_view(&answer.product) else { return Vec::new() };
        let missing =
            answer.findings.iter().filter(|f| f.verdict == Verdict::Missing).map(|f| f.cve);
        let mut open: Vec<&[(usize, usize)]> =
            missing.filter_map(|cve| rows_of(view, cve)).collect();
        let mut steps = Vec::new();
        while steps.len() < STEPS && !open.is_empty() {
            let Some((fix, closes)) = best(view, &open) else { break };
            open.retain(|rows| !closed_by(view, rows, fix));
            let kb = view.fixes.get(fix).map_or(0, |f| f.update.kb);
            steps.push(Step { kb: Kb(kb), closes });
        }
        steps
    }
}

fn rows_of(view: &View, cve: CveId) -> Option<&[(usize, usize)]> {
    let at = view.listed.binary_search_by_key(&cve, |(c, _)| *c).ok()?;
    view.rows.get(view.listed.get(at)?.1.clone())
}

/// The fix that closes most; of equals the newest, and one that any machine
/// can take before a hotpatch.
fn best(view: &View, open: &[&[(usize, usize)]]) -> Option<(usize, usize)> {
    let order =
        |at: usize| view.fixes.get(at).map(|f| (f.update.kind != Kind::Hotpatch, f.update.month));
    let mut newest: Vec<usize> = (0..view.fixes.len())
        .filter(|at| view.fixes.get(*at).is_some_and(|f| f.update.kb > 0))
        .collect();
    newest.sort_by_key(|at| std::cmp::Reverse(order(*at)));
    let mut best: Option<(usize, usize)> = None;
    for fix in newest {
        let closes = open.iter().filter(|rows| closed_by(view, rows, fix)).count();
        if closes == open.len() {
            return Some((fix, closes));
        }
        if closes > best.map_or(0, |(_, most)| most) {
            best = Some((fix, closes));
        }
    }
    best
}

fn closed_by(view: &View, rows: &[(usize, usize)], fix: usize) -> bool {
    rows.iter().any(|(_, at)| view.fixes.get(*at).is_some_and(|f| f.stand_ins.contains(&fix)))
}
