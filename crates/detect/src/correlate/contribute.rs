//! What a detection adds to the correlations that count it.

use events::{Event, RecordRef};
use jiff::Timestamp;

use crate::{
    compile::Matcher,
    interpret::origin,
    sigma::{
        Meta, RuleSet,
        correlation::{Correlation, CorrelationKind},
    },
    values::Access,
};

/// What a detection adds to a correlation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// Number of the correlation in [`RuleSet::correlations`].
    pub correlation: u32,
    /// Which of its rules was detected, from 0.
    pub place: u32,
    /// When the event happened.
    pub time: Timestamp,
    /// The values of `group-by`.
    pub group: Vec<String>,
    /// The values that a `value_count` counts or a metric is worked out from;
    /// `None` if a field is missing.
    pub counted: Option<Vec<String>>,
    /// The record.
    pub record: RecordRef,
}

/// Which rules count for which correlations.
#[derive(Clone, Debug, Default)]
pub struct Contributors {
    /// By rule: correlation and place among its rules.
    by_rule: Vec<Vec<(u32, u32)>>,
}

impl Contributors {
    /// From the references in the rules.
    pub fn new(rules: &RuleSet) -> Self {
        let counted = |meta: &Meta| counted_by(&rules.correlations, meta);
        Self { by_rule: rules.rules.iter().map(|rule| counted(&rule.meta)).collect() }
    }

    /// Whether any correlation counts the rule.
    pub fn counts(&self, rule: u32) -> bool {
        self.by_rule.get(rule as usize).is_some_and(|list| !list.is_empty())
    }

    /// Whether detections of the rule are shown for themselves: not if they
    /// only serve correlations that did not ask for it (`generate`).
    pub fn shows(&self, rule: u32, rules: &RuleSet) -> bool {
        let list = self.by_rule.get(rule as usize).map(Vec::as_slice).unwrap_or_default();
        let generates = |(number, _): &(u32, u32)| {
            rules.correlations.get(*number as usize).is_some_and(|c| c.generate)
        };
        list.is_empty() || list.iter().any(generates)
    }

    /// What a detection adds. An event without a time or without one of the
    /// fields of `group-by` adds nothing.
    pub fn contributions(&self, matcher: &Matcher, rule: u32, event: &Event) -> Vec<Contribution> {
        let list = self.by_rule.get(rule as usize).map(Vec::as_slice).unwrap_or_default();
        let Some(time) = event.time().filter(|_| !list.is_empty()) else { return Vec::new() };
        let one = |(number, place): &(u32, u32)| {
            let correlation = matcher.rules().correlations.get(*number as usize)?;
            let meta = &matcher.rules().rules.get(rule as usize)?.meta;
            let value =
                |name: &String| field(matcher, rule, correlation.field_of(name, meta), event);
            Some(Contribution {
                correlation: *number,
                place: *place,
                time: time.at,
                group: correlation.group_by.iter().map(value).collect::<Option<_>>()?,
                counted: counted_fields(correlation).iter().map(value).collect(),
                record: event.record().clone(),
            })
        };
        list.iter().filter_map(one).collect()
    }
}

/// The value of a rule's field, wherever the taxonomy says it stands.
fn field(matcher: &Matcher, rule: u32, name: &str, event: &Event) -> Option<String> {
    let log_source = &matcher.rules().rules.get(rule as usize)?.log_source;
    let views = matcher.taxonomy().views(&origin(event));
    let source = views.iter().find(|view| view.admits(log_source)).and_then(|v| v.field(name));
    let access = Access::new(name, source, &|name| event.names().find(name));
    let mut first = None;
    access.visit(event, &mut |value| {
        first = Some(value.text().into_owned());
        false
    });
    first.filter(|text| !text.is_empty())
}

pub(super) fn counted_fields(correlation: &Correlation) -> &[String] {
    match &correlation.kind {
        CorrelationKind::ValueCount { fields, .. } => fields,
        CorrelationKind::Metric { field, .. } => std::slice::from_ref(field),
        _ => &[],
    }
}

/// The correlations that refer to this rule, each with its place among their rules.
pub(super) fn counted_by(correlations: &[Correlation], meta: &Meta) -> Vec<(u32, u32)> {
    let mut list = Vec::new();
    for (number, correlation) in (0..).zip(correlations) {
        for (place, name) in (0..).zip(&correlation.rules) {
            if meta.is_called(name) {
                list.push((number, place));
            }
        }
    }
    list
}
