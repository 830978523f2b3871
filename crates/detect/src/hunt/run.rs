//! The hunt itself.

use std::{
    collections::BTreeMap,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    time::Instant,
};

use diag::{Diagnostic, Place};
use events::Block;

use super::{
    Detail, Detection, Options, Outcome, Prepared, Progress, Sink, What, blocks,
    budget::Budget,
    detection::Span,
    digest::Digests,
    inputs,
    worker::{Batch, Worker},
};
use crate::{
    compile::Coverage,
    correlate::{Correlator, Fired, Pile},
};

/// Bytes of the input that may be on their way, a thread.
const BUDGET: usize = 8 << 20;
/// Diagnostics kept; the rest is counted.
const MAX_FOUND: usize = 10_000;

/// Hunts. `progress` is called now and then from the calling thread.
///
/// # Errors
/// What the sink's output says. Inputs that cannot be read are no error: they
/// are named in the outcome, and the rest goes on.
pub fn run(
    options: &Options,
    prepared: &Prepared,
    sink: &mut dyn Sink,
    progress: &mut dyn FnMut(Progress),
) -> io::Result<Outcome> {
    let (files, unread) = inputs::files(&options.paths);
    let mut outcome = start(prepared);
    outcome.files = files.len() as u64;
    outcome.unreadable = !unread.is_empty();
    outcome.found.extend(unread);
    let total = files.iter().filter_map(|path| path.metadata().ok()).map(|m| m.len()).sum();
    let reading = events::Options {
        format: options.format,
        zone: options.zone.clone(),
        reference: options.reference,
    };
    let started = Instant::now();
    let mut collector = Collector {
        prepared,
        sink,
        outcome,
        digests: Digests::new(&files),
        pile: Pile::new(&std::env::temp_dir()),
        failed: None,
    };
    let detail = collector.sink.detail();
    let threads = options.threads.max(1);
    let budget = Budget::new(BUDGET * threads);
    std::thread::scope(|scope| {
        let (to_workers, work) = sync_channel::<Work>(threads * 4);
        let (to_collector, results) = sync_channel::<Message>(threads * 8);
        let work = Arc::new(Mutex::new(work));
        let (reading, files, budget) = (&reading, &files, &budget);
        for _ in 0..threads {
            let (to_collector, work) = (to_collector.clone(), Arc::clone(&work));
            scope.spawn(move || {
                serve(&mut Worker::new(prepared, options, reading, detail), &work, &to_collector);
            });
        }
        // If every worker ends, the reader must notice: nobody else may hold the work.
        drop(work);
        scope.spawn(move || read(files, reading, budget, &to_workers, &to_collector));
        collector.collect(&results, budget, total, progress);
        // After a failed sink, nobody must wait for a collector.
        drop(results);
        budget.close();
    });
    collector.outcome.stages.matching = started.elapsed().as_secs_f64();
    collector.finish()
}

fn start(prepared: &Prepared) -> Outcome {
    let rules = prepared.matcher.rules();
    let refused = prepared.found.iter().filter(|found| found.is_error()).count();
    let mut outcome = Outcome {
        rules: (rules.rules.len() + rules.correlations.len()) as u64,
        refused: refused as u64,
        indicators: prepared.indicators.len() as u64,
        found: prepared.found.clone(),
        ..Outcome::default()
    };
    outcome.stages.rules = prepared.rules_seconds;
    outcome.stages.indicators = prepared.indicators_seconds;
    outcome
}

/// A block, its place in the input, and the number of its file.
struct Work {
    number: u64,
    file: usize,
    block: Block,
}

enum Message {
    Batch(u64, Batch),
    Done(Coverage, u64),
    Unread(Vec<Diagnostic>),
}

fn read(
    files: &[std::path::PathBuf],
    reading: &events::Options,
    budget: &Budget,
    to_workers: &SyncSender<Work>,
    to_collector: &SyncSender<Message>,
) {
    let mut number = 0;
    let found = blocks::each(files, reading, &mut |file, block| {
        number += 1;
        let work = Work { number: number - 1, file, block };
        budget.take(work.block.len()) && to_workers.send(work).is_ok()
    });
    // A collector that is gone needs no report.
    let _ = to_collector.send(Message::Unread(found));
}

fn serve(
    worker: &mut Worker<'_>,
    work: &Mutex<Receiver<Work>>,
    to_collector: &SyncSender<Message>,
) {
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Work { number, file, block }) = next else { break };
        let batch = worker.work(file, block);
        if to_collector.send(Message::Batch(number, batch)).is_err() {
            return;
        }
    }
    let _ = to_collector.send(Message::Done(worker.coverage(), worker.suppressed()));
}

