//! From a path to the inputs below it: folders, gzip, zip, 7z.
//!
//! Archives are read as streams, member after member, and never unpacked to
//! disk or memory; only an archive within an archive is held in memory, since
//! its directory stands at its end.

use std::{
    fs::{self, File},
    io::{self, Cursor, Read, Seek},
    path::Path,
};

use diag::{Diagnostic, Place};
use flate2::read::MultiGzDecoder;
use sevenz_rust2::{ArchiveReader, Password};
use zip::ZipArchive;

/// Something to read.
pub struct Input<'r> {
    /// As the person named it, an archive's member after `!`.
    pub name: String,
    /// Its bytes.
    pub source: Box<dyn Read + 'r>,
    /// Bytes to expect, unpacked; 0 if nobody knows.
    pub size: u64,
}

/// What is done with each input. Answers what was found out about it.
pub type Visit<'v> = dyn FnMut(Input<'_>) -> Vec<Diagnostic> + 'v;

/// Archives within archives.
const DEEPEST: usize = 3;
/// Bytes of an archive within an archive.
const LARGEST_INNER: u64 = 256 << 20;
/// A member may unpack to this much whatever its packed size,
const UNSUSPICIOUS: u64 = 256 << 20;
/// and beyond it to this many times its packed size. An empty event log packs
/// well, but not like a bomb.
const MOST_RATIO: u64 = 400;

/// Visits every file at or below a path, by name; symbolic links are not
/// followed. Answers all findings, with those of the visits.
pub fn visit(path: &Path, each: &mut Visit<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    walk(path, each, &mut found);
    found
}

/// Visits what one stream of bytes holds, which may be an archive: an upload, a
/// message. `size` is how many bytes to expect; 0 if nobody knows.
pub fn visit_stream(
    name: &str,
    source: impl Read,
    size: u64,
    each: &mut Visit<'_>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    stream(name, Box::new(source), size, 0, each, &mut found);
    found
}

fn walk(path: &Path, each: &mut Visit<'_>, found: &mut Vec<Diagnostic>) {
    let name = path.display().to_string();
    let entered =
        if path.is_dir() { folder(path, each, found) } else { file(path, &name, each, found) };
    if let Err(error) = entered {
        let place = Place::file(name);
        found.push(Diagnostic::error("events.read-failed", place).with("reason", error));
    }
}

fn folder(path: &Path, each: &mut Visit<'_>, found: &mut Vec<Diagnostic>) -> io::Result<()> {
    let mut paths: Vec<_> =
        fs::read_dir(path)?.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    for path in paths.iter().filter(|path| !path.is_symlink()) {
        walk(path, each, found);
    }
    Ok(())
}

fn file(
    path: &Path,
    name: &str,
    each: &mut Visit<'_>,
    found: &mut Vec<Diagnostic>,
) -> io::Result<()> {
    let mut file = File::open(path)?;
    let (again, before) = (file.try_clone()?, file.metadata()?);
    let size = before.len();
    let mut magic = [0; 6];
    let read = file.read(&mut magic)?;
    file.rewind()?;
    match Packing::of(&magic[..read]) {
        Packing::Zip => zip(io::BufReader::new(file), name, 0, each, found),
        Packing::SevenZip => seven_zip(file, name, 0, each, found),
        _ => stream(name, Box::new(file), size, 0, each, found),
    }
    let after = again.metadata()?;
    if (after.len(), after.modified().ok()) != (size, before.modified().ok()) {
        let changed = Diagnostic::warning("events.changed-while-read", Place::file(name));
        found.push(changed.with("before", size).with("after", after.len()));
    }
    Ok(())
}

/// How an input is packed, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Zip,
    SevenZip,
}

impl Packing {
    fn of(magic: &[u8]) -> Self {
        match magic {
            [0x1f, 0x8b, ..] => Packing::Gzip,
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Packing::Zip,
            [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Packing::SevenZip,
            _ => Packing::Plain,
        }
    }
}

/// Something that can only be read forwards.
fn stream<'r>(
    name: &str,
    mut source: Box<dyn Read + 'r>,
    size: u64,
    depth: usize,
    each: &mut Visit<'_>,
    found: &mut Vec<Diagnostic>,
) {
    let mut magic = Vec::new();
    if let Err(error) = source.by_ref().take(6).read_to_end(&mut magic) {
        found.push(damaged(name, error));
        return;
    }
    let packing = Packing::of(&magic);
    let source = Cursor::new(magic).chain(source);
    match packing {
        Packing::Plain => give(name, Box::new(source), size, each, found),
        Packing::Gzip => {
            let guarded = Guarded::new(MultiGzDecoder::new(source), size);
            give(name, Box::new(guarded), 0, each, found);
        }
        Packing::Zip | Packing::SevenZip => {
            if let Some(bytes) = inner_archive(name, source, depth, found) {
                match packing {
                    Packing::Zip => zip(Cursor::new(bytes), name, depth + 1, each, found),
                    _ => seven_zip(Cursor::new(bytes), name, depth + 1, each, found),
                }
            }
        }
    }
}

