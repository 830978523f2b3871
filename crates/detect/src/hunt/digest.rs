//! The sha256 of files in which something was found.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

/// Digests of files as they lie on disk, an archive as a whole; worked out when
/// the first detection asks.
#[derive(Debug)]
pub(super) struct Digests<'f> {
    files: &'f [PathBuf],
    known: FxHashMap<usize, Arc<str>>,
    /// By the name of an input: the number of its file.
    numbers: FxHashMap<Arc<str>, usize>,
}

impl<'f> Digests<'f> {
    pub(super) fn new(files: &'f [PathBuf]) -> Self {
        Self { files, known: FxHashMap::default(), numbers: FxHashMap::default() }
    }

    /// Says which file an input is in.
    pub(super) fn note(&mut self, input: &Arc<str>, number: usize) {
        if !self.numbers.contains_key(input) {
            self.numbers.insert(Arc::clone(input), number);
        }
    }

    /// The digest in hex of the file that an input is in; empty if it can no
    /// longer be read.
    pub(super) fn of(&mut self, input: &str) -> Arc<str> {
        let Some(number) = self.numbers.get(input).copied() else { return "".into() };
        let digest = || self.files.get(number).and_then(|path| digest(path).ok());
        let known = self.known.entry(number);
        Arc::clone(known.or_insert_with(|| digest().unwrap_or_default().into()))
    }
}

fn digest(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            read => hash.update(buffer.get(..read).unwrap_or_default()),
        }
    }
}
