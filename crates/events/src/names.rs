//! Field names as small numbers.

use foldhash::fast::RandomState;
use std::collections::HashMap;

/// A field name in a [`Names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u32);

impl Key {
    /// Position in its [`Names`], from 0: for dense tables by key.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The names of fields, each once.
///
/// A matcher interns the names that its rules ask for, calls
/// [`Names::freeze`], and gives every thread a clone: keys below
/// [`Names::frozen`] mean the same everywhere, so a rule is compiled to keys
/// once. Names that only the input knows come after them and belong to the
/// one clone; when there are too many (a hostile input invents them without
/// end) they are forgotten between two records.
#[derive(Clone, Debug)]
pub struct Names {
    keys: HashMap<Box<str>, Key, RandomState>,
    by_key: Vec<Box<str>>,
    frozen: usize,
    generation: u64,
    /// Names that stand in the program itself, by where they stand: half of a
    /// syslog line's cost was to hash and compare the same few.
    literals: Vec<Option<Literal>>,
}

/// A name in the program, and its key.
#[derive(Clone, Copy, Debug)]
struct Literal {
    address: usize,
    len: usize,
    key: Key,
}

/// Places for literals; two that share one merely take turns.
const LITERALS: usize = 512;

/// Members of JSON objects that say what the object is, and when. They are the
/// first in every [`Names`], so that a decoder knows them by number.
pub(crate) const KNOWN: &[&str] = &[
    "@timestamp",
    "timestamp",
    "TimeCreated_SystemTime",
    "UtcTime",
    "EventTime",
    "ts",
    "time",
    "eventTime",
    "__REALTIME_TIMESTAMP",
    "TimeGenerated",
    "TimeCreated",
    "event.created",
    "date",
    "datetime",
    "time_local",
    // What is no time from here on: see `json_record`.
    "event_type",
    "_path",
    "id.orig_h",
    "host.name",
    "hostname",
    "Hostname",
    "Computer",
    "host",
    "_HOSTNAME",
    "Channel",
    "EventID",
    "Provider_Name",
    "MESSAGE",
    "message",
    "Message",
    "agent.hostname",
    "SYSLOG_IDENTIFIER",
];

/// How many of [`KNOWN`] are times, the best first.
pub(crate) const KNOWN_TIMES: usize = 15;

/// Names kept beyond the frozen ones.
const MOST_NAMES: usize = 1 << 16;

impl Default for Names {
    fn default() -> Self {
        Self::new()
    }
}

impl Names {
    /// Only the names that decoders look for themselves.
    pub fn new() -> Self {
        let mut names = Self {
            keys: HashMap::default(),
            by_key: Vec::new(),
            frozen: 0,
            generation: 0,
            literals: vec![None; LITERALS],
        };
        for known in KNOWN {
            names.intern(known);
        }
        names.freeze();
        names
    }

    /// Which of [`KNOWN`] a key is, by position.
    pub(crate) fn known(key: Key) -> Option<usize> {
        Some(key.index()).filter(|at| *at < KNOWN.len())
    }

    /// The key of a name, which is added if new.
    pub fn intern(&mut self, name: &str) -> Key {
        if let Some(key) = self.keys.get(name) {
            return *key;
        }
        let key = Key(u32::try_from(self.by_key.len()).unwrap_or(u32::MAX));
        self.by_key.push(name.into());
        self.keys.insert(name.into(), key);
        key
    }

    /// The key of a name that stands in the program, which never moves.
    pub(crate) fn intern_literal(&mut self, name: &'static str) -> Key {
        let (address, len) = (name.as_ptr().addr(), name.len());
        let place = (address ^ (address >> 7) ^ len) % LITERALS;
        match self.literals.get(place) {
            Some(Some(known)) if known.address == address && known.len == len => known.key,
            _ => {
                let key = self.intern(name);
                if let Some(place) = self.literals.get_mut(place) {
                    *place = Some(Literal { address, len, key });
                }
                key
            }
        }
    }

    /// The key of a name that was seen or asked for.
    pub fn find(&self, name: &str) -> Option<Key> {
        self.keys.get(name).copied()
    }

    /// The name of a key; empty for a key of another `Names`.
    pub fn name(&self, key: Key) -> &str {
        self.by_key.get(key.index()).map_or("", |name| name)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Never: decoders look for some names themselves.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// From here on, keys so far hold in every clone.
    pub fn freeze(&mut self) {
        self.frozen = self.by_key.len();
    }

    /// How many keys hold in every clone: a key with a smaller
    /// [`index`](Key::index) is one that somebody asked for.
    pub fn frozen(&self) -> usize {
        self.frozen
    }

    /// Counts how often names were forgotten: a decoder that keeps keys must
    /// make them anew when it changes.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// Forgets what only the input named, if there is too much of it.
    pub(crate) fn trim(&mut self) {
        if self.by_key.len() - self.frozen <= MOST_NAMES {
            return;
        }
        self.generation += 1;
        self.literals.fill(None);
        for name in self.by_key.drain(self.frozen..) {
            self.keys.remove(&name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_come_first() {
        assert_eq!(KNOWN[KNOWN_TIMES], "event_type");
    }

    #[test]
    fn keys_that_were_asked_for_hold_in_every_clone() {
        let mut names = Names::new();
        let asked = names.intern("CommandLine");
        names.freeze();
        let mut clone = names.clone();
        clone.intern("only here");
        assert_eq!(clone.find("CommandLine"), Some(asked));
        assert_eq!(names.find("only here"), None);
    }
}
