//! `thapcanh hunt`: files of logs through Sigma rules and indicators, without
//! a server. A responder points it at a folder from a stricken agency.

use std::{io::Write, path::PathBuf, process::ExitCode, thread::available_parallelism};

use anyhow::{Context, Result, anyhow};
use clap::{Args, ValueEnum};
use detect::{
    hunt::{
        CsvSink, HtmlSink, JsonLinesSink, Options, Outcome, Prepared, Progress, Sink, TableSink,
        run as hunt_in,
    },
    sigma::{Level, RuleFile},
};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use packs::Packs;
use words::Lang;

use super::{
    terminal,
    to_hub::{Aside, Both, ToHub},
};

/// Exit code of a hunt that could not run: 3 says that something was found
/// and something could not be read.
pub const COULD_NOT_RUN: u8 = 4;

/// Arguments of `hunt`.
#[derive(Args)]
pub struct Hunt {
    /// Files, folders and zips of logs; what they are is recognised.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Sigma rules, a folder or a file; the rules in the binary when missing.
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
    /// Indicators and warning lists: plain lists, CSV, MISP, STIX.
    #[arg(long, value_name = "FILE")]
    indicators: Vec<PathBuf>,
    /// Lowest level of rules: informational, low, medium, high, critical.
    #[arg(long, value_name = "LEVEL", default_value = "informational", value_parser = level)]
    min_level: Level,
    /// First moment, such as 2024-01-31T08:00:00+07:00.
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    /// The moment after the last.
    #[arg(long, value_name = "TIME")]
    to: Option<Timestamp>,
    /// Format of the logs, where it should not be recognised.
    #[arg(long = "as", value_name = "NAME", value_parser = super::timeline::log_format)]
    log_format: Option<events::Format>,
    /// Zone of times that name none.
    #[arg(long, default_value = "Asia/Ho_Chi_Minh")]
    zone: String,
    /// Form of the answer.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// File to write; the terminal when missing.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Threads; all processors when missing.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Say what was read, how long each stage took, and every finding.
    #[arg(long)]
    stats: bool,
    /// Language of the answer and of findings.
    #[arg(long, default_value = "vi")]
    lang: String,
    #[command(flatten)]
    to_hub: ToHub,
}

/// Forms of the answer.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A line a rule and machine, with counts, first and last.
    Table,
    /// A line of JSON a detection.
    Jsonl,
    /// A line a detection, for a spreadsheet.
    Csv,
    /// One page for a browser, with a histogram and a table to filter.
    Html,
}

/// Exit codes: 0 nothing found, 1 found, 2 nothing found and some input not
/// readable, 3 found and some input not readable, 4 could not run, or could not
/// tell the hub.
pub fn run(arguments: &Hunt) -> ExitCode {
    hunt(arguments).unwrap_or_else(|cause| {
        eprintln!("thapcanh: {cause:#}");
        ExitCode::from(COULD_NOT_RUN)
    })
}

fn hunt(arguments: &Hunt) -> Result<ExitCode> {
    let lang = Lang::from_code(&arguments.lang).unwrap_or_default();
    let hub = arguments.to_hub.hub()?;
    let options = options(arguments)?;
    let prepared = Prepared::new(&options).map_err(|found| anyhow!(lang.diagnostic(&found).0))?;
    let mut sink = sink(arguments, lang)?;
    let bar = bar()?;
    let mut aside = Aside::new()?;
    let mut both = Both { aside: &mut aside, shown: sink.as_mut() };
    let sink: &mut dyn Sink = if hub.is_some() { &mut both } else { sink.as_mut() };
    let outcome = hunt_in(&options, &prepared, sink, &mut |at| show(&bar, at))?;
    bar.finish_and_clear();
    terminal::say(lang, &outcome.found, arguments.stats);
    if !matches!(arguments.format, Format::Table) {
        eprint!("{}", outcome.summary(&prepared, lang));
    }
    if arguments.stats {
        stages(&outcome, &prepared, lang);
    }
    if let Some(hub) = hub {
        let told = hub.tell(aside).with_context(|| lang.t("cli.hunt.not-told").into_owned())?;
        told.say(lang);
    }
    Ok(ExitCode::from(outcome.exit_code()))
}

fn options(arguments: &Hunt) -> Result<Options> {
    let threads = arguments.threads.or_else(|| Some(available_parallelism().ok()?.get()));
    let now = hub::clock::Clock::System.now();
    let is_own = arguments.rules.is_empty();
    Ok(Options {
        rules: arguments.rules.clone(),
        rule_texts: if is_own { built_in() } else { Vec::new() },
        cache: if is_own { None } else { cache() },
        indicators: arguments.indicators.clone(),
        min_level: arguments.min_level,
        from: arguments.from,
        to: arguments.to,
        threads: threads.unwrap_or(1),
        format: arguments.log_format,
        zone: terminal::zone(&arguments.zone)?,
        ..Options::new(arguments.paths.clone(), now)
    })
}

/// Where the rules of the last hunt are kept, for thousands of them take longer
/// to read than most logs; nowhere if there is no such folder.
fn cache() -> Option<PathBuf> {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let caches = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)?;
    let folder = caches.join("thapcanh");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("sigma-rules"))
}

/// The rules in the binary, under the names they have in the repository.
pub(super) fn built_in() -> Vec<RuleFile> {
    let packs = Packs::embedded();
    let text = |path: &str| String::from_utf8_lossy(packs.read(path).unwrap_or_default()).into();
    let files = packs.list("rules/sigma/");
    files
        .into_iter()
        .map(|path| RuleFile { path: path.to_owned(), text: text(path), license: String::new() })
        .collect()
}

fn sink(arguments: &Hunt, lang: Lang) -> Result<Box<dyn Sink>> {
    let output: Box<dyn Write> = terminal::output(arguments.out.as_deref())?;
    Ok(match arguments.format {
        Format::Table => Box::new(TableSink::new(output, lang)),
        Format::Jsonl => Box::new(JsonLinesSink(output)),
        Format::Csv => Box::new(CsvSink::new(output)?),
        Format::Html => Box::new(HtmlSink::new(output, lang)),
    })
}

/// Drawn on standard error, and only where that is a terminal.
fn bar() -> Result<ProgressBar> {
    let style = "{bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta}";
    let style = ProgressStyle::with_template(style).context("progress bar")?;
    Ok(ProgressBar::new(0).with_style(style))
}

/// Archives hold more than they weigh: the end moves with what is read.
fn show(bar: &ProgressBar, at: Progress) {
    bar.set_length(at.total.max(at.done));
    bar.set_position(at.done);
}

fn stages(outcome: &Outcome, prepared: &Prepared, lang: Lang) {
    let stages = outcome.stages;
    let megabytes = outcome.bytes as f64 / 1e6;
    let seconds = |seconds: f64| lang.decimal(seconds, 3);
    let values: [(&str, &dyn std::fmt::Display); 9] = [
        ("events", &lang.number(outcome.events)),
        ("megabytes", &lang.decimal(megabytes, 1)),
        ("loaded", &lang.number(outcome.rules)),
        ("refused", &lang.number(outcome.refused)),
        ("indicators", &lang.number(prepared.indicators.len() as u64)),
        ("rules", &seconds(stages.rules)),
        ("reading", &seconds(stages.indicators)),
        ("matching", &seconds(stages.matching)),
        ("correlating", &seconds(stages.correlating)),
    ];
    eprintln!("{}", lang.fill("cli.hunt.stats", &values));
}

fn level(name: &str) -> Result<Level, String> {
    Level::named(name).ok_or_else(|| Level::ALL.map(Level::name).join(", "))
}
