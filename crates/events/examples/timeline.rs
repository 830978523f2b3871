//! Merges all events of all inputs in the order of time:
//! `timeline [--csv] [--memory MEBIBYTES] PATH…` to standard output.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use events::{Layout, Names, Options, Reader, Timeline, visit};

fn main() -> io::Result<()> {
    // Far enough ahead that no record is from the future.
    let options = Options::new(jiff::Timestamp::from_second(1_893_456_000).unwrap_or_default());
    let (mut layout, mut memory, mut paths) = (Layout::JsonLines, 256, Vec::new());
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--csv" => layout = Layout::Csv,
            "--memory" => memory = words.next().and_then(|n| n.parse().ok()).unwrap_or(memory),
            _ => paths.push(word),
        }
    }
    let mut timeline = Timeline::new(layout, &std::env::temp_dir(), memory << 20);
    let mut failed = None;
    for path in paths {
        let findings = visit(Path::new(&path), &mut |input| {
            let mut reader = match Reader::open(&input.name, input.source, Names::new(), &options) {
                Ok(reader) => reader,
                Err(error) => {
                    eprintln!("{}: {error}", input.name);
                    return Vec::new();
                }
            };
            while let Some(event) = reader.next() {
                if let Err(error) = timeline.push(event) {
                    failed.get_or_insert(error);
                    break;
                }
            }
            reader.findings()
        });
        for found in findings {
            eprintln!("{found}");
        }
    }
    if let Some(error) = failed {
        return Err(error);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let events = timeline.finish(&mut out)?;
    eprintln!("{events} events");
    out.flush()
}
