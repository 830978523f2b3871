//! Zip files, opened carefully: a folder that someone packed, or a bomb.

use std::io::{Cursor, Read};

use diag::{Diagnostic, Place};

/// Most bytes that one member may unpack to.
const MEMBER_LIMIT: u64 = 512 << 20;
/// Most bytes that one archive may unpack to.
const ARCHIVE_LIMIT: u64 = 4 << 30;

/// Whether these bytes are a zip archive (and not an XLSX workbook).
pub(crate) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") && !is_workbook(bytes)
}

/// Whether these bytes are an XLSX or ODS workbook.
pub(crate) fn is_workbook(bytes: &[u8]) -> bool {
    let Ok(archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return false };
    let is_book = |name: &str| name == "xl/workbook.xml" || name == "content.xml";
    archive.file_names().flatten().any(|name| is_book(&name))
}

/// Unpacks each file in turn and hands it over as `archive!member`. What could
/// not be unpacked is named, and the rest goes on.
pub(crate) fn each(name: &str, bytes: &[u8], take: &mut dyn FnMut(&str, &[u8])) -> Vec<Diagnostic> {
    let mut archive = match zip::ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(error) => {
            let found = Diagnostic::error("patches.archive-broken", Place::file(name));
            return vec![found.with("reason", error)];
        }
    };
    let mut found = Vec::new();
    let mut total = 0;
    for at in 0..archive.len() {
        match member(name, &mut archive, at, ARCHIVE_LIMIT.saturating_sub(total)) {
            Ok(Some((path, content))) => {
                total += content.len() as u64;
                take(&path, &content);
            }
            Ok(None) => {}
            Err(diagnostic) => found.push(*diagnostic),
        }
    }
    found
}

type Member = Option<(String, Vec<u8>)>;

fn member(
    name: &str,
    archive: &mut zip::ZipArchive<Cursor<&[u8]>>,
    at: usize,
    left: u64,
) -> Result<Member, Box<Diagnostic>> {
    let broken = |path: &str, reason: &dyn std::fmt::Display| {
        let place = Place::file(format!("{name}!{path}"));
        Box::new(Diagnostic::error("patches.archive-broken", place).with("reason", reason))
    };
    let file = archive.by_index(at).map_err(|e| broken(&at.to_string(), &e))?;
    if file.is_dir() {
        return Ok(None);
    }
    let path = match file.name() {
        Ok(path) => path.into_owned(),
        Err(_) => at.to_string(),
    };
    let limit = left.min(MEMBER_LIMIT);
    let mut content = Vec::new();
    file.take(limit + 1).read_to_end(&mut content).map_err(|e| broken(&path, &e))?;
    if content.len() as u64 > limit {
        return Err(broken(&path, &"unpacks to more than the limit"));
    }
    Ok(Some((format!("{name}!{path}"), content)))
}
