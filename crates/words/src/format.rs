//! Dates, times and numbers as each language writes them.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::Lang;

impl Lang {
    /// `31/01/2024` or `2024-01-31`.
    pub fn date(self, date: Date) -> String {
        match self {
            Self::Vi => date.strftime("%d/%m/%Y").to_string(),
            Self::En => date.strftime("%Y-%m-%d").to_string(),
        }
    }

    /// `14:05 31/01/2024` or `2024-01-31 14:05`, in this time zone.
    pub fn date_time(self, at: Timestamp, zone: &TimeZone) -> String {
        let at = at.to_zoned(zone.clone());
        match self {
            Self::Vi => at.strftime("%H:%M %d/%m/%Y").to_string(),
            Self::En => at.strftime("%Y-%m-%d %H:%M").to_string(),
        }
    }

    /// `14:05`, in this time zone.
    pub fn time(self, at: Timestamp, zone: &TimeZone) -> String {
        at.to_zoned(zone.clone()).strftime("%H:%M").to_string()
    }

    /// `1.234` or `1,234`.
    pub fn number(self, n: u64) -> String {
        let digits = n.to_string();
        let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(self.thousands());
            }
            out.push(digit);
        }
        out
    }

    /// A fraction with this many digits after the mark: `12,5` or `12.5`.
    pub fn decimal(self, n: f64, digits: usize) -> String {
        let text = format!("{n:.digits$}");
        match self {
            Self::Vi => text.replace('.', ","),
            Self::En => text,
        }
    }

    /// How much of the whole, in whole percent, rounded so that it never says
    /// more than is true: 999 of 1000 are `99%`, 1 of 1000 is `<1%`, and of
    /// nothing there is no share (`–`).
    pub fn percent(self, part: u64, whole: u64) -> String {
        if whole == 0 {
            return "–".to_owned();
        }
        match u128::from(part) * 100 / u128::from(whole) {
            0 if part > 0 => "<1%".to_owned(),
            share => format!("{share}%"),
        }
    }

    fn thousands(self) -> char {
        match self {
            Self::Vi => '.',
            Self::En => ',',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_read_as_each_language_writes_them() {
        let at: Timestamp = "2024-01-31T18:05:59Z".parse().unwrap();
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        assert_eq!(Lang::Vi.date_time(at, &zone), "01:05 01/02/2024");
        assert_eq!(Lang::En.date_time(at, &zone), "2024-02-01 01:05");
        assert_eq!(Lang::Vi.time(at, &zone), "01:05");
        assert_eq!(Lang::Vi.date(jiff::civil::date(2024, 2, 5)), "05/02/2024");
        assert_eq!(Lang::En.date(jiff::civil::date(2024, 2, 5)), "2024-02-05");
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (n, vi, en) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1000, "1.000", "1,000"),
            (1_234_567, "1.234.567", "1,234,567"),
        ] {
            assert_eq!((Lang::Vi.number(n).as_str(), Lang::En.number(n).as_str()), (vi, en));
        }
        assert_eq!(Lang::Vi.decimal(12.345, 1), "12,3");
        assert_eq!(Lang::En.decimal(12.345, 2), "12.35");
    }

    #[test]
    fn a_share_never_says_more_than_is_true() {
        for (part, whole, text) in [
            (0, 0, "–"),
            (0, 9, "0%"),
            (1, 1000, "<1%"),
            (999, 1000, "99%"),
            (7, 7, "100%"),
            (u64::MAX, 1, "1844674407370955161500%"),
        ] {
            assert_eq!(Lang::Vi.percent(part, whole), text, "{part} of {whole}");
        }
    }
}
