//! One self-contained page: a histogram to zoom into and a table to filter.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, Write},
};

use serde::Serialize;
use words::Lang;

use super::{Detail, Detection, Outcome, Prepared, Sink};

/// The page, with one place for the data.
const PAGE: &str = include_str!("report.html");
const PLACE: &str = "/*DATA*/";
/// Texts of the page; `{{name}}` stands for one.
const TEXTS: [&str; 12] = [
    "title",
    "histogram",
    "zoom",
    "filter",
    "from-level",
    "all-time",
    "time",
    "level",
    "rule",
    "host",
    "source",
    "matched",
];
/// Texts that the script puts together.
const SCRIPT_TEXTS: [&str; 8] =
    ["shown", "first", "left-out", "critical", "high", "medium", "low", "informational"];
/// Detections on the page; the rest is counted on it.
const MAX_ROWS: usize = 20_000;
/// Characters of the matched fields.
const MAX_MATCHED: usize = 400;

/// A page for a browser without a network.
#[derive(Debug)]
pub struct HtmlSink<W> {
    output: W,
    lang: Lang,
    rows: Vec<Row>,
    left_out: u64,
}

#[derive(Debug, Serialize)]
struct Row {
    time: Option<i64>,
    level: &'static str,
    rank: u8,
    title: String,
    author: String,
    tags: String,
    host: String,
    channel: String,
    record: String,
    matched: String,
}

#[derive(Serialize)]
struct Data<'d> {
    rows: &'d [Row],
    left_out: u64,
    summary: String,
    texts: BTreeMap<&'static str, Cow<'static, str>>,
}

impl<W> HtmlSink<W> {
    /// Writes to `output` at the end.
    pub fn new(output: W, lang: Lang) -> Self {
        Self { output, lang, rows: Vec::new(), left_out: 0 }
    }
}

impl<W: Write> Sink for HtmlSink<W> {
    fn detail(&self) -> Detail {
        Detail::Matched
    }

    fn take(&mut self, prepared: &Prepared, detection: Detection) -> io::Result<()> {
        if self.rows.len() >= MAX_ROWS {
            self.left_out += 1;
            return Ok(());
        }
        let level = detection.level(prepared);
        let meta = detection.meta(prepared);
        let matched: Vec<String> =
            detection.matched.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.rows.push(Row {
            time: detection.time.map(jiff::Timestamp::as_millisecond),
            level: level.name(),
            rank: level as u8,
            title: detection.title(prepared),
            author: meta.map(|meta| meta.author.clone()).unwrap_or_default(),
            tags: meta.map(|meta| meta.tags.join(" ")).unwrap_or_default(),
            record: detection.record.to_string(),
            matched: matched.join("; ").chars().take(MAX_MATCHED).collect(),
            host: detection.host,
            channel: detection.channel,
        });
        Ok(())
    }

    fn finish(&mut self, prepared: &Prepared, outcome: &Outcome) -> io::Result<()> {
        let text = |name: &'static str| (name, self.lang.t(&format!("hunt.page.{name}")));
        let data = Data {
            rows: &self.rows,
            left_out: self.left_out,
            summary: outcome.summary(prepared, self.lang),
            texts: SCRIPT_TEXTS.map(text).into(),
        };
        // Whatever an attacker wrote into a log must not end the script.
        let json = serde_json::to_string(&data).map_err(io::Error::other)?.replace('<', "\\u003c");
        let mut page = PAGE.replace("{{lang}}", self.lang.code());
        for (name, text) in TEXTS.map(text).into_iter().chain([text("coverage")]) {
            page = page.replace(&format!("{{{{{name}}}}}"), &text);
        }
        let (before, after) = page.split_once(PLACE).unwrap_or((&page, ""));
        self.output.write_all(before.as_bytes())?;
        self.output.write_all(json.as_bytes())?;
        self.output.write_all(after.as_bytes())?;
        self.output.flush()
    }
}
