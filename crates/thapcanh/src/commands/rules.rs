//! `thapcanh rules`: whether rules can be used, and whether they do what their
//! authors say.

use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand};
use detect::{
    rules::{Case, test_markdown},
    sigma::{Placeholders, RuleSet, read_files},
    taxonomy::Taxonomy,
};
use words::Lang;

use super::terminal::{self, printable};

/// Arguments of `rules`.
#[derive(Args)]
pub struct Rules {
    #[command(subcommand)]
    what: What,
    /// Language of findings.
    #[arg(long, default_value = "vi", global = true)]
    lang: String,
}

#[derive(Subcommand)]
enum What {
    /// Load every rule of a folder; name each that cannot be used, with its line.
    Check {
        /// Folder or file of Sigma rules.
        #[arg(required = true, value_name = "DIR")]
        paths: Vec<PathBuf>,
    },
    /// Run the cases of a Markdown file.
    Test {
        /// The file. A rule it names is looked for beside it, then in the
        /// folders above.
        #[arg(required = true, value_name = "FILE.md")]
        files: Vec<PathBuf>,
    },
}

/// Exit codes: 0 all can be used or all cases passed, 1 some not, 3 could not run.
pub fn run(arguments: &Rules) -> Result<ExitCode> {
    let lang = Lang::from_code(&arguments.lang).unwrap_or_default();
    let passed = match &arguments.what {
        What::Check { paths } => check(paths, lang)?,
        What::Test { files } => {
            let mut passed = true;
            for file in files {
                passed &= test(file, lang)?;
            }
            passed
        }
    };
    Ok(ExitCode::from(u8::from(!passed)))
}

fn check(paths: &[PathBuf], lang: Lang) -> Result<bool> {
    let (files, unread) = read_files(paths);
    let mut set = RuleSet::load(&files, &Placeholders::new());
    set.found.extend(unread);
    terminal::say(lang, &set.found, true);
    if files.is_empty() {
        bail!("no rule file");
    }
    unfed(&set, lang)?;
    let refused = set.found.iter().filter(|found| found.is_error()).count();
    let values: [(&str, &dyn std::fmt::Display); 5] = [
        ("files", &files.len()),
        ("rules", &set.rules.len()),
        ("correlations", &set.correlations.len()),
        ("filters", &set.filters.len()),
        ("refused", &refused),
    ];
    println!("{}", lang.fill("cli.rules.checked", &values));
    Ok(refused == 0)
}

/// Log sources without a mapping: their rules wait for a decoder that names them.
fn unfed(set: &RuleSet, lang: Lang) -> Result<()> {
    let taxonomy = Taxonomy::builtin().map_err(|found| anyhow!(lang.diagnostic(&found).0))?;
    let mut counts = std::collections::BTreeMap::<String, u64>::new();
    for rule in set.rules.iter().filter(|rule| !taxonomy.knows(&rule.log_source)) {
        *counts.entry(rule.log_source.to_string()).or_default() += 1;
    }
    for (source, rules) in counts {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("source", &printable(&source)), ("rules", &rules)];
        println!("{}", lang.fill("cli.rules.unmapped", &values));
    }
    Ok(())
}

fn test(file: &Path, lang: Lang) -> Result<bool> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    let now = hub::clock::Clock::System.now();
    let report = test_markdown(&name, &text, now, &mut |rule| beside(file, rule))
        .map_err(|found| anyhow!(lang.diagnostic(&found).0))?;
    terminal::say(lang, &report.found, true);
    for case in report.cases.iter().filter(|case| !case.passed()) {
        println!("{name}:{} {}", case.line, printable(&failure(case, lang)));
    }
    let passed = report.cases.iter().filter(|case| case.passed()).count();
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("file", &name), ("passed", &passed), ("cases", &report.cases.len())];
    println!("{}", lang.fill("cli.rules.tested", &values));
    // A file without cases has shown nothing.
    Ok(report.passed() && !report.cases.is_empty())
}

fn failure(case: &Case, lang: Lang) -> String {
    let key = match case {
        Case { events: 0, .. } => "cli.rules.no-events",
        Case { expected: true, .. } => "cli.rules.silent",
        Case { expected: false, .. } => "cli.rules.fired",
    };
    lang.fill(key, &[("rule", &case.rule), ("case", &case.name)])
}

fn beside(file: &Path, rule: &str) -> io::Result<String> {
    let here = std::path::absolute(file)?;
    let mut folders = here.ancestors().skip(1).map(|folder| folder.join(rule));
    let path = folders.find(|path| path.is_file());
    std::fs::read_to_string(path.ok_or(io::ErrorKind::NotFound)?)
}
