//! The rules of the house that no compiler knows. Each is a function over the
//! tracked files that names every place where it is broken.
//!
//! *To add a rule:* a file here with `pub fn check(files: &[Source]) -> Vec<String>`,
//! and one line in [`RULES`].

mod floors;
mod sizes;
mod traces;
mod words;

use std::{fs, path::Path, process::Command};

use crate::step::{Outcome, root};

/// A tracked text file.
pub struct Source {
    /// Path from the root, with `/`.
    pub path: String,
    /// Content.
    pub text: String,
}

type Rule = (&'static str, fn(&[Source]) -> Vec<String>);

const RULES: &[Rule] = &[
    ("a room knows its own floor and those below", floors::check),
    ("functions are short and files have one job", sizes::check),
    ("every text is in the locales, and every locale text is used", words::check),
    ("no trace of a machine", traces::check),
];

/// Checks every rule.
pub fn run() -> Outcome {
    let files = sources(&root());
    let mut broken = 0;
    for (rule, check) in RULES {
        let places = check(&files);
        let mark = if places.is_empty() { "ok" } else { "BROKEN" };
        println!("{mark:6} {rule}");
        for place in &places {
            println!("       {place}");
        }
        broken += places.len();
    }
    if broken == 0 { Outcome::Passed } else { Outcome::Failed(format!("{broken} places")) }
}

fn sources(root: &Path) -> Vec<Source> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output();
    let listed = listed.map(|out| String::from_utf8_lossy(&out.stdout).into_owned());
    let paths = listed.unwrap_or_default();
    let read = |path: &str| {
        let text = fs::read_to_string(root.join(path)).ok()?;
        Some(Source { path: path.to_owned(), text })
    };
    paths.lines().filter_map(read).collect()
}
