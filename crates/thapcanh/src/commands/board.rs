//! `thapcanh board`: the board of the running directives in a terminal.

use std::{io::Write, path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Args;
use hub::{
    App,
    access::Scope,
    clock::Clock,
    directives::board::{current, text::text},
};
use words::Lang;

use super::{demo, server::Place};

/// Arguments of `board`.
#[derive(Args)]
pub struct Board {
    #[command(flatten)]
    place: Place,
    /// Columns of the terminal.
    #[arg(long, env = "COLUMNS", default_value_t = 120)]
    width: usize,
    /// Language of the board.
    #[arg(long, default_value = "vi")]
    lang: String,
}

/// Prints every issued directive's board. Whoever may read the data folder is
/// the province.
#[tokio::main]
pub async fn run(arguments: &Board) -> Result<ExitCode> {
    let data = arguments.place.data.clone().unwrap_or_else(|| PathBuf::from("thapcanh-data"));
    let clock = demo::clock_of(&data)?.unwrap_or(Clock::System);
    let app = App::open(arguments.place.settings(data, clock, false)?).await?;
    let lang = Lang::from_code(&arguments.lang).unwrap_or_default();
    for board in current(&app, &Scope::province(), app.clock.now()).await? {
        // A reader that has seen enough (`| head`) is no error.
        if writeln!(std::io::stdout(), "{}", text(&board, lang, arguments.width)).is_err() {
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}
