//! One line a detection.

use std::io::{self, Write};

use super::{Detail, Detection, Outcome, Prepared, Sink};

/// JSON lines.
#[derive(Debug)]
pub struct JsonLinesSink<W>(pub W);

impl<W: Write> Sink for JsonLinesSink<W> {
    fn detail(&self) -> Detail {
        Detail::Event
    }

    fn take(&mut self, prepared: &Prepared, detection: Detection) -> io::Result<()> {
        writeln!(self.0, "{}", detection.to_json(prepared))
    }

    fn finish(&mut self, _: &Prepared, _: &Outcome) -> io::Result<()> {
        self.0.flush()
    }
}

/// CSV with a header.
#[derive(Debug)]
pub struct CsvSink<W: Write> {
    writer: csv::Writer<W>,
}

const HEADER: [&str; 14] = [
    "time",
    "level",
    "rule",
    "rule_id",
    "author",
    "tags",
    "host",
    "channel",
    "event_id",
    "record_id",
    "path",
    "offset",
    "matched",
    "count",
];

impl<W: Write> CsvSink<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// What the output says.
    pub fn new(output: W) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(HEADER)?;
        Ok(Self { writer })
    }
}

impl<W: Write> Sink for CsvSink<W> {
    fn detail(&self) -> Detail {
        Detail::Matched
    }

    fn take(&mut self, prepared: &Prepared, detection: Detection) -> io::Result<()> {
        let meta = detection.meta(prepared);
        let matched: Vec<String> =
            detection.matched.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let row = [
            detection.time.map(|time| time.to_string()).unwrap_or_default(),
            detection.level(prepared).name().to_owned(),
            detection.title(prepared),
            meta.map(|meta| meta.id.clone()).unwrap_or_default(),
            meta.map(|meta| meta.author.clone()).unwrap_or_default(),
            meta.map(|meta| meta.tags.join(" ")).unwrap_or_default(),
            detection.host.clone(),
            detection.channel.clone(),
            detection.event_id.map(|id| id.to_string()).unwrap_or_default(),
            detection.record.id.to_string(),
            detection.record.file.to_string(),
            detection.record.offset.to_string(),
            matched.join("; "),
            detection.span.as_ref().map_or(1, |span| span.count).to_string(),
        ];
        let safe: Vec<String> = row.into_iter().map(unformulated).collect();
        self.writer.write_record(safe).map_err(io::Error::from)
    }

    fn finish(&mut self, _: &Prepared, _: &Outcome) -> io::Result<()> {
        self.writer.flush()
    }
}

/// A spreadsheet would run a cell that begins like a formula, and what matched
/// was written by an attacker.
fn unformulated(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}
