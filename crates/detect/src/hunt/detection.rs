//! What was found, and why.

use std::sync::Arc;

use events::RecordRef;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Prepared;
use crate::sigma::{Level, Meta};

/// What set a detection off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    /// A rule, by its number in the rule set.
    Rule(u32),
    /// A correlation, by its number in the rule set.
    Correlation(u32),
    /// An indicator, by its number in the indicator set.
    Indicator(u32),
}

/// A detection and the record it was made on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// What set it off.
    pub what: What,
    /// When the event happened; of a correlation, the last one.
    pub time: Option<Timestamp>,
    /// The machine.
    pub host: String,
    /// Windows channel.
    pub channel: String,
    /// Event id.
    pub event_id: Option<u32>,
    /// The record; of a correlation, the last one kept.
    pub record: RecordRef,
    /// Fields of the rule and the values that matched.
    pub matched: Vec<(String, String)>,
    /// The record's fields as a JSON object.
    pub event: String,
    /// SHA-256 in hex of the file that the record is in, as it lies on disk (an
    /// archive as a whole); empty until the hunt has worked it out.
    pub sha256: Arc<str>,
    /// Of a correlation: when it began, how many, and some of the records.
    pub span: Option<Span>,
}

/// What a correlation counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Time of the first detection that counted.
    pub first: Timestamp,
    /// How many.
    pub count: u64,
    /// Some of the records, first ones first.
    pub records: Vec<RecordRef>,
}

#[derive(Serialize)]
struct RuleLine<'d> {
    id: &'d str,
    title: &'d str,
    level: Level,
    tags: &'d [String],
    path: &'d str,
    author: &'d str,
    #[serde(skip_serializing_if = "str::is_empty")]
    license: &'d str,
    sha256: &'d str,
    references: &'d [String],
}

#[derive(Serialize)]
struct IndicatorLine<'d> {
    kind: &'static str,
    value: &'d str,
    label: &'d str,
    path: &'d str,
}

#[derive(Serialize)]
struct Line<'d> {
    time: Option<Timestamp>,
    rule: RuleLine<'d>,
    #[serde(skip_serializing_if = "Option::is_none")]
    indicator: Option<IndicatorLine<'d>>,
    host: &'d str,
    channel: &'d str,
    event_id: Option<u32>,
    record_id: u64,
    source: Place<'d>,
    matched: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation: Option<SpanLine>,
}

#[derive(Serialize)]
struct Place<'d> {
    path: &'d str,
    offset: u64,
    sha256: &'d str,
}

#[derive(Serialize)]
struct SpanLine {
    first: Timestamp,
    count: u64,
    records: Vec<String>,
}

impl Detection {
    /// What is said about the rule; `None` for an indicator.
    pub fn meta<'p>(&self, prepared: &'p Prepared) -> Option<&'p Meta> {
        let rules = prepared.matcher.rules();
        match self.what {
            What::Rule(number) => rules.rules.get(number as usize).map(|rule| &rule.meta),
            What::Correlation(number) => rules.correlations.get(number as usize).map(|c| &c.meta),
            What::Indicator(_) => None,
        }
    }

    /// How much it matters. An indicator is somebody's finding about this very
    /// address or file: high.
    pub fn level(&self, prepared: &Prepared) -> Level {
        self.meta(prepared).map_or(Level::High, |meta| meta.level)
    }

    /// The rule's title, or the indicator.
    pub fn title(&self, prepared: &Prepared) -> String {
        match (self.meta(prepared), self.what) {
            (Some(meta), _) => meta.title.clone(),
            (None, What::Indicator(number)) => prepared
                .indicators
                .entry(number)
                .map(|entry| format!("{}: {}", entry.kind.name(), entry.text))
                .unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// One JSON object without line ends.
    pub fn to_json(&self, prepared: &Prepared) -> String {
        let title = self.title(prepared);
        let line = Line {
            time: self.time,
            rule: self.rule_line(prepared, &title),
            indicator: self.indicator_line(prepared),
            host: &self.host,
            channel: &self.channel,
            event_id: self.event_id,
            record_id: self.record.id,
            source: Place {
                path: &self.record.file,
                offset: self.record.offset,
                sha256: &self.sha256,
            },
            matched: self.matched_map(),
            correlation: self.span.as_ref().map(|span| SpanLine {
                first: span.first,
                count: span.count,
                records: span.records.iter().map(ToString::to_string).collect(),
            }),
        };
        // Nothing in the line can fail to serialise.
        let mut text = serde_json::to_string(&line).unwrap_or_default();
        if !self.event.is_empty() && text.pop().is_some() {
            text.push_str(",\"event\":");
            text.push_str(&self.event);
            text.push('}');
        }
        text
    }

    fn rule_line<'d>(&'d self, prepared: &'d Prepared, title: &'d str) -> RuleLine<'d> {
        let level = self.level(prepared);
        match self.meta(prepared) {
            Some(meta) => RuleLine {
                id: &meta.id,
                title,
                level,
                tags: &meta.tags,
                path: &meta.path,
                author: &meta.author,
                license: &meta.license,
                sha256: &meta.sha256,
                references: &meta.references,
            },
            None => RuleLine {
                id: "",
                title,
                level,
                tags: &[],
                path: "",
                author: "",
                license: "",
                sha256: "",
                references: &[],
            },
        }
    }

    fn indicator_line<'d>(&self, prepared: &'d Prepared) -> Option<IndicatorLine<'d>> {
        let What::Indicator(number) = self.what else { return None };
        let entry = prepared.indicators.entry(number)?;
        Some(IndicatorLine {
            kind: entry.kind.name(),
            value: entry.text,
            label: entry.label,
            path: entry.source,
        })
    }

    /// A field that matched with several values has them as a list.
    fn matched_map(&self) -> Map<String, Value> {
        let mut map = Map::new();
        for (name, value) in &self.matched {
            let value = Value::from(value.as_str());
            match map.get_mut(name) {
                None => {
                    map.insert(name.clone(), value);
                }
                Some(Value::Array(list)) => list.push(value),
                Some(one) => *one = Value::Array(vec![one.take(), value]),
            }
        }
        map
    }
}
