//! Files kept by content: `files/ab/abcdef…`, named by their sha256.
//!
//! A name that a person gave never becomes a path. Bytes are on disk, synced,
//! before a row speaks of them; a kill in between leaves bytes that nobody
//! refers to, never a row without its bytes.

use std::path::{Path, PathBuf};

use axum::body::Bytes;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use sqlx::AnyConnection;

use super::Db;
use crate::{Error, Result};

/// A kept file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Digest of the bytes, 64 hex characters.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

/// The folder of kept files.
#[derive(Clone, Debug)]
pub struct Files {
    root: PathBuf,
}

impl Files {
    /// Opens the folder, making it if need be.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self> {
        let root = root.into();
        std::fs::create_dir_all(&root)?;
        Ok(Self { root })
    }

    /// Puts bytes on disk. Keeping the same bytes again changes nothing.
    pub async fn keep(&self, bytes: impl Into<Bytes>) -> Result<Stored> {
        let (root, bytes) = (self.root.clone(), bytes.into());
        tokio::task::spawn_blocking(move || keep(&root, &bytes)).await.map_err(Error::internal)?
    }

    /// Where the bytes of a kept file lie.
    pub fn path(&self, sha256: &str) -> Result<PathBuf> {
        path_of(&self.root, sha256)
    }

    /// Whatever lies in the folder, kept or not, in order of names.
    pub fn lying(&self) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.root)? {
            let path = entry?.path();
            if path.is_dir() {
                for inner in std::fs::read_dir(path)? {
                    found.push(inner?.path());
                }
            } else {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }

    /// The bytes of a kept file, checked against their name.
    pub async fn read(&self, sha256: &str) -> Result<Vec<u8>> {
        let path = path_of(&self.root, sha256)?;
        let bytes = tokio::fs::read(path).await.map_err(|_| Error::NotFound)?;
        if digest(&bytes) == sha256 {
            Ok(bytes)
        } else {
            Err(Error::internal(format!("kept file {sha256} was altered on disk")))
        }
    }
}

/// Writes down, inside a change, that a file is kept.
pub async fn register(conn: &mut AnyConnection, file: &Stored, at: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO files (sha256, size, stored_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(&file.sha256)
    .bind(file.size as i64)
    .bind(at.as_microsecond())
    .execute(conn)
    .await?;
    Ok(())
}

/// The files that the store speaks of, from after `after` on, in order of their
/// digests; none when there are no more.
pub async fn registered(db: &Db, after: &str) -> Result<Vec<Stored>> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT sha256, size FROM files WHERE sha256 > $1 ORDER BY sha256 LIMIT 5000",
    )
    .bind(after)
    .fetch_all(db.reader())
    .await?;
    Ok(rows
        .into_iter()
        .map(|(sha256, size)| Stored { sha256, size: size.unsigned_abs() })
        .collect())
}

fn keep(root: &Path, bytes: &[u8]) -> Result<Stored> {
    let sha256 = digest(bytes);
    let stored = Stored { size: bytes.len() as u64, sha256 };
    let path = path_of(root, &stored.sha256)?;
    if path.exists() {
        return Ok(stored);
    }
    let folder = path.parent().unwrap_or(root);
    std::fs::create_dir_all(folder)?;
    let unfinished = folder.join(format!("{}.{:x}.part", stored.sha256, rand::random::<u64>()));
    std::fs::write(&unfinished, bytes)?;
    std::fs::File::open(&unfinished)?.sync_all()?;
    std::fs::rename(&unfinished, &path)?;
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(stored)
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn path_of(root: &Path, sha256: &str) -> Result<PathBuf> {
    let well_formed = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    if well_formed { Ok(root.join(&sha256[..2]).join(sha256)) } else { Err(Error::NotFound) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_kept_comes_back_and_an_altered_file_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        let stored = files.keep(b"danh sach".to_vec()).await.unwrap();
        assert_eq!(files.read(&stored.sha256).await.unwrap(), b"danh sach");
        std::fs::write(path_of(folder.path(), &stored.sha256).unwrap(), b"khac").unwrap();
        assert!(files.read(&stored.sha256).await.is_err());
    }

    #[tokio::test]
    async fn a_name_is_never_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        assert!(matches!(files.read("../../etc/passwd").await, Err(Error::NotFound)));
    }
}
