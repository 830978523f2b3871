//! Inputs in folders and archives.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "common/evtx.rs"]
mod evtx;

use std::io::Write;

use events::{Blocks, Names, Options, Reader, visit};

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in members {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn seven_zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = sevenz_rust2::ArchiveWriter::new(std::io::Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in members {
        let entry = sevenz_rust2::ArchiveEntry::new_file(name);
        archive.push_archive_entry(entry, Some(*bytes)).unwrap();
    }
    archive.finish().unwrap().into_inner()
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
    put("f.7z", &seven_zipped(&[("logs/x.evtx", &log()), ("y.log.gz", &gzipped(line))]));
    put("g.zip", &zipped(&[("inner.7z", &seven_zipped(&[("z.log", line)]))]));
    let (events, codes) = read(folder.path());
    assert_eq!(
        events,
        [
            "a.log#1@0 syslog",
            "b.log.gz#1@0 syslog",
            "x.evtx#7@4608 evtx",
            "c.zip!y.log#1@0 syslog",
            "d.zip!inner.zip!z.log.gz#1@0 syslog",
            "x.evtx#7@4608 evtx",
            "f.7z!y.log.gz#1@0 syslog",
            "g.zip!inner.7z!z.log#1@0 syslog",
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

/// Lines of nothing, a little more than a member may unpack to.
fn nothing() -> Vec<u8> {
    let mut line = vec![b' '; 1 << 20];
    line[0] = b'\n';
    line.repeat(260)
}

/// Names of the inputs below a path, cut into blocks only, and all codes.
fn cut(path: &std::path::Path) -> (Vec<String>, Vec<String>) {
    let options = Options::new("2026-11-01T00:00:00Z".parse().unwrap());
    let mut whole = Vec::new();
    let found = visit(path, &mut |input| {
        let mut blocks = Blocks::open(&input.name, input.source, &options).unwrap();
        while blocks.next_block().is_some() {}
        let found = blocks.findings();
        if found.is_empty() {
            whole.push(input.name.rsplit('/').next().unwrap().to_owned());
        }
        found
    });
    (whole, found.iter().map(|found| found.code.to_string()).collect())
}

#[test]
fn a_bomb_is_named_and_left() {
    let line: &[u8] = b"<34>Jan 31 08:30:00 gw app: hello\n";
    let nothing = nothing();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&nothing).unwrap();
    for (name, bomb) in [
        ("bomb.gz", gzip.finish().unwrap()),
        ("bomb.zip", zipped(&[("bomb.log", &nothing), ("after.log", line)])),
        ("bomb.7z", seven_zipped(&[("bomb.log", &nothing), ("after.log", line)])),
    ] {
        assert!(bomb.len() < 4 << 20, "{name} packs to {}", bomb.len());
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), bomb).unwrap();
        std::fs::write(folder.path().join("c.log"), line).unwrap();
        let (whole, codes) = cut(folder.path());
        let expected: &[&str] = match name {
            "bomb.zip" => &["bomb.zip!after.log", "c.log"],
            _ => &["c.log"],
        };
        assert_eq!(whole, expected, "{name}");
        assert_eq!(codes[0], "events.archive-bomb", "{name}");
        // What stands behind it in the same stream cannot be had without it.
        assert_eq!(codes.len(), if name == "bomb.7z" { 2 } else { 1 }, "{name}: {codes:?}");
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let line = b"<34>Jan 31 08:30:00 gw app: hello\n";
    for name in ["a.log", "b.log", "c.log"] {
        std::fs::write(folder.path().join(name), line).unwrap();
    }
    let found = visit(folder.path(), &mut |mut input| {
        let path = std::path::Path::new(&input.name).to_owned();
        std::io::copy(&mut input.source, &mut std::io::sink()).unwrap();
        if path.ends_with("b.log") {
            let mut file = std::fs::File::options().append(true).open(&path).unwrap();
            file.write_all(line).unwrap();
        }
        Vec::new()
    });
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, "events.changed-while-read");
    assert!(found[0].place.file.as_deref().unwrap().ends_with("b.log"));
}

#[test]
fn a_file_cut_off_under_the_reader_gives_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.evtx");
    std::fs::write(&path, [log(), vec![0; 1 << 20]].concat()).unwrap();
    let options = Options::new("2026-11-01T00:00:00Z".parse().unwrap());
    let mut ids = Vec::new();
    let found = visit(&path, &mut |input| {
        let mut reader = Reader::open(&input.name, input.source, Names::new(), &options).unwrap();
        while let Some(event) = reader.next() {
            ids.push(event.record().id);
            std::fs::File::options().write(true).open(&path).unwrap().set_len(80_000).unwrap();
        }
        reader.findings()
    });
    assert_eq!(ids, [7]);
    assert!(found.iter().any(|found| found.code == "events.changed-while-read"), "{found:?}");
}
