//! `thapcanh import`: a file through the same code as the page's, with what
//! became of it printed.

mod bar;
mod inventory;
mod list;
mod register;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use diag::Diagnostic;
use hub::{App, registry};
use jiff::civil::Date;
use words::Lang;

use super::{
    place::DataFolder,
    say::{Language, out, refused, sentence},
    whole,
};

/// Arguments of `import`.
#[derive(Args)]
#[command(after_help = "Exit codes:
  0  every row was taken in
  1  some rows were rejected, each of them printed
  2  wrong arguments
  3  nothing was taken in: the file is refused as a whole, or the command could not run")]
pub struct Import {
    /// What the file is about.
    #[arg(value_enum)]
    kind: Kind,
    /// CSV, XLSX or, for a list, anything that the page takes.
    file: PathBuf,
    #[command(flatten)]
    folder: DataFolder,
    /// Code of the feed that a list is of.
    #[arg(long, value_name = "CODE", required_if_eq("kind", "list"))]
    feed: Option<String>,
    /// First day that a list covers; guessed from its rows when missing.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "to")]
    from: Option<Date>,
    /// Last day that a list covers.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "from")]
    to: Option<Date>,
    /// Code of the unit whose machines an inventory describes; they are found
    /// by name in the whole register when missing.
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
    /// The day on which an inventory was collected, where its files do not say it.
    #[arg(long, value_name = "YYYY-MM-DD")]
    collected_on: Option<Date>,
    /// Only say what would become of the rows; nothing is kept or changed.
    #[arg(long)]
    dry_run: bool,
    /// Zone in which days begin.
    #[arg(long, default_value = "Asia/Ho_Chi_Minh", env = "THAPCANH_ZONE")]
    zone: String,
    #[command(flatten)]
    language: Language,
}

/// What a file is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Units.
    Units,
    /// Information systems.
    Systems,
    /// Machines.
    Hosts,
    /// Address ranges and whose they are.
    Networks,
    /// People to call.
    Contacts,
    /// A botnet list of a feed.
    List,
    /// What machines are and have installed: a file, or a zip of files.
    Inventory,
}

impl Kind {
    /// The kind of the register; a list or an inventory is none.
    fn of_register(self) -> Option<registry::Kind> {
        match self {
            Self::Units => Some(registry::Kind::Units),
            Self::Systems => Some(registry::Kind::Systems),
            Self::Hosts => Some(registry::Kind::Hosts),
            Self::Networks => Some(registry::Kind::Networks),
            Self::Contacts => Some(registry::Kind::Contacts),
            Self::List | Self::Inventory => None,
        }
    }
}

/// A file on its way in.
struct Bringing<'a> {
    arguments: &'a Import,
    app: App,
    lang: Lang,
    name: String,
    bytes: Vec<u8>,
}

/// Imports, or says what importing would do.
#[tokio::main]
pub async fn run(arguments: &Import) -> Result<ExitCode> {
    let lang = arguments.language.lang;
    let kind = arguments.kind.of_register();
    if kind.is_some() && (arguments.feed.is_some() || arguments.from.is_some()) {
        bail!(lang.t("cli.import.list-only").into_owned());
    }
    let of_machines = arguments.unit.is_some() || arguments.collected_on.is_some();
    if arguments.kind == Kind::Inventory {
        if arguments.dry_run {
            bail!(lang.t("cli.import.no-dry-run").into_owned());
        }
    } else if of_machines {
        bail!(lang.t("cli.import.inventory-only").into_owned());
    }
    let bytes = whole::read(lang, &arguments.file)?;
    let name = arguments.file.file_name().map(|name| name.to_string_lossy().into_owned());
    let app = arguments.folder.open(&arguments.zone, lang).await?;
    let bringing = Bringing { arguments, app, lang, name: name.unwrap_or_default(), bytes };
    let rejected = match kind {
        Some(kind) => register::bring(bringing, kind).await?,
        None if arguments.kind == Kind::Inventory => inventory::bring(bringing).await?,
        None => list::bring(bringing).await?,
    };
    Ok(ExitCode::from(u8::from(rejected > 0)))
}

impl Bringing<'_> {
    /// Prints findings, each with its place and what to do.
    fn tell(&self, found: &[Diagnostic]) {
        for one in found {
            out(format_args!("  {}", sentence(self.lang, &one.clone().in_file(&self.name))));
        }
    }

    /// Why the house did not take it, with the file's name at each place.
    fn refused(&self, error: hub::Error) -> anyhow::Error {
        let named =
            |found: Vec<Diagnostic>| found.into_iter().map(|one| one.in_file(&self.name)).collect();
        match error {
            hub::Error::Invalid(found) => refused(self.lang, hub::Error::Invalid(named(found))),
            other => refused(self.lang, other),
        }
    }

    fn dry(&self) {
        if self.arguments.dry_run {
            out(self.lang.t("cli.import.dry"));
        }
    }
}
