//! The operator's folder: what a person put there by hand, so nothing about it
//! is taken for granted.

use std::{collections::BTreeMap, fs, io, path::Path};

use diag::{Diagnostic, Place};

/// Far above any pack, far below what would hurt a small server.
const MAX_FILE_BYTES: u64 = 64 << 20;
const MAX_FILES: usize = 10_000;
const MAX_DEPTH: usize = 8;

/// Files by their path with forward slashes, and what could not be used.
type Read = (BTreeMap<String, Vec<u8>>, Vec<Diagnostic>);

pub(crate) fn read(dir: &Path) -> io::Result<Read> {
    let mut into = Read::default();
    if dir.try_exists()? {
        folder(dir, "", 0, &mut into)?;
    }
    Ok(into)
}

fn folder(dir: &Path, under: &str, depth: usize, into: &mut Read) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{under}{name}");
        if name.starts_with('.') {
            continue; // editors and sync tools leave these
        }
        let kind = entry.file_type()?;
        if kind.is_dir() && depth < MAX_DEPTH {
            if let Err(error) = folder(&entry.path(), &format!("{path}/"), depth + 1, into) {
                into.1.push(unreadable(&path, &error));
            }
        } else if kind.is_file() && into.0.len() < MAX_FILES {
            file(&entry, path, into);
        } else {
            into.1.push(Diagnostic::error("packs.not-a-file", Place::file(path)));
        }
    }
    Ok(())
}

fn file(entry: &fs::DirEntry, path: String, into: &mut Read) {
    match entry.metadata() {
        Ok(meta) if meta.len() > MAX_FILE_BYTES => into.1.push(
            Diagnostic::error("packs.too-large", Place::file(path))
                .with("limit_mib", MAX_FILE_BYTES >> 20),
        ),
        _ => match fs::read(entry.path()) {
            Ok(bytes) => drop(into.0.insert(path, bytes)),
            Err(error) => into.1.push(unreadable(&path, &error)),
        },
    }
}

fn unreadable(path: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::error("packs.unreadable", Place::file(path)).with("why", error)
}
