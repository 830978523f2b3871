//! `thapcanh doctor`: says in plain words what is missing or unwell, and what to
//! do about each. It changes nothing.

mod exposures;
mod files;
mod machine;
mod packs;
mod register;
mod state;
mod watch;

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use hub::store::Db;
use jiff::{Timestamp, tz::TimeZone};
use words::Lang;

use super::{
    place::{DataFolder, zone_of},
    say::{Language, out},
};

/// Arguments of `doctor`.
#[derive(Args)]
#[command(after_help = "Exit codes:
  0  all is well
  1  there are warnings
  2  there are problems (also: wrong arguments)
  3  could not run")]
pub struct Doctor {
    #[command(flatten)]
    folder: DataFolder,
    /// Read every kept file and compare its digest; otherwise a sample of them.
    #[arg(long)]
    deep: bool,
    /// Zone in which days begin.
    #[arg(long, default_value = "Asia/Ho_Chi_Minh", env = "THAPCANH_ZONE")]
    zone: String,
    #[command(flatten)]
    language: Language,
}

/// How a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// As it should be.
    Ok,
    /// It goes on, and somebody should look.
    Warning,
    /// It does not do what it is for.
    Problem,
}

/// A thing looked at: `cli.doctor.<name>` in the locales, and for what is not
/// well `cli.doctor.<name>-next`.
#[derive(Clone, Debug)]
struct Line {
    level: Level,
    name: &'static str,
    values: Vec<(&'static str, String)>,
}

impl Line {
    fn ok(name: &'static str) -> Self {
        Self { level: Level::Ok, name, values: Vec::new() }
    }

    fn warning(name: &'static str) -> Self {
        Self { level: Level::Warning, name, values: Vec::new() }
    }

    fn problem(name: &'static str) -> Self {
        Self { level: Level::Problem, name, values: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    fn print(&self, lang: Lang) {
        let values: Vec<(&str, &dyn std::fmt::Display)> =
            self.values.iter().map(|(name, value)| (*name, value as _)).collect();
        let mark = match self.level {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Problem => "problem",
        };
        let mark = lang.t(&format!("cli.doctor.level.{mark}"));
        out(format_args!(
            "{mark:<10} {}",
            lang.fill(&format!("cli.doctor.{}", self.name), &values)
        ));
        if self.level > Level::Ok {
            out(format_args!(
                "    → {}",
                lang.fill(&format!("cli.doctor.{}-next", self.name), &values)
            ));
        }
    }
}

/// What the checks look at.
struct Patient<'a> {
    arguments: &'a Doctor,
    lang: Lang,
    zone: TimeZone,
    now: Timestamp,
}

/// Looks at everything, and prints a line for each.
#[tokio::main]
pub async fn run(arguments: &Doctor) -> Result<ExitCode> {
    let lang = arguments.language.lang;
    let zone = zone_of(&arguments.zone, lang)?;
    let now = arguments.folder.clock()?.now();
    let patient = Patient { arguments, lang, zone, now };
    let lines = examine(&patient).await;
    for line in &lines {
        line.print(lang);
    }
    let worst = lines.iter().map(|line| line.level).max().unwrap_or(Level::Ok);
    let count = |level| lines.iter().filter(|line| line.level == level).count();
    let (warnings, problems) = (count(Level::Warning), count(Level::Problem));
    out(format_args!(
        "\n{}",
        lang.fill("cli.doctor.total", &[("warnings", &warnings), ("problems", &problems)])
    ));
    Ok(ExitCode::from(worst as u8))
}

async fn examine(patient: &Patient<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    let db = state::open(patient, &mut lines).await;
    match &db {
        Some(db) => with_state(patient, db, &mut lines).await,
        None => lines.push(Line::problem("unknown")),
    }
    lines.push(machine::room(patient));
    lines.push(machine::keys(patient));
    lines.extend(packs::packs(patient));
    if let Some(db) = db {
        db.close().await;
    }
    lines
}

/// A check that cannot be made is a problem of its own: unknown is not well.
async fn with_state(patient: &Patient<'_>, db: &Db, lines: &mut Vec<Line>) {
    let checks = [
        ("audit", state::audit(patient, db).await),
        ("files", files::files(patient, db).await),
        ("mail", watch::mail(patient, db).await),
        ("contacts", register::contacts(patient, db).await),
        ("units", register::units(patient, db).await),
        ("feeds", watch::feeds(patient, db).await),
        ("jobs", watch::jobs(patient, db).await),
        ("exposures", exposures::exposures(patient, db).await),
    ];
    for (what, found) in checks {
        match found {
            Ok(found) => lines.extend(found),
            Err(cause) => {
                let what = patient.lang.t(&format!("cli.doctor.what.{what}"));
                lines.push(Line::problem("check-failed").with("what", what).with("cause", cause));
            }
        }
    }
}

impl Patient<'_> {
    fn today(&self) -> jiff::civil::Date {
        self.now.to_zoned(self.zone.clone()).date()
    }

    fn number(&self, n: usize) -> String {
        self.lang.number(n as u64)
    }
}

/// The first few of some names.
fn few(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown}, …") } else { shown }
}
