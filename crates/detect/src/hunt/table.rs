//! Detections by rule and host, the weightiest first.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use jiff::Timestamp;
use words::Lang;

use super::{Detail, Detection, Outcome, Prepared, Sink, What};
use crate::sigma::Level;

/// Groups a detection table may have; beyond it, hosts are put together.
const MAX_GROUPS: usize = 100_000;

/// A table for people.
#[derive(Debug)]
pub struct TableSink<W> {
    output: W,
    lang: Lang,
    groups: BTreeMap<(What, String), Group>,
}

#[derive(Clone, Debug)]
struct Group {
    level: Level,
    title: String,
    author: String,
    count: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl<W> TableSink<W> {
    /// Writes to `output` at the end.
    pub fn new(output: W, lang: Lang) -> Self {
        Self { output, lang, groups: BTreeMap::new() }
    }
}

impl<W: Write> Sink for TableSink<W> {
    fn detail(&self) -> Detail {
        Detail::Record
    }

    fn take(&mut self, prepared: &Prepared, detection: Detection) -> io::Result<()> {
        let is_full = self.groups.len() >= MAX_GROUPS;
        let rest = || self.lang.t("hunt.table.rest").into_owned();
        let host = if is_full { rest() } else { detection.host.clone() };
        let group = self.groups.entry((detection.what, host)).or_insert_with(|| Group {
            level: detection.level(prepared),
            title: detection.title(prepared),
            author: detection.meta(prepared).map(|meta| meta.author.clone()).unwrap_or_default(),
            count: 0,
            first: None,
            last: None,
        });
        group.count += 1;
        if let Some(time) = detection.time {
            group.first = Some(group.first.map_or(time, |first| first.min(time)));
            group.last = Some(group.last.map_or(time, |last| last.max(time)));
        }
        Ok(())
    }

    fn finish(&mut self, prepared: &Prepared, outcome: &Outcome) -> io::Result<()> {
        let mut rows: Vec<(&String, &Group)> =
            self.groups.iter().map(|((_, host), group)| (host, group)).collect();
        rows.sort_by(|(_, a), (_, b)| {
            (b.level, b.count, &a.title).cmp(&(a.level, a.count, &b.title))
        });
        if !rows.is_empty() {
            writeln!(self.output, "{}", self.lang.t("hunt.table.head"))?;
        }
        for (host, group) in rows {
            writeln!(
                self.output,
                "{:<13} {:>7}  {:<20}  {:<20}  {:<24}  {} [{}]",
                group.level.name(),
                group.count,
                second(group.first),
                second(group.last),
                printable(host),
                printable(&group.title),
                printable(&group.author),
            )?;
        }
        write!(self.output, "\n{}", outcome.summary(prepared, self.lang))?;
        self.output.flush()
    }
}

fn second(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "-".to_owned(), |time| format!("{time:.0}"))
}

/// A terminal would obey control characters in a host's name.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '·' } else { c }).collect()
}
