//! Dates and times as people write them.
//!
//! Day before month, as Vietnam writes; a month above 12 in that place can only
//! be the American order and is read so, with a mark. The clock time may stand
//! before or behind the date. See `tests/dates.rs` for the whole table.

use jiff::{
    SignedDuration, Timestamp, civil,
    tz::{Offset, TimeZone},
};

/// How exactly a time was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// A day; the moment is its beginning.
    Day,
    /// A minute or finer.
    Time,
}

/// A time that was written somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub at: Timestamp,
    /// How exactly it was written.
    pub precision: Precision,
    /// Whether the text itself said the zone; otherwise the default was taken.
    pub zoned: bool,
    /// Whether day and month stood in the American order.
    pub swapped: bool,
}

/// Why a text is not a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongTime {
    /// Nothing is written.
    #[error("nothing written")]
    Empty,
    /// It is not a date in any way we know.
    #[error("not understood")]
    NotUnderstood,
    /// It reads as a date that does not exist, or lies outside 1980–2199.
    #[error("no such date")]
    NoSuchDate,
}

/// Reads a time. `zone` is used where the text names none.
pub fn moment(text: &str, zone: &TimeZone) -> Result<Moment, WrongTime> {
    let text = text.trim().trim_matches(['"', '\'']).trim();
    if text.is_empty() {
        return Err(WrongTime::Empty);
    }
    if let Some(number) = number(text) {
        return of_number(text, number, zone);
    }
    let parts = Parts::of(text)?;
    let time = parts.time.unwrap_or(civil::Time::midnight());
    let local = parts.date.to_datetime(time);
    let zone_here = parts.offset.map(TimeZone::fixed);
    let at = zone_here
        .as_ref()
        .unwrap_or(zone)
        .to_timestamp(local)
        .map_err(|_| WrongTime::NoSuchDate)?;
    let precision = if parts.time.is_some() { Precision::Time } else { Precision::Day };
    Ok(Moment { at, precision, zoned: parts.offset.is_some(), swapped: parts.swapped })
}

/// Reads the day of a date or time, as written (no zone is applied).
pub fn date(text: &str) -> Result<civil::Date, WrongTime> {
    let text = text.trim().trim_matches(['"', '\'']).trim();
    if text.is_empty() {
        return Err(WrongTime::Empty);
    }
    match number(text) {
        Some(number) => {
            Ok(of_number(text, number, &TimeZone::UTC)?.at.to_zoned(TimeZone::UTC).date())
        }
        None => Ok(Parts::of(text)?.date),
    }
}

fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let points = text.bytes().filter(|b| *b == b'.').count();
    if plain && points <= 1 { text.parse().ok() } else { None }
}

/// A bare number: `yyyymmdd[hhmm[ss]]`, an Excel serial, seconds or
/// milliseconds since 1970, or a Windows FILETIME — told apart by size.
fn of_number(text: &str, number: f64, zone: &TimeZone) -> Result<Moment, WrongTime> {
    let digits = text.split('.').next().unwrap_or_default().len();
    if !text.contains('.')
        && matches!(digits, 8 | 12 | 14)
        && let Ok(found) = compact(text, zone)
    {
        return Ok(found);
    }
    match digits {
        5 => excel_serial(number, zone),
        9 | 10 => since_1970(number * 1e6),
        13 => since_1970(number * 1e3),
        16 => since_1970(number),
        18 => since_1970((number - 116_444_736_000_000_000.0) / 10.0),
        _ => Err(WrongTime::NotUnderstood),
    }
}

fn compact(text: &str, zone: &TimeZone) -> Result<Moment, WrongTime> {
    let part = |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse::<i16>().ok());
    let clock = |from: usize| part(from, from + 2).map_or(0, |v| i8::try_from(v).unwrap_or(-1));
    let year = part(0, 4).ok_or(WrongTime::NotUnderstood)?;
    let date = day(year, clock(4), clock(6))?;
    let time =
        civil::Time::new(clock(8), clock(10), clock(12), 0).map_err(|_| WrongTime::NoSuchDate)?;
    let at = zone.to_timestamp(date.to_datetime(time)).map_err(|_| WrongTime::NoSuchDate)?;
    let precision = if text.len() == 8 { Precision::Day } else { Precision::Time };
    Ok(Moment { at, precision, zoned: false, swapped: false })
}

