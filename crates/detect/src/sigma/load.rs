//! Text of a rule file → rules, with the reason for every one that is refused.

use diag::Diagnostic;
use sha2::{Digest, Sha256};

use super::{
    correlation::{Correlation, CorrelationKind, Metric, Threshold, timespan},
    modifiers::Placeholders,
    rule::{Comparison, Document, Filter, Level, LogSource, Meta, Rule},
    search::{detection, line, missing},
    yaml::{self, Node},
};

/// What a file held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// Its rules, correlations and filters.
    pub documents: Vec<Document>,
    /// What was refused (errors) or doubted.
    pub found: Vec<Diagnostic>,
}

/// Reads the documents of a rule file. `path` is the name under which the file
/// is shown. A refused document does not take the others with it.
pub fn load(path: &str, text: &str, placeholders: &Placeholders) -> Loaded {
    let mut loaded = Loaded::default();
    let sha256 = hex::encode(Sha256::digest(text.as_bytes()));
    match yaml::documents(text) {
        Err(found) => loaded.found.push(found),
        Ok(nodes) => {
            for node in nodes.iter().filter(|node| node.kind != yaml::Kind::Null) {
                let origin = Origin { path, sha256: &sha256, placeholders };
                match document(node, &origin, &mut loaded.found) {
                    Ok(document) => loaded.documents.push(document),
                    Err(found) => loaded.found.push(found),
                }
            }
        }
    }
    loaded.found = loaded.found.into_iter().map(|found| found.in_file(path)).collect();
    loaded
}

struct Origin<'o> {
    path: &'o str,
    sha256: &'o str,
    placeholders: &'o Placeholders,
}

fn document(
    node: &Node,
    origin: &Origin<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Document, Diagnostic> {
    let meta = meta(node, origin, notes)?;
    if let Some(section) = node.get("correlation") {
        return correlation(meta, section).map(Document::Correlation);
    }
    let log_source = log_source(node)?;
    if let Some(section) = node.get("filter") {
        let detection = detection(section_of_filter(section), origin.placeholders, notes)?;
        let rules = section.get("rules").map(texts).unwrap_or_default();
        let rules = if rules.iter().any(|rule| rule == "any") { Vec::new() } else { rules };
        return Ok(Document::Filter(Filter { meta, log_source, rules, detection }));
    }
    let section = node.get("detection").ok_or_else(|| missing("detection", node.line))?;
    let detection = detection(section, origin.placeholders, notes)?;
    Ok(Document::Rule(Rule { meta, log_source, detection }))
}

/// The searches of a filter stand beside its `rules`, or one level deeper.
fn section_of_filter(section: &Node) -> &Node {
    section.get("detection").unwrap_or(section)
}

fn meta(node: &Node, origin: &Origin<'_>, notes: &mut Vec<Diagnostic>) -> Result<Meta, Diagnostic> {
    let text = |key: &str| {
        node.get(key).and_then(Node::text).map(|text| text.trim().to_owned()).unwrap_or_default()
    };
    let list = |key: &str| node.get(key).map(texts).unwrap_or_default();
    let title = text("title");
    if title.is_empty() {
        return Err(missing("title", node.line));
    }
    Ok(Meta {
        id: text("id"),
        name: text("name"),
        title,
        description: text("description"),
        author: text("author"),
        license: text("license"),
        status: text("status"),
        level: level(node, notes),
        tags: list("tags"),
        references: list("references"),
        false_positives: list("falsepositives"),
        date: text("date"),
        modified: text("modified"),
        path: origin.path.to_owned(),
        line: node.line,
        sha256: origin.sha256.to_owned(),
    })
}

/// A rule without a level, or with one that nobody knows, counts as medium: too
/// low would hide it.
fn level(node: &Node, notes: &mut Vec<Diagnostic>) -> Level {
    let Some(value) = node.get("level") else { return Level::Medium };
    let text = value.text().unwrap_or_default();
    Level::named(text).unwrap_or_else(|| {
        let found = Diagnostic::warning("detect.level-unknown", line(value.line));
        notes.push(found.with("level", text));
        Level::Medium
    })
}

fn log_source(node: &Node) -> Result<LogSource, Diagnostic> {
    let section = node.get("logsource").ok_or_else(|| missing("logsource", node.line))?;
    let part =
        |key: &str| section.get(key).and_then(Node::text).map(str::trim).filter(|t| !t.is_empty());
    let part = |key: &str| part(key).map(str::to_ascii_lowercase);
    Ok(LogSource { product: part("product"), category: part("category"), service: part("service") })
}

fn correlation(meta: Meta, section: &Node) -> Result<Correlation, Diagnostic> {
    let refuse = |reason: &str| {
        Diagnostic::error("detect.correlation-invalid", line(section.line)).with("reason", reason)
    };
    let list = |key: &str| section.get(key).map(texts).unwrap_or_default();
    let rules = list("rules");
    if rules.is_empty() {
        return Err(missing("rules", section.line));
    }
    let seconds = section.get("timespan").or_else(|| section.get("timeframe"));
    let seconds = seconds.and_then(Node::text).and_then(timespan);
    Ok(Correlation {
        kind: kind(section, rules.len()).map_err(refuse)?,
        rules,
        group_by: list("group-by"),
        timespan: seconds.ok_or_else(|| refuse("timespan"))?,
        aliases: section.get("aliases").map(aliases).unwrap_or_default(),
        generate: section.get("generate").and_then(Node::text) == Some("true"),
        meta,
    })
}

/// What is looked for, or which key of the section does not say it.
fn kind(section: &Node, rules: usize) -> Result<CorrelationKind, &'static str> {
    let condition = section.get("condition");
    let field = || condition.and_then(|node| node.get("field")).ok_or("condition: field");
    let given = || condition.and_then(threshold).ok_or("condition");
    let of_rules = || condition.map_or(Ok(Threshold::at_least(rules)), |_| given());
    let metric = |metric| {
        let field = field()?.text().ok_or("condition: field")?.to_owned();
        Ok(CorrelationKind::Metric { metric, field, threshold: given()? })
    };
    match section.get("type").and_then(Node::text) {
        Some("event_count") => given().map(CorrelationKind::EventCount),
        Some("value_count") => {
            Ok(CorrelationKind::ValueCount { fields: texts(field()?), threshold: given()? })
        }
        Some("value_sum") => metric(Metric::Sum),
        Some("value_avg") => metric(Metric::Average),
        Some("value_median") => metric(Metric::Percentile(50.0)),
        Some("value_percentile") => metric(Metric::Percentile(share(condition)?)),
        Some("temporal") => of_rules().map(CorrelationKind::Temporal),
        // In order, fewer than all of them has no meaning.
        Some("temporal_ordered") if of_rules()?.holds(rules as f64) => {
            Ok(CorrelationKind::TemporalOrdered)
        }
        Some("temporal_ordered") => Err("condition"),
        _ => Err("type"),
    }
}

