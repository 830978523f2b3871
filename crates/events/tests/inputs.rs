//! Inputs in folders and archives.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "common/evtx.rs"]
mod evtx;

use std::io::Write;

use events::{Names, Options, Reader, visit};

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in members {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// `record: format` of all events below a path, and the codes of all findings.
fn read(path: &std::path::Path) -> (Vec<String>, Vec<String>) {
    let options = Options::new("2026-11-01T00:00:00Z".parse().unwrap());
    let mut events = Vec::new();
    let findings = visit(path, &mut |input| {
        let mut reader = Reader::open(&input.name, input.source, Names::new(), &options).unwrap();
        while let Some(event) = reader.next() {
            let name = event.record().to_string();
            let name = name.rsplit('/').next().unwrap().to_owned();
            events.push(format!("{name} {}", event.format().name()));
        }
        reader.findings()
    });
    (events, findings.iter().map(|found| found.code.to_string()).collect())
}

fn log() -> Vec<u8> {
    evtx::file(&[evtx::Invented {
        id: 7,
        event_id: 1,
        time: 134_143_218_000_000_000,
        provider: "Test",
        channel: "Security",
        computer: "pc-01",
        data: vec![("Image", evtx::Value::Text("a.exe"))],
    }])
}

#[test]
fn folders_and_archives_are_walked() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let line = b"<34>Jan 31 08:30:00 gw app: hello\n";
    put("a.log", line);
    put("b.log.gz", &gzipped(line));
    put("c.zip", &zipped(&[("logs/x.evtx", &log()), ("y.log", line)]));
    put("d.zip", &zipped(&[("inner.zip", &zipped(&[("z.log.gz", &gzipped(line))]))]));
    put("e.zip", b"PK\x03\x04 and nothing more");
    let (events, codes) = read(folder.path());
    assert_eq!(
        events,
        [
            "a.log#1@0 syslog",
            "b.log.gz#1@0 syslog",
            "x.evtx#7@4608 evtx",
            "c.zip!y.log#1@0 syslog",
            "d.zip!inner.zip!z.log.gz#1@0 syslog",
        ]
    );
    assert_eq!(codes, ["events.archive-damaged"]);
}

#[test]
fn archives_within_archives_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = zipped(&[("a.log", b"<34>Jan 31 08:30:00 gw app: hello\n")]);
    for _ in 0..6 {
        bytes = zipped(&[("deeper.zip", &bytes)]);
    }
    std::fs::write(folder.path().join("deep.zip"), bytes).unwrap();
    let (events, codes) = read(folder.path());
    assert!(events.is_empty());
    assert_eq!(codes, ["events.archive-too-deep"]);
}

#[test]
fn a_bomb_is_named_and_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut nothing = vec![b' '; 1 << 20];
    nothing[0] = b'\n';
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    (0..400).for_each(|_| gzip.write_all(&nothing).unwrap());
    let bomb = gzip.finish().unwrap();
    assert!(bomb.len() < 1 << 19);
    std::fs::write(folder.path().join("bomb.gz"), bomb).unwrap();
    std::fs::write(folder.path().join("c.log"), b"<34>Jan 31 08:30:00 gw app: hello\n").unwrap();
    let (events, codes) = read(folder.path());
    assert_eq!(events, ["c.log#1@0 syslog"]);
    assert_eq!(codes, ["events.archive-bomb"]);
}
