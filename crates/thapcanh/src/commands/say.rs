//! What every command needs to speak: a language, and the words for what went wrong.

use std::{
    io::{self, Write},
    path::Path,
};

use anyhow::anyhow;
use clap::Args;
use diag::Diagnostic;
use words::Lang;

/// The language of everything that a command prints.
#[derive(Args, Clone, Copy)]
pub struct Language {
    /// Language of what is printed: vi or en.
    #[arg(long = "lang", value_name = "LANG", default_value = "vi", value_parser = lang_of)]
    pub lang: Lang,
}

fn lang_of(code: &str) -> Result<Lang, String> {
    Lang::from_code(code).ok_or_else(|| "vi, en".to_owned())
}

/// Prints a line. A reader that has seen enough (`| head`) is no error of ours.
pub fn out(line: impl std::fmt::Display) {
    match writeln!(io::stdout(), "{line}") {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => eprintln!("stdout: {cause}"),
        _ => {}
    }
}

/// A file could not be read or written.
pub fn file_failed(lang: Lang, path: &Path, cause: &dyn std::fmt::Display) -> anyhow::Error {
    let path = path.display();
    anyhow!(lang.fill("cli.file.failed", &[("path", &path), ("cause", cause)]))
}

/// A verb of the server refused or failed.
pub fn refused(lang: Lang, error: hub::Error) -> anyhow::Error {
    use hub::Error;
    let title = |name: &str| lang.t(&format!("error.{name}.title")).into_owned();
    match error {
        Error::Invalid(found) => anyhow!(all(lang, &found)),
        Error::Conflict(found) | Error::Setup(found) => anyhow!(sentence(lang, &found)),
        Error::NotFound => anyhow!(title("not-found")),
        Error::Forbidden => anyhow!(title("forbidden")),
        // The cause is for whoever runs the machine, and that is who reads this.
        other => anyhow!("{}: {other}", title("internal")),
    }
}

/// A finding with its place, its sentence and what to do.
pub fn sentence(lang: Lang, found: &Diagnostic) -> String {
    let (text, hint) = lang.diagnostic(found);
    let place = found.place.to_string();
    let place = place.trim_start_matches(':');
    let parts = [place, &text, &hint].map(str::trim);
    let mut line = parts[1..].iter().copied().filter(|part| !part.is_empty());
    let said = line.by_ref().collect::<Vec<_>>().join(" ");
    if place.is_empty() { said } else { format!("{place}: {said}") }
}

fn all(lang: Lang, found: &[Diagnostic]) -> String {
    found.iter().map(|one| sentence(lang, one)).collect::<Vec<_>>().join("\n  ")
}
