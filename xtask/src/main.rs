//! The recipes of the house: `cargo xtask ci` checks everything, the others are
//! its steps. Plain processes and the standard library, so that it builds in a
//! breath.
//!
//! *To add a step:* a function in [`ci`] that returns a [`step::Outcome`], and
//! one line in its table.

mod ci;
mod fuzz;
mod postgres;
mod step;
mod tidy;
mod tools;

use std::process::ExitCode;

const HELP: &str = "cargo xtask ci [STEP…]   everything that is checked, or only these steps
cargo xtask tidy          the rules of the house that no compiler knows
cargo xtask fuzz [TARGET [SECONDS]]
                          libFuzzer over one target of fuzz/, or all whose name begins so
cargo xtask steps         the names of the steps";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest = arguments.get(1..).unwrap_or_default();
    match arguments.first().map(String::as_str) {
        Some("ci") => ci::main(rest),
        Some("tidy") => ci::main(&["tidy".to_owned()]),
        Some("fuzz") => fuzz::main(rest),
        Some("steps") => {
            for (name, what, _) in ci::STEPS {
                println!("{name:12} {what}");
            }
            ExitCode::SUCCESS
        }
        _ => {
            println!("{HELP}");
            ExitCode::FAILURE
        }
    }
}
