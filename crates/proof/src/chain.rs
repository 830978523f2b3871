//! The audit log as a chain: every entry holds the hash of the one before it,
//! so nothing in the middle can be changed, removed, added or moved.
//!
//! The hash of an entry is the SHA-256 of its canonical JSON with the members
//! `action actor at data noun prev seq subject unit`. Whoever can write the
//! whole log can also write a whole new chain: only a head kept elsewhere (in a
//! signed bundle, on paper) shows that, which is why [`verify_chain`] takes one.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{NotCanonical, canonical, sha256_hex};

/// What the first entry has for `prev`.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// When, in microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Who: an account's identifier, or `system`.
    pub actor: String,
    /// What, as `noun.verb`.
    pub action: String,
    /// The kind of thing it was done to.
    pub noun: String,
    /// The thing's identifier.
    pub subject: String,
    /// The unit it belongs to, if to one.
    pub unit: Option<String>,
    /// What changed. Integers and texts only; see [`canonical`].
    pub data: Value,
}

/// An act at its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// 1, 2, 3, … without a gap.
    pub seq: u64,
    /// Hash of the entry before, or [`GENESIS`].
    pub prev: String,
    /// What was done.
    #[serde(flatten)]
    pub act: Act,
}

/// An entry with its hash, as the log keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
    /// Its hash, 64 hex digits.
    pub hash: String,
}

/// The last entry of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its number.
    pub seq: u64,
    /// Its hash.
    pub hash: String,
}

impl Entry {
    /// SHA-256 of its canonical JSON, 64 hex digits.
    pub fn hash(&self) -> Result<String, NotCanonical> {
        let Act { at, actor, action, noun, subject, unit, data } = &self.act;
        let value = serde_json::json!({
            "seq": self.seq, "at": at, "actor": actor, "action": action, "noun": noun,
            "subject": subject, "unit": unit, "data": data, "prev": self.prev,
        });
        Ok(sha256_hex(&canonical(&value)?))
    }
}

impl Sealed {
    /// The act as the next entry after `head`; after nothing, the first.
    pub fn after(head: Option<&Head>, act: Act) -> Result<Self, NotCanonical> {
        let entry = Entry {
            seq: head.map_or(1, |head| head.seq + 1),
            prev: head.map_or_else(|| GENESIS.to_owned(), |head| head.hash.clone()),
            act,
        };
        Ok(Self { hash: entry.hash()?, entry })
    }

    /// This entry as the head of the chain that ends with it.
    pub fn head(&self) -> Head {
        Head { seq: self.entry.seq, hash: self.hash.clone() }
    }
}

/// A chain without fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many entries it has.
    pub entries: u64,
    /// Its last entry; none when it is empty.
    pub head: Option<Head>,
}

/// What is wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The entry's content does not have the hash that is kept with it.
    Altered,
    /// One or more entries before this one are not there.
    Missing,
    /// An entry that stands here should not: added, repeated or moved.
    Unexpected,
    /// The entry does not continue the one before it: one of them was rewritten.
    Unlinked,
    /// The chain ends before the head that is trusted.
    Truncated,
    /// At the trusted head's number stands another entry: the chain was rewritten.
    Replaced,
}

/// Where a chain breaks first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("audit entry {seq}: {why:?} (expected {expected}, found {found})")]
pub struct Break {
    /// Number of the entry at which it shows.
    pub seq: u64,
    /// What is wrong.
    pub why: Why,
    /// The number or hash that should stand there.
    pub expected: String,
    /// The number or hash that does.
    pub found: String,
}

fn broken<T: ToString>(seq: u64, why: Why, expected: &T, found: &T) -> Break {
    Break { seq, why, expected: expected.to_string(), found: found.to_string() }
}

/// Checks a chain entry by entry, for logs that are read in pages.
#[derive(Clone, Debug, Default)]
pub struct ChainVerifier {
    entries: u64,
    head: Option<Head>,
    trusted: Option<Head>,
}

impl ChainVerifier {
    /// Starts before the first entry. `trusted` is a head kept elsewhere, of
    /// this moment or an earlier one.
    pub fn new(trusted: Option<Head>) -> Self {
        Self { entries: 0, head: None, trusted }
    }

