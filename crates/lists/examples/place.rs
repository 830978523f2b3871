//! Places the rows of one list into units, file to file: what `bench/lists`
//! measures. Writes one JSON object a line.
//!
//! `place LIST RANGES OUT`

use std::{
    fs::File,
    io::{BufWriter, Write},
    sync::Arc,
};

use jiff::{Timestamp, tz::TimeZone};
use lists::{
    Context, Rulebook, Settings,
    botnet::{Input, read_ranges},
    ownership::{Index, Verdict},
};
use serde::Serialize;

/// An entry and whose it was. The raw line stays in the list, under its number.
#[derive(Serialize)]
struct Placed<'p> {
    #[serde(flatten)]
    verdict: &'p Verdict,
    #[serde(flatten)]
    entry: &'p lists::Entry,
}

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().collect();
    let [_, list, ranges, out] = args.as_slice() else {
        return Err("place LIST RANGES OUT".into());
    };
    let bytes = std::fs::read(list)?;
    let rulebook = Rulebook::built_in()?;
    let context = Context {
        file_name: list,
        now: Timestamp::MAX,
        list_date: None,
        settings: &Settings::default(),
        limits: tables::Limits::default(),
        rulebook: &rulebook,
    };
    let owned = read_ranges(
        Input { name: ranges, bytes: &std::fs::read(ranges)? },
        &tables::Limits::default(),
    );
    let index = Index::new(owned.ranges, &TimeZone::get("Asia/Ho_Chi_Minh")?);
    let mut to = BufWriter::with_capacity(1 << 18, File::create(out)?);
    let mut failed = None;
    let no_raw: Arc<str> = Arc::default();
    let list = lists::read_each(&bytes, &context, &mut |mut entry| {
        let placement = index.place(&entry.address, entry.seen_at);
        entry.raw = Arc::clone(&no_raw);
        let line = Placed { verdict: &placement.verdict, entry: &entry };
        let written = serde_json::to_writer(&mut to, &line).map_err(Failure::from);
        if let Err(wrong) = written.and_then(|()| Ok(to.write_all(b"\n")?)) {
            failed.get_or_insert(wrong);
        }
    });
    to.flush()?;
    eprintln!("{:?}", list.counts);
    failed.map_or(Ok(()), Err)
}