/// Days since 1899-12-30, as Excel counts after its false leap day of 1900.
fn excel_serial(number: f64, zone: &TimeZone) -> Result<Moment, WrongTime> {
    let base = civil::date(1899, 12, 30).to_datetime(civil::Time::midnight());
    #[expect(
        clippy::cast_possible_truncation,
        reason = "five digits of days fit, and a float saturates"
    )]
    let seconds = (number * 86_400.0).round() as i64;
    let local =
        base.checked_add(SignedDuration::from_secs(seconds)).map_err(|_| WrongTime::NoSuchDate)?;
    in_range(local.year())?;
    let at = zone.to_timestamp(local).map_err(|_| WrongTime::NoSuchDate)?;
    let precision = if number.fract() == 0.0 { Precision::Day } else { Precision::Time };
    Ok(Moment { at, precision, zoned: false, swapped: false })
}

fn since_1970(micros: f64) -> Result<Moment, WrongTime> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float saturates and the range is checked"
    )]
    let at =
        Timestamp::from_microsecond(micros.round() as i64).map_err(|_| WrongTime::NoSuchDate)?;
    in_range(at.to_zoned(TimeZone::UTC).year())?;
    Ok(Moment { at, precision: Precision::Time, zoned: true, swapped: false })
}

fn in_range(year: i16) -> Result<(), WrongTime> {
    if (1980..2200).contains(&year) { Ok(()) } else { Err(WrongTime::NoSuchDate) }
}

fn day(year: i16, month: i8, day: i8) -> Result<civil::Date, WrongTime> {
    in_range(year)?;
    civil::Date::new(year, month, day).map_err(|_| WrongTime::NoSuchDate)
}

/// A text taken apart.
struct Parts {
    date: civil::Date,
    time: Option<civil::Time>,
    offset: Option<Offset>,
    swapped: bool,
}

impl Parts {
    fn of(text: &str) -> Result<Self, WrongTime> {
        if let Some(parts) = Self::iso(text.as_bytes()) {
            return parts;
        }
        if text.len() > 80 {
            return Err(WrongTime::NotUnderstood);
        }
        let lower = text.to_lowercase();
        let (time, before, after) = match clock(&lower)? {
            Some(found) => (Some(found.time), &lower[..found.from], &lower[found.to..]),
            None => (None, lower.as_str(), ""),
        };
        let (after, offset) = take_offset(after, time.is_some())?;
        let (date, swapped) = calendar(before, &after)?;
        Ok(Self { date, time, offset, swapped })
    }

    /// `yyyy-mm-dd hh:mm:ss`, the shape of almost every machine's list, without
    /// the general way's allocations.
    fn iso(text: &[u8]) -> Option<Result<Self, WrongTime>> {
        let shape = |at: usize| text.get(at).copied();
        let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
        let zulu = text.len() == 20 && text[19] == b'Z';
        let fits = (text.len() == 19 || zulu)
            && separators.iter().all(|(at, b)| shape(*at) == Some(*b))
            && matches!(shape(10), Some(b' ' | b'T'));
        if !fits {
            return None;
        }
        let two = |at: usize| {
            let digits = (text[at].is_ascii_digit() && text[at + 1].is_ascii_digit())
                .then(|| (text[at] - b'0') * 10 + (text[at + 1] - b'0'))?;
            i8::try_from(digits).ok()
        };
        let year = i16::from(two(0)?) * 100 + i16::from(two(2)?);
        let (month, number) = (two(5)?, two(8)?);
        let time = civil::Time::new(two(11)?, two(14)?, two(17)?, 0).ok()?;
        let offset = zulu.then_some(Offset::UTC);
        Some(day(year, month, number).map(|date| Self {
            date,
            time: Some(time),
            offset,
            swapped: false,
        }))
    }
}

struct Clock {
    time: civil::Time,
    from: usize,
    to: usize,
}

/// Finds `hh:mm[:ss[.fff]]` or `hhhmm` (`08h30`), with what says before or
/// after noon, in English (`am`, `pm`) or Vietnamese (`sa`, `ch`).
fn clock(text: &str) -> Result<Option<Clock>, WrongTime> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    for colon in 1..bytes.len() {
        let separates = matches!(bytes[colon], b':' | b'h') && digit(colon - 1) && digit(colon + 1);
        if !separates {
            continue;
        }
        let mut from = colon;
        while from > 0 && digit(from - 1) {
            from -= 1;
        }
        // Apache writes 01/Aug/2018:09:49:41: that colon ends a year. One
        // behind a sign belongs to an offset.
        if colon - from > 2 || (from > 0 && matches!(bytes[from - 1], b'+')) {
            continue;
        }
        return read_clock(text, from, colon).map(Some);
    }
    Ok(None)
}

