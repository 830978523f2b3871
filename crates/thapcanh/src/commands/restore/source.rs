//! A backup from anywhere, looked at before anything in it is believed.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use zip::ZipArchive;

use super::Refused;

/// A backup being read.
pub enum Source {
    /// A zip.
    Zip(Box<ZipArchive<BufReader<File>>>),
    /// A folder.
    Folder(PathBuf),
}

impl Source {
    /// Opens a zip or a folder.
    pub fn open(path: &Path) -> Result<Self, Refused> {
        if path.is_dir() {
            return Ok(Self::Folder(path.to_owned()));
        }
        let file = BufReader::new(File::open(path)?);
        let archive = ZipArchive::new(file).map_err(|_| Refused::of("not-zip", path.display()))?;
        if archive.has_duplicate_names() {
            return Err(Refused::of("twice", path.display()));
        }
        Ok(Self::Zip(Box::new(archive)))
    }

    /// The names of all files in it. A link, an encrypted member, a name twice
    /// (in any case) or one that leads elsewhere refuses the whole.
    pub fn names(&mut self) -> Result<BTreeSet<String>, Refused> {
        let names = match self {
            Self::Zip(archive) => members(archive)?,
            Self::Folder(folder) => {
                let mut names = Vec::new();
                walk(folder, "", &mut names)?;
                names
            }
        };
        let mut seen = BTreeSet::new();
        for name in &names {
            if !proof::is_safe(name) {
                return Err(Refused::of("unsafe", format!("{name:?}")));
            }
            if !seen.insert(name.to_lowercase()) {
                return Err(Refused::of("twice", name));
            }
        }
        Ok(names.into_iter().collect())
    }

    /// The bytes of a file.
    pub fn read<'a>(&'a mut self, name: &str) -> io::Result<Box<dyn Read + 'a>> {
        match self {
            Self::Zip(archive) => Ok(Box::new(archive.by_name(name)?)),
            Self::Folder(folder) => Ok(Box::new(File::open(folder.join(name))?)),
        }
    }
}

fn members(archive: &ZipArchive<BufReader<File>>) -> Result<Vec<String>, Refused> {
    let broken = |_| Refused::of("not-zip", "");
    let mut names = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(broken)?;
        let name = entry.name().map_err(broken)?.into_owned();
        if entry.is_symlink() || entry.encrypted() {
            return Err(Refused::of("not-file", name));
        }
        // Ordinary programs list folders too; an empty one adds nothing.
        if !(name.ends_with('/') && entry.size() == 0) {
            names.push(name);
        }
    }
    Ok(names)
}

fn walk(folder: &Path, under: &str, names: &mut Vec<String>) -> Result<(), Refused> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let inner = entry.file_name().to_string_lossy().into_owned();
        let name = if under.is_empty() { inner } else { format!("{under}/{inner}") };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), &name, names)?;
        } else if kind.is_file() {
            names.push(name);
        } else {
            return Err(Refused::of("not-file", name));
        }
    }
    Ok(())
}
