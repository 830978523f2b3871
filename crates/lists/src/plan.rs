//! Which columns of this very file are which fields, settled once per file.

use std::sync::Arc;

use jiff::tz::{Offset, TimeZone};
use tables::{Columns, Table};

use crate::shadowserver::Reading;

/// What people write into a cell to say nothing.
const UNKNOWN: [&str; 9] = ["-", "--", "?", "N/A", "n/a", "NA", "null", "None", "không rõ"];

/// Column numbers for each field, tried in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    pub(crate) address: Vec<usize>,
    pub(crate) port: Vec<usize>,
    pub(crate) time: Vec<usize>,
    pub(crate) family: Vec<usize>,
    pub(crate) kind: Vec<usize>,
    pub(crate) identifier: Vec<usize>,
    pub(crate) transport: Vec<usize>,
    pub(crate) hostname: Vec<usize>,
    pub(crate) destination_address: Vec<usize>,
    pub(crate) destination_port: Vec<usize>,
    pub(crate) destination_fqdn: Vec<usize>,
    pub(crate) destination_url: Vec<usize>,
    /// Columns that no field claims.
    pub(crate) extra: Arc<[(usize, String)]>,
    /// What a cell says when it says nothing.
    pub(crate) unknown: Vec<String>,
    pub(crate) fixed_identifier: Option<String>,
    /// Zone of the times, where it is said.
    pub(crate) zone: Option<TimeZone>,
}

impl Plan {
    /// From a confirmed or guessed mapping. A zone that the time column's name
    /// says (`Thời gian (UTC+7)`, `first_seen_utc`) goes before the feed's.
    pub(crate) fn of_columns(columns: &Columns, table: &Table) -> Self {
        let at = |field: &str| columns.index(field).into_iter().collect::<Vec<_>>();
        Self {
            address: at("address"),
            port: at("port"),
            time: at("time"),
            family: at("family"),
            kind: at("type"),
            identifier: at("identifier"),
            transport: at("transport"),
            hostname: at("hostname"),
            destination_address: at("destination_address"),
            destination_port: at("destination_port"),
            destination_fqdn: at("destination_fqdn"),
            destination_url: at("destination_url"),
            unknown: UNKNOWN.map(str::to_owned).to_vec(),
            zone: columns.index("time").and_then(|at| zone_in(&table.header[at])),
            ..Self::default()
        }
        .with_extra(table)
    }

    /// From a Shadowserver report's schema.
    pub(crate) fn of_reading(reading: &Reading, table: &Table, unknown: &[String]) -> Self {
        let at = |names: &[String]| -> Vec<usize> {
            names.iter().filter_map(|name| table.header.iter().position(|h| h == name)).collect()
        };
        let shape = &reading.shape;
        Self {
            address: at(&shape.address),
            port: at(&shape.port),
            time: at(&shape.time),
            family: at(&shape.family),
            kind: Vec::new(),
            identifier: at(&shape.identifier),
            transport: at(&shape.transport),
            hostname: at(&shape.hostname),
            destination_address: at(&shape.destination_address),
            destination_port: at(&shape.destination_port),
            destination_fqdn: at(&shape.destination_fqdn),
            destination_url: at(&shape.destination_url),
            unknown: unknown.to_vec(),
            fixed_identifier: reading.fixed_identifier.clone(),
            ..Self::default()
        }
        .with_extra(table)
    }

    /// A column that is only the second choice for a field is kept as extra too.
    fn with_extra(mut self, table: &Table) -> Self {
        let first = |columns: &[usize], at: usize| columns.first() == Some(&at);
        let claimed = |at: usize| {
            [
                &self.address,
                &self.port,
                &self.time,
                &self.family,
                &self.kind,
                &self.identifier,
                &self.transport,
                &self.hostname,
                &self.destination_address,
                &self.destination_port,
                &self.destination_fqdn,
                &self.destination_url,
            ]
            .iter()
            .any(|columns| first(columns, at))
        };
        self.extra =
            table.header.iter().cloned().enumerate().filter(|(at, _)| !claimed(*at)).collect();
        self
    }
}

/// The zone that a column's name says: `utc`, `(UTC+7)`, `GMT+07:00`.
fn zone_in(name: &str) -> Option<TimeZone> {
    let lower = name.to_lowercase();
    let at = lower.find("utc").or_else(|| lower.find("gmt"))?;
    let alone = !lower[..at].ends_with(char::is_alphabetic)
        && !lower[at + 3..].starts_with(char::is_alphabetic);
    let rest = lower[at + 3..].trim_start();
    let hours = |sign: i32, text: &str| {
        let digits: String =
            text.trim_start().chars().take_while(char::is_ascii_digit).take(2).collect();
        Some(sign * digits.parse::<i32>().ok()?)
    };
    let hours = match rest.chars().next() {
        Some('+') => hours(1, &rest[1..])?,
        Some('-') => hours(-1, &rest[1..])?,
        _ => 0,
    };
    let offset = Offset::from_seconds(hours.checked_mul(3600)?).ok()?;
    alone.then(|| TimeZone::fixed(offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_may_say_its_zone() {
        let table = [
            ("Thời gian (UTC+7)", Some(7)),
            ("first_seen_utc", Some(0)),
            ("Time GMT-03:00", Some(-3)),
            ("Timestamp", None),
            ("Outcome", None),
        ];
        for (name, expected) in table {
            let expected = expected.map(|hours| TimeZone::fixed(Offset::constant(hours)));
            assert_eq!(zone_in(name), expected, "{name}");
        }
    }
}
