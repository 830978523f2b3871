//! A Markdown file is a test suite for rules.
//!
//! ````markdown
//! # sigma/windows/log_cleared.yml
//!
//! ## Fires: the security log is cleared
//! ```json
//! {"Channel":"Security","EventID":1102}
//! ```
//!
//! ## Silent: a logon
//! ```json
//! {"Channel":"Security","EventID":4624}
//! ```
//! ````
//!
//! A heading of the first level names a rule file, as the caller resolves it.
//! A heading of the second level is a case; `Fires` or `Silent` (in Vietnamese
//! `Báo` or `Không báo`) is what is expected, and the fenced blocks below it
//! are the input, in any format that `events` reads. Where the rule file holds
//! a correlation, it is the correlation that must fire.

use diag::{Diagnostic, Place};
use events::{Options, Reader};
use jiff::Timestamp;

use crate::{
    compile::Matcher,
    correlate::{Contributors, Correlator},
    sigma::{Placeholders, RuleSet},
    taxonomy::Taxonomy,
};

/// One case and how it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The rule file.
    pub rule: String,
    /// The heading.
    pub name: String,
    /// Line of the heading, from 1.
    pub line: u64,
    /// What the heading expects.
    pub expected: bool,
    /// What happened.
    pub fired: bool,
    /// Events in the input; none is a failure, whatever was expected.
    pub events: u64,
}

impl Case {
    /// Whether it went as expected, with something to look at.
    pub fn passed(&self) -> bool {
        self.fired == self.expected && self.events > 0
    }
}

/// What a file came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The cases in the order of the file.
    pub cases: Vec<Case>,
    /// Rule files that could not be used, headings that say nothing.
    pub found: Vec<Diagnostic>,
}

impl Report {
    /// Whether every case passed and nothing was wrong.
    pub fn passed(&self) -> bool {
        self.found.iter().all(|found| !found.is_error()) && self.cases.iter().all(Case::passed)
    }
}

/// Runs the cases of a file. `read` gives the text of a rule file by the name
/// in the heading; `reference` is the "now" of inputs that leave the year out.
///
/// # Errors
/// `detect.taxonomy-invalid`, which only a broken build can have.
pub fn test_markdown(
    file: &str,
    text: &str,
    reference: Timestamp,
    read: &mut dyn FnMut(&str) -> std::io::Result<String>,
) -> Result<Report, Diagnostic> {
    let mut report = Report::default();
    let taxonomy = Taxonomy::builtin()?;
    for suite in suites(file, text, &mut report.found) {
        let rules = match read(&suite.rule) {
            Ok(text) => rules(&suite.rule, &text),
            Err(error) => {
                let place = Place::line(suite.line).in_file(file);
                let found = Diagnostic::error("detect.file-unreadable", place);
                report.found.push(found.with("reason", error));
                continue;
            }
        };
        report.found.extend(rules.found.iter().cloned());
        let matcher = Matcher::new(rules, taxonomy.clone(), []);
        for case in suite.cases {
            report.cases.push(run(&matcher, &suite.rule, case, reference));
        }
    }
    Ok(report)
}

fn rules(name: &str, text: &str) -> RuleSet {
    let mut set = RuleSet::default();
    set.add_text(name, text, &Placeholders::new());
    set.check_references();
    set
}

struct Suite {
    rule: String,
    line: u64,
    cases: Vec<Written>,
}

struct Written {
    name: String,
    line: u64,
    expected: bool,
    inputs: Vec<String>,
}

fn suites(file: &str, text: &str, found: &mut Vec<Diagnostic>) -> Vec<Suite> {
    let mut suites: Vec<Suite> = Vec::new();
    let mut fence: Option<String> = None;
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(input) = &mut fence {
            if line.trim_end() == "```" {
                let input = fence.take().unwrap_or_default();
                let case = suites.last_mut().and_then(|suite| suite.cases.last_mut());
                if let Some(case) = case {
                    case.inputs.push(input);
                }
            } else {
                input.push_str(line);
                input.push('\n');
            }
        } else if line.starts_with("```") {
            fence = Some(String::new());
        } else if let Some(rule) = line.strip_prefix("# ") {
            let rule = rule.trim().trim_matches('`').to_owned();
            suites.push(Suite { rule, line: number, cases: Vec::new() });
        } else if let Some(name) = line.strip_prefix("## ") {
            if let (Some(expected), Some(suite)) = (expectation(name), suites.last_mut()) {
                suite.cases.push(Written {
                    name: name.trim().to_owned(),
                    line: number,
                    expected,
                    inputs: Vec::new(),
                });
            } else {
                let place = Place::line(number).in_file(file);
                found.push(Diagnostic::error("detect.test-heading", place).with("text", name));
            }
        }
    }
    suites
}

fn expectation(name: &str) -> Option<bool> {
    let name = name.trim().to_lowercase();
    match name.split(':').next().unwrap_or_default().trim() {
        "fires" | "báo" => Some(true),
        "silent" | "không báo" => Some(false),
        _ => None,
    }
}

fn run(matcher: &Matcher, rule: &str, case: Written, reference: Timestamp) -> Case {
    let (mut fired, mut events) = (false, 0);
    let contributors = Contributors::new(matcher.rules());
    let mut contributions = Vec::new();
    for input in &case.inputs {
        let options = Options::new(reference);
        let source = std::io::Cursor::new(input.clone().into_bytes());
        let Ok(mut reader) = Reader::open(&case.name, source, matcher.names().clone(), &options)
        else {
            continue;
        };
        let mut scanner = matcher.scanner();
        while let Some(event) = reader.next() {
            events += 1;
            let mut rules = Vec::new();
            scanner.scan(event, &mut rules);
            fired |= !rules.is_empty();
            for rule in rules {
                contributions.extend(contributors.contributions(matcher, rule, event));
            }
        }
    }
    if !matcher.rules().correlations.is_empty() {
        contributions.sort_by_key(|one| one.time);
        let mut correlator = Correlator::new(matcher.rules());
        let mut found: Vec<_> = contributions.iter().flat_map(|c| correlator.push(c)).collect();
        found.extend(correlator.finish());
        fired = !found.is_empty();
    }
    let Written { name, line, expected, .. } = case;
    Case { rule: rule.to_owned(), name, line, expected, fired, events }
}
