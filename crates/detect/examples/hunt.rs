//! Files of logs through rules and indicators, from the command line.
//!
//! `cargo run --release -p detect --example hunt -- --rules DIR PATH…`

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, ValueEnum};
use detect::{
    hunt::{CsvSink, HtmlSink, JsonLinesSink, Options, Prepared, Sink, TableSink, run},
    sigma::Level,
};
use jiff::Timestamp;
use words::Lang;

/// Hunts.
#[derive(Parser)]
struct Arguments {
    /// Files and folders of logs.
    paths: Vec<PathBuf>,
    /// Files and folders of rules.
    #[arg(long)]
    rules: Vec<PathBuf>,
    /// Files and folders of indicators and warning lists.
    #[arg(long)]
    indicators: Vec<PathBuf>,
    /// Lowest level of rules.
    #[arg(long, default_value = "informational")]
    min_level: String,
    /// First moment.
    #[arg(long)]
    from: Option<Timestamp>,
    /// Moment after the last.
    #[arg(long)]
    to: Option<Timestamp>,
    /// Shape of the result.
    #[arg(long, value_enum, default_value = "table")]
    format: Shape,
    /// File for the result.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Threads.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Where compiled rules are kept.
    #[arg(long)]
    cache: Option<PathBuf>,
    /// Say what was done and how long it took.
    #[arg(long)]
    stats: bool,
    /// Now, for logs that leave the year out.
    #[arg(long, default_value = "2026-11-22T00:00:00Z")]
    now: Timestamp,
}

#[derive(Clone, Copy, ValueEnum)]
enum Shape {
    Table,
    Jsonl,
    Csv,
    Html,
}

fn main() -> ExitCode {
    match hunt(Arguments::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(4)
        }
    }
}

fn hunt(arguments: Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    let output: Box<dyn Write> = match &arguments.out {
        Some(path) => Box::new(BufWriter::new(File::create(path)?)),
        None => Box::new(BufWriter::new(io::stdout())),
    };
    let mut sink: Box<dyn Sink> = match arguments.format {
        Shape::Table => Box::new(TableSink::new(output, Lang::En)),
        Shape::Jsonl => Box::new(JsonLinesSink(output)),
        Shape::Csv => Box::new(CsvSink::new(output)?),
        Shape::Html => Box::new(HtmlSink::new(output, Lang::En)),
    };
    let options = Options {
        rules: arguments.rules,
        indicators: arguments.indicators,
        min_level: Level::named(&arguments.min_level).ok_or("no such level")?,
        from: arguments.from,
        to: arguments.to,
        threads: arguments.threads,
        cache: arguments.cache,
        ..Options::new(arguments.paths, arguments.now)
    };
    let prepared = Prepared::new(&options)?;
    let outcome = run(&options, &prepared, sink.as_mut(), &mut |_| {})?;
    if arguments.stats {
        eprintln!(
            "{} events, {} bytes, {} rules ({} refused, cache {}), {} indicators; {:?}",
            outcome.events,
            outcome.bytes,
            outcome.rules,
            outcome.refused,
            prepared.from_cache,
            outcome.indicators,
            outcome.stages,
        );
        for found in outcome.found.iter().take(20) {
            eprintln!("{found}");
        }
    }
    Ok(outcome.exit_code())
}
