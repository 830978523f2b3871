//! Paths → files, in the order of their names.

use std::{fs, path::PathBuf};

use diag::{Diagnostic, Place};

/// Folders inside folders.
const MAX_DEPTH: usize = 64;

/// Every plain file below the paths. Links are not followed: a folder from a
/// stricken machine may link anywhere.
pub(super) fn files(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<Diagnostic>) {
    let (mut files, mut found) = (Vec::new(), Vec::new());
    for path in paths {
        walk(path.clone(), 0, &mut files, &mut found);
    }
    (files, found)
}

fn walk(path: PathBuf, depth: usize, files: &mut Vec<PathBuf>, found: &mut Vec<Diagnostic>) {
    let refuse = |path: &PathBuf, reason: String| {
        let place = Place::file(path.display().to_string());
        Diagnostic::error("detect.file-unreadable", place).with("reason", reason)
    };
    if !path.is_dir() {
        files.push(path);
        return;
    }
    let entries = match fs::read_dir(&path) {
        Ok(entries) if depth < MAX_DEPTH => entries,
        Ok(_) => return found.push(refuse(&path, "folders nested too deeply".to_owned())),
        Err(error) => return found.push(refuse(&path, error.to_string())),
    };
    let mut entries: Vec<fs::DirEntry> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(entry.path(), depth + 1, files, found),
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
}
