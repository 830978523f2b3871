//! Which host misses which fix: the engine alone, for measuring it without the
//! main program.
//!
//! `cargo run --release -p patches --example exposures -- --inventory DIR --pack FILE`

use std::{
    io::{self, BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;
use patches::{
    bulletins,
    exposures::{self, Input, Options},
    facts::{Builder, Severity},
    pack,
    report::Format,
};

#[derive(Parser)]
struct Flags {
    /// Files, folders or zips that describe machines.
    #[arg(long, num_args = 1.., required_unless_present = "build")]
    inventory: Vec<PathBuf>,
    /// Bulletins: CVRF, CSAF, KEV, EPSS.
    #[arg(long, num_args = 1..)]
    bulletins: Vec<PathBuf>,
    /// Bulletin packs.
    #[arg(long, num_args = 1..)]
    pack: Vec<PathBuf>,
    /// A file that names CVEs.
    #[arg(long)]
    cves: Option<PathBuf>,
    /// Authorities' letters.
    #[arg(long, num_args = 1..)]
    letter: Vec<PathBuf>,
    /// Only these severities, such as `critical,important`.
    #[arg(long, value_delimiter = ',')]
    severity: Vec<String>,
    /// Only CVEs in CISA's catalogue.
    #[arg(long)]
    kev: bool,
    /// The day of the question, such as 2024-01-15.
    #[arg(long)]
    as_of: Option<jiff::civil::Date>,
    /// table, json, csv or xlsx.
    #[arg(long, default_value = "table")]
    format: String,
    /// Instead of judging: compile the bulletins into a pack of this path.
    #[arg(long)]
    build: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Flags::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(3)
        }
    }
}

fn run(flags: &Flags) -> Result<u8, Box<dyn std::error::Error>> {
    let (bulletins, mut unread) = exposures::files(&flags.bulletins);
    if let Some(path) = &flags.build {
        return build(&bulletins, path);
    }
    let mut read = |paths: &[PathBuf]| {
        let (inputs, found) = exposures::files(paths);
        unread.extend(found);
        inputs
    };
    let zone = jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh")?;
    let as_of = flags.as_of.map(|day| day.to_zoned(zone)).transpose()?.map(|z| z.timestamp());
    let options = Options {
        bulletins,
        packs: read(&flags.pack),
        inventory: read(&flags.inventory),
        cves: flags
            .cves
            .as_ref()
            .and_then(|path| read(std::slice::from_ref(path)).into_iter().next()),
        letters: read(&flags.letter),
        severities: flags.severity.iter().map(|s| Severity::parse(s)).collect(),
        kev: flags.kev,
        as_of,
        ..Options::default()
    };
    let mut report = exposures::run(options)?;
    report.diagnostics.extend(unread);
    let format = match flags.format.as_str() {
        "json" => Format::Json,
        "csv" => Format::Csv,
        "xlsx" => Format::Xlsx,
        _ => Format::Table,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    report.write(format, &mut out)?;
    out.flush()?;
    Ok(report.exit_code())
}

fn build(documents: &[Input], path: &std::path::Path) -> Result<u8, Box<dyn std::error::Error>> {
    let mut builder = Builder::default();
    for input in documents {
        let name = input.name.rsplit('/').next().unwrap_or(&input.name);
        for found in bulletins::read(name, &input.bytes, &mut builder) {
            eprintln!("{found}");
        }
    }
    let facts = builder.finish();
    let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    std::fs::write(path, pack::build(&name, &facts, None)?)?;
    println!(
        "{} rows, {} CVEs, data ends {:?}",
        facts.rows.len(),
        facts.cves.len(),
        facts.data_ends()
    );
    Ok(0)
}
