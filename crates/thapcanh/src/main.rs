//! `thapcanh`: one binary, one file a subcommand. This is the only place that
//! wires the house together; what it wires is in the crates.

mod commands;
mod log;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

/// Tháp Canh: from a security directive to proof.
#[derive(Parser)]
#[command(name = "thapcanh", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A sample province, made, imported and served: the main job in one minute.
    Demo(commands::demo::Demo),
    /// The server for real use.
    Serve(commands::serve::Serve),
    /// The board of the issued directives in the terminal.
    Board(commands::board::Board),
    /// Botnet lists placed by dated ownership, without a server.
    Botnet(commands::botnet::Botnet),
    /// A file of the register, a botnet list or an inventory of machines, taken in as the page does.
    Import(commands::import::Import),
    /// A copy of a data folder that holds together, made while the server runs.
    Backup(commands::backup::Backup),
    /// A data folder from a backup, compared file by file.
    Restore(commands::restore::Restore),
    /// What is missing or unwell, in plain words.
    Doctor(commands::doctor::Doctor),
    /// Check that nobody touched an audit log or an evidence bundle.
    Verify(commands::verify::Verify),
    /// Which machine misses which fix, with the proof, without a server.
    Exposures(commands::exposures::Exposures),
    /// Logs through Sigma rules and indicators, without a server.
    Hunt(commands::hunt::Hunt),
    /// Every event of every log in the order of time.
    Timeline(commands::timeline::Timeline),
    /// Whether rules can be used, and do what their authors say.
    Rules(commands::rules::Rules),
    /// The dated data in the binary, and bulletin packs made, checked and signed.
    Packs(commands::packs::Packs),
}

/// The arguments, with help in the language that they ask for.
fn arguments() -> Result<Arguments, clap::Error> {
    let lang = commands::help::language(std::env::args());
    let matches = commands::help::speak(Arguments::command(), lang).try_get_matches()?;
    Arguments::from_arg_matches(&matches)
}

fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(wrong) => return misused(&wrong),
    };
    log::start();
    let outcome = match arguments.command {
        Command::Demo(demo) => commands::demo::run(&demo),
        Command::Board(board) => commands::board::run(&board),
        Command::Backup(backup) => commands::backup::run(&backup),
        Command::Doctor(doctor) => commands::doctor::run(&doctor),
        Command::Import(import) => commands::import::run(&import),
        Command::Restore(restore) => commands::restore::run(&restore),
        Command::Botnet(botnet) => commands::botnet::run(&botnet),
        Command::Serve(serve) => commands::serve::run(&serve),
        Command::Verify(verify) => commands::verify::run(&verify),
        Command::Exposures(exposures) => commands::exposures::run(&exposures),
        Command::Hunt(hunt) => Ok(commands::hunt::run(&hunt)),
        Command::Timeline(timeline) => commands::timeline::run(&timeline),
        Command::Rules(rules) => commands::rules::run(&rules),
        Command::Packs(packs) => commands::packs::run(&packs),
    };
    match outcome {
        Ok(code) => code,
        Err(cause) => {
            eprintln!("thapcanh: {cause:#}");
            ExitCode::from(3)
        }
    }
}

/// Words that no command understands: it could not run. The library's own exit
/// code for it is 2, which the engine commands answer with.
fn misused(wrong: &clap::Error) -> ExitCode {
    let _ = wrong.print();
    let is_hunt = std::env::args_os().nth(1).is_some_and(|command| command == "hunt");
    match wrong.exit_code() {
        0 => ExitCode::SUCCESS,
        _ if is_hunt => ExitCode::from(commands::hunt::COULD_NOT_RUN),
        _ => ExitCode::from(3),
    }
}
