//! Lists and dated ranges in, units and open questions out: the first half of
//! journey 2, without a server.

mod ranges;
mod report;
mod write;

use diag::Diagnostic;
use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};
use tables::Limits;

use crate::{Context, Rulebook, Settings, ownership::Index, read_each};

pub use ranges::{Ranges, read_ranges};
pub use report::{ListSummary, Report, Seen, UnitReport, Unplaced, Whose};
pub use write::{to_csv, to_json};

/// A file, by its name and bytes.
#[derive(Clone, Copy, Debug)]
pub struct Input<'i> {
    /// As the person gave it.
    pub name: &'i str,
    /// All of it.
    pub bytes: &'i [u8],
}

/// What a person may say on the command line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Options {
    /// Zone of times without one, and in which days of ownership begin.
    pub zone: String,
    /// Now: later times are marked; the date of lists that have none.
    pub now: Timestamp,
    /// The day of the lists, when their letter says it.
    pub list_date: Option<civil::Date>,
    /// What is known about the feed.
    pub settings: Settings,
    /// Bounds on each file.
    pub limits: Limits,
}

impl Options {
    /// Vietnam's zone and the usual bounds.
    pub fn new(now: Timestamp) -> Self {
        Self {
            zone: "Asia/Ho_Chi_Minh".to_owned(),
            now,
            list_date: None,
            settings: Settings::default(),
            limits: Limits::default(),
        }
    }
}

/// Reads the lists and the ranges, and places every entry. `Err` only when a
/// pack is broken or the zone is unknown; bad files are in the report.
pub fn run(
    lists: &[Input<'_>],
    ranges: Input<'_>,
    options: &Options,
    rulebook: &Rulebook,
) -> Result<Report, Box<Diagnostic>> {
    let zone = TimeZone::get(&options.zone).map_err(|_| {
        Box::new(
            Diagnostic::error("lists.zone-unknown", diag::Place::default())
                .with("zone", &options.zone),
        )
    })?;
    let owned = read_ranges(ranges, &options.limits);
    let mut report = Report::new(owned.units, owned.diagnostics);
    let index = Index::new(owned.ranges, &zone);
    let settings = Settings {
        zone: options.settings.zone.clone().or_else(|| Some(options.zone.clone())),
        ..options.settings.clone()
    };
    for input in lists {
        let context = Context {
            file_name: input.name,
            now: options.now,
            list_date: options.list_date,
            settings: &settings,
            limits: options.limits,
            rulebook,
        };
        let list = read_each(input.bytes, &context, &mut |entry| report.place(&entry, &index));
        report.add(input.name, list);
    }
    Ok(report.sorted())
}
