//! `thapcanh timeline`: every event of every input in the order of time, in
//! bounded memory.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use columns::ParquetWriter;
use diag::{Diagnostic, Place};
use events::{Layout, Names, Options, Reader, Timeline as Merge, visit};
use words::Lang;

use super::terminal;

/// Bytes of events kept in memory; the rest waits in temporary files.
const MEMORY: usize = 256 << 20;

/// Arguments of `timeline`.
#[derive(Args)]
pub struct Timeline {
    /// Files, folders and archives of logs; what they are is recognised.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Form of the answer; what the name of the file says when missing, and CSV
    /// when that says nothing.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// File to write, such as all.parquet, all.csv, all.jsonl; the terminal
    /// when missing.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Format of the logs, where it should not be recognised.
    #[arg(long = "as", value_name = "NAME", value_parser = log_format)]
    log_format: Option<events::Format>,
    /// Zone of times that name none.
    #[arg(long, default_value = "Asia/Ho_Chi_Minh")]
    zone: String,
    /// Language of findings.
    #[arg(long, default_value = "vi")]
    lang: String,
}

/// Forms of the answer.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A line an event, for a spreadsheet.
    Csv,
    /// A line of JSON an event.
    Jsonl,
    /// Apache Parquet, for DuckDB, pandas or Spark.
    Parquet,
}

impl Format {
    fn of(arguments: &Timeline) -> Self {
        let extension = arguments.out.as_deref().and_then(Path::extension);
        let named = extension.and_then(|name| Self::from_str(name.to_str()?, true).ok());
        arguments.format.or(named).unwrap_or(Format::Csv)
    }
}

/// Exit codes: 0 everything read, 2 some input not readable, 3 could not run.
pub fn run(arguments: &Timeline) -> Result<ExitCode> {
    let lang = Lang::from_code(&arguments.lang).unwrap_or_default();
    let options = Options {
        format: arguments.log_format,
        zone: terminal::zone(&arguments.zone)?,
        reference: hub::clock::Clock::System.now(),
    };
    let layout = match Format::of(arguments) {
        Format::Csv => Layout::Csv,
        Format::Jsonl => Layout::JsonLines,
        Format::Parquet => Layout::Rows,
    };
    let mut merge = Merge::new(layout, &room(arguments.out.as_deref()), MEMORY);
    let mut found = Vec::new();
    for path in &arguments.paths {
        found.extend(read(path, &options, &mut merge)?);
    }
    // Opened only now: the answer may lie in a folder that is read.
    let mut out = terminal::output(arguments.out.as_deref())?;
    let events = match layout {
        Layout::Rows => parquet(merge, &mut out)?,
        _ => merge.finish(&mut out)?,
    };
    out.flush()?;
    terminal::say(lang, &found, false);
    eprintln!("{}", lang.count("cli.timeline.events", events));
    let is_whole = !found.iter().any(Diagnostic::is_error);
    Ok(ExitCode::from(if is_whole { 0 } else { 2 }))
}

fn parquet(merge: Merge, out: &mut (dyn Write + Send)) -> Result<u64> {
    let mut writer = ParquetWriter::new(out)?;
    let events = merge.rows(&mut |row| writer.push(&row).map_err(io::Error::other))?;
    writer.finish()?;
    Ok(events)
}

/// Where temporary files go: beside the answer there is room for it, which a
/// small `/tmp` may not have.
fn room(out: Option<&Path>) -> PathBuf {
    let beside = out.and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    match (out, beside) {
        (None, _) => std::env::temp_dir(),
        (Some(_), Some(folder)) => folder.to_owned(),
        (Some(_), None) => PathBuf::from("."),
    }
}

fn read(path: &Path, options: &Options, merge: &mut Merge) -> Result<Vec<Diagnostic>> {
    let mut failed = None;
    let found = visit(path, &mut |input| {
        let mut reader = match Reader::open(&input.name, input.source, Names::new(), options) {
            Ok(reader) => reader,
            Err(error) => {
                let unread = Diagnostic::error("events.read-failed", Place::file(&input.name));
                return vec![unread.with("reason", error)];
            }
        };
        while failed.is_none()
            && let Some(event) = reader.next()
        {
            failed = merge.push(event).err();
        }
        reader.findings()
    });
    failed.map_or(Ok(found), |error| Err(error).context("cannot keep the events"))
}

/// The format of a name such as `evtx` or `syslog`.
pub fn log_format(name: &str) -> Result<events::Format, String> {
    events::Format::named(name).ok_or_else(|| {
        let names: Vec<_> = events::Format::ALL.iter().map(|format| format.name()).collect();
        format!("one of {}", names.join(", "))
    })
}
