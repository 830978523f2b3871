//! A million indicators in one arena.

use std::{
    hash::BuildHasher,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use ipnet::IpNet;
use rustc_hash::FxHashMap;

use super::normal::{Indicator, Kind};

/// Distinct labels kept; after that, an indicator is known by its file only.
const MAX_LABELS: usize = 1 << 16;

/// Where an indicator comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'s> {
    /// What it is.
    pub kind: Kind,
    /// Its one spelling.
    pub text: &'s str,
    /// The file or feed.
    pub source: &'s str,
    /// What the feed says about it, such as a family; may be empty.
    pub label: &'s str,
}

/// Indicators, each once: the first that names one keeps it.
#[derive(Debug, Default)]
pub struct IndicatorSet {
    text: String,
    entries: Vec<Kept>,
    table: HashTable<u32>,
    hasher: RandomState,
    nets: Nets,
    labels: Labels,
    pub(super) tails: Tails,
}

/// What is worth looking for at all.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one flag a kind, set apart, asked apart")]
pub(super) struct Tails {
    /// Last labels of domains.
    pub(super) domains: hashbrown::HashSet<Box<str>, RandomState>,
    /// What follows the last dot of file names.
    pub(super) files: hashbrown::HashSet<Box<str>, RandomState>,
    pub(super) any_ipv6: bool,
    pub(super) any_url: bool,
    pub(super) any_hash: bool,
    /// File names that are more than one word.
    pub(super) any_wordy_file: bool,
}

#[derive(Clone, Copy, Debug)]
struct Kept {
    start: u32,
    len: u16,
    kind: Kind,
    source: u16,
    label: u16,
}

#[derive(Debug, Default)]
struct Labels {
    texts: Vec<Box<str>>,
    known: FxHashMap<Box<str>, u16>,
}

impl Labels {
    fn intern(&mut self, text: &str) -> u16 {
        if let Some(number) = self.known.get(text) {
            return *number;
        }
        let Some(number) =
            u16::try_from(self.texts.len()).ok().filter(|_| self.texts.len() < MAX_LABELS)
        else {
            return 0;
        };
        self.texts.push(text.into());
        self.known.insert(text.into(), number);
        number
    }

    fn text(&self, number: u16) -> &str {
        self.texts.get(usize::from(number)).map_or("", |text| text)
    }
}

/// Ranges by prefix length, so that an address costs one look a length in use.
#[derive(Debug, Default)]
struct Nets {
    v4: Vec<(u8, FxHashMap<u32, u32>)>,
    v6: Vec<(u8, FxHashMap<u128, u32>)>,
}

