//! Tables of contributions and what they come to.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::sigma::Placeholders;

const RULES: &str = "
title: a
name: a
logsource: {product: windows}
detection: {s: {F: a}, condition: s}
---
title: b
name: b
logsource: {product: windows}
detection: {s: {F: b}, condition: s}
---
title: c
correlation:
";

/// `(second, place, group, counted)` → how many times it fires, the end included.
fn fires(correlation: &str, contributions: &[(i64, u32, &str, &str)]) -> usize {
    let mut set = RuleSet::default();
    let section = format!("  {}\n", correlation.replace('\n', "\n  "));
    set.add_text("c.yml", &format!("{RULES}{section}"), &Placeholders::new());
    set.check_references();
    assert_eq!((set.correlations.len(), set.found.len()), (1, 0), "{:?}", set.found);
    let mut correlator = Correlator::new(&set);
    let mut fired = 0;
    for (second, place, group, counted) in contributions {
        let one = Contribution {
            correlation: 0,
            place: *place,
            time: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(*second),
            group: vec![(*group).to_owned()],
            counted: Some(vec![(*counted).to_owned()]),
            record: RecordRef::default(),
        };
        fired += correlator.push(&one).len();
    }
    fired + correlator.finish().len()
}

#[test]
fn event_counts() {
    let three = "type: event_count\nrules: [a]\ngroup-by: [H]\ntimespan: 10s\ncondition: {gte: 3}";
    for (name, times, group, expected) in [
        ("three at once", vec![0, 0, 0], "x", 1),
        ("two", vec![0, 5], "x", 0),
        ("at the edge of the window", vec![0, 5, 10], "x", 1),
        ("beyond it", vec![0, 5, 11], "x", 0),
        ("a burst is one finding", vec![0, 1, 2, 3, 4, 5, 6], "x", 1),
        ("two bursts are two", vec![0, 1, 2, 100, 101, 102], "x", 2),
    ] {
        let list: Vec<_> = times.iter().map(|second| (*second, 0, group, "")).collect();
        assert_eq!(fires(three, &list), expected, "{name}");
    }
    let groups = [(0, 0, "x", ""), (1, 0, "y", ""), (2, 0, "x", "")];
    assert_eq!(fires(three, &groups), 0, "groups are counted apart");
    let few = "type: event_count\nrules: [a]\ngroup-by: [H]\ntimespan: 10s\ncondition: {lte: 2}";
    assert_eq!(fires(few, &[(0, 0, "x", ""), (1, 0, "x", "")]), 1, "an upper bound");
    assert_eq!(fires(few, &[(0, 0, "x", ""), (1, 0, "x", ""), (2, 0, "x", "")]), 0);
}

#[test]
fn value_counts() {
    let three = "type: value_count\nrules: [a]\ngroup-by: [H]\ntimespan: 10s\n\
        condition: {field: V, gte: 3}";
    for (name, values, expected) in [
        ("three values", vec!["1", "2", "3"], 1),
        ("one value thrice", vec!["1", "1", "1"], 0),
        ("repeats do not push others out", vec!["1", "2", "2", "2", "2", "3"], 1),
    ] {
        let list: Vec<_> = (0..).zip(&values).map(|(s, value)| (s, 0, "x", *value)).collect();
        assert_eq!(fires(three, &list), expected, "{name}");
    }
}

#[test]
fn temporal() {
    let any = "type: temporal\nrules: [a, b]\ngroup-by: [H]\ntimespan: 10s";
    let ordered = "type: temporal_ordered\nrules: [a, b]\ngroup-by: [H]\ntimespan: 10s";
    for (name, list, in_any, in_order) in [
        ("in order", vec![(0, 0), (5, 1)], 1, 1),
        ("the other way round", vec![(0, 1), (5, 0)], 1, 0),
        ("too far apart", vec![(0, 0), (11, 1)], 0, 0),
        ("a late start counts", vec![(0, 0), (8, 0), (12, 1)], 1, 1),
        ("one of them only", vec![(0, 0), (1, 0)], 0, 0),
    ] {
        let list: Vec<_> = list.iter().map(|(second, place)| (*second, *place, "x", "")).collect();
        assert_eq!(fires(any, &list), in_any, "{name}");
        assert_eq!(fires(ordered, &list), in_order, "{name}, ordered");
    }
}

#[test]
fn metrics_of_numbers() {
    let rule = |kind: &str, condition: &str| {
        format!(
            "type: {kind}\nrules: [a]\ngroup-by: [H]\ntimespan: 10s\ncondition: {{field: V, {condition}}}"
        )
    };
    for (kind, condition, values, expected) in [
        ("value_sum", "gt: 100", vec!["60", "40"], 0),
        ("value_sum", "gt: 100", vec!["60", "40", "1"], 1),
        ("value_sum", "gte: 100", vec!["60", "words", "40"], 1),
        ("value_sum", "lt: 100", vec!["60", "40"], 0),
        ("value_sum", "lt: 101", vec!["60", "40"], 1),
        ("value_avg", "gt: 15", vec!["10", "20"], 0),
        ("value_avg", "gt: 14.9", vec!["10", "20"], 1),
        ("value_median", "gte: 20", vec!["1", "20", "30"], 1),
        ("value_percentile", "gte: 29, percentile: 95", vec!["10", "20", "30"], 1),
        ("value_percentile", "gte: 29, percentile: 50", vec!["10", "20", "30"], 0),
        ("value_count", "neq: 2", vec!["1", "2"], 0),
        ("value_count", "neq: 2", vec!["1", "2", "3"], 1),
        ("value_count", "gt: 1, lte: 2", vec!["1", "2", "2"], 1),
        ("value_count", "gt: 1, lte: 2", vec!["1", "2", "3"], 0),
    ] {
        let list: Vec<_> = (0..).zip(&values).map(|(s, value)| (s, 0, "x", *value)).collect();
        assert_eq!(fires(&rule(kind, condition), &list), expected, "{kind} {condition} {values:?}");
    }
    let late = [(0, 0, "x", "60"), (11, 0, "x", "60")];
    assert_eq!(fires(&rule("value_sum", "gt: 100"), &late), 0, "what is older has gone");
}

#[test]
fn temporal_may_ask_for_some_of_its_rules() {
    let some = "type: temporal\nrules: [a, b]\ngroup-by: [H]\ntimespan: 10s\ncondition: {gte: 1}";
    assert_eq!(fires(some, &[(0, 1, "x", "")]), 1);
    let none = "type: temporal\nrules: [a, b]\ngroup-by: [H]\ntimespan: 10s\ncondition: {lt: 2}";
    assert_eq!(fires(none, &[(0, 1, "x", "")]), 1);
    assert_eq!(fires(none, &[(0, 1, "x", ""), (1, 0, "x", "")]), 0);
}
