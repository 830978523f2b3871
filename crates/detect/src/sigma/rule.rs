//! A rule as the Sigma specification 2.1 describes it, typed.

use std::fmt;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::{condition::Condition, correlation::Correlation, pattern::Pattern};

/// What a document of a rule file is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Document {
    /// A rule about one event.
    Rule(Rule),
    /// A rule about several detections.
    Correlation(Correlation),
    /// An exception to other rules.
    Filter(Filter),
}

impl Document {
    /// What is said about it.
    pub fn meta(&self) -> &Meta {
        match self {
            Document::Rule(rule) => &rule.meta,
            Document::Correlation(correlation) => &correlation.meta,
            Document::Filter(filter) => &filter.meta,
        }
    }
}

/// A rule about one event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// What is said about it.
    pub meta: Meta,
    /// The logs it is about.
    pub log_source: LogSource,
    /// What it looks for.
    pub detection: Detection,
}

/// An exception: events that meet it do not fire the rules it names (Sigma filters).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// What is said about it.
    pub meta: Meta,
    /// The logs it is about.
    pub log_source: LogSource,
    /// Ids or names of rules; empty means every rule of the log source.
    pub rules: Vec<String>,
    /// What is excepted.
    pub detection: Detection,
}

/// Named searches and how they combine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    /// The searches in the order of the file.
    pub searches: Vec<(String, Search)>,
    /// Any of these fires the rule; nearly always one.
    pub conditions: Vec<Condition>,
}

/// A search: what must be in the event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Search {
    /// All of these (a mapping).
    All(Vec<Search>),
    /// One of these (a list).
    Any(Vec<Search>),
    /// This.
    Item(Item),
}

/// A field, or the whole event, and the values it is held against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The field; `None` for keywords, which may stand anywhere in the event.
    pub field: Option<String>,
    /// One entry a value of the rule; an entry holds the forms that the value
    /// may take (three for `base64offset`).
    pub values: Vec<Vec<Test>>,
    /// Every value must be found, not just one.
    pub all: bool,
    /// The item holds when the rest does not (`neq`).
    pub negated: bool,
}

/// What one value of a field is held against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Test {
    /// The pattern covers the value (the event's text, for keywords: is in it).
    Pattern {
        /// The pattern.
        pattern: Pattern,
        /// Case counts.
        cased: bool,
    },
    /// A number or truth value in decimal notation; the value has the same text or the same number.
    Number(String),
    /// The regular expression is found in the value. Flags are inside, as `(?ims)`.
    Regex(String),
    /// The value is an address in this range.
    Cidr(IpNet),
    /// The value is a number that compares so.
    Compare(Comparison, f64),
    /// The field is there, or is not.
    Exists(bool),
    /// The value is nothing: no field, an empty one, or null.
    Null,
    /// The value is held against another field of the same event.
    Field {
        /// The other field.
        name: String,
        /// How.
        part: FieldPart,
        /// Case counts.
        cased: bool,
    },
    /// This part of the time in the field is this number.
    TimePart(TimePart, i64),
    /// A placeholder that nobody resolved: never true.
    Unresolved(String),
}

/// How a number compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// Below.
    Lt,
    /// At most.
    Lte,
    /// Above.
    Gt,
    /// At least.
    Gte,
    /// Just that.
    Eq,
    /// Anything else.
    Neq,
}

impl Comparison {
    /// Whether `value` compares so with `limit`.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Comparison::Lt => value < limit,
            Comparison::Lte => value <= limit,
            Comparison::Gt => value > limit,
            Comparison::Gte => value >= limit,
            Comparison::Eq => value.total_cmp(&limit).is_eq(),
            Comparison::Neq => value.total_cmp(&limit).is_ne(),
        }
    }
}

/// Where the other field's value must be in this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldPart {
    /// All of it.
    Whole,
    /// At the start.
    Start,
    /// At the end.
    End,
    /// Anywhere.
    Inside,
}

/// A part of a point in time, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimePart {
    /// 0 to 59.
    Minute,
    /// 0 to 23.
    Hour,
    /// Of the month, from 1.
    Day,
    /// ISO week, from 1.
    Week,
    /// From 1.
    Month,
    /// Such as 2026.
    Year,
}

/// The logs that a rule is about; `None` leaves it open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LogSource {
    /// `windows`, `linux`, …
    pub product: Option<String>,
    /// `process_creation`, `webserver`, …
    pub category: Option<String>,
    /// `security`, `auditd`, …
    pub service: Option<String>,
}

impl fmt::Display for LogSource {
    /// `windows/process_creation/-`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |part: &Option<String>| part.clone().unwrap_or_else(|| "-".to_owned());
        write!(f, "{}/{}/{}", show(&self.product), show(&self.category), show(&self.service))
    }
}

/// How much a detection matters.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Context for other findings.
    #[default]
    Informational,
    /// Worth a look in bulk.
    Low,
    /// Worth a look.
    Medium,
    /// Needs a person today.
    High,
    /// Needs a person now.
    Critical,
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Level; 5] =
        [Level::Informational, Level::Low, Level::Medium, Level::High, Level::Critical];

    /// Sigma's word.
    pub fn name(self) -> &'static str {
        match self {
            Level::Informational => "informational",
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
            Level::Critical => "critical",
        }
    }

    /// The level of Sigma's word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name().eq_ignore_ascii_case(name))
    }
}

/// What is said about a rule. All of it goes with a detection: the licence of
/// public rules asks for the author in every message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    /// UUID, or empty.
    pub id: String,
    /// Name that correlations use, or empty.
    pub name: String,
    /// One line.
    pub title: String,
    /// A paragraph.
    pub description: String,
    /// Who wrote it.
    pub author: String,
    /// SPDX name; where the rule names none, that of the `LICENSE` above it.
    pub license: String,
    /// `stable`, `test`, `experimental`, `deprecated`, `unsupported`.
    pub status: String,
    /// How much a detection matters.
    pub level: Level,
    /// `attack.t1059.001` and kin.
    pub tags: Vec<String>,
    /// Links to read on.
    pub references: Vec<String>,
    /// What sets it off wrongly.
    pub false_positives: Vec<String>,
    /// Day it was written, as the file says it.
    pub date: String,
    /// Day it was changed, as the file says it.
    pub modified: String,
    /// The file, as the person named it.
    pub path: String,
    /// Line of the file where the document begins, from 1.
    pub line: u32,
    /// SHA-256 of the file, in hex: the version of the rule.
    pub sha256: String,
}

impl Meta {
    /// What other rules may call it by.
    pub fn is_called(&self, reference: &str) -> bool {
        !reference.is_empty() && (self.id == reference || self.name == reference)
    }
}
