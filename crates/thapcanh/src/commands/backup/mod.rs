//! `thapcanh backup`: a copy of a data folder that holds together, made while
//! the server runs.
//!
//! The database is copied first, through its engine; kept files are on disk
//! before a row speaks of them, so that the files copied after it are never
//! fewer than its rows name.

mod collect;
pub mod manifest;
mod sink;

use std::{fs::File, path::PathBuf, process::ExitCode};

use anyhow::{Result, anyhow};
use clap::Args;
use hub::{
    audit,
    store::{Db, files},
};
use words::Lang;

use super::{
    place::{DATABASE, DataFolder, url_of},
    say::{Language, file_failed, out, refused},
};
use manifest::{FORMAT, Head, Line, MANIFEST, Manifest, State, promised};
use sink::Sink;

/// Arguments of `backup`.
#[derive(Args)]
#[command(
    after_help = "The server may go on running. On PostgreSQL the database itself is backed \
up with pg_dump; only files are taken here.

Exit codes:
  0  the backup is whole
  1  it was made, and a kept file was missing, altered or unreadable
  2  wrong arguments
  3  it was not made"
)]
pub struct Backup {
    #[command(flatten)]
    folder: DataFolder,
    /// Zip to write, by its ending, or else a new folder. Nothing is overwritten.
    #[arg(long, value_name = "FILE.zip|DIR")]
    out: PathBuf,
    /// Take keys and passwords too. Whoever has the backup can then sign as this installation.
    #[arg(long)]
    with_keys: bool,
    #[command(flatten)]
    language: Language,
}

/// A backup under way.
struct Making<'a> {
    arguments: &'a Backup,
    lang: Lang,
    sink: Sink,
    lines: Vec<Line>,
    warnings: Vec<String>,
}

/// Makes the backup.
#[tokio::main]
pub async fn run(arguments: &Backup) -> Result<ExitCode> {
    let lang = arguments.language.lang;
    arguments.folder.must_be_there(lang)?;
    let sink =
        Sink::begin(&arguments.out).map_err(|cause| file_failed(lang, &arguments.out, &cause))?;
    let mut making = Making { arguments, lang, sink, lines: Vec::new(), warnings: Vec::new() };
    let made = making.make().await;
    let Making { sink, lines, warnings, .. } = making;
    let head = match made {
        Ok(head) => head,
        Err(cause) => {
            sink.abandon();
            return Err(cause);
        }
    };
    sink.finish().map_err(|cause| file_failed(lang, &arguments.out, &cause))?;
    tell(arguments, head.as_ref(), &lines, &warnings);
    Ok(ExitCode::from(u8::from(!warnings.is_empty())))
}

