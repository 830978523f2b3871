//! Which column of a table of machines is what, and when.

use std::{borrow::Cow, collections::HashMap};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Serialize};
use tables::{Cells, FieldSpec, fold};

/// What a column of an inventory may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The machine's name.
    Host,
    /// The operating system's name.
    Os,
    /// Build, with or without revision: `17763`, `10.0.17763.5122`.
    Build,
    /// The update build revision by itself.
    Ubr,
    /// `22H2`.
    DisplayVersion,
    /// Architecture.
    Arch,
    /// Installed updates, in one cell or one a row.
    Hotfixes,
    /// When it was collected.
    CollectedAt,
    /// `Server Core`.
    Installation,
    /// A program's name, one a row.
    Software,
    /// That program's version.
    SoftwareVersion,
}

/// Which column holds which field, by the column's header. What it does not
/// name is guessed from the usual headers, English and Vietnamese.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping(pub HashMap<Field, String>);

impl Mapping {
    /// What tells a header of machines from a title: for each field the
    /// mapped column, or the usual ones.
    pub(super) fn fields(&self) -> Vec<FieldSpec> {
        let spec = |(field, usual): &(Field, &'static [&'static str])| FieldSpec {
            name: format!("{field:?}").into(),
            synonyms: match self.0.get(field) {
                Some(mapped) => vec![Cow::Owned(mapped.clone())],
                None => usual.iter().copied().map(Cow::Borrowed).collect(),
            },
            required: false,
        };
        USUAL.iter().map(spec).collect()
    }
}

/// The headers under which people and tools write each field.
const USUAL: &[(Field, &[&str])] = &[
    (
        Field::Host,
        &[
            "host",
            "hostname",
            "host name",
            "computer",
            "computername",
            "computer name",
            "name",
            "machine",
            "device",
            "device name",
            "pscomputername",
            "csname",
            "endpoint",
            "asset",
            "asset name",
            "tên máy",
            "máy",
            "tên máy tính",
            "thiết bị",
        ],
    ),
    (
        Field::Os,
        &[
            "os",
            "os name",
            "osname",
            "operating system",
            "operatingsystem",
            "caption",
            "product",
            "product name",
            "os caption",
            "os full name",
            "windows",
            "hệ điều hành",
            "hđh",
        ],
    ),
    (
        Field::Build,
        &[
            "build",
            "os build",
            "osbuild",
            "os version",
            "osversion",
            "version",
            "buildnumber",
            "build number",
            "operatingsystemversion",
            "phiên bản",
            "bản dựng",
            "phiên bản hđh",
            "phiên bản hệ điều hành",
        ],
    ),
    (Field::Ubr, &["ubr", "revision", "update build revision"]),
    (
        Field::DisplayVersion,
        &[
            "display version",
            "displayversion",
            "release",
            "releaseid",
            "feature update",
            "os display version",
        ],
    ),
    (
        Field::Arch,
        &[
            "arch",
            "architecture",
            "osarchitecture",
            "os architecture",
            "system type",
            "systemtype",
            "kiến trúc",
        ],
    ),
    (
        Field::Hotfixes,
        &[
            "hotfixes",
            "hotfix",
            "hotfixid",
            "hotfix id",
            "hotfix_id",
            "hotfix(s)",
            "kb",
            "kbs",
            "updates",
            "patches",
            "installed updates",
            "installed kbs",
            "installed kb",
            "installed hotfixes",
            "kb list",
            "hotfix list",
            "kb đã cài",
            "danh sách bản vá",
            "bản vá",
            "bản vá đã cài",
            "các bản vá",
        ],
    ),
    (
        Field::CollectedAt,
        &[
            "collected_at",
            "collected at",
            "collected",
            "date",
            "scan time",
            "scan_time",
            "last seen",
            "lastseen",
            "inventory date",
            "collection time",
            "collection date",
            "ngày kiểm kê",
            "thời gian thu thập",
            "timestamp",
            "ngày thu thập",
            "ngày quét",
            "thời điểm thu thập",
        ],
    ),
    (
        Field::Installation,
        &["installation type", "installationtype", "installation", "kiểu cài đặt"],
    ),
    (
        Field::Software,
        &["software", "program", "application", "displayname", "software name", "phần mềm"],
    ),
    (
        Field::SoftwareVersion,
        &["software version", "program version", "application version", "phiên bản phần mềm"],
    ),
];

