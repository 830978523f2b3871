//! Rules about several detections (Sigma correlation rules 2.1).

use serde::{Deserialize, Serialize};

use super::rule::{Comparison, Meta};

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
            CorrelationKind::Metric { field, .. } => std::slice::from_ref(field),
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
    /// A number worked out from the numbers in the field.
    Metric {
        /// What is worked out.
        metric: Metric,
        /// The field; what is no number in it does not count.
        field: String,
        /// What the result is held against.
        threshold: Threshold,
    },
    /// So many different ones of the rules, in any order; all, if it does not say.
    Temporal(Threshold),
    /// Every one of the rules, in the order given.
    TemporalOrdered,
}

/// What is worked out from the numbers of a window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Metric {
    /// `value_sum`
    Sum,
    /// `value_avg`
    Average,
    /// `value_percentile`: the value below which this share (0 to 100) of the
    /// values lies, interpolated between neighbours; 50 is the median.
    Percentile(f64),
}

/// What a count or metric is held against; all must hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold(pub Vec<(Comparison, f64)>);

impl Threshold {
    /// At least this many.
    pub fn at_least(count: usize) -> Self {
        Self(vec![(Comparison::Gte, count as f64)])
    }

    /// Whether a number meets it.
    pub fn holds(&self, number: f64) -> bool {
        self.0.iter().all(|(comparison, limit)| comparison.holds(number, *limit))
    }

    /// Whether more only ever helps, so that it can be decided before the
    /// window is over.
    pub fn is_open(&self) -> bool {
        self.0.iter().all(|(one, _)| matches!(one, Comparison::Gt | Comparison::Gte))
    }

    /// The smallest count that meets the lower bounds.
    pub fn lowest(&self) -> u64 {
        let whole = |(comparison, limit): &(Comparison, f64)| match comparison {
            Comparison::Gt => limit.floor() + 1.0,
            Comparison::Gte | Comparison::Eq => limit.ceil(),
            _ => 0.0,
        };
        let lowest = self.0.iter().map(whole).fold(0.0, f64::max);
        // Out of range saturates, which no count reaches.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let lowest = lowest as u64;
        lowest
    }

    /// The count beyond which nothing changes any more.
    pub fn highest(&self) -> Option<f64> {
        let upper = |(comparison, limit): &(Comparison, f64)| {
            let is_open = matches!(comparison, Comparison::Gt | Comparison::Gte);
            (!is_open).then_some(*limit)
        };
        self.0.iter().filter_map(upper).min_by(f64::total_cmp)
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