fn give(
    name: &str,
    source: Box<dyn Read + '_>,
    size: u64,
    each: &mut Visit<'_>,
    found: &mut Vec<Diagnostic>,
) {
    let findings = each(Input { name: name.to_owned(), source, size });
    found.extend(findings.into_iter().map(|finding| finding.in_file(name)));
}

fn damaged(name: &str, reason: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::error("events.archive-damaged", Place::file(name)).with("reason", reason)
}

fn inner_archive(
    name: &str,
    source: impl Read,
    depth: usize,
    found: &mut Vec<Diagnostic>,
) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = source.take(LARGEST_INNER + 1).read_to_end(&mut bytes);
    let too_large = bytes.len() as u64 > LARGEST_INNER;
    if depth >= DEEPEST || too_large {
        let place = Place::file(name);
        found.push(Diagnostic::error("events.archive-too-deep", place).with("member", name));
        return None;
    }
    match read {
        Ok(_) => Some(bytes),
        Err(error) => {
            found.push(damaged(name, error));
            None
        }
    }
}

fn zip(
    source: impl Read + Seek,
    name: &str,
    depth: usize,
    each: &mut Visit<'_>,
    found: &mut Vec<Diagnostic>,
) {
    let mut archive = match ZipArchive::new(source) {
        Ok(archive) => archive,
        Err(error) => {
            found.push(damaged(name, error));
            return;
        }
    };
    for index in 0..archive.len() {
        match archive.by_index(index) {
            Ok(member) if member.is_dir() => {}
            Ok(member) => {
                let inner = format!("{name}!{}", String::from_utf8_lossy(member.name_raw()));
                let (packed, size) = (member.compressed_size(), member.size());
                let guarded = Guarded::new(member, packed);
                stream(&inner, Box::new(guarded), size, depth, each, found);
            }
            Err(error) => found.push(damaged(name, error)),
        }
    }
}

fn seven_zip(
    source: impl Read + Seek,
    name: &str,
    depth: usize,
    each: &mut Visit<'_>,
    found: &mut Vec<Diagnostic>,
) {
    let mut archive = match ArchiveReader::new(source, Password::empty()) {
        Ok(archive) => archive,
        Err(error) => {
            found.push(damaged(name, error));
            return;
        }
    };
    let packed: u64 = archive.archive().pack_sizes().iter().sum();
    let read = archive.for_each_entries(|entry, source| {
        if !entry.is_directory() {
            let inner = format!("{name}!{}", entry.name());
            let mut guarded = Guarded::new(&mut *source, packed);
            stream(&inner, Box::new(&mut guarded), entry.size(), depth, each, found);
            // Members are packed together: what was not read stands before the next,
            // and a bomb before all that follow.
            io::copy(&mut guarded, &mut io::sink())?;
        }
        Ok(true)
    });
    if let Err(error) = read {
        found.push(damaged(name, error));
    }
}

/// Stops a member that unpacks to far more than it holds.
struct Guarded<R> {
    source: R,
    given: u64,
    most: u64,
}

impl<R> Guarded<R> {
    fn new(source: R, packed: u64) -> Self {
        let most = packed.saturating_mul(MOST_RATIO).max(UNSUSPICIOUS);
        Self { source, given: 0, most }
    }
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given >= self.most {
            return Err(io::Error::other(Bomb(self.given)));
        }
        let read = self.source.read(out)?;
        self.given += read as u64;
        Ok(read)
    }
}

/// The error of a member that is a bomb.
#[derive(Debug)]
pub(crate) struct Bomb(pub(crate) u64);

impl std::fmt::Display for Bomb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "unpacks to more than {} bytes", self.0)
    }
}

impl std::error::Error for Bomb {}
