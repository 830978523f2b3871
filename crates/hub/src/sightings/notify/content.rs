//! What a notice about a list says, and its file. Every sentence stands in the
//! locales.

use jiff::{Timestamp, tz::TimeZone};
use words::Lang;

use crate::{
    Result,
    notices::letter::Content,
    sightings::{
        lists::{List, Row},
        read::Shown,
    },
    web::{CellText, Sheet, csv_file},
};

/// What a list is called in a notice.
pub(super) fn title(lang: Lang, list: &List) -> String {
    let (from, to) = (lang.date(list.covers_from.0), lang.date(list.covers_to.0));
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("feed", &list.feed_name), ("from", &from), ("to", &to)];
    lang.fill("sightings-notice.title", &values)
}

/// A plain name for the unit's file.
pub(super) fn file_name(unit_code: &str, list: &List) -> String {
    let code: String = words::fold(unit_code).chars().filter(char::is_ascii_alphanumeric).collect();
    format!("danh-sach-{code}-{}.csv", list.covers_to)
}

/// What the notice says.
pub(super) fn content(lang: Lang, zone: &TimeZone, list: &List, found: &[Shown]) -> Content {
    let title = title(lang, list);
    let received = lang.date(list.received_at.0.to_zoned(zone.clone()).date());
    let say = |key: &str| lang.t(&format!("sightings-notice.{key}")).to_string();
    Content {
        subject: lang.count("sightings-notice.subject", found.len() as u64),
        grounds: vec![
            lang.fill("sightings-notice.ground", &[("list", &title), ("received", &received)]),
        ],
        opening: lang.count("sightings-notice.opening", found.len() as u64),
        list: found.iter().map(|shown| line(lang, zone, shown)).collect(),
        requests: ["find", "clean", "answer"].map(|key| say(&format!("request-{key}"))).into(),
    }
}

fn line(lang: Lang, zone: &TimeZone, shown: &Shown) -> String {
    let sighting = &shown.sighting;
    let time = |at: Timestamp| lang.date_time(at, zone);
    let values: [(&str, &dyn std::fmt::Display); 5] = [
        ("address", &sighting.address),
        ("family", &family(lang, &sighting.family)),
        ("first", &time(sighting.first_seen.0)),
        ("last", &time(sighting.last_seen.0)),
        ("n", &lang.number(sighting.row_count.unsigned_abs())),
    ];
    let again = sighting.reopened > 0;
    let key = if again { "sightings-notice.line-again" } else { "sightings-notice.line" };
    lang.fill(key, &values)
}

/// A family, or that none was named.
pub(in crate::sightings) fn family(lang: Lang, family: &str) -> String {
    if family.is_empty() {
        lang.t("sightings-notice.no-family").to_string()
    } else {
        family.to_owned()
    }
}

/// The unit's rows as CSV.
pub(super) fn file(lang: Lang, zone: &TimeZone, rows: &[Row]) -> Result<Vec<u8>> {
    let header = ["line", "address", "port", "seen", "family", "destination", "transport", "raw"];
    csv_file(&Sheet {
        title: String::new(),
        as_of: String::new(),
        header: header
            .map(|key| lang.t(&format!("sightings-notice.column.{key}")).to_string())
            .into(),
        rows: rows.iter().map(|row| cells(lang, zone, row)).collect(),
    })
}

fn cells(lang: Lang, zone: &TimeZone, row: &Row) -> Vec<CellText> {
    let seen = row.seen_at.map(|at| lang.date_time(at.0, zone)).unwrap_or_default();
    vec![
        row.line.into(),
        row.address.clone().unwrap_or_default().into(),
        row.port.map(|port| port.to_string()).unwrap_or_default().into(),
        seen.into(),
        row.family.clone().unwrap_or_default().into(),
        destination(row).into(),
        row.detail.0["transport"].as_str().unwrap_or_default().into(),
        row.raw.clone().into(),
    ]
}

/// Where a row says the machine went: what a firewall's log can be searched for.
pub(in crate::sightings) fn destination(row: &Row) -> String {
    let Some(found) = row.detail.0["destination"].as_object() else {
        return String::new();
    };
    let text = |name: &str| match &found.get(name) {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(serde_json::Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let hosts = [text("ip"), text("fqdn"), text("url")];
    let host = hosts.into_iter().find(|one| !one.is_empty()).unwrap_or_default();
    let port = text("port");
    if port.is_empty() { host } else { format!("{host}:{port}") }
}
