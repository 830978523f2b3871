//! Where a backup is written: a zip, or a folder.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use zip::{ZipWriter, write::SimpleFileOptions};

use crate::commands::digest::{self, Passed};

/// A backup being written.
pub enum Sink {
    /// Into a zip, under a name of its own until it is whole.
    Zip {
        /// The zip.
        archive: Box<ZipWriter<BufWriter<File>>>,
        /// Where it is meanwhile.
        unfinished: PathBuf,
        /// Where it will be.
        path: PathBuf,
    },
    /// Into a folder.
    Folder(PathBuf),
}

impl Sink {
    /// Begins. What is there already is never overwritten.
    pub fn begin(path: &Path) -> io::Result<Self> {
        let is_zip = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"));
        if !is_zip {
            fs::create_dir_all(path)?;
            if fs::read_dir(path)?.next().is_some() {
                return Err(io::ErrorKind::DirectoryNotEmpty.into());
            }
            return Ok(Self::Folder(path.to_owned()));
        }
        if path.exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let unfinished = path.with_extension("zip.part");
        let file = create(&unfinished)?;
        let archive = Box::new(ZipWriter::new(BufWriter::new(file)));
        Ok(Self::Zip { archive, unfinished, path: path.to_owned() })
    }

    /// Writes one file.
    pub fn put(&mut self, name: &str, from: &mut dyn Read) -> io::Result<Passed> {
        match self {
            Self::Zip { archive, .. } => {
                let options = SimpleFileOptions::default().large_file(true).unix_permissions(0o600);
                archive.start_file(name, options)?;
                digest::copy(from, archive)
            }
            Self::Folder(folder) => {
                let path = folder.join(name);
                if let Some(above) = path.parent() {
                    fs::create_dir_all(above)?;
                }
                let mut file = create(&path)?;
                let passed = digest::copy(from, &mut file)?;
                file.sync_all()?;
                Ok(passed)
            }
        }
    }

    /// Ends: everything is on disk when this returns.
    pub fn finish(self) -> io::Result<()> {
        if let Self::Zip { archive, unfinished, path } = self {
            let mut file = archive.finish()?;
            file.flush()?;
            file.get_ref().sync_all()?;
            fs::rename(unfinished, path)?;
        }
        Ok(())
    }

    /// Gives up.
    pub fn abandon(self) {
        if let Self::Zip { unfinished, .. } = self {
            // What cannot be removed is named as unfinished.
            let _ = fs::remove_file(unfinished);
        }
    }
}

/// A new file that its owner alone can read: a backup holds what the data folder does.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