/// Positions of the fields in a header row.
pub(super) struct Columns(HashMap<Field, usize>);

impl Columns {
    /// Finds the fields of a header row; `None` when it is none.
    pub(super) fn of(header: &[String], mapping: &Mapping) -> Option<Self> {
        let folded: Vec<String> = header.iter().map(|h| fold(h)).collect();
        let mut columns = HashMap::new();
        for (field, usual) in USUAL {
            let mapped = mapping.0.get(field).map(|h| position(&folded, &[h]));
            let found = mapped.unwrap_or_else(|| position(&folded, usual));
            if let Some(at) = found
                && !columns.values().any(|taken| *taken == at)
            {
                columns.insert(*field, at);
            }
        }
        let useful = [Field::Os, Field::Build, Field::Hotfixes, Field::Software];
        let named = columns.contains_key(&Field::Host);
        (named && useful.iter().any(|f| columns.contains_key(f))).then_some(Self(columns))
    }

    /// The cell of a field in a row; empty when there is none.
    pub(super) fn cell<'r>(&self, row: &'r Cells, field: Field) -> &'r str {
        self.0.get(&field).and_then(|at| row.get(*at)).map_or("", |c| c.trim())
    }

    /// Whether the table has the field at all.
    pub(super) fn has(&self, field: Field) -> bool {
        self.0.contains_key(&field)
    }
}

/// The column that bears one of these names.
pub(super) fn position(folded: &[String], names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| {
        let name = fold(name);
        folded.iter().position(|header| *header == name)
    })
}

/// A point in time as inventories write it: RFC 3339, `2024/01/06 04:12:44`,
/// `06/01/2024 04:12`, or a day alone. Without a zone it is taken as UTC.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(exact) = text.parse::<Timestamp>() {
        return Some(exact);
    }
    let numbers: Vec<i32> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|p| !p.is_empty())
        .map_while(|p| p.parse().ok())
        .collect();
    let ([year @ 1990..=2200, month, day, ..] | [day, month, year @ 1990..=2200, ..]) =
        *numbers.as_slice()
    else {
        return None;
    };
    let clock = |at: usize| numbers.get(at).and_then(|n| i8::try_from(*n).ok()).unwrap_or(0);
    let (year, month, day) =
        (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let civil = DateTime::new(year, month, day, clock(3), clock(4), clock(5), 0).ok()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_inventories_write_them() {
        for (text, expect) in [
            ("2024-01-06T04:12:44Z", "2024-01-06T04:12:44Z"),
            ("2024/01/06 04:12:44", "2024-01-06T04:12:44Z"),
            ("06/01/2024 04:12", "2024-01-06T04:12:00Z"),
            ("20/11/2023", "2023-11-20T00:00:00Z"),
        ] {
            assert_eq!(time(text).map(|t| t.to_string()).as_deref(), Some(expect), "{text}");
        }
        assert_eq!(time("hôm qua"), None);
        assert_eq!(time("31/31/2023"), None);
    }

    #[test]
    fn headers_in_two_languages_and_by_mapping() {
        let header = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        let guessed = Columns::of(
            &header(&["Tên máy", "Hệ điều hành", "Bản dựng", "Bản vá"]),
            &Mapping::default(),
        );
        assert!(guessed.is_some_and(|c| c.has(Field::Hotfixes) && c.has(Field::Build)));
        assert!(Columns::of(&header(&["IP", "Port"]), &Mapping::default()).is_none());
        let mapping =
            Mapping([(Field::Host, "Mã".to_owned()), (Field::Os, "Loại".to_owned())].into());
        assert!(Columns::of(&header(&["Mã", "Loại"]), &mapping).is_some());
    }
}