impl Making<'_> {
    async fn make(&mut self) -> Result<Option<Head>> {
        let scratch = scratch(&self.arguments.out, self.lang)?;
        let state = self.state(scratch.path()).await?;
        let db = Db::open_as_is(&state).await.map_err(|error| refused(self.lang, error))?;
        let head = audit::head(&db).await.map_err(|error| refused(self.lang, error))?;
        let head = head.map(Head::from);
        let missing = self.missing(&db).await.map_err(|error| refused(self.lang, error))?;
        db.close().await;
        self.warnings.extend(missing);
        if self.arguments.folder.database.is_none() {
            self.put(DATABASE, &scratch.path().join(DATABASE))?;
        }
        self.files()?;
        self.manifest(head.clone())?;
        Ok(head)
    }

    /// Address of the state that the backup speaks of: a copy made now, or the server's.
    async fn state(&self, scratch: &std::path::Path) -> Result<String> {
        let failed = |error| refused(self.lang, error);
        if let Some(url) = &self.arguments.folder.database {
            return Ok(url.clone());
        }
        let copy = scratch.join(DATABASE);
        let db = Db::open_as_is(&self.arguments.folder.url()).await.map_err(failed)?;
        db.copy_into(&copy).await.map_err(failed)?;
        db.close().await;
        Ok(url_of(&copy))
    }

    /// A line for each file that the state speaks of and that is not there.
    async fn missing(&self, db: &Db) -> hub::Result<Vec<String>> {
        let kept = files::Files::open(self.arguments.folder.data.join("files"))?;
        let mut missing = Vec::new();
        let mut after = String::new();
        loop {
            let some = files::registered(db, &after).await?;
            let Some(last) = some.last() else { return Ok(missing) };
            after.clone_from(&last.sha256);
            for file in some {
                if !kept.path(&file.sha256)?.is_file() {
                    missing.push(self.lang.fill("cli.backup.missing", &[("file", &file.sha256)]));
                }
            }
        }
    }

    fn files(&mut self) -> Result<()> {
        let data = &self.arguments.folder.data;
        let found = collect::collect(data, self.arguments.with_keys)
            .map_err(|cause| file_failed(self.lang, data, &cause))?;
        for path in found.left {
            out(self.lang.fill("cli.backup.left", &[("file", &path.display())]));
        }
        for (name, path) in found.taken {
            self.put(&name, &path)?;
        }
        Ok(())
    }

    fn put(&mut self, name: &str, path: &std::path::Path) -> Result<()> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(cause) => {
                self.warnings.push(file_failed(self.lang, path, &cause).to_string());
                return Ok(());
            }
        };
        let passed = self.sink.put(name, &mut file);
        let passed = passed.map_err(|cause| file_failed(self.lang, &self.arguments.out, &cause))?;
        if promised(name).is_some_and(|sha256| sha256 != passed.sha256) {
            self.warnings.push(self.lang.fill("cli.backup.altered", &[("file", &name)]));
        }
        self.lines.push(Line { path: name.to_owned(), size: passed.size, sha256: passed.sha256 });
        Ok(())
    }

    fn manifest(&mut self, head: Option<Head>) -> Result<()> {
        let postgres = self.arguments.folder.database.is_some();
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            made_at: self.arguments.folder.clock()?.now(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            state: if postgres { State::Postgresql } else { State::Embedded },
            keys: self.arguments.with_keys,
            head,
            files: self.lines.clone(),
        };
        let bytes = serde_json::to_vec_pretty(&manifest)?;
        let put = self.sink.put(MANIFEST, &mut bytes.as_slice());
        put.map_err(|cause| file_failed(self.lang, &self.arguments.out, &cause))?;
        Ok(())
    }
}

/// A place for the copied database on the disk that takes the backup.
fn scratch(out: &std::path::Path, lang: Lang) -> Result<tempfile::TempDir> {
    let above = out.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or_else(|| std::path::Path::new("."));
    tempfile::Builder::new()
        .prefix(".thapcanh-backup-")
        .tempdir_in(above)
        .map_err(|cause| anyhow!(file_failed(lang, above, &cause)))
}

fn tell(arguments: &Backup, head: Option<&Head>, lines: &[Line], warnings: &[String]) {
    let lang = arguments.language.lang;
    let size: u64 = lines.iter().map(|line| line.size).sum();
    let count = lang.number(lines.len() as u64);
    let megabytes = lang.decimal(size as f64 / f64::from(1 << 20), 1);
    let place = arguments.out.display();
    out(lang.fill("cli.backup.made", &[("out", &place), ("files", &count), ("size", &megabytes)]));
    if let Some(head) = head {
        out(lang.fill("cli.backup.head", &[("seq", &head.seq), ("hash", &head.hash)]));
    }
    let keys = if arguments.with_keys { "with-keys" } else { "without-keys" };
    out(lang.t(&format!("cli.backup.{keys}")));
    if arguments.folder.database.is_some() {
        out(lang.t("cli.backup.postgresql"));
    }
    for warning in warnings {
        out(format_args!("! {warning}"));
    }
}
