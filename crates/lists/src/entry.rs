//! What reading a list gives back.

use std::{collections::BTreeMap, fmt, io::Write, net::IpAddr, sync::Arc};

use diag::Diagnostic;
use jiff::{Timestamp, civil};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use tables::{Cells, Mapping, Rejected, Source};

use crate::{Address, Format, taxonomy::Classification};

/// One address that a list reports, at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Line or row in the file, from 1.
    pub line: u64,
    /// The line as it stands in the file.
    #[serde(skip_serializing_if = "is_empty")]
    pub raw: Arc<str>,
    /// Whom it is about.
    pub address: Address,
    /// Its port, which undoes NAT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// When it was seen.
    pub seen_at: Timestamp,
    /// How we know when.
    pub seen_from: TimeSource,
    /// Malware family as the list writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<Arc<str>>,
    /// RSIT class and type.
    pub classification: Arc<Classification>,
    /// What exactly was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<Arc<str>>,
    /// The other side: what a firewall log can be searched for.
    #[serde(skip_serializing_if = "Destination::is_empty")]
    pub destination: Destination,
    /// `tcp`, `udp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport: Option<Arc<str>>,
    /// The address's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<Box<str>>,
    /// Every other column that has text.
    #[serde(skip_serializing_if = "Extra::is_empty")]
    pub extra: Extra,
    /// Names the content: the same sighting in another file has the same key.
    pub key: Key,
}

fn is_empty(text: &Arc<str>) -> bool {
    text.is_empty()
}

/// The other side of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<IpAddr>,
    /// Its port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fqdn: Option<Box<str>>,
    /// What was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Box<str>>,
}

impl Destination {
    /// Whether nothing is known of it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How we know the time of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeSource {
    /// The row says it, to the minute or finer.
    Row,
    /// The row says the day.
    RowDay,
    /// The row does not say; the date of the list stands in.
    List,
}

impl TimeSource {
    /// The name in columns and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Row => "row",
            Self::RowDay => "row_day",
            Self::List => "list",
        }
    }
}

/// The columns of a row that no field claims, sharing their names with all
/// other rows of the list.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extra {
    pub(crate) names: Arc<[(usize, String)]>,
    pub(crate) cells: Cells,
}

impl Extra {
    /// Column name and text, blanks left out.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names
            .iter()
            .filter_map(|(at, name)| Some((name.as_str(), self.cells.get(*at)?)))
            .filter(|(_, cell)| !cell.is_empty())
    }

    /// The text in this column.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(other, _)| *other == name).map(|(_, text)| text)
    }

    /// Whether no such column has text.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.iter())
    }
}

/// The first 128 bits of SHA-256 over what an entry says, in hexadecimal as text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub [u8; 16]);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let mut key = [0; 16];
        hex::decode_to_slice(text, &mut key).map_err(serde::de::Error::custom)?;
        Ok(Self(key))
    }
}

impl Entry {
    /// The content key: whom, what, when and to where, in a fixed order. The
    /// line, the file and the columns beside the fields do not count, so the
    /// same sighting sent twice is one. Stored, so it must never change.
    pub fn key_of(&self) -> Key {
        self.key_with(&mut Vec::new())
    }

    /// The same, in a buffer that is used again for the next entry.
    pub(crate) fn key_with(&self, parts: &mut Vec<u8>) -> Key {
        let to = &self.destination;
        parts.clear();
        push(parts, Some("1"));
        push(parts, Some(self.address));
        push(parts, self.port);
        push(parts, self.transport.as_deref());
        push_folded(parts, self.family.as_deref());
        push(parts, Some(&self.classification.kind));
        push_folded(parts, self.identifier.as_deref());
        push(parts, Some(self.seen_at.as_second()));
        push(parts, to.ip);
        push(parts, to.port);
        push(parts, to.fqdn.as_deref());
        push(parts, to.url.as_deref());
        let digest = Sha256::digest(parts);
        let mut key = [0; 16];
        key.copy_from_slice(&digest[..16]);
        Key(key)
    }
}

/// One part of the key, closed by a zero byte.
fn push(parts: &mut Vec<u8>, part: Option<impl fmt::Display>) {
    if let Some(part) = part {
        // Writing to memory cannot fail.
        let _ = write!(parts, "{part}");
    }
    parts.push(0);
}

fn push_folded(parts: &mut Vec<u8>, name: Option<&str>) {
    for c in name
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
    {
        parts.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
    parts.push(0);
}

/// A family's name for comparison: `Gamut-Bot`, `gamut bot` and `GAMUT_BOT`
/// are one.
pub fn family_key(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// An entry that an earlier row of the same file had given already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repeated {
    /// Line or row in the file, from 1.
    pub line: u64,
    /// The line that said it first.
    pub of: u64,
    /// The line as it stands in the file.
    pub raw: Arc<str>,
    /// Whom it is about.
    pub address: Address,
    /// The content that both have.
    pub key: Key,
}

/// Lines that hold no row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Nothing in them.
    pub blank: u64,
    /// Remarks.
    pub comments: u64,
    /// Title rows above the header.
    pub preamble: u64,
    /// Free text that names neither an address nor a host.
    pub text: u64,
}

impl Skipped {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.blank + self.comments + self.preamble + self.text
    }
}

/// Every row accounted for: `rows = accepted + rejected + skipped`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows in the file, without the header.
    pub rows: u64,
    /// Rows that gave at least one entry, duplicates included.
    pub accepted: u64,
    /// Rows that gave none, each with a diagnostic.
    pub rejected: u64,
    /// Rows that were never meant to give one.
    pub skipped: Skipped,
    /// Entries; a row with a short range gives several.
    pub entries: u64,
    /// Entries that an earlier row of the same file already gave; left out.
    pub duplicates: u64,
}

impl Counts {
    /// Whether every row is accounted for.
    pub fn add_up(&self) -> bool {
        self.rows == self.accepted + self.rejected + self.skipped.total()
    }
}

/// A list, read.
#[derive(Clone, Debug, Serialize)]
pub struct List {
    /// What kind of list it is.
    pub format: Format,
    /// Shadowserver report, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// How the file was read.
    pub source: Source,
    /// Column names, when it has columns: what a person maps.
    pub header: Vec<String>,
    /// The mapping that was used, guessed or given: to be confirmed and
    /// remembered with the feed. None where there is nothing to map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
    /// The day of the list, if its name or its caller says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<civil::Date>,
    /// What it says.
    pub entries: Vec<Entry>,
    /// Entries left out because an earlier row says the same.
    pub repeated: Vec<Repeated>,
    /// Rows that name no address we can use.
    pub rejected: Vec<Rejected>,
    /// Every row accounted for.
    pub counts: Counts,
    /// Everything that was doubtful or wrong.
    pub diagnostics: Vec<Diagnostic>,
}

impl List {
    /// Earliest and latest time in the list.
    pub fn period(&self) -> Option<(Timestamp, Timestamp)> {
        let times = || self.entries.iter().map(|entry| entry.seen_at);
        Some((times().min()?, times().max()?))
    }

    /// How many entries each family has, by the name most lists would show.
    pub fn families(&self) -> BTreeMap<&str, u64> {
        let mut counts = BTreeMap::new();
        for entry in &self.entries {
            *counts.entry(entry.family.as_deref().unwrap_or_default()).or_default() += 1;
        }
        counts
    }
}