fn read_clock(text: &str, from: usize, colon: usize) -> Result<Clock, WrongTime> {
    let (hour, _) = digits(text, from)?;
    let (minute, mut to) = digits(text, colon + 1)?;
    let (mut second, mut nanos) = (0, 0);
    if text[to..].starts_with(':') && text[to + 1..].starts_with(|c: char| c.is_ascii_digit()) {
        (second, to) = digits(text, to + 1)?;
        if text[to..].starts_with(['.', ','])
            && text[to + 1..].starts_with(|c: char| c.is_ascii_digit())
        {
            let fraction: String =
                text[to + 1..].chars().take_while(char::is_ascii_digit).collect();
            to += 1 + fraction.len();
            nanos = format!("{fraction:0<9.9}").parse().unwrap_or(0);
        }
    }
    let (hour, to) = noon(text, hour, to)?;
    let small = |number: u32| i8::try_from(number).map_err(|_| WrongTime::NoSuchDate);
    // A leap second is the last second of its minute to everybody else.
    let time = civil::Time::new(
        small(hour)?,
        small(minute)?,
        small(second.min(if second == 60 { 59 } else { second }))?,
        nanos,
    )
    .map_err(|_| WrongTime::NoSuchDate)?;
    Ok(Clock { time, from, to })
}

fn digits(text: &str, at: usize) -> Result<(u32, usize), WrongTime> {
    let len = text[at..].bytes().take_while(u8::is_ascii_digit).count();
    let number = text[at..at + len].parse().map_err(|_| WrongTime::NotUnderstood)?;
    Ok((number, at + len))
}

fn noon(text: &str, hour: u32, to: usize) -> Result<(u32, usize), WrongTime> {
    let rest = text[to..].trim_start();
    let word: String = rest.chars().take_while(|c| c.is_alphabetic()).collect();
    let late = match word.as_str() {
        "am" | "sa" => false,
        "pm" | "ch" => true,
        _ => return Ok((hour, to)),
    };
    let to = text.len() - rest.len() + word.len();
    match (hour, late) {
        (1..=11, true) => Ok((hour + 12, to)),
        (12, false) => Ok((0, to)),
        // Vietnamese Windows writes 15:04 CH too.
        (0..=23, _) => Ok((hour, to)),
        _ => Err(WrongTime::NoSuchDate),
    }
}

/// Takes the zone out of what follows the clock time: `z`, `utc`, `gmt+7`,
/// `+07:00`, `+0700`, `-03`.
fn take_offset(after: &str, has_time: bool) -> Result<(String, Option<Offset>), WrongTime> {
    let mut rest = after.replace(['(', ')'], " ");
    let mut offset = None;
    for name in ["utc", "gmt", "z", "ict"] {
        if let Some(at) = word_at(&rest, name) {
            offset = Some(if name == "ict" { Offset::constant(7) } else { Offset::UTC });
            rest.replace_range(at..at + name.len(), " ");
            break;
        }
    }
    let sign = rest.find(['+', '-', '−']).filter(|at| has_time && is_offset(&rest[*at..]));
    if let Some(at) = sign {
        let tail = rest[at..].trim_start_matches(['+', '-', '−']);
        let len = tail.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(tail.len());
        let number = &tail[..len];
        let negative = !rest[at..].starts_with('+');
        offset = Some(read_offset(number, negative)?);
        let end = rest.len() - tail.len() + len;
        rest.replace_range(at..end, " ");
    }
    Ok((rest, offset))
}

fn is_offset(text: &str) -> bool {
    let tail = text.trim_start_matches(['+', '-', '−']);
    let number: String = tail.chars().take_while(|c| c.is_ascii_digit() || *c == ':').collect();
    let next = tail[number.len()..].chars().next();
    matches!(number.len(), 1 | 2 | 4 | 5) && !matches!(next, Some('/' | '-' | '.'))
}