impl IndicatorSet {
    /// No indicators. Number 0 of the labels is "nothing said".
    pub fn new() -> Self {
        let mut set = Self::default();
        set.labels.intern("");
        set
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Makes room for as many more.
    pub fn reserve(&mut self, more: usize) {
        let Self { text, entries, table, hasher, .. } = self;
        entries.reserve(more);
        let hash = |number: &u32| entry_hash(hasher, text, entries, *number);
        table.reserve(more, hash);
        self.text.reserve(more.saturating_mul(18));
    }

    /// Adds one; false if it was there, or if there is no room (4 GiB of text).
    pub fn add(&mut self, indicator: &Indicator, source: &str, label: &str) -> bool {
        let Indicator { kind, text } = indicator;
        let (Ok(start), Ok(len)) = (u32::try_from(self.text.len()), u16::try_from(text.len()))
        else {
            return false;
        };
        let hash = key_hash(&self.hasher, *kind, text);
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        if self.find_hashed(hash, *kind, text).is_some() || number == u32::MAX {
            return false;
        }
        self.text.push_str(text);
        let (source, label) = (self.labels.intern(source), self.labels.intern(label));
        self.entries.push(Kept { start, len, kind: *kind, source, label });
        let Self { text: arena, entries, table, hasher, .. } = self;
        table.insert_unique(hash, number, |n| entry_hash(hasher, arena, entries, *n));
        self.note(*kind, text, number);
        true
    }

    fn note(&mut self, kind: Kind, text: &str, number: u32) {
        let tail = || text.rsplit('.').next().unwrap_or_default();
        match kind {
            Kind::Domain => {
                if !self.tails.domains.contains(tail()) {
                    self.tails.domains.insert(tail().into());
                }
            }
            Kind::File => {
                let is_wordy = !text.bytes().all(super::find::is_host_byte) || !text.contains('.');
                self.tails.any_wordy_file |= is_wordy;
                if !self.tails.files.contains(tail()) {
                    self.tails.files.insert(tail().into());
                }
            }
            Kind::Ip => self.tails.any_ipv6 |= text.contains(':'),
            Kind::Url => self.tails.any_url = true,
            Kind::Hash => self.tails.any_hash = true,
            Kind::Net => {
                if let Ok(net) = text.parse() {
                    self.tails.any_ipv6 |= matches!(net, IpNet::V6(_));
                    self.nets.add(net, number);
                }
            }
        }
    }

    /// The number of an indicator.
    pub fn find(&self, kind: Kind, text: &str) -> Option<u32> {
        self.find_hashed(key_hash(&self.hasher, kind, text), kind, text)
    }

    fn find_hashed(&self, hash: u64, kind: Kind, text: &str) -> Option<u32> {
        let same = |number: &u32| {
            self.entries
                .get(*number as usize)
                .is_some_and(|kept| kept.kind == kind && text_of(&self.text, *kept) == text)
        };
        self.table.find(hash, same).copied()
    }

    /// The address itself, or the narrowest range that it is in.
    pub(super) fn find_address(&self, ip: IpAddr, text: &str) -> Option<u32> {
        self.find(Kind::Ip, text).or_else(|| self.nets.find(ip))
    }

    /// What is known of an indicator.
    pub fn entry(&self, number: u32) -> Option<Entry<'_>> {
        let kept = self.entries.get(number as usize)?;
        Some(Entry {
            kind: kept.kind,
            text: text_of(&self.text, *kept),
            source: self.labels.text(kept.source),
            label: self.labels.text(kept.label),
        })
    }
}

fn text_of(arena: &str, kept: Kept) -> &str {
    let start = kept.start as usize;
    arena.get(start..start + usize::from(kept.len)).unwrap_or_default()
}

fn entry_hash(hasher: &RandomState, arena: &str, entries: &[Kept], number: u32) -> u64 {
    entries
        .get(number as usize)
        .map_or(0, |kept| key_hash(hasher, kept.kind, text_of(arena, *kept)))
}

fn key_hash(hasher: &RandomState, kind: Kind, text: &str) -> u64 {
    hasher.hash_one((kind as u8, text))
}

impl Nets {
    fn add(&mut self, net: IpNet, number: u32) {
        let len = net.prefix_len();
        match net.network() {
            IpAddr::V4(ip) => {
                table(&mut self.v4, len).entry(ip.to_bits()).or_insert(number);
            }
            IpAddr::V6(ip) => {
                table(&mut self.v6, len).entry(ip.to_bits()).or_insert(number);
            }
        }
    }

    fn find(&self, ip: IpAddr) -> Option<u32> {
        match ip {
            IpAddr::V4(ip) => self.v4.iter().find_map(|(len, table)| {
                table.get(&(ip & Ipv4Addr::from_bits(mask4(*len))).to_bits()).copied()
            }),
            IpAddr::V6(ip) => self.v6.iter().find_map(|(len, table)| {
                table.get(&(ip & Ipv6Addr::from_bits(mask6(*len))).to_bits()).copied()
            }),
        }
    }
}

/// The table of a prefix length; the longest comes first.
fn table<T>(tables: &mut Vec<(u8, FxHashMap<T, u32>)>, len: u8) -> &mut FxHashMap<T, u32> {
    let at = match tables.binary_search_by(|(other, _)| len.cmp(other)) {
        Ok(at) => at,
        Err(at) => {
            tables.insert(at, (len, FxHashMap::default()));
            at
        }
    };
    &mut tables[at].1
}

fn mask4(len: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(len)).unwrap_or(0)
}

fn mask6(len: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(len)).unwrap_or(0)
}
