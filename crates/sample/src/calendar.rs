//! The days of the story, and the one zone it is told in.

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, DateTime, Weekday, date},
};

use crate::dice::Dice;

/// First day of each month that a list covers.
pub(crate) const MONTHS: [Date; 4] =
    [date(2023, 10, 1), date(2023, 11, 1), date(2023, 12, 1), date(2024, 1, 1)];

/// Vietnam has had no other offset since 1975 and no summer time.
const AHEAD_OF_UTC: SignedDuration = SignedDuration::from_hours(7);

/// The instant that clocks in Vietnam show as `local`.
pub(crate) fn instant(local: DateTime) -> Timestamp {
    let epoch = date(1970, 1, 1).at(0, 0, 0, 0);
    Timestamp::UNIX_EPOCH + local.duration_since(epoch) - AHEAD_OF_UTC
}

/// What a clock in Greenwich shows when Vietnam's shows `local`.
pub(crate) fn in_utc(local: DateTime) -> DateTime {
    local - AHEAD_OF_UTC
}

/// The instant `hour:minute` of `day`, in Vietnam.
pub(crate) fn at(day: Date, hour: i8, minute: i8) -> Timestamp {
    instant(day.at(hour, minute, 0, 0))
}

/// A day from `first` on, within `days`.
pub(crate) fn day_within(dice: &mut Dice, first: Date, days: u32) -> Date {
    first + i64::from(dice.below(days)).days()
}

/// `day`, or the Monday after it if nobody works on it.
pub(crate) fn working_day(day: Date) -> Date {
    match day.weekday() {
        Weekday::Saturday => day + 2.days(),
        Weekday::Sunday => day + 1.day(),
        _ => day,
    }
}

/// An instant in office hours of `day`.
pub(crate) fn office_hours(dice: &mut Dice, day: Date) -> Timestamp {
    at(day, hour(dice, 8, 16), hour(dice, 0, 59))
}

/// Any second of `day`, as clocks in Vietnam show it.
pub(crate) fn any_time(dice: &mut Dice, day: Date) -> DateTime {
    day.at(hour(dice, 0, 23), hour(dice, 0, 59), hour(dice, 0, 59), 0)
}

fn hour(dice: &mut Dice, low: u32, high: u32) -> i8 {
    i8::try_from(dice.between(low, high)).unwrap_or_default()
}

/// As a Vietnamese office writes a day.
pub(crate) fn written(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}
