//! What of a data folder goes into a backup.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::manifest::{FILES, FOLDERS, SECRET_FOLDERS, belongs};

/// Files by their path in the backup.
#[derive(Debug, Default)]
pub struct Collected {
    /// Taken: path in the backup, path on disk; sorted.
    pub taken: Vec<(String, PathBuf)>,
    /// Left out, because it is a link, unfinished, or oddly named.
    pub left: Vec<PathBuf>,
}

/// Collects the files, with keys and passwords when asked for. The database is
/// not among them: it is copied through its engine.
pub fn collect(data: &Path, keys: bool) -> io::Result<Collected> {
    let mut found = Collected::default();
    let secret: &[&str] = if keys { &SECRET_FOLDERS } else { &[] };
    for name in FOLDERS.iter().chain(secret).chain(&FILES) {
        let path = data.join(name);
        if path.symlink_metadata().is_ok() {
            add(&mut found, path, (*name).to_owned())?;
        }
    }
    found.taken.sort();
    Ok(found)
}

fn add(found: &mut Collected, path: PathBuf, name: String) -> io::Result<()> {
    let kind = path.symlink_metadata()?.file_type();
    if kind.is_dir() {
        for entry in std::fs::read_dir(&path)? {
            let entry = entry?;
            match entry.file_name().to_str() {
                Some(inner) => add(found, entry.path(), format!("{name}/{inner}"))?,
                None => found.left.push(entry.path()),
            }
        }
    } else if kind.is_file() && belongs(&name) && !name.ends_with(".part") {
        found.taken.push((name, path));
    } else {
        found.left.push(path);
    }
    Ok(())
}
