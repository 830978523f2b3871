//! What a backup says of itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Its name in the backup; written last, so that a backup without it is none.
pub const MANIFEST: &str = "manifest.json";
/// The form of backup that this build writes and reads.
pub const FORMAT: &str = "thapcanh-backup/1";

/// The whole of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Version of the program that made it.
    pub version: String,
    /// Where the state is.
    pub state: State,
    /// Whether keys and passwords are in it.
    pub keys: bool,
    /// End of the audit chain in the state; missing while nothing was done.
    pub head: Option<Head>,
    /// Every file but this one.
    pub files: Vec<Line>,
}

/// Where the state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In the backup, as an embedded database.
    Embedded,
    /// On PostgreSQL, which is backed up by its own tools.
    Postgresql,
}

/// An end of the audit chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Number of the last entry.
    pub seq: u64,
    /// Its hash.
    pub hash: String,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Path inside the data folder, with `/`.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256, 64 hex digits.
    pub sha256: String,
}

impl From<proof::Head> for Head {
    fn from(head: proof::Head) -> Self {
        Self { seq: head.seq, hash: head.hash }
    }
}

/// Whether a path is one that a backup may hold: nothing else is ever written
/// into a data folder.
pub fn belongs(path: &str) -> bool {
    let known =
        |folder: &&str| path.strip_prefix(*folder).is_some_and(|rest| rest.starts_with('/'));
    proof::is_safe(path)
        && (FILES.contains(&path)
            || path == crate::commands::place::DATABASE
            || FOLDERS.iter().chain(&SECRET_FOLDERS).any(known))
}

/// Digest that the path of a kept file promises.
pub fn promised(path: &str) -> Option<&str> {
    path.strip_prefix("files/")?.rsplit('/').next()
}

/// Folders of a data folder that are always taken.
pub const FOLDERS: [&str; 3] = ["files", "packs", "mail"];
/// Folders that are taken when asked for.
pub const SECRET_FOLDERS: [&str; 2] = ["keys", "secrets"];
/// Single files.
pub const FILES: [&str; 1] = ["demo.json"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_into_a_data_folder() {
        for path in ["thapcanh.db", "files/ab/abcd", "keys/bundle.key", "packs/a/b.toml"] {
            assert!(belongs(path), "{path}");
        }
        let wrong = [
            "../x",
            "/etc/passwd",
            "files/../../x",
            "files",
            "keys",
            "other",
            "thapcanh.db-wal",
            "files\\x",
            "C:/x",
            "files//x",
            "filesystem/x",
            "manifest.json",
        ];
        for path in wrong {
            assert!(!belongs(path), "{path}");
        }
    }
}
