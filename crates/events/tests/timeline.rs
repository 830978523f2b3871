//! The timeline is in order whatever the memory, and loses nothing.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use events::{Layout, Names, Options, Reader, Timeline};
use proptest::prelude::*;

fn timeline(log: &str, layout: Layout, memory: usize) -> String {
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new("2026-11-01T00:00:00Z".parse().unwrap());
    let mut timeline = Timeline::new(layout, folder.path(), memory);
    let mut reader = Reader::open("a.log", log.as_bytes(), Names::new(), &options).unwrap();
    while let Some(event) = reader.next() {
        timeline.push(event).unwrap();
    }
    let mut out = Vec::new();
    timeline.finish(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_line_has_its_columns() {
    let log =
        "<34>Jan 31 08:30:00 gw sshd[7]: Failed password for =x, y from 192.0.2.1 port 5 ssh2\n";
    let csv = timeline(log, Layout::Csv, 1 << 20);
    let line = csv.lines().nth(1).unwrap();
    assert!(line.starts_with(
        "2026-01-31T08:30:00Z,assumed+year,gw,linux-auth,,sshd,,\"Failed password for =x, y from 192.0.2.1 port 5 ssh2\",a.log,1,0,\"{"
    ), "{line}");
}

proptest! {
    #[test]
    fn the_same_whatever_the_memory(seconds in prop::collection::vec(0..100u32, 0..300), memory in 0..20_000usize) {
        let log: String = seconds
            .iter()
            .enumerate()
            .map(|(i, s)| format!("{{\"timestamp\":\"2026-01-31T08:{:02}:{:02}Z\",\"n\":{i}}}\n", s / 60, s % 60))
            .chain(["{\"n\":\"without a time\"}\n".to_owned()])
            .collect();
        let sorted = timeline(&log, Layout::JsonLines, memory);
        prop_assert_eq!(&sorted, &timeline(&log, Layout::JsonLines, 1 << 30));

        let mut expected: Vec<(u32, usize)> = seconds.iter().copied().zip(0..).collect();
        expected.sort_unstable();
        let numbers: Vec<String> = expected.iter().map(|(_, n)| format!("\"n\":{n}}}")).collect();
        for (line, number) in sorted.lines().zip(&numbers) {
            prop_assert!(line.contains(number.as_str()), "{} {}", line, number);
        }
        prop_assert_eq!(sorted.lines().count(), seconds.len() + 1);
        prop_assert!(sorted.lines().last().unwrap().contains("without a time"));
    }
}
