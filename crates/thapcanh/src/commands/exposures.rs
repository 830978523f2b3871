//! `thapcanh exposures`: which machine misses which fix, with the proof,
//! without a server.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use diag::Diagnostic;
use jiff::{Timestamp, civil::Date};
use packs::Packs;
use patches::{
    exposures::{CouldNotRun, Input, Options, files, run as judge},
    facts::Severity,
    report,
};
use words::Lang;

use super::terminal;

/// The bulletins that the binary carries: the months of the sample letter.
pub const BUILT_IN: &str = "msrc-2023-05_11";

/// Arguments of `exposures`.
#[derive(Args)]
pub struct Exposures {
    /// Files, folders and zips that describe machines: systeminfo, hotfix
    /// lists, osquery, Wazuh, Nmap, OpenVAS, Nessus, SBOMs, CSV, XLSX.
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    inventory: Vec<PathBuf>,
    /// Bulletins: CVRF, CSAF, CISA KEV, EPSS; over those of `--pack`, if any.
    #[arg(long, num_args = 1.., value_name = "PATH")]
    bulletins: Vec<PathBuf>,
    /// Bulletin pack, built in or a file. Without this and `--bulletins`:
    /// msrc-2023-05_11.
    #[arg(long, value_name = "NAME")]
    pack: Vec<String>,
    /// Ask only about the CVEs that this text names.
    #[arg(long, value_name = "FILE", conflicts_with = "letter")]
    cves: Option<PathBuf>,
    /// Ask as an authority's letter does: what it names, and the grave ones of
    /// its months.
    #[arg(long, num_args = 1.., value_name = "FILE")]
    letter: Vec<PathBuf>,
    /// Only these severities of the vendor, such as `critical,important`.
    #[arg(long, value_delimiter = ',', value_parser = severity)]
    severity: Vec<Severity>,
    /// Only CVEs that CISA's catalogue lists as exploited.
    #[arg(long)]
    kev: bool,
    /// The day of the question; each inventory's own day when missing.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Zone in which that day ends.
    #[arg(long, default_value = "Asia/Ho_Chi_Minh")]
    zone: String,
    /// Form of the answer.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// File to write; the terminal when missing.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Language of findings.
    #[arg(long, default_value = "vi")]
    lang: String,
}

/// Forms of the answer.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    /// Columns for a terminal.
    Table,
    /// Everything, for a program.
    Json,
    /// A line a machine and CVE that is missing or unknown.
    Csv,
    /// The same as a workbook, with a sheet of machines.
    Xlsx,
}

/// Exit codes: 0 nothing missing, 1 something missing, 2 something unknown (or
/// not readable) and nothing missing, 3 could not run.
pub fn run(arguments: &Exposures) -> Result<ExitCode> {
    let lang = Lang::from_code(&arguments.lang).unwrap_or_default();
    let (inventory, unread) = files(&arguments.inventory);
    let mut report = match judge(options(arguments, inventory)?) {
        Ok(report) => report,
        Err(why) => return could_not_run(&why, &unread, lang),
    };
    report.diagnostics.extend(unread);
    let is_doubtful = report.diagnostics.iter().any(Diagnostic::is_error);
    let format = match arguments.format {
        Format::Json => report::Format::Json,
        Format::Table => report::Format::Table,
        Format::Csv => report::Format::Csv,
        Format::Xlsx => report::Format::Xlsx,
    };
    if arguments.format != Format::Json {
        terminal::say(lang, &std::mem::take(&mut report.diagnostics), true);
    }
    let mut out = terminal::output(arguments.out.as_deref())?;
    report.write(format, &mut out)?;
    out.flush()?;
    // What could not be read may have said otherwise: that is not "nothing missing".
    Ok(ExitCode::from(match report.exit_code() {
        0 if is_doubtful => 2,
        code => code,
    }))
}

fn options(arguments: &Exposures, inventory: Vec<Input>) -> Result<Options> {
    let cves = arguments.cves.as_deref().map(read).transpose()?;
    Ok(Options {
        bulletins: all(&arguments.bulletins)?,
        packs: packs(arguments)?,
        inventory,
        cves,
        letters: all(&arguments.letter)?,
        severities: arguments.severity.clone(),
        kev: arguments.kev,
        as_of: arguments.as_of.map(|day| end_of(day, &arguments.zone)).transpose()?,
        ..Options::default()
    })
}

/// What was published on a day is known at its end.
fn end_of(day: Date, zone: &str) -> Result<Timestamp> {
    Ok(day.to_zoned(terminal::zone(zone)?)?.end_of_day()?.timestamp())
}

/// Files that the question itself rests on: without one of them it would be
/// another question.
fn all(paths: &[PathBuf]) -> Result<Vec<Input>> {
    let (inputs, unread) = files(paths);
    match unread.first() {
        Some(found) => bail!("{found}"),
        None => Ok(inputs),
    }
}

fn read(path: &Path) -> Result<Input> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Input { name: path.display().to_string(), bytes })
}

fn packs(arguments: &Exposures) -> Result<Vec<Input>> {
    if arguments.pack.is_empty() && arguments.bulletins.is_empty() {
        return Ok(vec![pack(BUILT_IN)?]);
    }
    arguments.pack.iter().map(|name| pack(name)).collect()
}

fn pack(name: &str) -> Result<Input> {
    let embedded = Packs::embedded();
    match embedded.read(&format!("bulletins/{name}.pack")) {
        Some(bytes) => Ok(Input { name: name.to_owned(), bytes: bytes.to_vec() }),
        None => read(Path::new(name)),
    }
}

fn severity(word: &str) -> Result<Severity, String> {
    match Severity::parse(word) {
        Severity::Unrated => Err("one of critical, important, moderate, low".to_owned()),
        severity => Ok(severity),
    }
}

fn could_not_run(why: &CouldNotRun, unread: &[Diagnostic], lang: Lang) -> Result<ExitCode> {
    let (CouldNotRun::NoBulletins(found) | CouldNotRun::NoHosts(found)) = why;
    terminal::say(lang, unread, true);
    terminal::say(lang, found, true);
    bail!("{why}")
}
