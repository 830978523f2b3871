//! Guesses that a person confirms: which days a list covers, whose list it is.

use jiff::civil::Date;
use lists::List;

use crate::{
    Result,
    sightings::{
        FeedId,
        feeds::{self, Every, Feed},
    },
    store::{Db, Direction, Select},
};

/// The days that a list speaks for, whose rows say these days. A list whose rows
/// have no time covers the day it came.
pub(super) fn covers(list: &List, days: &[Date], every: Every, today: Date) -> (Date, Date) {
    let fallback = list.date.map_or(today, |date| date.min(today));
    feeds::likely_days(every, days, today).unwrap_or((fallback, fallback))
}

/// The feed that sent a file like this one before: a report of the same kind,
/// a name that differs only in its numbers, or the same columns.
pub(super) async fn feed(db: &Db, file_name: &str, list: &List) -> Result<Option<FeedId>> {
    let all = feeds::all(db).await?;
    if let Some(report) = &list.report {
        let code = format!("shadowserver-{report}");
        return Ok(all.into_iter().find(|feed| feed.code == code).map(|feed| feed.id));
    }
    let names: Vec<(FeedId, String)> = Select::new("l.feed_id, l.file_name", "lists l")
        .order("l.received_at", Direction::Down)
        .page(crate::store::Page { number: 0, size: 500 })
        .fetch(db.reader())
        .await?;
    let wanted = skeleton(file_name);
    let by_name = names.into_iter().find(|(_, name)| skeleton(name) == wanted);
    Ok(by_name
        .map(|(id, _)| id)
        .or_else(|| by_columns(&all, list))
        .or_else(|| by_code(&all, file_name)))
}

fn by_columns(all: &[Feed], list: &List) -> Option<FeedId> {
    let fits = |feed: &&Feed| {
        let mapping = feed.settings.0.mapping.as_ref();
        mapping.is_some_and(|mapping| {
            !mapping.columns.is_empty()
                && mapping.columns.values().all(|column| list.header.contains(column))
        })
    };
    all.iter().find(fits).map(|feed| feed.id.clone())
}

fn by_code(all: &[Feed], file_name: &str) -> Option<FeedId> {
    let name = words::fold(file_name);
    all.iter().find(|feed| name.contains(&words::fold(&feed.code))).map(|feed| feed.id.clone())
}

/// A file's name without what changes from month to month.
fn skeleton(name: &str) -> String {
    words::fold(name).chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_numbers_are_of_one_feed() {
        for (a, b, same) in [
            ("danh-sach-ip-thang-10-2023.xlsx", "Danh-sách-IP-tháng-01-2024.xlsx", true),
            ("ncsc-2023-10.csv", "ncsc-2023-11.csv", true),
            ("ncsc-2023-10.csv", "stttt-2023-10.csv", false),
        ] {
            assert_eq!(skeleton(a) == skeleton(b), same, "{a} {b}");
        }
    }
}
