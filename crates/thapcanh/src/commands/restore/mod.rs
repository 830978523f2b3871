//! `thapcanh restore`: a data folder from a backup, after every file of it was
//! compared with its digest. A backup that does not agree leaves nothing behind.

mod source;
mod unpack;

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use clap::Args;
use hub::{audit, store::Db};
use words::Lang;

use super::{
    backup::manifest::{Head, Manifest, State, promised},
    place::DataFolder,
    say::{Language, file_failed, out, refused},
};
use source::Source;

/// Arguments of `restore`.
#[derive(Args)]
#[command(after_help = "On PostgreSQL, restore the database with pg_restore; with --database its \
chain is checked too.

Exit codes:
  0  restored, and the audit chain holds
  1  refused: the backup was altered or is none; or restored with a chain that does not hold
  2  wrong arguments
  3  could not run")]
pub struct Restore {
    /// The backup: a zip or a folder.
    #[arg(value_name = "FILE.zip|DIR")]
    backup: PathBuf,
    /// The data folder to make: new or empty.
    #[command(flatten)]
    folder: DataFolder,
    #[command(flatten)]
    language: Language,
}

/// Why a backup is not taken.
#[derive(Debug)]
pub enum Refused {
    /// `cli.restore.<name>` in the locales, and the path it speaks of.
    Because(&'static str, String),
    /// The machine failed.
    Io(io::Error),
}

impl Refused {
    fn of(name: &'static str, path: impl std::fmt::Display) -> Self {
        Self::Because(name, path.to_string())
    }
}

impl From<io::Error> for Refused {
    fn from(cause: io::Error) -> Self {
        Self::Io(cause)
    }
}

/// Restores.
#[tokio::main]
pub async fn run(arguments: &Restore) -> Result<ExitCode> {
    let lang = arguments.language.lang;
    let manifest = match unpack(&arguments.backup, &arguments.folder.data) {
        Ok(manifest) => manifest,
        Err(Refused::Io(cause)) => return Err(file_failed(lang, &arguments.backup, &cause)),
        Err(Refused::Because(name, path)) => {
            let why = lang.fill(&format!("cli.restore.{name}"), &[("path", &path)]);
            out(lang.fill("cli.restore.refused", &[("why", &why)]));
            return Ok(ExitCode::from(1));
        }
    };
    tell(arguments, &manifest);
    let holds = chain(arguments, &manifest, lang).await?;
    Ok(ExitCode::from(u8::from(!holds)))
}

fn unpack(backup: &Path, data: &Path) -> Result<Manifest, Refused> {
    if data.exists() && (!data.is_dir() || fs::read_dir(data)?.next().is_some()) {
        return Err(Refused::of("not-empty", data.display()));
    }
    let mut source = Source::open(backup)?;
    let manifest = unpack::manifest(&mut source)?;
    let above = data.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(above)?;
    unpack::fits(&manifest, above)?;
    // Dropped before it is whole, it goes away with everything in it.
    let made = tempfile::Builder::new().prefix(".thapcanh-restore-").tempdir_in(above)?;
    for line in &manifest.files {
        unpack::file(&mut source, line, made.path())?;
    }
    if data.exists() {
        fs::remove_dir(data)?;
    }
    fs::rename(made.keep(), data)?;
    Ok(manifest)
}

fn tell(arguments: &Restore, manifest: &Manifest) {
    let lang = arguments.language.lang;
    let count = lang.number(manifest.files.len() as u64);
    let (made, folder) = (manifest.made_at, arguments.folder.data.display());
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("files", &count), ("folder", &folder), ("made", &made)];
    out(lang.fill("cli.restore.done", &values));
    for line in &manifest.files {
        if promised(&line.path).is_some_and(|sha256| sha256 != line.sha256) {
            out(format_args!(
                "! {}",
                lang.fill("cli.restore.was-altered", &[("path", &line.path)])
            ));
        }
    }
    if !manifest.keys {
        out(lang.t("cli.restore.without-keys"));
    }
}

/// Walks the chain of the restored state, and compares its end with the manifest's.
async fn chain(arguments: &Restore, manifest: &Manifest, lang: Lang) -> Result<bool> {
    if manifest.state == State::Postgresql && arguments.folder.database.is_none() {
        out(lang.t("cli.restore.postgresql"));
        return Ok(true);
    }
    let failed = |error| refused(lang, error);
    let db = Db::open_as_is(&arguments.folder.url()).await.map_err(failed)?;
    let verdict = audit::verify(&db).await.map_err(failed)?;
    db.close().await;
    let summary = match verdict {
        Ok(summary) => summary,
        Err(found) => {
            out(lang.fill("cli.restore.chain-broken", &[("why", &found)]));
            return Ok(false);
        }
    };
    let head = summary.head.map(Head::from);
    if head != manifest.head {
        out(lang.t("cli.restore.chain-other"));
        return Ok(false);
    }
    let hash = head.map(|head| head.hash).unwrap_or_default();
    let entries = lang.number(summary.entries);
    out(lang.fill("cli.restore.chain", &[("entries", &entries), ("hash", &hash)]));
    Ok(true)
}
