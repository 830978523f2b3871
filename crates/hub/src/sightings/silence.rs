//! When silence proves that a machine was cleaned.
//!
//! A claimed sighting is proved when **every** feed that ever saw it has been
//! silent about it in its next K lists really received. A list of a feed
//! counts when all of this holds:
//!
//! * it was read to its end and names at least one address: an empty or
//!   cut-off list says nothing about anybody;
//! * its last day is after the claimed day of cleaning: a list of the days
//!   before cannot know;
//! * its first day is after the last day on which this feed saw the sighting,
//!   so the whole of its time is without it;
//! * it names no network that holds the address with the same family;
//! * its days overlap with no other list that was counted: the same month
//!   sent twice is one month of silence.
//!
//! What did not arrive is not counted. So a missing list can only delay a
//! proof, never make one; with nothing received nothing is ever proved.

use jiff::civil::Date;

/// A list of a feed as far as silence is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received<L> {
    /// Which list.
    pub list: L,
    /// First day it covers.
    pub from: Date,
    /// Last day it covers.
    pub to: Date,
    /// Read to its end, with at least one address.
    pub complete: bool,
    /// Names a network that holds the address, with the same family.
    pub names_its_network: bool,
}

/// What one feed knows of a sighting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched<L> {
    /// Last day on which the feed saw it.
    pub last_seen: Date,
    /// How many silent lists the feed asks for; at least one.
    pub needed: u32,
    /// Every list of the feed received, in any order.
    pub lists: Vec<Received<L>>,
}

/// The lists of a feed that are silent after the day of cleaning, in the order
/// of their days.
pub fn silent<L: Clone>(watched: &Watched<L>, cleaned_on: Date) -> Vec<L> {
    let mut counting: Vec<&Received<L>> =
        watched.lists.iter().filter(|list| counts(list, watched.last_seen, cleaned_on)).collect();
    // By the end of their days: the choice that keeps the most apart.
    counting.sort_by_key(|list| (list.to, list.from));
    let mut chosen: Vec<L> = Vec::new();
    let mut until: Option<Date> = None;
    for list in counting {
        if until.is_none_or(|until| list.from > until) {
            until = Some(list.to);
            chosen.push(list.list.clone());
        }
    }
    chosen
}

fn counts<L>(list: &Received<L>, last_seen: Date, cleaned_on: Date) -> bool {
    list.complete
        && !list.names_its_network
        && list.from <= list.to
        && list.to > cleaned_on
        && list.from > last_seen
}

