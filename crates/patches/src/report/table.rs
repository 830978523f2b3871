//! The report for a terminal: a line a host, then what to do on each.

use std::io::{self, Write};

use super::Report;
use crate::verdict::Judge;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let judge = Judge::new(&report.facts);
    let name = |at: usize| report.hosts.get(at).map_or("", |h| h.name.as_str());
    let wide =
        (0..report.hosts.len()).map(|at| name(at).chars().count()).max().unwrap_or(0).clamp(4, 40);
    writeln!(
        out,
        "{:wide$}  {:>6} {:>6} {:>7} {:>7}  product",
        "host", "listed", "fixed", "missing", "unknown"
    )?;
    for (at, answer) in report.answers.iter().enumerate() {
        let s = answer.summary();
        let product = answer.product.as_ref().map_or("?", |p| p.name.as_str());
        let build = report.hosts.get(at).map(|h| h.os.build_text()).unwrap_or_default();
        writeln!(
            out,
            "{:wide$}  {:>6} {:>6} {:>7} {:>7}  {product} [{build}]",
            name(at),
            s.listed,
            s.fixed,
            s.missing,
            s.unknown
        )?;
    }
    writeln!(out)?;
    for (at, answer) in report.answers.iter().enumerate() {
        for step in judge.plan(answer) {
            writeln!(
                out,
                "{}: install {} and restart (closes {})",
                name(at),
                step.kb,
                step.closes
            )?;
        }
        for warning in report.warnings(at) {
            writeln!(out, "{}: {warning}", name(at))?;
        }
    }
    for found in &report.diagnostics {
        writeln!(out, "{found}")?;
    }
    let (all, handled, missing) = report.totals();
    writeln!(out, "{handled} of {all} hosts handled; {missing} with something missing")
}
