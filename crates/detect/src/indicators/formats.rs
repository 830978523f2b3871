//! Files of indicators: recognised by content, read row by row.
//!
//! Plain lists (one a line, `#` comments), ipsum (`address<TAB>count`), maltrail
//! trails (a `# Reference:` heading or a comment after the value), CSV with a
//! header or a mapping, MISP events, STIX 2.1 bundles, and warning lists.

use diag::{Diagnostic, Place};
use serde_json::Value;

use super::{
    normal::{Kind, classify, of},
    set::IndicatorSet,
    stix,
    warnings::WarningLists,
};

/// Which columns of a CSV hold what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CsvMapping {
    /// Header of the column with the indicator.
    pub value: String,
    /// Header of the column with a label, such as a family.
    pub label: Option<String>,
    /// What the column holds; found out value by value if not said.
    pub kind: Option<Kind>,
}

/// Headers that hold indicators in lists that do not come with a mapping.
const VALUE_HEADERS: [&str; 14] = [
    "indicator",
    "ioc",
    "value",
    "ip",
    "ip_address",
    "dst_ip",
    "address",
    "domain",
    "hostname",
    "fqdn",
    "url",
    "md5",
    "sha1",
    "sha256",
];
/// Headers that say what it is about.
const LABEL_HEADERS: [&str; 7] =
    ["malware", "family", "threat", "infection", "tag", "description", "comment"];
/// Diagnostics about one file.
const MAX_FOUND: usize = 100;

/// Reads a file of indicators into the set, or a warning list into the lists.
/// Rows that are no indicators are reported, up to a hundred a file and a count.
pub fn read(
    file: &str,
    text: &str,
    mapping: Option<&CsvMapping>,
    set: &mut IndicatorSet,
    warnings: &mut WarningLists,
) -> Vec<Diagnostic> {
    let mut reading = Reading { file, set, found: Vec::new(), unread: 0 };
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with(['{', '[']) {
        reading.json(text, warnings);
    } else if mapping.is_some() || looks_like_csv(text) {
        reading.csv(text, mapping);
    } else {
        reading.set.reserve(text.len() / 24);
        reading.lines(text);
    }
    reading.finish()
}

/// The first line that is no comment names a column that we know.
fn looks_like_csv(text: &str) -> bool {
    let first = text.lines().find(|line| !line.starts_with('#') && !line.trim().is_empty());
    first.is_some_and(|line| {
        line.contains(',') && line.split(',').any(|h| VALUE_HEADERS.contains(&header(h).as_str()))
    })
}

fn header(text: &str) -> String {
    text.trim().trim_matches('"').to_ascii_lowercase()
}

struct Reading<'r> {
    file: &'r str,
    set: &'r mut IndicatorSet,
    found: Vec<Diagnostic>,
    unread: u64,
}

