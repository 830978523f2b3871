//! When something happened, and how sure we are of it.

use std::io::Write;

use jiff::Timestamp;

/// A time with its zone resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// The instant.
    pub at: Timestamp,
    /// How the text became an instant.
    pub zone: Zone,
    /// Whether the record left the year out and the reader chose it.
    pub year_assumed: bool,
}

/// Where a time's zone comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// The record says it (an offset, `Z`, seconds since 1970).
    Stated,
    /// The format's definition says it (EVTX and IIS are UTC).
    Format,
    /// Nobody says it; the reader was told what to assume.
    Assumed,
}

/// Between 1601 and 1970, in units of 100 ns.
const FILETIME_EPOCH: i64 = 116_444_736_000_000_000;

/// A FILETIME ([MS-DTYP] §2.3.3): 100 ns since 1601, UTC.
pub(crate) fn from_filetime(ticks: u64) -> Option<Time> {
    let since_1970 = i64::try_from(ticks).ok()?.checked_sub(FILETIME_EPOCH)?;
    let nanoseconds = i128::from(since_1970) * 100;
    let at = Timestamp::from_nanosecond(nanoseconds).ok()?;
    Some(Time { at, zone: Zone::Format, year_assumed: false })
}

/// A FILETIME as Windows prints it: `2026-01-31T08:30:00.1234567Z`.
pub(crate) fn push_filetime(out: &mut Vec<u8>, ticks: u64) {
    let (seconds, fraction) = (ticks / 10_000_000, ticks % 10_000_000);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    // Writing to memory does not fail.
    let _ = write!(
        out,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:07}Z"
    );
}

/// The date that many days after 1601-01-01, in the Gregorian calendar
/// (H. Hinnant, *chrono-Compatible Low-Level Date Algorithms*).
fn civil(days_since_1601: u64) -> (u64, u64, u64) {
    // From 0000-03-01: years then start in March and leap days come last.
    let days = days_since_1601 + 584_694;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let january = month >= 10;
    (year + era * 400 + u64::from(january), if january { month - 9 } else { month + 3 }, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_filetime_prints_the_instant_that_it_is(ticks in 0u64..=2_650_467_743_990_000_000) {
            let mut out = Vec::new();
            push_filetime(&mut out, ticks);
            let printed: Timestamp = String::from_utf8(out).unwrap().parse().unwrap();
            prop_assert_eq!(printed, from_filetime(ticks).unwrap().at);
        }

        #[test]
        fn any_number_prints(ticks: u64) {
            push_filetime(&mut Vec::new(), ticks);
        }
    }
}
