//! Event → Detection: Sigma rules, correlations and indicators.
//!
//! | module | from | to |
//! |---|---|---|
//! | [`sigma`] | YAML | typed rules, each refusal with file, line and reason |
//! | [`taxonomy`] | channel, event id, log source | which rules may look, and where their fields stand |
//! | [`compile`] | rules | one [`compile::Matcher`]; a [`compile::Scanner`] a thread |
//! | [`interpret`] | rules | the same answers slowly: the judge of `compile` |
//! | [`correlate`] | detections in time order | what they mean together |
//! | [`indicators`] | lists, MISP, STIX | addresses, domains, hashes found in events |
//! | [`rules`] | Markdown | tests of rules |
//! | [`hunt`] | files and folders | detections, and what could not be looked at |
//!
//! ```
//! use detect::{compile::Matcher, sigma::{Placeholders, RuleSet}, taxonomy::Taxonomy};
//! use events::{Event, Format};
//!
//! let rule = "title: Log cleared
//! logsource: {product: windows, service: security}
//! detection:
//!   selection: {EventID: 1102}
//!   condition: selection
//! ";
//! let mut rules = RuleSet::default();
//! rules.add_text("log_cleared.yml", rule, &Placeholders::new());
//! let matcher = Matcher::new(rules, Taxonomy::builtin()?, []);
//! let mut scanner = matcher.scanner();
//!
//! let mut event = Event::new(matcher.names().clone());
//! event.begin(Format::Evtx);
//! event.set_channel("Security");
//! event.set_event_id(1102);
//!
//! let mut fired = Vec::new();
//! scanner.scan(&event, &mut fired);
//! assert_eq!(fired, [0]);
//! # Ok::<_, diag::Diagnostic>(())
//! ```
//!
//! Rows, headings and summaries for people are in `packs/locales/*/hunt.toml`.
//!
//! *What this crate must not know:* databases, HTTP, the time of day, people
//! and cases; and no log source or field name in code: those are in
//! `packs/taxonomies`.
//!
//! *To add a modifier:* a word in `sigma::modifiers`, a `Test` if it is a new
//! kind, its meaning in `interpret` **and** in `compile::atom`, what makes it
//! possible in `compile::literal`, and a line in `tests/agreement.rs`.
//! *To add a log source:* an entry in `packs/taxonomies/sigma-*.toml`.
//! *To add a rule of ours:* a file in `packs/rules/sigma` and its cases in
//! `packs/rules/tests`. *To add a format of indicators:* an arm in
//! `indicators::formats`.
#![expect(clippy::result_large_err, reason = "a refusal is rare, and its diagnostic is the answer")]

pub mod compile;
pub mod correlate;
pub mod hunt;
pub mod indicators;
pub mod interpret;
pub mod rules;
pub mod sigma;
pub mod taxonomy;
mod values;

/// Every diagnostic code of this crate.
pub const CODES: &[&str] = &[
    "detect.cache-unwritten",
    "detect.column-missing",
    "detect.condition-invalid",
    "detect.correlation-invalid",
    "detect.correlation-rule-missing",
    "detect.correlation-uncounted",
    "detect.file-unreadable",
    "detect.findings-cut",
    "detect.indicator-invalid",
    "detect.indicators-invalid",
    "detect.indicators-unread",
    "detect.key-missing",
    "detect.level-unknown",
    "detect.modifier-misused",
    "detect.modifier-unknown",
    "detect.placeholder-unresolved",
    "detect.regex-refused",
    "detect.rule-id-twice",
    "detect.search-missing",
    "detect.stix-pattern-unread",
    "detect.taxonomy-invalid",
    "detect.test-heading",
    "detect.timeframe-ignored",
    "detect.value-invalid",
    "detect.warning-list-invalid",
    "detect.yaml-duplicate-key",
    "detect.yaml-invalid",
    "detect.yaml-too-large",
];
