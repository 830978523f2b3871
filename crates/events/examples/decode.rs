//! Decodes files and prints what they hold: `decode [--as FORMAT] [--quiet] FILE…`.
//!
//! With `--quiet` only the counts, for measuring.

use std::{fs::File, process::ExitCode};

use events::{Format, Names, Options, Reader};

fn main() -> ExitCode {
    let mut options = Options::new(jiff::Timestamp::UNIX_EPOCH);
    options.reference = "2030-01-01T00:00:00Z".parse().unwrap_or_default();
    let (mut quiet, mut files) = (false, Vec::new());
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quiet" => quiet = true,
            "--as" => options.format = words.next().as_deref().and_then(Format::named),
            _ => files.push(word),
        }
    }
    let (mut events, mut fields) = (0usize, 0usize);
    for file in files {
        match read(&file, &options, quiet) {
            Ok((read, found)) => {
                events += read;
                fields += found;
            }
            Err(error) => eprintln!("{file}: {error}"),
        }
    }
    eprintln!("{events} events, {fields} fields");
    ExitCode::SUCCESS
}

fn read(file: &str, options: &Options, quiet: bool) -> std::io::Result<(usize, usize)> {
    let mut reader = Reader::open(file, File::open(file)?, Names::new(), options)?;
    let (mut events, mut fields) = (0, 0);
    while let Some(event) = reader.next() {
        events += 1;
        fields += event.fields().len();
        if !quiet {
            let time = event.time().map(|time| time.at.to_string()).unwrap_or_default();
            println!(
                "{} {} {time} {}",
                event.record(),
                event.format().name(),
                event.host().unwrap_or("-")
            );
            for (key, value) in event.fields() {
                println!("    {} = {}", event.names().name(key), value.text());
            }
        }
    }
    for found in reader.findings() {
        eprintln!("{found}");
    }
    Ok((events, fields))
}
