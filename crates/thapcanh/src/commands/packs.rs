//! `thapcanh packs`: how old the data in the binary is, and bulletin packs made
//! where there is a network, signed, and checked where there is none.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use diag::Diagnostic;
use jiff::{civil::Date, tz::TimeZone};
use packs::{Authorities, Directive, Pack, Place, Regime};
use patches::{
    bulletins,
    exposures::files,
    facts::Builder,
    pack::{self, Header, Signed},
};
use words::Lang;

use super::terminal::{self, printable};

/// Arguments of `packs`.
#[derive(Args)]
pub struct Packs {
    #[command(subcommand)]
    what: What,
    /// Language of what is said.
    #[arg(long, default_value = "vi", global = true)]
    lang: String,
}

#[derive(Subcommand)]
enum What {
    /// Every dated pack in the binary, and its age.
    List,
    /// Whether bulletin packs are whole, and whose signature they bear.
    Check {
        /// The packs.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Public key (PEM) of whoever must have signed them.
        #[arg(long, value_name = "PEM")]
        key: Option<PathBuf>,
    },
    /// Make a bulletin pack of documents (CVRF, CSAF, KEV, EPSS).
    Build {
        /// The documents.
        #[arg(required = true, value_name = "PATH")]
        documents: Vec<PathBuf>,
        /// The pack to write, named for what it holds: `msrc-2023-05_11.pack`.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Sign a bulletin pack in its place.
    Sign {
        /// The pack.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Private Ed25519 key (PEM, PKCS #8).
        #[arg(long, value_name = "PEM")]
        key: PathBuf,
    },
}

/// Exit codes: 0 done or whole, 1 altered, not signed, or made of documents of
/// which some could not be read, 3 could not run.
pub fn run(arguments: &Packs) -> Result<ExitCode> {
    let lang = Lang::from_code(&arguments.lang).unwrap_or_default();
    let is_well = match &arguments.what {
        What::List => list(lang)?,
        What::Check { files, key } => check(files, key.as_deref(), lang)?,
        What::Build { documents, out } => build(documents, out, lang)?,
        What::Sign { file, key } => sign(file, key, lang)?,
    };
    Ok(ExitCode::from(u8::from(!is_well)))
}

fn today() -> Date {
    hub::clock::Clock::System.now().to_zoned(TimeZone::UTC).date()
}

fn list(lang: Lang) -> Result<bool> {
    let packs = packs::Packs::embedded();
    let mut found = typed::<Authorities>(&packs, lang);
    found.extend(typed::<Directive>(&packs, lang));
    found.extend(typed::<Place>(&packs, lang));
    found.extend(typed::<Regime>(&packs, lang));
    terminal::say(lang, &found, true);
    for path in packs.list("bulletins/").into_iter().filter(|path| path.ends_with(".pack")) {
        let (header, _) = pack::check(packs.read(path).unwrap_or_default(), &[])?;
        println!("{}", about(path, &header, "cli.packs.unchecked", lang));
    }
    Ok(found.is_empty())
}

fn typed<T: Pack>(packs: &packs::Packs, lang: Lang) -> Vec<Diagnostic> {
    let (all, found) = packs.load_all::<T>();
    for meta in all.iter().map(Pack::meta) {
        let to = meta.valid_to.map(|day| lang.date(day));
        let values: [(&str, &dyn std::fmt::Display); 5] = [
            ("path", &format!("{}{}.toml", T::FOLDER, meta.name)),
            ("as_of", &lang.date(meta.data_as_of)),
            ("age", &meta.age(today())),
            ("from", &lang.date(meta.valid_from)),
            ("to", &to.unwrap_or_else(|| lang.t("cli.packs.open").into_owned())),
        ];
        println!("{}", lang.fill("cli.packs.typed", &values));
    }
    found
}

fn about(path: &str, header: &Header, signed: &str, lang: Lang) -> String {
    let months: Vec<String> = header.months.iter().map(ToString::to_string).collect();
    let age = header.data_ends.map(|end| today().duration_since(end).as_hours() / 24);
    let age = age.map(|days| days.to_string());
    let values: [(&str, &dyn std::fmt::Display); 6] = [
        ("path", &printable(path)),
        ("name", &printable(&header.name)),
        ("months", &months.join(", ")),
        ("ends", &ends(header.data_ends, lang)),
        ("age", &age.unwrap_or_else(|| lang.t("cli.packs.no-age").into_owned())),
        ("signed", &lang.t(signed)),
    ];
    lang.fill("cli.packs.bulletins", &values)
}

fn ends(day: Option<Date>, lang: Lang) -> String {
    day.map_or_else(|| lang.t("cli.packs.no-end").into_owned(), |day| lang.date(day))
}

fn check(files: &[PathBuf], key: Option<&Path>, lang: Lang) -> Result<bool> {
    let keys: Vec<_> = key.map(public).transpose()?.into_iter().collect();
    let mut is_well = true;
    for file in files {
        let path = file.display().to_string();
        let bytes = std::fs::read(file).with_context(|| format!("cannot read {path}"))?;
        // The facts as well: a pack that is whole and cannot be used is not well.
        let read = pack::check(&bytes, &keys).and_then(|good| pack::load(&bytes).map(|_| good));
        match read {
            Ok((header, signed)) => {
                let key = match signed {
                    Signed::By(_) => "cli.packs.signed",
                    Signed::Untrusted if keys.is_empty() => "cli.packs.unchecked",
                    Signed::Untrusted => "cli.packs.not-signed",
                };
                is_well &= key != "cli.packs.not-signed";
                println!("{}", about(&path, &header, key, lang));
            }
            Err(why) => {
                is_well = false;
                println!("{}", lang.fill("cli.packs.broken", &[("path", &path), ("reason", &why)]));
            }
        }
    }
    Ok(is_well)
}

fn public(path: &Path) -> Result<proof::VerifyingKey> {
    let pem =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    proof::read_public(&pem).with_context(|| format!("{} is no public key", path.display()))
}

fn build(documents: &[PathBuf], out: &Path, lang: Lang) -> Result<bool> {
    let (inputs, mut found) = files(documents);
    let mut builder = Builder::default();
    for input in &inputs {
        let name = Path::new(&input.name).file_name().unwrap_or_default().to_string_lossy();
        found.extend(bulletins::read(&name, &input.bytes, &mut builder));
    }
    terminal::say(lang, &found, true);
    let facts = builder.finish();
    if facts.rows.is_empty() && facts.statements.is_empty() {
        bail!("no bulletin could be read");
    }
    let name = out.file_stem().unwrap_or_default().to_string_lossy();
    write(out, &pack::build(&name, &facts, None)?)?;
    let values: [(&str, &dyn std::fmt::Display); 4] = [
        ("path", &out.display()),
        ("rows", &lang.number(facts.rows.len() as u64)),
        ("cves", &lang.number(facts.cves.len() as u64)),
        ("ends", &ends(facts.data_ends(), lang)),
    ];
    println!("{}", lang.fill("cli.packs.built", &values));
    Ok(!found.iter().any(Diagnostic::is_error))
}

fn sign(file: &Path, key: &Path, lang: Lang) -> Result<bool> {
    let (key, found) =
        proof::load_key(key).with_context(|| format!("cannot use {}", key.display()))?;
    terminal::say(lang, &found, true);
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    write(file, &pack::sign(&bytes, &pack::signer(&key))?)?;
    Ok(true)
}

/// Through a file beside it, so that nobody finds half a pack.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = path.with_extension("new");
    std::fs::write(&beside, bytes)
        .and_then(|()| std::fs::rename(&beside, path))
        .with_context(|| format!("cannot write {}", path.display()))
}
