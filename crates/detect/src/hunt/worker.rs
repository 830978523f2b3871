//! One thread: blocks → detections.

use events::{Block, Decoder, Event};
use jiff::Timestamp;

use super::{Detail, Detection, Options, Prepared, What};
use crate::{
    compile::{Coverage, Scanner},
    correlate::Contribution,
    indicators::{Finder, Found},
};

/// What a block came to.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) detections: Vec<Detection>,
    pub(super) contributions: Vec<Contribution>,
    pub(super) events: u64,
    pub(super) without_time: u64,
    pub(super) bytes: usize,
    /// Number of the file that the block is from.
    pub(super) file: usize,
    pub(super) found: Vec<diag::Diagnostic>,
}

pub(super) struct Worker<'p> {
    prepared: &'p Prepared,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    detail: Detail,
    decoder: Decoder,
    scanner: Scanner<'p>,
    finder: Finder<'p>,
    fired: Vec<u32>,
    seen: Vec<Found>,
}

impl<'p> Worker<'p> {
    pub(super) fn new(
        prepared: &'p Prepared,
        options: &Options,
        reading: &events::Options,
        detail: Detail,
    ) -> Self {
        Self {
            prepared,
            from: options.from,
            to: options.to,
            detail,
            decoder: Decoder::new(prepared.matcher.names().clone(), reading),
            scanner: prepared.matcher.scanner(),
            finder: Finder::new(&prepared.indicators, &prepared.warnings),
            fired: Vec::new(),
            seen: Vec::new(),
        }
    }

    pub(super) fn work(&mut self, file: usize, block: Block) -> Batch {
        let mut batch = Batch { bytes: block.len(), file, ..Batch::default() };
        self.decoder.load(block);
        while self.decoder.advance() {
            self.look(&mut batch);
        }
        batch.found = self.decoder.findings();
        batch
    }

    fn look(&mut self, batch: &mut Batch) {
        let event = self.decoder.event();
        batch.events += 1;
        if (self.from.is_some() || self.to.is_some()) && !self.is_within(event, batch) {
            return;
        }
        self.scanner.scan(event, &mut self.fired);
        for rule in self.fired.drain(..) {
            let contributors = &self.prepared.contributors;
            if contributors.counts(rule) {
                let more = contributors.contributions(&self.prepared.matcher, rule, event);
                batch.contributions.extend(more);
            }
            if contributors.shows(rule, self.prepared.matcher.rules()) {
                let matched = if self.detail >= Detail::Matched {
                    self.scanner.matched(rule, event)
                } else {
                    Vec::new()
                };
                batch.detections.push(detection(What::Rule(rule), event, matched, self.detail));
            }
        }
        self.finder.find(event, &mut self.seen);
        for found in self.seen.drain(..) {
            let matched = vec![(field_of(event, &found.value), found.value)];
            let what = What::Indicator(found.indicator);
            batch.detections.push(detection(what, event, matched, self.detail));
        }
    }

    /// An event without a time may be within.
    fn is_within(&self, event: &Event, batch: &mut Batch) -> bool {
        let Some(time) = event.time() else {
            batch.without_time += 1;
            return true;
        };
        self.from.is_none_or(|from| time.at >= from) && self.to.is_none_or(|to| time.at < to)
    }

    pub(super) fn coverage(&self) -> Coverage {
        self.scanner.coverage()
    }

    pub(super) fn suppressed(&self) -> u64 {
        self.finder.suppressed
    }
}

fn detection(
    what: What,
    event: &Event,
    matched: Vec<(String, String)>,
    detail: Detail,
) -> Detection {
    let mut fields = String::new();
    if detail == Detail::Event {
        events::push_fields(&mut fields, event);
    }
    Detection {
        what,
        time: event.time().map(|time| time.at),
        host: event.host().unwrap_or_default().to_owned(),
        channel: event.channel().unwrap_or_default().to_owned(),
        event_id: event.event_id(),
        record: event.record().clone(),
        matched,
        event: fields,
        sha256: "".into(),
        span: None,
    }
}

/// The field that holds the text; `raw` if it is in none.
fn field_of(event: &Event, text: &str) -> String {
    let holds = |value: events::Value<'_>| {
        let value = value.text();
        value.contains(text) || value.to_lowercase().contains(text)
    };
    let found = event.fields().find(|(_, value)| holds(*value));
    found.map_or("raw", |(key, _)| event.names().name(key)).to_owned()
}