/// Which percentile; the specification only says that the median is the 50th.
fn share(condition: Option<&Node>) -> Result<f64, &'static str> {
    let Some(node) = condition.and_then(|node| node.get("percentile")) else { return Ok(50.0) };
    let share = node.text().and_then(|text| text.parse().ok());
    share.filter(|share| (0.0..=100.0).contains(share)).ok_or("condition: percentile")
}

fn threshold(node: &Node) -> Option<Threshold> {
    let is_bound = |name: &str| !matches!(name, "field" | "percentile");
    let bounds = node.map()?.iter().filter(|(key, _)| is_bound(&key.name));
    let bound = |(key, value): &(yaml::Key, Node)| {
        let comparison = match key.name.as_str() {
            "gte" => Comparison::Gte,
            "gt" => Comparison::Gt,
            "lte" => Comparison::Lte,
            "lt" => Comparison::Lt,
            "eq" => Comparison::Eq,
            "neq" => Comparison::Neq,
            _ => return None,
        };
        let limit: f64 = value.text()?.parse().ok()?;
        limit.is_finite().then_some((comparison, limit))
    };
    let bounds: Vec<_> = bounds.map(bound).collect::<Option<_>>()?;
    (!bounds.is_empty()).then_some(Threshold(bounds))
}

fn aliases(node: &Node) -> Vec<(String, Vec<(String, String)>)> {
    let fields = |node: &Node| {
        let pairs = node.map().unwrap_or_default().iter();
        pairs.filter_map(|(key, v)| Some((key.name.clone(), v.text()?.to_owned()))).collect()
    };
    let pairs = node.map().unwrap_or_default().iter();
    pairs.map(|(key, value)| (key.name.clone(), fields(value))).collect()
}

fn texts(node: &Node) -> Vec<String> {
    node.members().iter().filter_map(Node::text).map(|text| text.trim().to_owned()).collect()
}
