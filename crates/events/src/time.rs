//! When something happened, and how sure we are of it.

use std::io::Write;

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime},
    tz::{Offset, TimeZone},
};

use crate::options::Options;

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

/// What the reader was told about times.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    zone: TimeZone,
    reference: Timestamp,
}

impl Default for Reading {
    fn default() -> Self {
        Self { zone: TimeZone::UTC, reference: Timestamp::UNIX_EPOCH }
    }
}

impl From<&Options> for Reading {
    fn from(options: &Options) -> Self {
        Self { zone: options.zone.clone(), reference: options.reference }
    }
}

/// A time in any of the shapes that logs use; the zone is assumed where the
/// text does not say it.
pub(crate) fn parse(text: &str, reading: &Reading) -> Option<Time> {
    written(text)?.resolve(&reading.zone, Zone::Assumed, reading)
}

/// The same, UTC by the format's definition where the text does not say.
pub(crate) fn parse_utc(text: &str, reading: &Reading) -> Option<Time> {
    written(text)?.resolve(&TimeZone::UTC, Zone::Format, reading)
}

/// A time as far as the text says it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Written {
    Instant(Timestamp),
    Civil { year: Option<i16>, month: i8, day: i8, clock: Clock, offset: Option<Offset> },
}

/// Time of day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Clock {
    hour: i8,
    minute: i8,
    second: i8,
    nanosecond: i32,
}

impl Written {
    fn resolve(self, zone: &TimeZone, how: Zone, reading: &Reading) -> Option<Time> {
        let (year, month, day, clock, offset) = match self {
            Written::Instant(at) => {
                return Some(Time { at, zone: Zone::Stated, year_assumed: false });
            }
            Written::Civil { year, month, day, clock, offset } => (year, month, day, clock, offset),
        };
        let instant = |year| {
            let civil = civil_time(year, month, day, clock)?;
            match offset {
                Some(offset) => offset.to_timestamp(civil).ok(),
                None => zone.to_timestamp(civil).ok(),
            }
        };
        let at = match year {
            Some(year) => instant(year)?,
            None => latest_not_after(reading.reference, instant)?,
        };
        let zone = if offset.is_some() { Zone::Stated } else { how };
        Some(Time { at, zone, year_assumed: year.is_none() })
    }
}

/// The last year in which the time is not in the future; a day of grace for
/// clocks that are ahead.
fn latest_not_after(
    reference: Timestamp,
    instant: impl Fn(i16) -> Option<Timestamp>,
) -> Option<Timestamp> {
    let latest = reference.checked_add(24.hours()).ok()?;
    let year = reference.to_zoned(TimeZone::UTC).year();
    // 29 February may lie up to eight years back.
    (year - 8..=year + 1).rev().filter_map(instant).find(|at| *at <= latest)
}

fn civil_time(year: i16, month: i8, day: i8, clock: Clock) -> Option<DateTime> {
    // A leap second is the second before it.
    let second = clock.second.min(59);
    let date = Date::new(year, month, day).ok()?;
    let time = jiff::civil::Time::new(clock.hour, clock.minute, second, clock.nanosecond).ok()?;
    Some(date.to_datetime(time))
}

/// Reads the shapes by their first bytes.
fn written(text: &str) -> Option<Written> {
    // `*` and `.` are Cisco's doubts about its clock.
    let marks = ['[', ']', '"', '*', '.', ' ', '\t', '\r', '\n'];
    let text = text.trim_matches(marks);
    let mut scan = Scan { bytes: text.as_bytes(), at: 0 };
    if let Some(millis) = text.strip_prefix("/Date(") {
        return epoch(millis.split([')', '+', '-']).next()?);
    }
    match text.as_bytes().first()? {
        b'0'..=b'9' => match scan.digits_ahead() {
            4 if matches!(text.as_bytes().get(4), Some(b'-' | b'/')) => scan.year_first(),
            8 if text.as_bytes().get(8) == Some(&b'T') => scan.compact(),
            1 | 2 => scan.day_or_month_first(),
            9.. => epoch(text.split(' ').next()?),
            _ => None,
        },
        b'-' => epoch(text),
        _ => scan.named_month_first(),
    }
}

/// Seconds since 1970, with a fraction or in thousandths, millionths, billionths.
fn epoch(text: &str) -> Option<Written> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.trim_start_matches('-').len();
    let whole: i128 = whole.parse().ok()?;
    let nanoseconds = match digits {
        ..=11 => whole * 1_000_000_000 + i128::from(nanoseconds(fraction.as_bytes()).0),
        12..=14 => whole * 1_000_000,
        15..=17 => whole * 1_000,
        _ => whole,
    };
    Timestamp::from_nanosecond(nanoseconds).ok().map(Written::Instant)
}

/// A fraction of a second, and how many digits it has.
fn nanoseconds(bytes: &[u8]) -> (i32, usize) {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut value = 0;
    for place in 0..9 {
        let digit = bytes[..digits].get(place).map_or(0, |byte| i32::from(byte - b'0'));
        value = value * 10 + digit;
    }
    (value, digits)
}

