//! Making a bundle.

use std::{
    collections::{BTreeMap, btree_map::Entry as Slot},
    io::{self, Read, Seek, Write},
};

use ed25519_dalek::SigningKey;
use jiff::{Timestamp, tz::TimeZone};
use packs::Text;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::{
    FileLine, Head, Manifest, NotCanonical, Sealed, Signature, canonical, container,
    manifest::{FORMAT, MANIFEST, SIGNATURE},
    page, sha256_hex,
};

/// Below four GiB a zip needs none of the extensions that readers disagree on.
pub(crate) const MAX_BUNDLE_BYTES: u64 = (4 << 30) - (64 << 20);
/// What a reader takes into memory whole.
pub(crate) const MAX_MANIFEST_BYTES: u64 = 16 << 20;

/// What a bundle is about.
#[derive(Clone, Debug)]
pub struct Heading {
    /// The noun, for example `sighting`.
    pub kind: String,
    /// Its identifier.
    pub subject: String,
    /// What it is, for people.
    pub title: Text,
    /// Who makes it.
    pub issuer: String,
    /// When it is made; also the time of every member.
    pub created_at: Timestamp,
    /// The zone in which its page shows times.
    pub zone: TimeZone,
}

/// Why a bundle could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A record or an audit entry has no canonical form.
    #[error(transparent)]
    Canonical(#[from] NotCanonical),
    /// Two records have one name.
    #[error("there is a record {0:?} already")]
    Duplicate(String),
    /// A stored file is not what its hash says: it was changed since it was taken in.
    #[error("{path} should have SHA-256 {expected} and has {found}")]
    Changed {
        /// The file.
        path: String,
        /// What was promised.
        expected: String,
        /// What was read.
        found: String,
    },
    /// Larger than a bundle can be.
    #[error("larger than one bundle can hold")]
    TooLarge,
    /// Reading a file or writing the bundle failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A value could not be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The zip could not be written.
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
}

/// A bundle being put together.
pub struct Bundle<'a> {
    heading: Heading,
    records: Vec<page::Record>,
    members: BTreeMap<String, Member<'a>>,
    audit: Vec<Sealed>,
    head: Option<Head>,
}

struct Member<'a> {
    line: FileLine,
    body: Body<'a>,
}

enum Body<'a> {
    Bytes(Vec<u8>),
    Stored(Box<dyn Read + 'a>),
}

impl<'a> Bundle<'a> {
    /// An empty one.
    pub fn new(heading: Heading) -> Self {
        let (records, members, audit) = (Vec::new(), BTreeMap::new(), Vec::new());
        Self { heading, records, members, audit, head: None }
    }

    /// Adds a record as `records/<name>.json`; shown on the page in the order of adding.
    pub fn record(&mut self, name: &str, title: Text, value: Value) -> Result<(), BuildError> {
        let path = format!("records/{}.json", safe_name(name));
        let bytes = canonical(&value)?;
        match self.members.entry(path) {
            Slot::Occupied(slot) => return Err(BuildError::Duplicate(slot.key().clone())),
            Slot::Vacant(slot) => {
                let line = line(slot.key(), None, &bytes, "application/json");
                slot.insert(Member { line, body: Body::Bytes(bytes) });
            }
        }
        self.records.push(page::Record { title, value });
        Ok(())
    }

    /// Adds a file from memory as `files/<sha256>-<name>`.
    pub fn file(&mut self, name: &str, media_type: &str, bytes: Vec<u8>) {
        let path = file_path(&sha256_hex(&bytes), name);
        let line = line(&path, Some(name), &bytes, media_type);
        self.members.insert(path, Member { line, body: Body::Bytes(bytes) });
    }

    /// Adds a file kept under its hash, read when the bundle is written and
    /// checked against that hash.
    pub fn stored_file(
        &mut self,
        name: &str,
        media_type: &str,
        sha256: &str,
        size: u64,
        body: Box<dyn Read + 'a>,
    ) {
        let path = file_path(sha256, name);
        let line = FileLine {
            path: path.clone(),
            name: Some(name.to_owned()),
            sha256: sha256.to_owned(),
            size,
            media_type: media_type.to_owned(),
        };
        self.members.insert(path, Member { line, body: Body::Stored(body) });
    }

    /// Says which audit entries are about the subject, in order, and where the
    /// chain ends now.
    pub fn audit(&mut self, entries: Vec<Sealed>, head: Option<Head>) {
        self.audit = entries;
        self.head = head;
    }