    /// The next entry.
    ///
    /// # Errors
    /// Where it breaks; what comes after is not worth checking.
    pub fn push(&mut self, sealed: &Sealed) -> Result<(), Break> {
        let next = self.head.as_ref().map_or(1, |head| head.seq + 1);
        let seq = sealed.entry.seq;
        match seq.cmp(&next) {
            std::cmp::Ordering::Greater => return Err(broken(next, Why::Missing, &next, &seq)),
            std::cmp::Ordering::Less => return Err(broken(next, Why::Unexpected, &next, &seq)),
            std::cmp::Ordering::Equal => {}
        }
        check_link(self.head.as_ref().map_or(GENESIS, |head| &head.hash), sealed)?;
        check_hash(sealed)?;
        if let Some(trusted) = self.trusted.as_ref().filter(|trusted| trusted.seq == seq) {
            check_trusted(trusted, sealed)?;
        }
        self.entries += 1;
        self.head = Some(sealed.head());
        Ok(())
    }

    /// After the last entry.
    ///
    /// # Errors
    /// The chain ends before the trusted head.
    pub fn finish(self) -> Result<Summary, Break> {
        let last = self.head.as_ref().map_or(0, |head| head.seq);
        match self.trusted {
            Some(trusted) if trusted.seq > last => {
                Err(broken(trusted.seq, Why::Truncated, &trusted.seq, &last))
            }
            _ => Ok(Summary { entries: self.entries, head: self.head }),
        }
    }
}

/// Checks a whole chain from its first entry, against a head kept elsewhere if
/// there is one.
///
/// # Errors
/// The first place at which it breaks.
pub fn verify_chain<I>(entries: I, trusted: Option<&Head>) -> Result<Summary, Break>
where
    I: IntoIterator<Item = Sealed>,
{
    let mut verifier = ChainVerifier::new(trusted.cloned());
    for sealed in entries {
        verifier.push(&sealed)?;
    }
    verifier.finish()
}

/// Some entries of a chain, without fault as far as they go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// How many entries there are.
    pub entries: u64,
    /// Between how many of them others were left out; across a gap nothing
    /// links one to the next but the signature on the whole.
    pub gaps: u64,
}

/// Checks entries picked out of a chain: each one's own hash, the link between
/// neighbours, their order, and the head if the last of them is it.
///
/// # Errors
/// The first place at which it breaks.
pub fn verify_excerpt(entries: &[Sealed], head: Option<&Head>) -> Result<Excerpt, Break> {
    let mut gaps = 0;
    let mut before: Option<&Sealed> = None;
    for sealed in entries {
        let seq = sealed.entry.seq;
        let last = before.map_or(0, |before| before.entry.seq);
        if seq <= last {
            return Err(broken(seq, Why::Unexpected, &(last + 1), &seq));
        }
        if seq > last + 1 {
            gaps += u64::from(before.is_some());
        } else {
            check_link(before.map_or(GENESIS, |before| &before.hash), sealed)?;
        }
        check_hash(sealed)?;
        before = Some(sealed);
    }
    if let (Some(head), Some(last)) = (head, before) {
        check_head(head, last)?;
    }
    Ok(Excerpt { entries: entries.len() as u64, gaps })
}

fn check_head(head: &Head, last: &Sealed) -> Result<(), Break> {
    match last.entry.seq.cmp(&head.seq) {
        std::cmp::Ordering::Less => Ok(()),
        std::cmp::Ordering::Equal => check_trusted(head, last),
        std::cmp::Ordering::Greater => {
            Err(broken(head.seq, Why::Unexpected, &head.seq, &last.entry.seq))
        }
    }
}

fn check_link(prev: &str, sealed: &Sealed) -> Result<(), Break> {
    if sealed.entry.prev == prev {
        return Ok(());
    }
    Err(broken(sealed.entry.seq, Why::Unlinked, &prev, &sealed.entry.prev.as_str()))
}

fn check_hash(sealed: &Sealed) -> Result<(), Break> {
    // Content without a canonical form was never sealed by us.
    let right = sealed.entry.hash().unwrap_or_else(|error| error.to_string());
    if right == sealed.hash {
        return Ok(());
    }
    Err(broken(sealed.entry.seq, Why::Altered, &right, &sealed.hash))
}

fn check_trusted(trusted: &Head, sealed: &Sealed) -> Result<(), Break> {
    if trusted.hash == sealed.hash {
        return Ok(());
    }
    Err(broken(trusted.seq, Why::Replaced, &trusted.hash, &sealed.hash))
}
