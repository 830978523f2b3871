//! A zip from a stranger, looked at before anything in it is believed.
//!
//! A bundle is a plain zip of ordinary files. Whatever makes two programs see
//! two different things in one zip (data before, between or behind, a name
//! twice, headers that disagree) or writes outside a folder when unpacked
//! (`..`, links) is refused, whoever signed it.

use std::{
    collections::BTreeSet,
    io::{Read, Seek, SeekFrom},
};

use zip::ZipArchive;

/// More members than any bundle, fewer than would fill memory.
pub(crate) const MAX_MEMBERS: u16 = 60_000;
/// The zip's own list of members, read into memory.
const MAX_DIRECTORY_BYTES: u64 = 32 << 20;
/// Length of the record that ends a zip without a comment.
const END_BYTES: usize = 22;

/// Why a file is not looked into.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It could not be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// It does not begin and end as a zip does, or its parts disagree.
    #[error("not a sound zip: {0}")]
    Unsound(String),
    /// Something lies before, between or behind the members.
    #[error("the zip holds data outside its members")]
    HiddenData,
    /// More members than any bundle has, or longer ones.
    #[error("too many members, or too long ones")]
    TooLarge,
    /// A member's name would lead outside a folder, or is not plain text.
    #[error("a member has the name {0:?}")]
    UnsafeName(String),
    /// Two members have one name, apart from upper and lower case.
    #[error("two members have the name {0:?}")]
    DuplicateName(String),
    /// A link, or an encrypted member.
    #[error("the member {0:?} is not an ordinary file")]
    NotAFile(String),
    /// A sound zip, and no bundle that this version can read.
    #[error("not a bundle of a known format: {0:?}")]
    UnknownFormat(String),
}

impl From<zip::result::ZipError> for Refused {
    fn from(error: zip::result::ZipError) -> Self {
        match error {
            zip::result::ZipError::Io(error) => Self::Unsound(error.to_string()),
            other => Self::Unsound(other.to_string()),
        }
    }
}

/// A zip in which every member has a safe name of its own.
pub(crate) struct Container<R> {
    pub(crate) archive: ZipArchive<R>,
    /// Names of the members that are files, in the zip's order, with their index.
    pub(crate) members: Vec<(String, usize)>,
}

pub(crate) fn open<R: Read + Seek>(mut reader: R) -> Result<Container<R>, Refused> {
    let count = check_frame(&mut reader)?;
    let mut archive = ZipArchive::new(reader)?;
    if archive.offset() != 0 || archive.has_duplicate_names() {
        return Err(Refused::Unsound("its lists of members disagree".to_owned()));
    }
    if archive.len() != usize::from(count) {
        return Err(Refused::Unsound("its counts of members disagree".to_owned()));
    }
    archive.validate_header_consistency()?;
    let members = names(&archive)?;
    Ok(Container { archive, members })
}

/// Reads the record at the very end, which says where everything is, and
/// returns the number of members.
fn check_frame<R: Read + Seek>(reader: &mut R) -> Result<u16, Refused> {
    let length = reader.seek(SeekFrom::End(0))?;
    let mut first = [0; 4];
    let mut end = [0; END_BYTES];
    let Some(end_at) = length.checked_sub(END_BYTES as u64).filter(|at| *at >= 4) else {
        return Err(Refused::Unsound("too short".to_owned()));
    };
    reader.seek(SeekFrom::Start(0))?;
    reader.read_exact(&mut first)?;
    if first != *b"PK\x03\x04" {
        return Err(Refused::Unsound("it does not begin as one".to_owned()));
    }
    reader.seek(SeekFrom::Start(end_at))?;
    reader.read_exact(&mut end)?;
    if end[..4] != *b"PK\x05\x06" || end[20..] != [0, 0] {
        return Err(Refused::HiddenData);
    }
    let count = u16::from_le_bytes([end[10], end[11]]);
    let size = u64::from(u32::from_le_bytes([end[12], end[13], end[14], end[15]]));
    let start = u64::from(u32::from_le_bytes([end[16], end[17], end[18], end[19]]));
    if count > MAX_MEMBERS || size > MAX_DIRECTORY_BYTES {
        return Err(Refused::TooLarge);
    }
    if start + size != end_at {
        return Err(Refused::HiddenData);
    }
    Ok(count)
}

fn names<R: Read + Seek>(archive: &ZipArchive<R>) -> Result<Vec<(String, usize)>, Refused> {
    let mut seen = BTreeSet::new();
    let mut members = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index)?;
        let name = entry.name()?.into_owned();
        if entry.is_symlink() || entry.encrypted() {
            return Err(Refused::NotAFile(name));
        }
        let bare = name.strip_suffix('/').unwrap_or(&name);
        if !is_safe(bare) {
            return Err(Refused::UnsafeName(name));
        }
        if !seen.insert(bare.to_lowercase()) {
            return Err(Refused::DuplicateName(name));
        }
        // A folder adds nothing, and ordinary programs list them.
        if !(name.ends_with('/') && entry.size() == 0) {
            members.push((name, index));
        }
    }
    Ok(members)
}

/// A relative path of plain parts that means the same on every system.
pub fn is_safe(path: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    path.len() <= 1024
        && path.split('/').all(plain)
        && !path.contains(|c: char| c.is_control() || matches!(c, '\\' | ':'))
}