impl Reading<'_> {
    fn finish(mut self) -> Vec<Diagnostic> {
        if self.unread > MAX_FOUND as u64 {
            let more = Diagnostic::warning("detect.indicators-unread", Place::file(self.file));
            self.found.push(more.with("count", self.unread));
        }
        self.found
    }

    fn refuse(&mut self, place: Place, text: &str) {
        self.unread += 1;
        if self.found.len() < MAX_FOUND {
            let found = Diagnostic::warning("detect.indicator-invalid", place.in_file(self.file));
            self.found.push(found.with("text", text));
        }
    }

    fn lines(&mut self, text: &str) {
        let mut heading = String::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if let Some(comment) = line.strip_prefix('#').or_else(|| line.strip_prefix(';')) {
                if let Some(reference) = comment.trim().strip_prefix("Reference:") {
                    reference.trim().clone_into(&mut heading);
                }
                continue;
            }
            if line.is_empty() {
                continue;
            }
            let (value, comment) = match line.find([' ', '\t', ',', ';']) {
                Some(at) => (&line[..at], line[at..].trim_matches([' ', '\t', ',', ';', '#'])),
                None => (line, ""),
            };
            let label = if comment.is_empty() { heading.as_str() } else { comment };
            match classify(value) {
                Some(indicator) => {
                    self.set.add(&indicator, self.file, label);
                }
                None => self.refuse(Place::line(number), line),
            }
        }
    }

    fn csv(&mut self, text: &str, mapping: Option<&CsvMapping>) {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .comment(Some(b'#'))
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let headers: Vec<String> =
            reader.headers().map(|row| row.iter().map(header).collect()).unwrap_or_default();
        let Some(columns) = Columns::new(&headers, mapping) else {
            let found = Diagnostic::error("detect.column-missing", Place::file(self.file));
            let wanted = mapping.map(|mapping| mapping.value.clone()).unwrap_or_default();
            self.found.push(found.with("column", wanted));
            return;
        };
        for row in reader.records() {
            match row {
                Ok(row) => self.row(&row, &columns),
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    self.refuse(Place::line(line), &error.to_string());
                }
            }
        }
    }

    fn row(&mut self, row: &csv::StringRecord, columns: &Columns) {
        let label = columns.label.and_then(|at| row.get(at)).unwrap_or_default();
        let line = row.position().map_or(0, csv::Position::line);
        for at in &columns.values {
            let value = row.get(*at).unwrap_or_default();
            if value.is_empty() {
                continue;
            }
            let indicator = match columns.kind {
                Some(kind) => of(kind, value),
                None => classify(value),
            };
            match indicator {
                Some(indicator) => {
                    self.set.add(&indicator, self.file, label);
                }
                None => self.refuse(Place::line(line), value),
            }
        }
    }

    fn json(&mut self, text: &str, warnings: &mut WarningLists) {
        let value: Value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(error) => {
                let place = Place::line(error.line() as u64).in_file(self.file);
                let found = Diagnostic::error("detect.indicators-invalid", place);
                self.found.push(found.with("reason", error.to_string()));
                return;
            }
        };
        if value.get("list").is_some() && value.get("type").is_some() {
            self.found.extend(warnings.add(self.file, text).err());
        } else if value.get("type").and_then(Value::as_str) == Some("bundle") {
            let objects = value.get("objects").and_then(Value::as_array);
            objects.into_iter().flatten().for_each(|object| self.stix(object));
        } else {
            self.misp(&value, 0);
        }
    }

    fn stix(&mut self, object: &Value) {
        let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
        if text("type") != "indicator" || object.get("revoked") == Some(&Value::Bool(true)) {
            return;
        }
        if let Some(list) = stix::indicators(text("pattern")) {
            for indicator in list {
                self.set.add(&indicator, self.file, text("name"));
            }
        } else {
            let found = Diagnostic::warning("detect.stix-pattern-unread", Place::file(self.file));
            self.found.push(found.with("pattern", text("pattern")));
        }
    }

    /// An event, a response with several, or a list: attributes stand in
    /// `Event`, `Attribute` and `Object`.
    fn misp(&mut self, value: &Value, depth: usize) {
        if depth > 8 {
            return;
        }
        match value {
            Value::Array(list) => list.iter().for_each(|inner| self.misp(inner, depth + 1)),
            Value::Object(map) => {
                if let (Some(Value::String(kind)), Some(Value::String(value))) =
                    (map.get("type"), map.get("value"))
                {
                    let comment = map.get("comment").and_then(Value::as_str).unwrap_or_default();
                    self.attribute(kind, value, comment);
                }
                for key in ["response", "Event", "Attribute", "Object"] {
                    map.get(key).into_iter().for_each(|inner| self.misp(inner, depth + 1));
                }
            }
            _ => {}
        }
    }

    /// Types with two values (`domain|ip`, `filename|md5`) name both.
    fn attribute(&mut self, kind: &str, value: &str, comment: &str) {
        for (kind, value) in kind.split('|').zip(value.split('|')) {
            let indicator = match kind {
                "ip" | "ip-src" | "ip-dst" => classify(value),
                "domain" | "hostname" => of(Kind::Domain, value),
                "url" => of(Kind::Url, value),
                "md5" | "sha1" | "sha256" => of(Kind::Hash, value),
                "filename" => of(Kind::File, value),
                // Words, mail subjects and the like.
                _ => continue,
            };
            match indicator {
                Some(indicator) => {
                    self.set.add(&indicator, self.file, comment);
                }
                None => self.refuse(Place::file(self.file), value),
            }
        }
    }
}

struct Columns {
    values: Vec<usize>,
    label: Option<usize>,
    kind: Option<Kind>,
}

impl Columns {
    fn new(headers: &[String], mapping: Option<&CsvMapping>) -> Option<Self> {
        let at = |name: &str| headers.iter().position(|h| *h == header(name));
        if let Some(mapping) = mapping {
            let label = mapping.label.as_deref().and_then(at);
            return Some(Self { values: vec![at(&mapping.value)?], label, kind: mapping.kind });
        }
        let values: Vec<usize> = VALUE_HEADERS.iter().filter_map(|name| at(name)).collect();
        let label = LABEL_HEADERS.iter().find_map(|name| at(name));
        (!values.is_empty()).then_some(Self { values, label, kind: None })
    }
}
