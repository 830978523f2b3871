//! Files → blocks for the workers, in order, with zip archives opened.

use std::{
    fs::File,
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
};

use diag::{Diagnostic, Place};
use events::{Block, Blocks};

/// Largest member of an archive; one that grows beyond it is cut and named.
const MAX_MEMBER: u64 = 512 << 20;
/// Members looked at in one archive.
const MAX_MEMBERS: usize = 100_000;
const ZIP_MAGIC: &[u8] = b"PK\x03\x04";
const SEVEN_ZIP_MAGIC: &[u8] = b"7z\xbc\xaf\x27\x1c";

/// Calls `give` with every block of every file until it returns false. Returns
/// what could not be read.
pub(super) fn each(
    files: &[PathBuf],
    options: &events::Options,
    give: &mut dyn FnMut(Block) -> bool,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for path in files {
        let name = path.display().to_string();
        match file(path, &name, options, give, &mut found) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => found.push(unreadable(&name, &error)),
        }
    }
    found
}

fn unreadable(name: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::error("detect.file-unreadable", Place::file(name)).with("reason", error)
}

fn file(
    path: &Path,
    name: &str,
    options: &events::Options,
    give: &mut dyn FnMut(Block) -> bool,
    found: &mut Vec<Diagnostic>,
) -> io::Result<bool> {
    let mut source = File::open(path)?;
    let mut head = Vec::new();
    source.by_ref().take(8).read_to_end(&mut head)?;
    if head.starts_with(ZIP_MAGIC) {
        return archive(path, name, options, give, found);
    }
    if head.starts_with(SEVEN_ZIP_MAGIC) {
        return Err(io::Error::other("7z archive: unpack it first"));
    }
    input(name, Box::new(Cursor::new(head).chain(source)), options, give, found)
}

fn input(
    name: &str,
    source: Box<dyn Read + Send>,
    options: &events::Options,
    give: &mut dyn FnMut(Block) -> bool,
    found: &mut Vec<Diagnostic>,
) -> io::Result<bool> {
    let mut blocks = Blocks::open(name, source, options)?;
    let mut goes_on = true;
    while goes_on && let Some(block) = blocks.next_block() {
        goes_on = give(block);
    }
    found.extend(blocks.findings().into_iter().map(|one| one.in_file(name)));
    Ok(goes_on)
}

/// Members are unpacked one at a time and bounded, whatever they claim.
fn archive(
    path: &Path,
    name: &str,
    options: &events::Options,
    give: &mut dyn FnMut(Block) -> bool,
    found: &mut Vec<Diagnostic>,
) -> io::Result<bool> {
    let mut archive = zip::ZipArchive::new(File::open(path)?).map_err(io::Error::other)?;
    for number in 0..archive.len().min(MAX_MEMBERS) {
        let (member_name, bytes) = match member(&mut archive, number) {
            Ok(Some((member, bytes))) => (format!("{name}!{member}"), bytes),
            Ok(None) => continue,
            Err(error) => {
                found.push(unreadable(&format!("{name}!{number}"), &error));
                continue;
            }
        };
        if bytes.len() as u64 >= MAX_MEMBER {
            let place = Place::file(&member_name);
            found.push(
                Diagnostic::error("detect.member-too-large", place).with("bytes", MAX_MEMBER),
            );
        }
        if !input(&member_name, Box::new(Cursor::new(bytes)), options, give, found)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn member(
    archive: &mut zip::ZipArchive<File>,
    number: usize,
) -> io::Result<Option<(String, Vec<u8>)>> {
    let member = archive.by_index(number).map_err(io::Error::other)?;
    if !member.is_file() {
        return Ok(None);
    }
    let name = String::from_utf8_lossy(member.name_raw()).into_owned();
    let mut bytes = Vec::new();
    member.take(MAX_MEMBER).read_to_end(&mut bytes)?;
    Ok(Some((name, bytes)))
}
