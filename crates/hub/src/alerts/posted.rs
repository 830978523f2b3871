//! A detection as it is posted: one line of `thapcanh hunt --format jsonl`.
//!
//! Only what the hub needs is read; the line itself is kept. What it holds was
//! written by whoever wrote the log, an attacker at worst: texts are cut to a
//! length and lose their control characters before they stand in a column.

use diag::{Diagnostic, Place};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::Level;

/// Most bytes of a line.
const LONGEST: usize = 256 * 1024;
/// Most characters of a text that becomes a column.
const TEXT: usize = 300;

/// A rule's match on a record of a log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Detection)]
pub struct Detection {
    /// When the event happened; of a correlation, the last one.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub time: Option<Timestamp>,
    /// What matched.
    pub rule: Rule,
    /// The indicator, where the match is one's and not a rule's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicator: Option<Indicator>,
    /// The machine as the log names it.
    #[serde(default)]
    pub host: String,
    /// Windows channel.
    #[serde(default)]
    pub channel: String,
    /// Windows event id.
    #[serde(default)]
    pub event_id: Option<u64>,
    /// The source's own number of the record.
    #[serde(default)]
    pub record_id: u64,
    /// The file.
    pub source: Source,
    /// Fields of the rule and the values that matched.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub matched: Map<String, Value>,
    /// Of a correlation: what it counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<Correlation>,
}

/// The rule of a detection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = DetectionRule)]
pub struct Rule {
    /// Identifier, mostly a UUID.
    #[serde(default)]
    pub id: String,
    /// Title.
    #[serde(default)]
    pub title: String,
    /// `informational`, `low`, `medium`, `high` or `critical`.
    pub level: String,
    /// `attack.t1059.001` and the like.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Where it was read from.
    #[serde(default)]
    pub path: String,
    /// Who wrote it; its licence asks for the name wherever it speaks.
    #[serde(default)]
    pub author: String,
    /// Its licence.
    #[serde(default)]
    pub license: String,
    /// Digest of the very version.
    #[serde(default)]
    pub sha256: String,
    /// Addresses to read more at.
    #[serde(default)]
    pub references: Vec<String>,
}

/// The indicator of a detection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = DetectionIndicator)]
pub struct Indicator {
    /// `ip`, `domain`, `sha256` …
    pub kind: String,
    /// The indicator itself.
    pub value: String,
    /// What its list says of it.
    #[serde(default)]
    pub label: String,
}

/// The file of a detection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = DetectionSource)]
pub struct Source {
    /// As the person who hunted named it, an archive's member after `!`.
    #[serde(default)]
    pub path: String,
    /// Bytes from its start to that of the record.
    #[serde(default)]
    pub offset: u64,
    /// Digest of the file, 64 hex digits.
    #[serde(default)]
    #[schema(pattern = "^[0-9a-fA-F]{64}$")]
    pub sha256: String,
}

/// What a correlation counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = DetectionCorrelation)]
pub struct Correlation {
    /// Time of the first that counted.
    #[schema(value_type = String, format = DateTime)]
    pub first: Timestamp,
    /// How many.
    pub count: u64,
    /// Some of the records.
    #[serde(default)]
    pub records: Vec<String>,
}

/// A detection that can be taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Posted {
    /// What was read of it.
    pub detection: Detection,
    /// How much it matters.
    pub level: Level,
    /// Record, rule and time as one digest: within a file, its name.
    pub reference: String,
    /// The line.
    pub raw: String,
}

impl Posted {
    /// Reads a line; `number` is its place in the body.
    pub fn read(number: u64, line: &[u8]) -> Result<Self, Box<Diagnostic>> {
        let wrong = |code, name, value: &dyn std::fmt::Display| {
            Box::new(Diagnostic::error(code, Place::line(number)).with(name, value))
        };
        if line.len() > LONGEST {
            return Err(wrong("alerts.line-long", "most", &(LONGEST / 1024)));
        }
        let raw = std::str::from_utf8(line)
            .map_err(|cause| wrong("alerts.line-unreadable", "cause", &cause))?
            .trim();
        let detection: Detection = serde_json::from_str(raw)
            .map_err(|cause| wrong("alerts.line-unreadable", "cause", &cause))?;
        let level = detection.rule.level.as_str();
        let level = Level::named(level)
            .ok_or_else(|| wrong("alerts.level-unknown", "level", &clean(level)))?;
        if detection.what().is_empty() {
            return Err(wrong("alerts.rule-missing", "rule", &detection.rule.path));
        }
        let digest = &detection.source.sha256;
        if !is_digest(digest) {
            return Err(wrong("alerts.source-missing", "sha256", digest));
        }
        let reference = detection.reference();
        Ok(Self { level, reference, raw: raw.to_owned(), detection })
    }

    /// The digest of the file.
    pub fn source(&self) -> String {
        self.detection.source.sha256.to_ascii_lowercase()
    }
}

