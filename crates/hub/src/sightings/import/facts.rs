//! A list as far as placing needs it: a few words an entry, not its text.

use std::{collections::HashMap, sync::Arc};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use lists::{Address, Entry, Key, TimeSource, family_key, taxonomy::Classification};

/// The entries of a list in brief, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Facts {
    each: Vec<Fact>,
    families: Vec<Family>,
    family_at: HashMap<Arc<str>, u32>,
}

/// An entry in brief.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    pub(super) address: Address,
    pub(super) seen_at: Timestamp,
    pub(super) key: Key,
    pub(super) class: Arc<Classification>,
    /// Whether the row itself says when.
    is_timed: bool,
    family: u32,
}

/// A family's name as the list writes it, and as it is compared.
#[derive(Debug)]
pub(super) struct Family {
    pub(super) name: Arc<str>,
    pub(super) key: String,
}

impl Facts {
    pub(super) fn add(&mut self, entry: &Entry) {
        let family = self.family_of(entry.family.as_ref());
        self.each.push(Fact {
            address: entry.address,
            seen_at: entry.seen_at,
            key: entry.key,
            class: Arc::clone(&entry.classification),
            is_timed: entry.seen_from != TimeSource::List,
            family,
        });
    }

    fn family_of(&mut self, name: Option<&Arc<str>>) -> u32 {
        let name = name.cloned().unwrap_or_default();
        if let Some(at) = self.family_at.get(&name) {
            return *at;
        }
        let at = u32::try_from(self.families.len()).unwrap_or(u32::MAX);
        self.families.push(Family { key: family_key(&name), name: Arc::clone(&name) });
        self.family_at.insert(name, at);
        at
    }

    pub(super) fn len(&self) -> usize {
        self.each.len()
    }

    pub(super) fn fact(&self, at: u32) -> &Fact {
        &self.each[at as usize]
    }

    pub(super) fn family(&self, fact: &Fact) -> &Family {
        &self.families[fact.family as usize]
    }

    /// The days that rows say they are of.
    pub(super) fn days(&self, zone: &TimeZone) -> Vec<Date> {
        let timed = self.each.iter().filter(|fact| fact.is_timed);
        timed.map(|fact| fact.seen_at.to_zoned(zone.clone()).date()).collect()
    }

    /// Entries by address and family, those of one sighting together and in the
    /// order of the file. An index that is filled in this order is filled at
    /// its end.
    pub(super) fn by_address(&self) -> Vec<u32> {
        let count = u32::try_from(self.each.len()).unwrap_or(u32::MAX);
        let mut order: Vec<u32> = (0..count).collect();
        let place = |at: &u32| {
            let fact = self.fact(*at);
            (fact.address.span().0, self.family(fact).key.as_str())
        };
        order.sort_by(|a, b| place(a).cmp(&place(b)));
        order
    }
}
