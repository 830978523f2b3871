//! Bytes on their way from one place to another, counted and digested, a buffer at a time.

use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

/// What went by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Bytes.
    pub size: u64,
    /// SHA-256, 64 hex digits.
    pub sha256: String,
}

/// Copies everything, and says what it was.
pub fn copy(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<Passed> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 128 << 10];
    let mut size = 0;
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => continue,
            Err(cause) => return Err(cause),
        };
        digest.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        size += read as u64;
    }
    Ok(Passed { size, sha256: hex::encode(digest.finalize()) })
}

/// What a file is.
pub fn of_file(path: &std::path::Path) -> io::Result<Passed> {
    copy(&mut std::fs::File::open(path)?, &mut io::sink())
}