fn read_offset(number: &str, negative: bool) -> Result<Offset, WrongTime> {
    let plain = number.replace(':', "");
    let (hours, minutes) =
        if plain.len() > 2 { plain.split_at(plain.len() - 2) } else { (plain.as_str(), "0") };
    let hours: i32 = hours.parse().map_err(|_| WrongTime::NotUnderstood)?;
    let minutes: i32 = minutes.parse().map_err(|_| WrongTime::NotUnderstood)?;
    if hours > 14 || minutes > 59 {
        return Err(WrongTime::NoSuchDate);
    }
    let seconds = (hours * 60 + minutes) * 60;
    Offset::from_seconds(if negative { -seconds } else { seconds })
        .map_err(|_| WrongTime::NoSuchDate)
}

fn word_at(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphabetic) && !after.is_some_and(char::is_alphabetic)
    })
}

/// A word or a number of the calendar part.
enum Token {
    Number(u32, usize),
    Month(i8),
}

/// The date in what is left around the clock time.
fn calendar(before: &str, after: &str) -> Result<(civil::Date, bool), WrongTime> {
    let mut tokens = Vec::new();
    for text in [before, after] {
        let cut = |c: char| !c.is_alphanumeric();
        for piece in text.split(cut).flat_map(letters_apart).filter(|piece| !piece.is_empty()) {
            if let Some(token) = token(piece)? {
                tokens.push(token);
            }
        }
    }
    match tokens[..] {
        [Token::Number(year, 4), Token::Number(month, _), Token::Number(number, _)] => {
            Ok((of(year, month, number)?, false))
        }
        [Token::Number(year, 4), Token::Month(month), Token::Number(number, _)]
        | [Token::Number(number, 1 | 2), Token::Month(month), Token::Number(year, _)]
        | [Token::Month(month), Token::Number(number, 1 | 2), Token::Number(year, _)] => {
            Ok((of(century(year), u32::from(month.unsigned_abs()), number)?, false))
        }
        [Token::Number(first, 1 | 2), Token::Number(second, 1 | 2), Token::Number(year, 2 | 4)] => {
            let swapped = second > 12 && first <= 12;
            let (number, month) = if swapped { (second, first) } else { (first, second) };
            Ok((of(century(year), month, number)?, swapped))
        }
        _ => Err(WrongTime::NotUnderstood),
    }
}

/// `t14`, `2024t` or `5th`: a letter that touches a number stands apart.
fn letters_apart(piece: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut was_digit = None;
    for (at, c) in piece.char_indices() {
        let digit = c.is_ascii_digit();
        if was_digit.is_some_and(|was| was != digit) {
            parts.push(&piece[start..at]);
            start = at;
        }
        was_digit = Some(digit);
    }
    parts.push(&piece[start..]);
    parts
}

fn token(piece: &str) -> Result<Option<Token>, WrongTime> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    const IDLE: [&str; 18] = [
        "t", "ngày", "ngay", "tháng", "thang", "năm", "nam", "lúc", "luc", "thứ", "giờ", "gio",
        "at", "on", "of", "th", "st", "hồi",
    ];
    if piece.starts_with(|c: char| c.is_ascii_digit()) {
        let number = piece.parse().map_err(|_| WrongTime::NotUnderstood)?;
        return Ok(Some(Token::Number(number, piece.len())));
    }
    let month = MONTHS.iter().position(|m| piece.starts_with(m) && is_month_word(piece));
    if let Some(month) = month {
        return Ok(Some(Token::Month(i8::try_from(month + 1).unwrap_or(0))));
    }
    let weekday =
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().any(|d| piece.starts_with(d));
    if weekday || IDLE.contains(&piece) { Ok(None) } else { Err(WrongTime::NotUnderstood) }
}

fn is_month_word(piece: &str) -> bool {
    const LONG: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    LONG.iter().any(|long| long.starts_with(piece)) || piece == "sept"
}

fn century(year: u32) -> u32 {
    if year < 70 {
        year + 2000
    } else if year < 100 {
        year + 1900
    } else {
        year
    }
}

fn of(year: u32, month: u32, number: u32) -> Result<civil::Date, WrongTime> {
    let year = i16::try_from(year).map_err(|_| WrongTime::NoSuchDate)?;
    let small = |n: u32| i8::try_from(n).map_err(|_| WrongTime::NoSuchDate);
    day(year, small(month)?, small(number)?)
}
