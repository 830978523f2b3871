//! `thapcanh botnet`: lists placed by dated ownership, without a server. A
//! responder on a laptop, and a benchmark, use it.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use hub::web::{CellText, Sheet, xlsx_file};
use jiff::{Timestamp, tz::TimeZone};
use lists::{
    Rulebook,
    botnet::{Input, Options, Report, Whose, run as place, to_csv, to_json},
};
use words::Lang;

/// Arguments of `botnet`.
#[derive(Args)]
pub struct Botnet {
    /// Botnet lists: CSV, XLSX, Shadowserver reports, plain text.
    #[arg(required = true, value_name = "LIST")]
    lists: Vec<PathBuf>,
    /// Who owns which range, from when to when (CSV or XLSX).
    #[arg(long, value_name = "FILE")]
    ranges: PathBuf,
    /// Zone of times that name none, and in which days of ownership begin.
    #[arg(long, default_value = "Asia/Ho_Chi_Minh")]
    zone: String,
    /// The present, for judging times; the machine's clock when missing.
    #[arg(long, value_name = "TIME")]
    as_of: Option<Timestamp>,
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
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Columns for a terminal.
    Table,
    /// Everything, for a program.
    Json,
    /// A line an address, for a spreadsheet.
    Csv,
    /// The same as a workbook.
    Xlsx,
}

/// Exit codes: 0 all placed, 1 some belong to nobody or to several, 3 could not run.
pub fn run(arguments: &Botnet) -> Result<ExitCode> {
    let lang = Lang::from_code(&arguments.lang).unwrap_or_default();
    let files = arguments.lists.iter().map(read).collect::<Result<Vec<_>>>()?;
    let inputs: Vec<_> = files.iter().map(|(name, bytes)| Input { name, bytes }).collect();
    let (name, bytes) = read(&arguments.ranges)?;
    let now = arguments.as_of.unwrap_or_else(|| hub::clock::Clock::System.now());
    let mut options = Options::new(now);
    options.zone.clone_from(&arguments.zone);
    let rulebook = Rulebook::built_in()?;
    let report = place(&inputs, Input { name: &name, bytes: &bytes }, &options, &rulebook)
        .map_err(|found| anyhow::anyhow!(lang.diagnostic(&found).0))?;
    let say = |found: &diag::Diagnostic| lang.diagnostic(found).0;
    let out = match arguments.format {
        Format::Json => serde_json::to_vec_pretty(&to_json(&report, say))?,
        Format::Csv => to_csv(&report).into_bytes(),
        Format::Xlsx => workbook(&report, lang, &arguments.zone, now)?,
        Format::Table => table(&report, lang).into_bytes(),
    };
    write(arguments.out.as_ref(), &out)?;
    Ok(if report.unplaced.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn read(path: &PathBuf) -> Result<(String, Vec<u8>)> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok((name.unwrap_or_default(), bytes))
}

fn write(out: Option<&PathBuf>, bytes: &[u8]) -> Result<()> {
    use std::io::Write;
    match out {
        Some(path) => {
            std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
        }
        None => Ok(std::io::stdout().write_all(bytes)?),
    }
}

/// A line an address and family, and the open questions after them.
fn workbook(report: &Report, lang: Lang, zone: &str, now: Timestamp) -> Result<Vec<u8>> {
    let zone = TimeZone::get(zone)?;
    let columns = ["unit", "name", "address", "family", "first", "last", "rows", "question"];
    let time = |at| CellText::from(lang.date_time(at, &zone));
    let number = |rows: u64| CellText::Number(rows as f64);
    let mut rows = Vec::new();
    for unit in &report.units {
        for seen in &unit.sightings {
            rows.push(vec![
                unit.code.as_str().into(),
                unit.name.as_str().into(),
                seen.ip.to_string().into(),
                seen.family.as_str().into(),
                time(seen.first_seen),
                time(seen.last_seen),
                number(seen.rows),
                "".into(),
            ]);
        }
    }
    for open in &report.unplaced {
        let (first, last) = (time(open.first_seen), time(open.last_seen));
        let question = question(&open.reason, lang);
        let address = open.ip.to_string();
        rows.push(vec![
            "".into(),
            "".into(),
            address.into(),
            "".into(),
            first,
            last,
            number(open.rows),
            question.into(),
        ]);
    }
    let sheet = Sheet {
        title: lang.t("cli.botnet.title").into_owned(),
        as_of: lang.fill("web.as-of", &[("time", &lang.date_time(now, &zone))]),
        header: columns
            .iter()
            .map(|key| lang.t(&format!("cli.botnet.{key}")).into_owned())
            .collect(),
        rows,
    };
    Ok(xlsx_file(&sheet)?)
}

fn question(whose: &Whose, lang: Lang) -> String {
    match whose {
        Whose::Nobody => lang.t("cli.botnet.nobody").into_owned(),
        Whose::Several(units) => lang.fill("cli.botnet.several", &[("units", &units.join(", "))]),
    }
}

fn table(report: &Report, lang: Lang) -> String {
    let mut out = String::new();
    for list in &report.lists {
        let values: [(&str, &dyn std::fmt::Display); 4] = [
            ("file", &list.path),
            ("rows", &list.rows),
            ("bad", &list.bad),
            ("duplicates", &list.duplicates),
        ];
        line(&mut out, &lang.fill("cli.botnet.list", &values));
    }
    for unit in &report.units {
        line(&mut out, &format!("\n{}  {}  ({})", unit.code, unit.name, unit.sightings.len()));
        for seen in &unit.sightings {
            line(
                &mut out,
                &format!(
                    "  {:<39} {:<28} {:>6}  {}",
                    seen.ip.to_string(),
                    seen.family,
                    seen.rows,
                    seen.last_seen
                ),
            );
        }
    }
    if !report.unplaced.is_empty() {
        line(&mut out, &format!("\n{}", lang.t("cli.botnet.queue")));
        for open in &report.unplaced {
            let why = question(&open.reason, lang);
            line(&mut out, &format!("  {:<39} {:>6}  {why}", open.ip.to_string(), open.rows));
        }
    }
    if !report.diagnostics.is_empty() {
        line(&mut out, &format!("\n{}", lang.t("cli.botnet.findings")));
        for found in &report.diagnostics {
            let (text, hint) = lang.diagnostic(found);
            line(&mut out, &format!("  {}: {text} {hint}", found.place));
        }
    }
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}