const MONTHS: [&[u8; 3]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];

/// Reads from left to right.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn digits_ahead(&self) -> usize {
        self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    fn skip(&mut self, any: &[u8]) {
        while self.peek().is_some_and(|byte| any.contains(&byte)) {
            self.at += 1;
        }
    }

    fn one_of(&mut self, any: &[u8]) -> Option<()> {
        let next = self.peek().is_some_and(|byte| any.contains(&byte));
        self.at += usize::from(next);
        next.then_some(())
    }

    /// Up to so many digits.
    fn number(&mut self, most: usize) -> Option<i16> {
        let digits = self.digits_ahead().min(most);
        let text = std::str::from_utf8(&self.bytes[self.at..self.at + digits]).ok()?;
        self.at += digits;
        text.parse().ok()
    }

    fn small(&mut self) -> Option<i8> {
        self.number(2).and_then(|n| i8::try_from(n).ok())
    }

    fn month_name(&mut self) -> Option<i8> {
        let name = self.bytes.get(self.at..)?.first_chunk::<3>()?.to_ascii_lowercase();
        let month = MONTHS.iter().position(|month| month.as_slice() == name)?;
        self.at += 3;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            self.at += 1;
        }
        i8::try_from(month + 1).ok()
    }

    /// `2026-01-31T08:30:00.5+07:00`, `2026/01/31 08:30:00`, `2026-01-31 08:30:00,123 +0700`.
    fn year_first(&mut self) -> Option<Written> {
        let year = Some(self.number(4)?);
        self.one_of(b"-/")?;
        let month = self.small()?;
        self.one_of(b"-/")?;
        let day = self.small()?;
        self.skip(b"Tt _-");
        self.rest(year, month, day)
    }

    /// `20260131T083000Z`.
    fn compact(&mut self) -> Option<Written> {
        let year = Some(self.number(4)?);
        let (month, day) = (self.small()?, self.small()?);
        self.at += 1;
        let (hour, minute, second) = (self.small()?, self.small()?, self.small()?);
        let clock = Clock { hour, minute, second, nanosecond: self.fraction() };
        let offset = self.offset();
        Some(Written::Civil { year, month, day, clock, offset })
    }

    /// `31/Jan/2026:08:30:00 +0700`, `31-Jan-2026 08:30:00.123`, and the
    /// American `1/31/2026 8:30:00 AM`.
    fn day_or_month_first(&mut self) -> Option<Written> {
        let first = self.small()?;
        self.one_of(b"/-. ")?;
        if let Some(month) = self.month_name() {
            self.skip(b"/-, ");
            let year = self.number(4);
            self.skip(b": T");
            return self.rest(year, month, first);
        }
        let second = self.small()?;
        self.one_of(b"/-.")?;
        let year = self.number(4)?;
        let year = Some(if year < 100 { 2000 + year } else { year });
        self.skip(b", ");
        // A first number above 12 is no month.
        let (month, day) = if first > 12 { (second, first) } else { (first, second) };
        self.rest(year, month, day)
    }

    /// `Jan 31 08:30:00`, `Jan 31 2026 08:30:00`, `Sat Jan 31 08:30:00.5 2026`.
    fn named_month_first(&mut self) -> Option<Written> {
        let month = if let Some(month) = self.month_name() {
            month
        } else {
            // The day of the week.
            while self.peek().is_some_and(|b| b.is_ascii_alphabetic() || b == b',') {
                self.at += 1;
            }
            self.skip(b" ");
            if self.peek()?.is_ascii_digit() {
                return self.day_or_month_first();
            }
            self.month_name()?
        };
        self.skip(b" ");
        let day = self.small()?;
        self.skip(b", ");
        let year_first = (self.digits_ahead() == 4).then(|| self.number(4)).flatten();
        self.skip(b", :");
        let Written::Civil { clock, offset, .. } = self.rest(year_first, month, day)? else {
            return None;
        };
        // ctime puts the year last, after the zone's name if there is one.
        self.skip(b" ");
        let year_last = (self.digits_ahead() == 4).then(|| self.number(4)).flatten();
        let year = year_first.or(year_last);
        Some(Written::Civil { year, month, day, clock, offset })
    }

    /// The time of day and the zone, after the date.
    fn rest(&mut self, year: Option<i16>, month: i8, day: i8) -> Option<Written> {
        let clock = self.clock()?;
        let offset = self.offset();
        Some(Written::Civil { year, month, day, clock, offset })
    }

    fn clock(&mut self) -> Option<Clock> {
        let mut hour = self.small()?;
        self.one_of(b":")?;
        let minute = self.small()?;
        let second = if self.one_of(b":").is_some() { self.small()? } else { 0 };
        let nanosecond = self.fraction();
        let half = self.bytes.get(self.at..).unwrap_or_default();
        if let [b' ', half @ (b'a' | b'A' | b'p' | b'P'), b'm' | b'M', ..] = half {
            match half.to_ascii_lowercase() {
                b'p' if hour < 12 => hour += 12,
                b'a' if hour == 12 => hour = 0,
                _ => {}
            }
            self.at += 3;
        }
        Some(Clock { hour, minute, second, nanosecond })
    }

    fn fraction(&mut self) -> i32 {
        let mark = self.peek();
        let digit = self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit);
        if !matches!(mark, Some(b'.' | b',')) || !digit {
            return 0;
        }
        self.at += 1;
        let (value, digits) = nanoseconds(&self.bytes[self.at..]);
        self.at += digits;
        value
    }

    /// `Z`, `+07:00`, `-0500`, `UTC`, `GMT`; any other name of a zone is
    /// ambiguous (`CST`, `IST`) and does not count.
    fn offset(&mut self) -> Option<Offset> {
        let start = self.at;
        self.skip(b" ");
        let offset = self.stated_offset();
        if offset.is_none() {
            self.at = start;
        }
        offset
    }

    fn stated_offset(&mut self) -> Option<Offset> {
        let rest = self.bytes.get(self.at..)?;
        let named = [&b"UTC"[..], b"GMT", b"Z"].into_iter().find(|name| rest.starts_with(name));
        if let Some(name) = named {
            self.at += name.len();
            return Some(Offset::UTC);
        }
        let sign = match rest.first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.at += 1;
        let hours = self.small()?;
        let _ = self.one_of(b":");
        let minutes = self.small().unwrap_or(0);
        let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
        Offset::from_seconds(sign * seconds).ok()
    }
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

    fn read(text: &str) -> String {
        let reference: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let zone = TimeZone::fixed(Offset::constant(7));
        let found = parse(text, &Reading { zone, reference });
        found.map_or("nothing".into(), |time| {
            let year = if time.year_assumed { " year assumed" } else { "" };
            format!("{} {:?}{year}", time.at, time.zone)
        })
    }

    #[test]
    fn times_of_every_shape() {
        for (text, expected) in [
            ("2026-01-31T08:30:00Z", "2026-01-31T08:30:00Z Stated"),
            ("2026-01-31T08:30:00.123456+07:00", "2026-01-31T01:30:00.123456Z Stated"),
            ("2026-01-31T08:30:00.123+0000", "2026-01-31T08:30:00.123Z Stated"),
            ("2026-01-31 08:30:00,123", "2026-01-31T01:30:00.123Z Assumed"),
            ("2026/01/31 08:30:00", "2026-01-31T01:30:00Z Assumed"),
            ("20260131T083000Z", "2026-01-31T08:30:00Z Stated"),
            ("Jan 31 08:30:00", "2026-01-31T01:30:00Z Assumed year assumed"),
            ("Mar  1 06:30:00", "2026-02-28T23:30:00Z Assumed year assumed"),
            ("Dec 31 08:30:00", "2025-12-31T01:30:00Z Assumed year assumed"),
            ("Feb 29 08:30:00", "2024-02-29T01:30:00Z Assumed year assumed"),
            ("Jan 31 2026 08:30:00", "2026-01-31T01:30:00Z Assumed"),
            ("Jan 31 2026 08:30:00 UTC", "2026-01-31T08:30:00Z Stated"),
            ("*Jan 31 08:30:00.250", "2026-01-31T01:30:00.25Z Assumed year assumed"),
            ("31/Jan/2026:08:30:00 +0700", "2026-01-31T01:30:00Z Stated"),
            ("31-Jan-2026 08:30:00.123", "2026-01-31T01:30:00.123Z Assumed"),
            ("Sat Jan 31 08:30:00.5 2026", "2026-01-31T01:30:00.5Z Assumed"),
            ("Sat, 31 Jan 2026 08:30:00 GMT", "2026-01-31T08:30:00Z Stated"),
            ("1/31/2026 8:30:00 PM", "2026-01-31T13:30:00Z Assumed"),
            ("31/01/2026 08:30:00", "2026-01-31T01:30:00Z Assumed"),
            ("1769848200", "2026-01-31T08:30:00Z Stated"),
            ("1769848200.25", "2026-01-31T08:30:00.25Z Stated"),
            ("1769848200123", "2026-01-31T08:30:00.123Z Stated"),
            ("1769848200123456", "2026-01-31T08:30:00.123456Z Stated"),
            ("1769848200123456789", "2026-01-31T08:30:00.123456789Z Stated"),
            ("/Date(1769848200123)/", "2026-01-31T08:30:00.123Z Stated"),
            ("2026-01-31T23:59:60Z", "2026-01-31T23:59:59Z Stated"),
            ("2026-02-30T08:30:00Z", "nothing"),
            ("", "nothing"),
            ("soon", "nothing"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_time_or_not(text: String, shape in "[0-9/: .,TZ+JanFeb-]{0,40}") {
            read(&text);
            read(&shape);
        }

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