    /// Writes and signs it. The same input gives the same bytes.
    pub fn write<W: Write + Seek>(
        mut self,
        out: W,
        key: &SigningKey,
    ) -> Result<Manifest, BuildError> {
        self.add_page();
        self.check_size()?;
        let files = self.members.values().map(|member| member.line.clone()).collect();
        let manifest = self.manifest(files);
        let bytes = canonical(&serde_json::to_value(&manifest)?)?;
        if bytes.len() as u64 > MAX_MANIFEST_BYTES {
            return Err(BuildError::TooLarge);
        }
        let mut zip = ZipWriter::new(out);
        let options = options(self.heading.created_at);
        for (path, member) in self.members {
            zip.start_file(&path, options)?;
            write_member(&mut zip, member)?;
        }
        zip.start_file(MANIFEST, options)?;
        zip.write_all(&bytes)?;
        zip.start_file(SIGNATURE, options)?;
        zip.write_all(Signature::sign(key, &bytes).to_text().as_bytes())?;
        zip.finish()?.flush()?;
        Ok(manifest)
    }

    fn add_page(&mut self) {
        let lines = self.members.values().map(|member| &member.line);
        let bytes = page::render(&self.heading, &self.records, lines, &self.audit).into_bytes();
        let line = line("index.html", None, &bytes, "text/html; charset=utf-8");
        self.members.insert(line.path.clone(), Member { line, body: Body::Bytes(bytes) });
    }

    fn check_size(&self) -> Result<(), BuildError> {
        let bytes: u64 = self.members.values().map(|member| member.line.size).sum();
        let fits = bytes <= MAX_BUNDLE_BYTES
            && self.members.len() + 2 <= usize::from(container::MAX_MEMBERS);
        if fits { Ok(()) } else { Err(BuildError::TooLarge) }
    }

    fn manifest(&self, files: Vec<FileLine>) -> Manifest {
        let Heading { kind, subject, title, issuer, created_at, .. } = self.heading.clone();
        let (chain_head, audit) = (self.head.clone(), self.audit.clone());
        let format = FORMAT.to_owned();
        Manifest { format, kind, subject, title, issuer, created_at, files, chain_head, audit }
    }
}

fn line(path: &str, name: Option<&str>, bytes: &[u8], media_type: &str) -> FileLine {
    FileLine {
        path: path.to_owned(),
        name: name.map(str::to_owned),
        sha256: sha256_hex(bytes),
        size: bytes.len() as u64,
        media_type: media_type.to_owned(),
    }
}

fn write_member<W: Write>(zip: &mut W, member: Member<'_>) -> Result<(), BuildError> {
    let FileLine { path, sha256: expected, size, .. } = member.line;
    let mut body = match member.body {
        Body::Bytes(bytes) => return Ok(zip.write_all(&bytes)?),
        Body::Stored(body) => body.take(size + 1),
    };
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = body.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        digest.update(&buffer[..read]);
        zip.write_all(&buffer[..read])?;
    }
    let found = hex::encode(digest.finalize());
    if found == expected { Ok(()) } else { Err(BuildError::Changed { path, expected, found }) }
}

/// Stored, not deflated: equal bytes whatever the compressor, and nothing to inflate.
fn options(created_at: Timestamp) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(dos_time(created_at))
        .unix_permissions(0o644)
}

/// In UTC; a zip cannot say a time before 1980 or after 2107.
fn dos_time(at: Timestamp) -> DateTime {
    let at = at.to_zoned(TimeZone::UTC);
    let part = |value: i8| u8::try_from(value).unwrap_or(0);
    u16::try_from(at.year())
        .ok()
        .and_then(|year| {
            let (month, day) = (part(at.month()), part(at.day()));
            let (hour, minute, second) = (part(at.hour()), part(at.minute()), part(at.second()));
            DateTime::from_date_and_time(year, month, day, hour, minute, second).ok()
        })
        .unwrap_or_default()
}

fn file_path(sha256: &str, name: &str) -> String {
    format!("files/{sha256}-{}", safe_name(name))
}

/// The last part of a name, in letters, digits and `.-_` that every system takes.
fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._".contains(c) { c } else { '-' };
    let ascii: String = words::fold(last).chars().map(plain).take(80).collect();
    let trimmed = ascii.trim_matches(['.', '-']);
    if trimmed.is_empty() { "file".to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_one_that_every_system_takes() {
        for (name, safe) in [
            ("Báo cáo quý IV.pdf", "bao-cao-quy-iv.pdf"),
            ("../../etc/passwd", "passwd"),
            (r"D:\an\log.txt", "log.txt"),
            ("..", "file"),
            ("", "file"),
            ("a\u{202e}b\0c", "a-b-c"),
            (".htaccess", "htaccess"),
        ] {
            assert_eq!(safe_name(name), safe, "{name:?}");
        }
    }

    #[test]
    fn a_time_that_a_zip_cannot_say_is_its_first() {
        let first = DateTime::default();
        assert_eq!(dos_time(Timestamp::UNIX_EPOCH), first);
        let at: Timestamp = "2024-01-31T07:05:09Z".parse().unwrap();
        assert_eq!(dos_time(at).to_string(), "2024-01-31 07:05:08");
    }
}
