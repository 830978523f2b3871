//! A workbook is a zip: what kind it is, and whether it is a bomb.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::Format;

/// XLSX or ODS, by the names of the members; none for another zip.
pub(crate) fn kind(bytes: &[u8]) -> Option<Format> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).ok()?;
    if zip.by_name("xl/workbook.xml").is_ok()
        || zip.file_names().flatten().any(|name| name.starts_with("xl/"))
    {
        return Some(Format::Xlsx);
    }
    let mut kind = String::new();
    zip.by_name("mimetype").ok()?.take(200).read_to_string(&mut kind).ok()?;
    kind.contains("opendocument.spreadsheet").then_some(Format::Ods)
}

/// Unpacks every member into nothing, and stops at the limit: what a zip says
/// about its sizes is a claim. Returns the bytes, or the member that went over.
pub(crate) fn inflated(bytes: &[u8], limit: u64) -> Result<u64, String> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| String::new())?;
    let mut total = 0;
    for at in 0..zip.len() {
        let Ok(member) = zip.by_index(at) else { continue };
        let name = member.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
        let mut left = member.take(limit + 1 - total);
        total += std::io::copy(&mut left, &mut std::io::sink()).unwrap_or(0);
        if total > limit {
            return Err(name);
        }
    }
    Ok(total)
}
