//! Rules about several detections (Sigma correlation rules 2.1).

use serde::{Deserialize, Serialize};

use super::rule::Meta;

/// A correlation rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// What is said about it.
    pub meta: Meta,
    /// What is looked for.
    pub kind: CorrelationKind,
    /// Ids or names of the rules whose detections count, in the order of the file.
    pub rules: Vec<String>,
    /// Detections count together when these fields are equal; names may be aliases.
    pub group_by: Vec<String>,
    /// Length of the window in seconds.
    pub timespan: i64,
    /// Alias → (rule → field).
    pub aliases: Vec<(String, Vec<(String, String)>)>,
    /// Detections of the rules it refers to are shown as well (`generate: true`).
    pub generate: bool,
}

impl Correlation {
    /// Every field that it reads from an event.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        let counted: &[String] = match &self.kind {
            CorrelationKind::ValueCount { fields, .. } => fields,
            _ => &[],
        };
        let aliased = self.aliases.iter().flat_map(|(_, rules)| rules.iter().map(|(_, f)| f));
        self.group_by.iter().chain(counted).chain(aliased).map(String::as_str)
    }

    /// The field that a name of `group-by` or of the condition means in
    /// detections of a rule that is called by any of these names.
    pub fn field_of<'c>(&'c self, name: &'c str, rule: &Meta) -> &'c str {
        let alias = self.aliases.iter().find(|(alias, _)| alias == name);
        let mapped = alias.and_then(|(_, rules)| rules.iter().find(|(r, _)| rule.is_called(r)));
        mapped.map_or(name, |(_, field)| field)
    }
}

/// What a correlation looks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CorrelationKind {
    /// So many detections.
    EventCount(Threshold),
    /// So many distinct values of the field.
    ValueCount {
        /// The field, or fields taken together.
        fields: Vec<String>,
        /// How many.
        threshold: Threshold,
    },
    /// Every one of the rules, in any order.
    Temporal,
    /// Every one of the rules, in the order given.
    TemporalOrdered,
}

/// Bounds that a count must be within; both ends inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threshold {
    /// At least.
    pub min: u64,
    /// At most.
    pub max: u64,
}

impl Threshold {
    /// Whether the count is within.
    pub fn holds(self, count: u64) -> bool {
        (self.min..=self.max).contains(&count)
    }
}

/// Seconds of `15s`, `30m`, `1h`, `7d`, `4w`, `1M` (30 days), `1y` (365 days).
pub fn timespan(text: &str) -> Option<i64> {
    let text = text.trim();
    let unit = text.chars().last()?;
    let number: i64 = text[..text.len() - unit.len_utf8()].trim().parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        'M' => 2_592_000,
        'y' => 31_536_000,
        _ => return None,
    };
    number.checked_mul(seconds).filter(|n| *n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timespans() {
        for (text, seconds) in
            [("15s", Some(15)), ("5m", Some(300)), ("1h", Some(3600)), ("1M", Some(2_592_000))]
        {
            assert_eq!(timespan(text), seconds);
        }
        for text in ["", "m", "-5m", "5", "5x", "99999999999999999y"] {
            assert_eq!(timespan(text), None, "{text}");
        }
    }
}
