//! A file as the readers want it: whole, but never more of it than they read.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use anyhow::{Result, anyhow};
use diag::{Diagnostic, Place};
use words::Lang;

use super::say::{file_failed, sentence};

/// All of a file. One that is longer than any reader reads is refused before it
/// takes any memory, whatever its lines are; half of it would be half a list.
pub fn read(lang: Lang, path: &Path) -> Result<Vec<u8>> {
    let limit = tables::Limits::default().bytes;
    let bytes = up_to(path, limit).map_err(|cause| file_failed(lang, path, &cause))?;
    bytes.ok_or_else(|| {
        let place = Place::file(path.display().to_string());
        let found = Diagnostic::error("tables.bytes-limit", place).with("limit", limit);
        anyhow!(sentence(lang, &found))
    })
}

/// Nothing when there is more.
fn up_to(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let file = File::open(path)?;
    if file.metadata()?.len() > limit {
        return Ok(None);
    }
    // A pipe says that it is empty.
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}
