//! The recipe: every step in order, one after the other, each named with its
//! time. A failed step does not hide the ones after it.

use std::{process::ExitCode, time::Instant};

use crate::{
    fuzz, postgres,
    step::{Outcome, cargo, run},
    tidy, tools,
};

/// A step: its name, what it is for, and the deed.
type Step = (&'static str, &'static str, fn() -> Outcome);

/// Every step, cheapest to know first.
pub const STEPS: &[Step] = &[
    ("format", "rustfmt", format),
    ("tidy", "floors, words, sizes: the rules no compiler knows", tidy::run),
    ("clippy", "lints, warnings are errors", clippy),
    ("test", "unit, table, property, golden and whole-server tests, on SQLite", test),
    ("postgres", "the hub's suite again, on a throw-away PostgreSQL", postgres_suite),
    ("doc", "the documentation builds without a warning", doc),
    ("fuzz", "libFuzzer over every reader of outside bytes, seconds each", fuzz::step),
    ("faults", "the real binary, killed at any moment", faults),
    ("hunt", "from a log to an alert, by the real binary", hunt),
    ("walk", "every page by every role in both languages, and every form refused", walk),
    ("browser", "a real browser: journeys, pictures, axe-core on every page", browser),
    ("clients", "third-party clients: schemathesis", clients),
    ("mail", "notices through mail servers that nobody here wrote", mail),
];

/// Runs the named steps, or all: how many passed, and the names of the rest.
fn each(names: &[String]) -> (usize, Vec<String>, Vec<String>) {
    let (mut passed, mut failed, mut skipped) = (0, Vec::new(), Vec::new());
    for (name, what, deed) in STEPS {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        println!("\n=== {name}: {what}");
        let begun = Instant::now();
        let outcome = deed();
        let seconds = begun.elapsed().as_secs();
        match outcome {
            Outcome::Passed => {
                println!("=== {name}: passed in {seconds} s");
                passed += 1;
            }
            Outcome::Failed(why) => {
                println!("=== {name}: FAILED in {seconds} s: {why}");
                failed.push((*name).to_owned());
            }
            Outcome::Skipped(why) => {
                println!("=== {name}: SKIPPED: {why}");
                skipped.push(format!("{name} ({why})"));
            }
        }
    }
    (passed, failed, skipped)
}

/// Runs the named steps and says how it went: the counts, and in the last line
/// what failed and what could not be tried.
pub fn main(names: &[String]) -> ExitCode {
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.0 != **name)) {
        println!("no step is called {unknown}; see `cargo xtask steps`");
        return ExitCode::FAILURE;
    }
    let (passed, failed, skipped) = each(names);
    println!("\nci: {passed} passed, {} failed, {} skipped", failed.len(), skipped.len());
    let list =
        |what: &[String]| if what.is_empty() { "nothing".to_owned() } else { what.join(", ") };
    println!("failed: {}; skipped: {}", list(&failed), list(&skipped));
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn format() -> Outcome {
    run(cargo().args(["fmt", "--all", "--check"]))
}

fn clippy() -> Outcome {
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn test() -> Outcome {
    run(cargo().args(["test", "--workspace", "--exclude", "house-tests"]))
}

fn doc() -> Outcome {
    let mut command = cargo();
    command.env("RUSTDOCFLAGS", "-D warnings");
    run(command.args(["doc", "--workspace", "--no-deps", "--exclude", "house-tests"]))
}

fn postgres_suite() -> Outcome {
    let server = match postgres::start() {
        Ok(server) => server,
        Err(why) => return Outcome::Skipped(why),
    };
    let mut command = cargo();
    command.env("THAPCANH_TEST_POSTGRES", server.url());
    run(command.args(["test", "--package", "hub", "--test", "house"]))
}

fn faults() -> Outcome {
    whole("faults", &[])
}

fn hunt() -> Outcome {
    whole("hunt", &[])
}

fn walk() -> Outcome {
    whole("walk", &[])
}

fn browser() -> Outcome {
    match tools::browser() {
        Ok(environment) => whole("browser", &environment),
        Err(why) => Outcome::Skipped(why),
    }
}

fn clients() -> Outcome {
    match tools::python_clients() {
        Ok(environment) => whole("clients", &environment),
        Err(why) => Outcome::Skipped(why),
    }
}

fn mail() -> Outcome {
    match tools::mail_servers() {
        Ok(environment) => {
            let mut command = cargo();
            command.envs(environment);
            let one = ["test", "--package", "hub", "--test", "house", "real_mail", "--"];
            run(command.args(one).arg("--nocapture"))
        }
        Err(why) => Outcome::Skipped(why),
    }
}

/// A test of the whole system on the real binary, built beside it.
fn whole(test: &str, environment: &[(String, String)]) -> Outcome {
    if let failed @ Outcome::Failed(_) = run(cargo().args(["build", "--package", "thapcanh"])) {
        return failed;
    }
    let mut command = cargo();
    command.envs(environment.iter().cloned());
    let one_by_one = ["--", "--test-threads=1", "--nocapture"];
    run(command.args(["test", "--package", "house-tests", "--test", test]).args(one_by_one))
}