struct Collector<'c> {
    prepared: &'c Prepared,
    sink: &'c mut dyn Sink,
    outcome: Outcome,
    digests: Digests<'c>,
    /// What correlations will count, to be put in order at the end.
    pile: Pile,
    failed: Option<io::Error>,
}

impl Collector<'_> {
    /// Batches come in any order and are given out in that of the input; how
    /// many wait is bounded by the budget.
    fn collect(
        &mut self,
        results: &Receiver<Message>,
        budget: &Budget,
        total: u64,
        progress: &mut dyn FnMut(Progress),
    ) {
        let mut waiting: BTreeMap<u64, Batch> = BTreeMap::new();
        let mut next = 0;
        while self.failed.is_none() {
            match results.recv() {
                Err(_) => break,
                Ok(Message::Done(coverage, suppressed)) => {
                    let so_far = std::mem::take(&mut self.outcome.coverage);
                    self.outcome.coverage = so_far.merged(&coverage);
                    self.outcome.suppressed += suppressed;
                }
                Ok(Message::Unread(found)) => self.note(found),
                Ok(Message::Batch(number, batch)) => {
                    waiting.insert(number, batch);
                }
            }
            while let Some(batch) = waiting.remove(&next) {
                next += 1;
                budget.give_back(batch.bytes);
                self.take(batch);
                progress(Progress { done: self.outcome.bytes, total });
            }
        }
    }

    fn take(&mut self, batch: Batch) {
        self.outcome.events += batch.events;
        self.outcome.bytes += batch.bytes as u64;
        self.outcome.without_time += batch.without_time;
        self.note(batch.found);
        for contribution in batch.contributions {
            self.digests.note(&contribution.record.file, batch.file);
            if let Err(error) = self.pile.push(contribution) {
                self.uncounted(&error);
            }
        }
        for detection in batch.detections {
            self.digests.note(&detection.record.file, batch.file);
            self.give(detection);
        }
    }

    fn give(&mut self, mut detection: Detection) {
        self.outcome.detections += 1;
        if self.sink.detail() >= Detail::Matched {
            detection.sha256 = self.digests.of(&detection.record.file);
        }
        if self.failed.is_none() {
            self.failed = self.sink.take(self.prepared, detection).err();
        }
    }

    fn note(&mut self, found: Vec<Diagnostic>) {
        self.outcome.unreadable |= found.iter().any(Diagnostic::is_error);
        let room = MAX_FOUND.saturating_sub(self.outcome.found.len());
        if found.len() > room && room > 0 {
            let place = Place::default();
            self.outcome.found.push(Diagnostic::warning("detect.findings-cut", place));
        }
        self.outcome.found.extend(found.into_iter().take(room));
    }

    fn finish(mut self) -> io::Result<Outcome> {
        let started = Instant::now();
        self.correlate();
        self.outcome.stages.correlating = started.elapsed().as_secs_f64();
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.sink.finish(self.prepared, &self.outcome)?;
        Ok(self.outcome)
    }

    fn correlate(&mut self) {
        let prepared = self.prepared;
        let mut correlator = Correlator::new(prepared.matcher.rules());
        let pile = std::mem::replace(&mut self.pile, Pile::new(&std::env::temp_dir()));
        let counted = pile.finish(&mut |one| {
            for fired in correlator.push(one) {
                self.give(of_correlation(prepared, fired));
            }
        });
        if let Err(error) = counted {
            self.uncounted(&error);
        }
        for fired in correlator.finish() {
            self.give(of_correlation(prepared, fired));
        }
        self.outcome.uncounted += correlator.overflowed();
    }

    /// The disk has no room for what correlations would count.
    fn uncounted(&mut self, error: &io::Error) {
        self.outcome.uncounted += 1;
        if self.outcome.uncounted == 1 {
            let found = Diagnostic::error("detect.correlation-uncounted", Place::default());
            self.note(vec![found.with("reason", error)]);
        }
    }
}

fn of_correlation(prepared: &Prepared, fired: Fired) -> Detection {
    let correlations = &prepared.matcher.rules().correlations;
    let names = correlations.get(fired.correlation as usize).map(|c| c.group_by.clone());
    Detection {
        what: What::Correlation(fired.correlation),
        time: Some(fired.last),
        host: String::new(),
        channel: String::new(),
        event_id: None,
        record: fired.records.last().cloned().unwrap_or_default(),
        matched: names.unwrap_or_default().into_iter().zip(fired.group).collect(),
        event: String::new(),
        sha256: "".into(),
        span: Some(Span { first: fired.first, count: fired.count, records: fired.records }),
    }
}
