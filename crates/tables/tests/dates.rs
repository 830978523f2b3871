//! The golden table of dates: each way of writing one, and what it means.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use jiff::tz::TimeZone;
use proptest::prelude::*;
use tables::value::{Precision, WrongTime, date, moment};

fn vietnam() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
}

fn shown(text: &str) -> String {
    match moment(text, &vietnam()) {
        Ok(found) => {
            let zone = if found.zoned { " zoned" } else { "" };
            let day = if found.precision == Precision::Day { " day" } else { "" };
            let swapped = if found.swapped { " swapped" } else { "" };
            format!("{}{day}{zone}{swapped}", found.at)
        }
        Err(wrong) => format!("! {wrong}"),
    }
}

#[test]
fn times_as_people_write_them() {
    let table = [
        // Machines.
        ("2024-01-15 08:30:00", "2024-01-15T01:30:00Z"),
        ("2024-01-15T08:30:00", "2024-01-15T01:30:00Z"),
        ("2024-01-15T08:30:00Z", "2024-01-15T08:30:00Z zoned"),
        ("2024-01-15T08:30:00+07:00", "2024-01-15T01:30:00Z zoned"),
        ("2024-01-15 08:30:00+0700", "2024-01-15T01:30:00Z zoned"),
        ("2024-01-15 08:30:00 UTC", "2024-01-15T08:30:00Z zoned"),
        ("2024-01-15 08:30:00-03", "2024-01-15T11:30:00Z zoned"),
        ("2024-01-15T08:30:00.250Z", "2024-01-15T08:30:00.25Z zoned"),
        ("2024-01-15 08:30", "2024-01-15T01:30:00Z"),
        ("2024-01-15", "2024-01-14T17:00:00Z day"),
        ("2024/01/15 8:30", "2024-01-15T01:30:00Z"),
        ("20240115", "2024-01-14T17:00:00Z day"),
        ("20240115083000", "2024-01-15T01:30:00Z"),
        ("1705282200", "2024-01-15T01:30:00Z zoned"),
        ("1705282200000", "2024-01-15T01:30:00Z zoned"),
        ("133497558000000000", "2024-01-15T01:30:00Z zoned"),
        ("45306", "2024-01-14T17:00:00Z day"),
        ("45306.3541666667", "2024-01-15T01:30:00Z"),
        ("2024-06-30 23:59:60", "2024-06-30T16:59:59Z"),
        // Vietnam.
        ("15/01/2024", "2024-01-14T17:00:00Z day"),
        ("15/1/2024 8:30", "2024-01-15T01:30:00Z"),
        ("15/01/2024 08:30:00", "2024-01-15T01:30:00Z"),
        ("08:30:00 15/01/2024", "2024-01-15T01:30:00Z"),
        ("08h30 ngày 15/01/2024", "2024-01-15T01:30:00Z"),
        ("8h30, 15-01-2024", "2024-01-15T01:30:00Z"),
        ("15.01.2024", "2024-01-14T17:00:00Z day"),
        ("15/01/24", "2024-01-14T17:00:00Z day"),
        ("ngày 15 tháng 01 năm 2024", "2024-01-14T17:00:00Z day"),
        ("15/01/2024 3:05:00 CH", "2024-01-15T08:05:00Z"),
        ("15/01/2024 12:05:00 SA", "2024-01-14T17:05:00Z"),
        ("15/01/2024 08:30:00 (GMT+7)", "2024-01-15T01:30:00Z zoned"),
        ("15/01/2024 08:30 UTC+7", "2024-01-15T01:30:00Z zoned"),
        ("05/04/2024", "2024-04-04T17:00:00Z day"),
        // The American order, only where no other is possible.
        ("01/25/2024", "2024-01-24T17:00:00Z day swapped"),
        ("1/25/2024 3:30 PM", "2024-01-25T08:30:00Z swapped"),
        // With words.
        ("Mon, 15 Jan 2024 08:30:00 +0700", "2024-01-15T01:30:00Z zoned"),
        ("15/Jan/2024:08:30:00 +0700", "2024-01-15T01:30:00Z zoned"),
        ("Fri Oct 31 13:37:42 2017 GMT", "2017-10-31T13:37:42Z zoned"),
        ("15 January 2024", "2024-01-14T17:00:00Z day"),
        ("Sunday May 24 2020 22:45:28.4870", "2020-05-24T15:45:28.487Z"),
        ("\"2024-01-15\"", "2024-01-14T17:00:00Z day"),
        // Not times.
        ("", "! nothing written"),
        ("31/02/2024", "! no such date"),
        ("2024-13-01 00:00:00", "! no such date"),
        ("13/13/2024", "! no such date"),
        ("15/01/2024 25:00", "! no such date"),
        ("15/01/1875", "! no such date"),
        ("hôm qua", "! not understood"),
        ("192.0.2.1", "! not understood"),
        ("443", "! not understood"),
        ("14:30", "! not understood"),
        ("1.2.3", "! not understood"),
        ("15/01/2024 abc", "! not understood"),
        ("2024-01-15 08:30:00+25:00", "! no such date"),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), expected, "{text:?}");
    }
}

#[test]
fn a_day_is_read_without_a_zone() {
    assert_eq!(date("15/01/2024").unwrap().to_string(), "2024-01-15");
    assert_eq!(date("2024-01-15T23:30:00Z").unwrap().to_string(), "2024-01-15");
    assert_eq!(date("45306").unwrap().to_string(), "2024-01-15");
    assert_eq!(date("x"), Err(WrongTime::NotUnderstood));
}

proptest! {
    #[test]
    fn what_we_write_we_read(seconds in 400_000_000_i64..7_000_000_000) {
        let at = jiff::Timestamp::from_second(seconds).unwrap();
        prop_assert_eq!(moment(&at.to_string(), &vietnam()).unwrap().at, at);
        let local = at.to_zoned(vietnam()).strftime("%H:%M:%S %d/%m/%Y").to_string();
        prop_assert_eq!(moment(&local, &vietnam()).unwrap().at, at);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}|[0-9:/.+\\- ThapmzZ]{0,30}") {
        let _ = moment(&text, &vietnam());
        let _ = date(&text);
    }
}