impl Detection {
    /// What matched, by the name under which it groups: the rule's identifier,
    /// the indicator, or a title where there is no other.
    pub fn what(&self) -> String {
        match &self.indicator {
            _ if !self.rule.id.trim().is_empty() => clean(&self.rule.id),
            Some(found) => clean(&format!("{}:{}", found.kind, found.value)),
            None => clean(&self.rule.title),
        }
    }

    /// The title that people read.
    pub fn title(&self) -> String {
        let title = clean(&self.rule.title);
        if title.is_empty() { self.what() } else { title }
    }

    /// When it began: of a correlation, the first that counted.
    pub fn began(&self) -> Option<Timestamp> {
        self.correlation.as_ref().map_or(self.time, |span| Some(span.first))
    }

    /// The record, what matched on it, and where: the file's own path is left
    /// out, for a folder may be moved, but not that of a member of an archive;
    /// the rule's version is, for a hunt may be repeated with newer rules.
    fn reference(&self) -> String {
        let member = self.source.path.split_once('!').map(|(_, member)| member);
        let indicator = self.indicator.as_ref().map(|found| (&found.kind, &found.value));
        let span = self.correlation.as_ref().map(|span| (span.first, &self.matched));
        let source = (self.source.sha256.to_ascii_lowercase(), self.source.offset, self.record_id);
        let parts = (source, member, self.time, &self.host, self.what(), indicator, span);
        // Nothing in it can fail to serialise.
        hex::encode(Sha256::digest(serde_json::to_vec(&parts).unwrap_or_default()))
    }
}

/// A text from outside as it may stand in a column.
pub fn clean(text: &str) -> String {
    let printable = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    printable.take(TEXT).collect::<String>().trim().to_owned()
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line() -> Value {
        json!({
            "time": "2024-01-10T02:00:00Z",
            "rule": { "id": "r-1", "title": "Xóa nhật ký", "level": "high", "tags": ["attack.t1070.001"] },
            "host": "SRV-01", "channel": "Security", "event_id": 1102, "record_id": 7,
            "source": { "path": "a/Security.evtx", "offset": 4608, "sha256": "ab".repeat(32) },
            "matched": { "EventID": "1102" }
        })
    }

    fn read(line: &Value) -> Result<Posted, Box<Diagnostic>> {
        Posted::read(1, line.to_string().as_bytes())
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said() {
        let change = |pointer: &str, value: Value| {
            let mut line = line();
            *line.pointer_mut(pointer).unwrap() = value;
            line
        };
        let code = |line: &Value| read(line).map(drop).map_err(|found| found.code.to_string());
        let rows = [
            (line(), Ok(())),
            (change("/rule/id", json!("")), Ok(())),
            (change("/rule", json!({ "level": "low" })), Err("alerts.rule-missing")),
            (change("/rule/level", json!("severe")), Err("alerts.level-unknown")),
            (change("/source/sha256", json!("abc")), Err("alerts.source-missing")),
            (change("/record_id", json!("seven")), Err("alerts.line-unreadable")),
            (json!([1, 2]), Err("alerts.line-unreadable")),
            (change("/host", json!("x".repeat(LONGEST))), Err("alerts.line-long")),
        ];
        for (line, expected) in rows {
            assert_eq!(code(&line), expected.map_err(str::to_owned), "{line:.200}");
        }
        let bytes = Posted::read(3, b"\xff{").unwrap_err();
        assert_eq!((bytes.code.as_ref(), bytes.place.line), ("alerts.line-unreadable", Some(3)));
    }

    #[test]
    fn a_detection_is_the_same_wherever_its_file_lies_and_however_new_its_rule_is() {
        let one = read(&line()).unwrap().reference;
        let with = |pointer: &str, value: Value| {
            let mut line = line();
            *line.pointer_mut(pointer).unwrap() = value;
            read(&line).unwrap().reference
        };
        for (pointer, value, same) in [
            ("/source/path", json!("elsewhere.evtx"), true),
            ("/source/path", json!("kit.zip!a/Security.evtx"), false),
            ("/source/sha256", json!("AB".repeat(32)), true),
            ("/rule/tags", json!([]), true),
            ("/rule/title", json!("Another title"), true),
            ("/matched", json!({}), true),
            ("/source/sha256", json!("cd".repeat(32)), false),
            ("/source/offset", json!(9), false),
            ("/record_id", json!(8), false),
            ("/rule/id", json!("r-2"), false),
            ("/host", json!("SRV-02"), false),
            ("/time", json!("2024-01-10T02:00:01Z"), false),
        ] {
            assert_eq!(with(pointer, value.clone()) == one, same, "{pointer} {value}");
        }
    }

    #[test]
    fn control_characters_do_not_reach_a_column() {
        assert_eq!(clean("\u{0}SRV\n01\u{7f} "), "SRV 01");
        assert_eq!(clean(&"ă".repeat(1000)).chars().count(), TEXT);
    }
}
