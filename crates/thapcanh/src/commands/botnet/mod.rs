//! `thapcanh botnet`: lists placed by dated ownership, without a server. A
//! responder on a laptop, and a benchmark, use it.

mod folder;
mod names;
mod notice;
mod sheets;
mod table;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Result, anyhow};
use clap::Args;
use hub::clock::Clock;
use jiff::{Timestamp, tz::TimeZone};
use lists::{
    Rulebook,
    botnet::{Input, Options, Report, Whose, run as place, to_json},
};
use words::Lang;

use super::{
    place::zone_of,
    say::{Language, out, sentence},
    whole,
};

/// Arguments of `botnet`.
#[derive(Args)]
#[command(after_help = "Exit codes:
  0  every row was read and placed
  1  some rows could not be read, or belong to nobody or to several units
  2  wrong arguments
  3  could not run")]
pub struct Botnet {
    /// Botnet lists: CSV, XLSX, Shadowserver reports, plain text.
    #[arg(required = true, value_name = "LIST")]
    lists: Vec<PathBuf>,
    /// Who owns which range: unit_code,unit_name,cidr,valid_from,valid_to,kind (CSV or XLSX).
    #[arg(long, value_name = "FILE")]
    networks: PathBuf,
    /// Folder for the summary, each unit's rows and notice, and what is left over.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
    /// Zone of times that name none, and in which days of ownership begin.
    #[arg(long, default_value = "Asia/Ho_Chi_Minh")]
    zone: String,
    /// The present, for judging times; the machine's clock when missing.
    #[arg(long, value_name = "TIME")]
    as_of: Option<Timestamp>,
    #[command(flatten)]
    language: Language,
}

/// A report and what it takes to put it into words.
struct Telling<'a> {
    report: &'a Report,
    lang: Lang,
    zone: TimeZone,
    as_of: Timestamp,
}

/// Reads, places, tells.
pub fn run(arguments: &Botnet) -> Result<ExitCode> {
    let lang = arguments.language.lang;
    let as_of = arguments.as_of.unwrap_or_else(|| Clock::System.now());
    let zone = zone_of(&arguments.zone, lang)?;
    let report = report(arguments, as_of, lang)?;
    let telling = Telling { report: &report, lang, zone, as_of };
    if let Some(folder) = &arguments.out {
        folder::write(&telling, folder)?;
    }
    let text = if arguments.json { json(&telling)? } else { table::table(&telling) };
    out(text.trim_end());
    if let (Some(folder), false) = (&arguments.out, arguments.json) {
        out(format_args!(
            "\n{}",
            lang.fill("cli.botnet.written", &[("folder", &folder.display())])
        ));
    }
    Ok(ExitCode::from(u8::from(is_open(&report))))
}

/// Whether anything is left for a person to decide or to mend.
fn is_open(report: &Report) -> bool {
    let bad = report.lists.iter().any(|list| list.bad > 0);
    bad || !report.unplaced.is_empty() || report.diagnostics.iter().any(diag::Diagnostic::is_error)
}

fn report(arguments: &Botnet, as_of: Timestamp, lang: Lang) -> Result<Report> {
    let read = |path: &PathBuf| Ok((path.display().to_string(), whole::read(lang, path)?));
    let files = arguments.lists.iter().map(read).collect::<Result<Vec<_>>>()?;
    let inputs: Vec<_> = files.iter().map(|(name, bytes)| Input { name, bytes }).collect();
    let (name, bytes) = read(&arguments.networks)?;
    let mut options = Options::new(as_of);
    options.zone.clone_from(&arguments.zone);
    let rulebook = Rulebook::built_in().map_err(|found| anyhow!(sentence(lang, &found)))?;
    place(&inputs, Input { name: &name, bytes: &bytes }, &options, &rulebook)
        .map_err(|found| anyhow!(sentence(lang, &found)))
}

fn json(telling: &Telling<'_>) -> Result<String> {
    let object = to_json(telling.report, |found| telling.lang.diagnostic(found).0);
    Ok(serde_json::to_string_pretty(&object)? + "\n")
}

impl Telling<'_> {
    /// Why nobody has an address, in words.
    fn question(&self, whose: &Whose) -> String {
        match whose {
            Whose::Nobody => self.lang.t("cli.botnet.nobody").into_owned(),
            Whose::Several(units) => {
                self.lang.fill("cli.botnet.several", &[("units", &units.join(", "))])
            }
        }
    }

    fn time(&self, at: Timestamp) -> String {
        self.lang.date_time(at, &self.zone)
    }

    /// A family, or that the lists name none.
    fn family(&self, family: &str) -> String {
        let none = || self.lang.t("cli.botnet.no-family").into_owned();
        if family.is_empty() { none() } else { family.to_owned() }
    }
}
