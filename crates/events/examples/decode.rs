//! Decodes files to JSON lines: `decode [--as FORMAT] [--quiet] FILE…`.
//!
//! With `--quiet` only the counts, for measuring.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
};

use events::{Format, Names, Options, Reader, push_json};

fn main() -> io::Result<()> {
    // Far enough ahead that no record is from the future.
    let mut options = Options::new(jiff::Timestamp::from_second(1_893_456_000).unwrap_or_default());
    let (mut quiet, mut files) = (false, Vec::new());
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quiet" => quiet = true,
            "--as" => options.format = words.next().as_deref().and_then(Format::named),
            _ => files.push(word),
        }
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut events, mut fields) = (0usize, 0usize);
    for file in files {
        let mut reader = Reader::open(&file, File::open(&file)?, Names::new(), &options)?;
        let mut line = String::new();
        while let Some(event) = reader.next() {
            events += 1;
            fields += event.fields().len();
            if !quiet {
                line.clear();
                push_json(&mut line, event);
                writeln!(out, "{line}")?;
            }
        }
        for found in reader.findings() {
            eprintln!("{found}");
        }
    }
    eprintln!("{events} events, {fields} fields");
    out.flush()
}
