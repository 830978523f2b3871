//! Shadowserver reports: which report a file is, and which columns mean what.
//! The facts are data (`packs/shadowserver/reports.toml`).

use std::collections::BTreeMap;

use jiff::civil;
use serde::Deserialize;

/// Columns for each field, tried in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shape {
    /// Time of the event.
    pub time: Vec<String>,
    /// The address to be told about.
    pub address: Vec<String>,
    /// Its port, needed to find the machine behind NAT.
    pub port: Vec<String>,
    /// Its name in reverse DNS.
    pub hostname: Vec<String>,
    /// TCP or UDP.
    pub transport: Vec<String>,
    /// Malware family.
    pub family: Vec<String>,
    /// What exactly was seen.
    pub identifier: Vec<String>,
    /// The other side's address.
    pub destination_address: Vec<String>,
    /// The other side's port.
    pub destination_port: Vec<String>,
    /// The other side's name.
    pub destination_fqdn: Vec<String>,
    /// The URL that was asked for.
    pub destination_url: Vec<String>,
}

/// One or more reports that read alike.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Report names; `*` stands for anything.
    pub names: Vec<String>,
    /// The shape whose columns it has.
    pub shape: String,
    /// RSIT type of every row.
    #[serde(rename = "type")]
    pub kind: String,
    /// Family columns, instead of the shape's.
    #[serde(default)]
    pub family: Option<Vec<String>>,
    /// Identifier columns, instead of the shape's.
    #[serde(default)]
    pub identifier: Option<Vec<String>>,
    /// Reverse name columns, instead of the shape's.
    #[serde(default)]
    pub hostname: Option<Vec<String>>,
    /// Destination name columns, instead of the shape's.
    #[serde(default)]
    pub destination_fqdn: Option<Vec<String>>,
    /// Identifier where no column has one.
    #[serde(default)]
    pub fixed_identifier: Option<String>,
}

/// All reports that we know.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// Zone of all times in all reports, by its IANA name.
    pub zone: String,
    /// What a cell says when it says nothing.
    pub unknown: Vec<String>,
    /// Shapes by name; `any` is for a report without an entry.
    pub shape: BTreeMap<String, Shape>,
    /// Reports, the particular before the general.
    pub report: Vec<Report>,
}

/// A report as it will be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// `event4_sinkhole`
    pub report: String,
    /// Whether the pack has an entry for it.
    pub known: bool,
    /// The columns.
    pub shape: Shape,
    /// RSIT type; none for a report without an entry.
    pub kind: Option<String>,
    /// Identifier where no column has one.
    pub fixed_identifier: Option<String>,
}

impl Schema {
    /// Reads the pack's text. `Err` says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let schema: Self = toml::from_str(text).map_err(|wrong| wrong.to_string())?;
        let lacking = schema.report.iter().find(|r| !schema.shape.contains_key(&r.shape));
        match lacking {
            Some(report) => Err(format!("{:?}: no shape {}", report.names, report.shape)),
            None if !schema.shape.contains_key("any") => Err("no shape any".to_owned()),
            None => Ok(schema),
        }
    }

    /// How to read this report.
    pub fn reading(&self, report: &str) -> Reading {
        let entry =
            self.report.iter().find(|entry| entry.names.iter().any(|name| fits(name, report)));
        let shape = entry.map_or("any", |entry| entry.shape.as_str());
        let mut shape = self.shape.get(shape).cloned().unwrap_or_default();
        if let Some(entry) = entry {
            let changes = [
                (&entry.family, &mut shape.family),
                (&entry.identifier, &mut shape.identifier),
                (&entry.hostname, &mut shape.hostname),
                (&entry.destination_fqdn, &mut shape.destination_fqdn),
            ];
            for (change, columns) in changes {
                if let Some(change) = change {
                    columns.clone_from(change);
                }
            }
        }
        Reading {
            report: report.to_owned(),
            known: entry.is_some(),
            shape,
            kind: entry.map(|entry| entry.kind.clone()),
            fixed_identifier: entry.and_then(|entry| {
                let scan = report.split_once("scan_").or_else(|| report.split_once("scan6_"));
                entry
                    .fixed_identifier
                    .clone()
                    .or_else(|| Some(format!("accessible-{}", scan?.1.replace('_', "-"))))
            }),
        }
    }
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
    }
}

/// What a file name says: `2024-01-15-event4_sinkhole-province.csv` → the date
/// and `event4_sinkhole`. Folders before it do not matter.
pub fn of_file_name(name: &str) -> Option<(Option<civil::Date>, String)> {
    let base = name.rsplit(['/', '\\', '!']).next()?;
    let stem = base.strip_suffix(".csv").or_else(|| base.strip_suffix(".CSV"))?;
    let date = stem.get(..10).and_then(|d| d.parse::<civil::Date>().ok());
    let rest = match date {
        Some(_) => stem.get(10..)?.strip_prefix(['-', '_'])?,
        None => stem,
    };
    let report = rest.split('-').next()?.to_lowercase();
    let plain =
        !report.is_empty() && report.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    plain.then_some((date, report))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Schema {
        Schema::parse(include_str!("../../../packs/shadowserver/reports.toml")).unwrap()
    }

    #[test]
    fn a_file_name_says_date_and_report() {
        let day = Some(civil::date(2024, 1, 15));
        let table = [
            ("2024-01-15-event4_sinkhole-dongthap.csv", Some((day, "event4_sinkhole".to_owned()))),
            ("in/2024-01-15-scan_rdp.csv", Some((day, "scan_rdp".to_owned()))),
            ("scan_adb.csv", Some((None, "scan_adb".to_owned()))),
            ("danh sách.csv", None),
            ("event4_sinkhole.xlsx", None),
        ];
        for (name, expected) in table {
            assert_eq!(of_file_name(name), expected, "{name}");
        }
    }

    #[test]
    fn the_particular_stands_before_the_general() {
        let table = [
            ("event4_sinkhole", Some("infected-system")),
            ("event6_sinkhole_http", Some("infected-system")),
            ("event4_sinkhole_dns", Some("other")),
            ("event4_honeypot_ddos_amp", Some("ddos")),
            ("event4_never_seen", Some("undetermined")),
            ("scan_rdp", Some("potentially-unwanted-accessible")),
            ("scan_http_vulnerable", Some("vulnerable-system")),
            ("scan_ntp", Some("ddos-amplifier")),
            ("something_else", None),
        ];
        for (report, expected) in table {
            assert_eq!(schema().reading(report).kind.as_deref(), expected, "{report}");
        }
    }

    #[test]
    fn every_type_is_in_the_taxonomy() {
        let taxonomy =
            crate::taxonomy::Taxonomy::parse(include_str!("../../../packs/taxonomies/rsit.toml"))
                .unwrap();
        for report in schema().report {
            assert!(taxonomy.find(&report.kind).is_some(), "{}", report.kind);
        }
    }
}
