//! `thapcanh verify`: the audit chain of a data folder, or a bundle file that
//! needs neither server nor data folder.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use hub::{audit, clock::Clock, store::Db};
use words::Lang;

/// Arguments of `verify`.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub struct Verify {
    #[command(subcommand)]
    what: Option<What>,
    /// The bundle to check.
    #[arg(value_name = "FILE.zip")]
    bundle: Option<PathBuf>,
    /// Public key (PEM) of whoever must have signed it. Without it, only
    /// wholeness is checked, not whose hand it is.
    #[arg(long, value_name = "PEM")]
    key: Option<PathBuf>,
    /// Language of the findings.
    #[arg(long, default_value = "vi")]
    lang: String,
}

#[derive(Subcommand)]
enum What {
    /// Walk the audit chain of a data folder.
    Audit {
        /// Data folder.
        #[arg(long, value_name = "DIR", env = "THAPCANH_DATA")]
        data: PathBuf,
        /// PostgreSQL address, if the state is there.
        #[arg(long, value_name = "URL", env = "THAPCANH_DATABASE", hide_env_values = true)]
        database: Option<String>,
    },
}

/// Exit codes: 0 it holds, 1 it was altered, 3 it could not be checked.
pub fn run(arguments: &Verify) -> Result<ExitCode> {
    match (&arguments.what, &arguments.bundle) {
        (Some(What::Audit { data, database }), _) => chain(data, database.clone()),
        (None, Some(file)) => bundle(file, arguments),
        (None, None) => anyhow::bail!("verify what? See `thapcanh verify --help`"),
    }
}

#[tokio::main]
async fn chain(data: &Path, database: Option<String>) -> Result<ExitCode> {
    let file = data.join("thapcanh.db");
    if database.is_none() && !file.exists() {
        anyhow::bail!("{} has no database", data.display());
    }
    let url = database.unwrap_or_else(|| format!("sqlite:{}", file.display()));
    let db = Db::open(&url, Clock::System.now()).await?;
    Ok(match audit::verify(&db).await? {
        Ok(summary) => {
            println!("ok: {} entries", summary.entries);
            if let Some(head) = summary.head {
                println!("head: {} {}", head.seq, head.hash);
            }
            ExitCode::SUCCESS
        }
        Err(found) => {
            println!("BROKEN: {found}");
            ExitCode::from(1)
        }
    })
}

fn bundle(path: &Path, arguments: &Verify) -> Result<ExitCode> {
    let lang = Lang::from_code(&arguments.lang).unwrap_or_default();
    let key = arguments.key.as_ref().map(|path| {
        let pem = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        proof::read_public(&pem).with_context(|| format!("{} is no public key", path.display()))
    });
    let key = key.transpose()?;
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let report = match proof::verify_bundle(file, key.as_ref()) {
        Ok(report) => report,
        Err(refused) => {
            let (text, hint) = lang.diagnostic(&diag::Diagnostic::from(&refused));
            println!("REFUSED: {text}\n         {hint}");
            return Ok(ExitCode::from(1));
        }
    };
    for found in report.diagnostics() {
        let (text, hint) = lang.diagnostic(&found);
        println!("{} {text}\n         {hint}", found.place);
    }
    println!("{}: {} files", if report.ok { "ok" } else { "ALTERED" }, report.files.len());
    Ok(if report.ok { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
