//! `thapcanh demo`: the main job in one minute. Makes the sample province in a
//! data folder, through the same imports and verbs as a real user's, and
//! serves it. Stopped and started again it goes on where it was.

mod machines;
mod replay;
mod state;
mod watch;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use hub::{App, clock::Clock};
use indicatif::{ProgressBar, ProgressStyle};
use words::Lang;

use super::server::{Place, serve};
use state::Demonstration;

/// Arguments of `demo`.
#[derive(Args)]
pub struct Demo {
    #[command(flatten)]
    place: Place,
    /// Start over: the folder of an earlier demonstration is removed first.
    #[arg(long)]
    fresh: bool,
    /// Seed of the sample province.
    #[arg(long, default_value_t = sample::SEED)]
    seed: u64,
    /// Make the province and stop, without serving it.
    #[arg(long)]
    make_only: bool,
}

/// Makes the province if it is not there, and serves it.
#[tokio::main]
pub async fn run(arguments: &Demo) -> Result<ExitCode> {
    let data = arguments.place.data.clone().unwrap_or_else(|| PathBuf::from("thapcanh-demo"));
    let found = state::find(&data)?;
    let keep = found.filter(|found| found.complete && !arguments.fresh);
    let demonstration = match keep {
        Some(found) => found,
        None => make(arguments, &data).await?,
    };
    if arguments.make_only {
        return Ok(ExitCode::SUCCESS);
    }
    let settings = arguments.place.settings(data, demonstration.clock(), true)?;
    let app = App::open(settings).await?;
    welcome(&app, &demonstration);
    serve(app, arguments.place.listen).await?;
    Ok(ExitCode::SUCCESS)
}

async fn make(arguments: &Demo, data: &Path) -> Result<Demonstration> {
    state::clear(data)?;
    let province = sample::province(arguments.seed).context("the sample province")?;
    let mut demonstration = Demonstration::begin(province.as_of, Clock::System.now());
    demonstration.save(data)?;
    let first = province.timeline().first().map_or(province.as_of, |(at, _)| *at);
    let clock = Clock::held(first);
    let app = App::open(arguments.place.settings(data.to_owned(), clock, true)?).await?;
    let inventories = machines::inventories(arguments.seed)?;
    let bar = bar((province.timeline().len() + inventories.len() + 1) as u64)?;
    replay::replay(&app, &province, &inventories, &demonstration.password, &bar).await?;
    watch::watch(&app, &sample::logs(arguments.seed)?).await?;
    bar.finish_and_clear();
    demonstration.complete = true;
    demonstration.save(data)?;
    Ok(demonstration)
}

fn bar(length: u64) -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("{bar:32} {pos:>4}/{len} {elapsed:>4} {msg}")?;
    Ok(ProgressBar::new(length).with_style(style))
}

fn welcome(app: &App, demonstration: &Demonstration) {
    let password = &demonstration.password;
    println!("Tháp Canh – tỉnh mẫu / the sample province");
    for (login, who, _) in replay::LOGINS {
        let role = Lang::Vi.t(&format!("people.role.{who}"));
        println!("  Đăng nhập: {login:10} Mật khẩu: {password}   ({role})");
    }
    println!("  {}", app.settings.public_url);
}

/// The story's clock, if the folder is a demonstration's.
pub fn clock_of(data: &Path) -> Result<Option<Clock>> {
    Ok(state::find(data)?.map(|found| found.clock()))
}

/// Refuses to touch a folder that is not a demonstration's.
fn refuse(data: &Path) -> Result<()> {
    bail!("{} is not the folder of a demonstration; name another with --data", data.display())
}
