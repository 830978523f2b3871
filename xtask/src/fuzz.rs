//! libFuzzer on the stable compiler, over the targets of `fuzz/`, for a bounded
//! time. Finding new ways through the code needs LLVM's coverage pass, which is
//! an ordinary flag; only the sanitizers would need a nightly compiler, and our
//! code has nothing for them to find: it is safe Rust.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use crate::step::{Outcome, cargo, root, run};

/// Seconds that each target gets in `cargo xtask ci`.
const SECONDS: u32 = 3;

/// How LLVM counts the edges that an input takes, as libFuzzer reads it.
const COVERAGE: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Ccodegen-units=1 --cfg fuzzing";

/// What an input may cost before it counts as a crash: a second input of the
/// same size must not wait ten seconds, nor a hub lose half a gigabyte.
const LIMITS: [&str; 4] =
    ["-timeout=10", "-rss_limit_mb=512", "-max_len=65536", "-print_final_stats=1"];

/// The step: every target for a few seconds.
pub fn step() -> Outcome {
    fuzz("", SECONDS)
}

/// `cargo xtask fuzz [TARGET [SECONDS]]`: one target, or all whose name begins so.
pub fn main(arguments: &[String]) -> ExitCode {
    let name = arguments.first().map_or("", String::as_str);
    let seconds = arguments.get(1).and_then(|text| text.parse().ok()).unwrap_or(60);
    match fuzz(name, seconds) {
        Outcome::Passed => ExitCode::SUCCESS,
        Outcome::Failed(why) | Outcome::Skipped(why) => {
            println!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn fuzz(name: &str, seconds: u32) -> Outcome {
    let binary = match build() {
        Ok(binary) => binary,
        Err(outcome) => return outcome,
    };
    let listed = Command::new(&binary).output().map(|out| out.stdout).unwrap_or_default();
    let listed = String::from_utf8_lossy(&listed);
    let targets: Vec<_> = listed.lines().filter(|line| line.starts_with(name)).collect();
    if targets.is_empty() {
        return Outcome::Failed(format!("no target is called {name}"));
    }
    let stumbled: Vec<_> =
        targets.iter().filter_map(|line| one(&binary, line, seconds).err()).collect();
    if stumbled.is_empty() { Outcome::Passed } else { Outcome::Failed(stumbled.join("; ")) }
}

/// Builds the driver with coverage, in a folder of its own so that the ordinary
/// build keeps its objects.
fn build() -> Result<PathBuf, Outcome> {
    let host = host().ok_or_else(|| Outcome::Skipped("rustc does not say its host".to_owned()))?;
    let folder = root().join("target/fuzz");
    let mut command = cargo();
    command.args(["build", "--package", "fuzz", "--features", "libfuzzer", "--bin", "libfuzzer"]);
    // With a target named, build scripts and macros are not instrumented.
    command.args(["--profile", "fuzz", "--target", &host, "--target-dir"]).arg(&folder);
    match run(command.env("RUSTFLAGS", COVERAGE)) {
        Outcome::Passed => Ok(folder.join(host).join("fuzz/libfuzzer")),
        other => Err(other),
    }
}

fn host() -> Option<String> {
    let told = Command::new("rustc").arg("-vV").output().ok()?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    told.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned)
}

/// One target. What it learns is kept under `target/`; what it stumbles over is
/// named, to be mended and kept in `fuzz/corpus/`.
fn one(binary: &Path, listed: &str, seconds: u32) -> Result<(), String> {
    let (name, seeds) = listed.split_once('\t').unwrap_or((listed, ""));
    let learnt = root().join("target/fuzz/corpus").join(name);
    let stumbled = root().join("target/fuzz/stumbled");
    for folder in [&learnt, &stumbled] {
        fs::create_dir_all(folder).map_err(|cause| format!("{}: {cause}", folder.display()))?;
    }
    let said = Command::new(binary)
        .env("FUZZ_TARGET", name)
        .args(LIMITS)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-seed_inputs={}", seeds.replace('\t', ",")))
        .arg(format!("-artifact_prefix={}/{name}-", stumbled.display()))
        .arg(&learnt)
        .output()
        .map_err(|cause| format!("{name}: {cause}"))?;
    let text = String::from_utf8_lossy(&said.stderr);
    println!("{name:28} {}", summary(&text));
    if said.status.success() {
        return Ok(());
    }
    let lines: Vec<_> = text.lines().collect();
    println!("       {}", lines[lines.len().saturating_sub(30)..].join("\n       "));
    Err(format!("{name} stumbled; the input is in {}", stumbled.display()))
}

/// What libFuzzer says at its end, in one line.
fn summary(text: &str) -> String {
    let figure = |label: &str| {
        let line = text.lines().rev().find(|line| line.contains(label));
        line.and_then(|line| line.split(label).nth(1)?.split_whitespace().next()).unwrap_or("?")
    };
    let (runs, edges) = (figure("stat::number_of_executed_units:"), figure("cov:"));
    format!("{runs} inputs, {edges} edges, {} MB", figure("stat::peak_rss_mb:"))
}
