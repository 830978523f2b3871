//! The machine under the house: room on the disk, and who can read the keys.

use std::path::Path;

use super::{Line, Patient, few};
use crate::commands::{backup::manifest::SECRET_FOLDERS, space};

const MEBIBYTE: u64 = 1 << 20;
/// Below this nothing can be taken in.
const FULL: u64 = 100 * MEBIBYTE;
/// Below this somebody should make room.
const SCARCE: u64 = 2_048 * MEBIBYTE;

/// Room on the disk of the data folder.
pub(super) fn room(patient: &Patient<'_>) -> Line {
    let Some(space) = space::free(&patient.arguments.folder.data) else {
        return Line::warning("disk-unknown");
    };
    let line = match space.available {
        free if free < FULL => Line::problem("disk-full"),
        free if free < SCARCE => Line::warning("disk-scarce"),
        _ => Line::ok("disk"),
    };
    let gigabytes = |bytes: u64| patient.lang.decimal(bytes as f64 / f64::from(1 << 30), 1);
    line.with("free", gigabytes(space.available)).with("total", gigabytes(space.total))
}

/// Keys and passwords that others than the server's user can read.
pub(super) fn keys(patient: &Patient<'_>) -> Line {
    let data = &patient.arguments.folder.data;
    let mut open = Vec::new();
    let mut there = false;
    for folder in SECRET_FOLDERS {
        let Ok(entries) = std::fs::read_dir(data.join(folder)) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            // The public half is for everybody.
            let secret = !name.ends_with(".pub");
            there |= secret;
            if secret && is_open(&entry.path()) {
                open.push(format!("{folder}/{name}"));
            }
        }
    }
    if !open.is_empty() {
        return Line::problem("keys-open").with("files", few(&open));
    }
    Line::ok(if there { "keys" } else { "keys-none" })
}

#[cfg(unix)]
fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open(_path: &Path) -> bool {
    false
}