/// The lists that prove it, feed by feed; `None` while any feed lacks some.
/// Without any feed there is nothing that could be silent.
pub fn proof<L: Clone>(feeds: &[Watched<L>], cleaned_on: Date) -> Option<Vec<Vec<L>>> {
    if feeds.is_empty() {
        return None;
    }
    feeds
        .iter()
        .map(|feed| {
            let mut lists = silent(feed, cleaned_on);
            let needed = feed.needed.max(1) as usize;
            lists.truncate(needed);
            (lists.len() == needed).then_some(lists)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan, civil::date};
    use proptest::prelude::*;

    use super::*;

    fn month(year: i16, month: i8) -> Received<&'static str> {
        let from = date(year, month, 1);
        let to = from.last_of_month();
        Received { list: "", from, to, complete: true, names_its_network: false }
    }

    fn feed(last_seen: Date, lists: &[Received<&'static str>]) -> Watched<&'static str> {
        Watched { last_seen, needed: 2, lists: lists.to_vec() }
    }

    #[test]
    fn the_stories_of_a_winter() {
        let [oct, nov, dec, jan] =
            [month(2023, 10), month(2023, 11), month(2023, 12), month(2024, 1)];
        let rows = [
            // Seen in October, cleaned on 8 November.
            ((10, 17), (11, 8), vec![&oct, &nov], 1),
            ((10, 17), (11, 8), vec![&oct, &nov, &dec], 2),
            // December never came: January makes it two.
            ((10, 20), (11, 8), vec![&oct, &nov, &jan], 2),
            // Seen in November, cleaned in December; December never came.
            ((11, 25), (12, 6), vec![&nov, &jan], 1),
            // A list of days before the cleaning knows nothing of it.
            ((10, 17), (12, 1), vec![&nov, &dec, &jan], 2),
            ((10, 17), (11, 30), vec![&nov, &dec], 1),
            // Still seen on the first day of the list.
            ((11, 1), (11, 8), vec![&nov, &dec], 1),
            ((10, 17), (11, 8), vec![], 0),
        ];
        for ((month, day), (clean_month, clean_day), lists, expected) in rows {
            let lists: Vec<_> = lists.into_iter().cloned().collect();
            let watched = feed(date(2023, month, day), &lists);
            let cleaned = date(2023, clean_month, clean_day);
            assert_eq!(silent(&watched, cleaned).len(), expected, "{watched:?} {cleaned}");
            assert_eq!(proof(&[watched], cleaned).is_some(), expected >= 2);
        }
    }

    #[test]
    fn what_says_nothing_is_not_silent() {
        let (nov, dec) = (month(2023, 11), month(2023, 12));
        let cleaned = date(2023, 11, 8);
        let spoilt: [fn(&mut Received<&'static str>); 3] = [
            |list| list.complete = false,
            |list| list.names_its_network = true,
            |list| std::mem::swap(&mut list.from, &mut list.to),
        ];
        for spoil in spoilt {
            let mut second = dec.clone();
            spoil(&mut second);
            let watched = feed(date(2023, 10, 5), &[nov.clone(), second]);
            assert_eq!(proof(&[watched], cleaned), None);
        }
    }

    #[test]
    fn the_same_month_twice_is_one_month() {
        let nov = month(2023, 11);
        let again = Received { to: date(2023, 11, 29), ..nov.clone() };
        let watched = feed(date(2023, 10, 5), &[nov, again]);
        assert_eq!(silent(&watched, date(2023, 11, 8)).len(), 1);
    }

    #[test]
    fn every_feed_must_be_silent() {
        let lists = [month(2023, 11), month(2023, 12)];
        let quiet = feed(date(2023, 10, 5), &lists);
        let loud = feed(date(2023, 12, 5), &lists);
        assert!(proof(&[quiet.clone(), quiet.clone()], date(2023, 11, 8)).is_some());
        assert_eq!(proof(&[quiet, loud], date(2023, 11, 8)), None);
        assert_eq!(proof::<&str>(&[], date(2023, 11, 8)), None);
    }

    prop_compose! {
        fn some_list()(start in 0..200i64, days in 0..40i64, complete: bool, named in prop::bool::weighted(0.1))
            -> Received<i64> {
            let from = date(2023, 9, 1) + start.days();
            Received { list: start, from, to: from + days.days(), complete, names_its_network: named }
        }
    }

    proptest! {
        /// Law 1: whatever is taken away, nothing becomes clean by it.
        #[test]
        fn a_missing_list_never_proves(
            lists in prop::collection::vec(some_list(), 0..12),
            seen in 0..150i64, cleaned in 0..150i64, without in 0..12usize, needed in 0..4u32,
        ) {
            let start = date(2023, 9, 1);
            let whole = Watched { last_seen: start + seen.days(), needed, lists };
            let mut fewer = whole.clone();
            if without < fewer.lists.len() {
                fewer.lists.remove(without);
            }
            let cleaned = start + cleaned.days();
            let proved = |watched: &Watched<i64>| proof(std::slice::from_ref(watched), cleaned).is_some();
            prop_assert!(!proved(&fewer) || proved(&whole));
            let none = Watched { lists: Vec::new(), ..whole };
            prop_assert!(!proved(&none));
        }

        #[test]
        fn counted_lists_lie_apart_and_after(
            lists in prop::collection::vec(some_list(), 0..12), seen in 0..150i64, cleaned in 0..150i64,
        ) {
            let start = date(2023, 9, 1);
            let (last_seen, cleaned) = (start + seen.days(), start + cleaned.days());
            let indexed = lists.iter().enumerate();
            let lists: Vec<_> = indexed.map(|(at, list)| Received {
                list: at, from: list.from, to: list.to, complete: list.complete,
                names_its_network: list.names_its_network,
            }).collect();
            let watched = Watched { last_seen, needed: 2, lists };
            let mut until = last_seen;
            for at in silent(&watched, cleaned) {
                let list = &watched.lists[at];
                prop_assert!(list.from > until && list.to > cleaned && list.complete);
                until = list.to;
            }
        }
    }
}
