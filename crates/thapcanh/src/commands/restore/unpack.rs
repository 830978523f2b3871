//! From a backup to a folder: everything is compared with the manifest, and a
//! folder that does not agree is never left behind.

use std::{
    collections::BTreeSet,
    fs::{self, OpenOptions},
    io::{self, Read},
    path::Path,
};

use super::{Refused, source::Source};
use crate::commands::{
    backup::manifest::{FORMAT, Line, MANIFEST, Manifest, belongs},
    digest, space,
};

/// A manifest of a million files is shorter.
const MAX_MANIFEST: u64 = 256 << 20;

/// Reads the manifest and compares its names with those that are there.
pub fn manifest(source: &mut Source) -> Result<Manifest, Refused> {
    let mut names = source.names()?;
    if !names.remove(MANIFEST) {
        return Err(Refused::of("no-manifest", MANIFEST));
    }
    let mut text = Vec::new();
    source.read(MANIFEST)?.take(MAX_MANIFEST).read_to_end(&mut text)?;
    let unread = |_| Refused::of("no-manifest", MANIFEST);
    let manifest: Manifest = serde_json::from_slice(&text).map_err(unread)?;
    if manifest.format != FORMAT {
        return Err(Refused::of("format", &manifest.format));
    }
    compare(&manifest, &names)?;
    Ok(manifest)
}

fn compare(manifest: &Manifest, names: &BTreeSet<String>) -> Result<(), Refused> {
    let listed: BTreeSet<&str> = manifest.files.iter().map(|line| line.path.as_str()).collect();
    if let Some(strange) = names.iter().find(|name| !listed.contains(name.as_str())) {
        return Err(Refused::of("unlisted", strange));
    }
    for line in &manifest.files {
        if !belongs(&line.path) {
            return Err(Refused::of("unsafe", format!("{:?}", line.path)));
        }
        if !names.contains(&line.path) {
            return Err(Refused::of("missing", &line.path));
        }
    }
    if listed.len() == manifest.files.len() { Ok(()) } else { Err(Refused::of("twice", MANIFEST)) }
}

/// Refuses what would fill the disk.
pub fn fits(manifest: &Manifest, above: &Path) -> Result<(), Refused> {
    let wanted = manifest.files.iter().fold(0_u64, |sum, line| sum.saturating_add(line.size));
    match space::free(above) {
        Some(free) if free.available < wanted => Err(Refused::of("space", above.display())),
        _ => Ok(()),
    }
}

/// Writes one file and compares it with what the manifest promises.
pub fn file(source: &mut Source, line: &Line, folder: &Path) -> Result<(), Refused> {
    let path = folder.join(&line.path);
    if let Some(above) = path.parent() {
        fs::create_dir_all(above)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // One byte more than promised is enough to know, however much there is.
    let mut bytes = source.read(&line.path)?.take(line.size.saturating_add(1));
    let passed = digest::copy(&mut bytes, &mut file).map_err(|cause| broken(line, cause))?;
    if passed.size != line.size || passed.sha256 != line.sha256 {
        return Err(altered(line));
    }
    file.sync_all()?;
    Ok(())
}

/// What a reader says of damaged bytes; anything else is the machine's failure.
fn broken(line: &Line, cause: io::Error) -> Refused {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    let damaged = [InvalidData, InvalidInput, Other, UnexpectedEof].contains(&cause.kind());
    if damaged { altered(line) } else { Refused::Io(cause) }
}

fn altered(line: &Line) -> Refused {
    Refused::of("altered", &line.path)
}
