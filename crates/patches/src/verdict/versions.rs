//! Ordering of versions: dotted numbers, Debian's and RPM's rules.

use std::cmp::Ordering;

/// Compares dotted numeric versions; missing parts count as zero. `None` when
/// either is no such version.
pub fn dotted(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (crate::text::version(left)?, crate::text::version(right)?);
    let length = left.len().max(right.len());
    let part = |v: &[u64], at: usize| v.get(at).copied().unwrap_or(0);
    let parts = (0..length).map(|at| part(&left, at).cmp(&part(&right, at)));
    Some(parts.fold(Ordering::Equal, Ordering::then))
}

/// Compares versions as `dpkg --compare-versions` does (Debian Policy 5.6.12).
pub fn debian(left: &str, right: &str) -> Ordering {
    let (left_epoch, left) = epoch(left);
    let (right_epoch, right) = epoch(right);
    let (left, left_revision) = left.rsplit_once('-').unwrap_or((left, ""));
    let (right, right_revision) = right.rsplit_once('-').unwrap_or((right, ""));
    left_epoch
        .cmp(&right_epoch)
        .then_with(|| debian_part(left, right))
        .then_with(|| debian_part(left_revision, right_revision))
}

fn epoch(version: &str) -> (u64, &str) {
    let split = version.split_once(':').and_then(|(e, rest)| Some((e.parse().ok()?, rest)));
    split.unwrap_or((0, version))
}

fn debian_part(mut left: &str, mut right: &str) -> Ordering {
    while !left.is_empty() || !right.is_empty() {
        let (left_word, left_rest) = split_at(left, |c| !c.is_ascii_digit());
        let (right_word, right_rest) = split_at(right, |c| !c.is_ascii_digit());
        let words = debian_words(left_word, right_word);
        let (left_digits, left_next) = split_at(left_rest, |c| c.is_ascii_digit());
        let (right_digits, right_next) = split_at(right_rest, |c| c.is_ascii_digit());
        let order = words.then_with(|| digits(left_digits, right_digits));
        if order != Ordering::Equal {
            return order;
        }
        (left, right) = (left_next, right_next);
    }
    Ordering::Equal
}

/// Letters before all else, and a tilde before even the end.
fn debian_words(left: &str, right: &str) -> Ordering {
    let rank = |c: Option<char>| match c {
        Some('~') => -1,
        None => 0,
        Some(c) if c.is_ascii_alphabetic() => i64::from(u32::from(c)),
        Some(c) => i64::from(u32::from(c)) + 1024,
    };
    let (mut left, mut right) = (left.chars(), right.chars());
    loop {
        let pair = (left.next(), right.next());
        let order = rank(pair.0).cmp(&rank(pair.1));
        if order != Ordering::Equal || pair == (None, None) {
            return order;
        }
    }
}

fn split_at(text: &str, keep: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !keep(c)).unwrap_or(text.len()))
}

fn digits(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// Compares `[epoch:]version[-release]` as RPM does. `rpm -qa` leaves the epoch
/// out, and so do many package URLs: it counts only where both name it.
pub fn rpm(left: &str, right: &str) -> Ordering {
    let both = left.contains(':') && right.contains(':');
    let (left_epoch, left) = epoch(left);
    let (right_epoch, right) = epoch(right);
    let (left, left_release) = left.split_once('-').unwrap_or((left, ""));
    let (right, right_release) = right.split_once('-').unwrap_or((right, ""));
    let release = || {
        if left_release.is_empty() || right_release.is_empty() {
            Ordering::Equal
        } else {
            rpm_part(left_release, right_release)
        }
    };
    let epochs = if both { left_epoch.cmp(&right_epoch) } else { Ordering::Equal };
    epochs.then_with(|| rpm_part(left, right)).then_with(release)
}

fn rpm_part(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left, right);
    loop {
        left = skip_marks(left);
        right = skip_marks(right);
        match (left.starts_with('~'), right.starts_with('~')) {
            (true, true) => {}
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => match (left.starts_with('^'), right.starts_with('^')) {
                (true, true) => {}
                (true, false) => {
                    return if right.is_empty() { Ordering::Greater } else { Ordering::Less };
                }
                (false, true) => {
                    return if left.is_empty() { Ordering::Less } else { Ordering::Greater };
                }
                (false, false) => {
                    if left.is_empty() || right.is_empty() {
                        return left.len().cmp(&right.len());
                    }
                    let (order, l, r) = rpm_segment(left, right);
                    if order != Ordering::Equal {
                        return order;
                    }
                    (left, right) = (l, r);
                    continue;
                }
            },
        }
        (left, right) = (&left[1..], &right[1..]);
    }
}

fn skip_marks(text: &str) -> &str {
    text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric() && c != '~' && c != '^')
}

/// A number beats a word; numbers by value, words by letters.
fn rpm_segment<'a>(left: &'a str, right: &'a str) -> (Ordering, &'a str, &'a str) {
    let is_number = |t: &str| t.starts_with(|c: char| c.is_ascii_digit());
    match (is_number(left), is_number(right)) {
        (true, false) => (Ordering::Greater, "", ""),
        (false, true) => (Ordering::Less, "", ""),
        (true, true) => {
            let (a, left) = split_at(left, |c| c.is_ascii_digit());
            let (b, right) = split_at(right, |c| c.is_ascii_digit());
            (digits(a, b), left, right)
        }
        (false, false) => {
            let (a, left) = split_at(left, |c| c.is_ascii_alphabetic());
            let (b, right) = split_at(right, |c| c.is_ascii_alphabetic());
            (a.cmp(b), left, right)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_order() {
        for (less, more) in [
            ("1.0~rc1-1", "1.0-1"),
            ("1.10-0ubuntu4.1", "1.10-0ubuntu4.2"),
            ("2:1.0", "3:0.1"),
            ("1.9", "1.10"),
            ("1.0-1", "1.0-1+deb12u1"),
            ("5.15.0-91", "5.15.0-101"),
            ("1.0", "1.0a"),
            ("1.0a", "1.0+b"),
        ] {
            assert_eq!(debian(less, more), Ordering::Less, "{less} < {more}");
            assert_eq!(debian(more, less), Ordering::Greater, "{more} > {less}");
        }
        assert_eq!(debian("1.0-01", "1.0-1"), Ordering::Equal);
    }

    #[test]
    fn rpm_order() {
        for (less, more) in [
            ("5.3.4-12.el8", "5.3.4-13.el8"),
            ("1.0~rc1-1", "1.0-1"),
            ("1.0", "1.0^git1"),
            ("0:4.18.0-348.el8", "1:4.18.0-1.el8"),
            ("4.18.0-348.el8", "4.18.0-348.2.1.el8"),
            ("2.0a", "2.0.1"),
        ] {
            assert_eq!(rpm(less, more), Ordering::Less, "{less} < {more}");
            assert_eq!(rpm(more, less), Ordering::Greater, "{more} > {less}");
        }
        assert_eq!(rpm("1.0-1", "1.0"), Ordering::Equal);
        assert_eq!(rpm("1:1.0-1.el8", "1.0-2.el8"), Ordering::Less, "one epoch says nothing");
    }

    #[test]
    fn dotted_order() {
        assert_eq!(dotted("15.02.1258.028", "15.2.1258.28"), Some(Ordering::Equal));
        assert_eq!(dotted("119.0.2151.58", "119.0.2151.44"), Some(Ordering::Greater));
        assert_eq!(dotted("https://aka.ms/x", "1.0"), None);
    }
}
