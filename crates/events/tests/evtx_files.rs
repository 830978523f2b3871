//! EVTX: invented files, damaged ones, and agreement with the crate `evtx`.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "common/evtx.rs"]
mod invented;
#[path = "common/shared.rs"]
mod shared;

use std::collections::BTreeMap;

use events::{Format, Names, Options, Reader, push_fields};
use invented::{Invented, Value};

fn open(file: &str, bytes: Vec<u8>) -> Reader<'_> {
    let options = Options::new("2026-11-01T00:00:00Z".parse().unwrap());
    Reader::open(file, std::io::Cursor::new(bytes), Names::new(), &options).unwrap()
}

const SYSTEM: &[u8] = &[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];

fn sample(id: u64) -> Invented<'static> {
    Invented {
        id,
        event_id: 4688,
        time: 134_143_218_001_234_567,
        provider: "Microsoft-Windows-Security-Auditing",
        channel: "Security",
        computer: "máy-01.sample.example",
        data: vec![
            ("SubjectUserSid", Value::Sid(SYSTEM)),
            ("NewProcessId", Value::Hex64(0x1234)),
            ("NewProcessName", Value::Text(r"C:\Windows\System32\cmd.exe")),
            ("CommandLine", Value::Text("cmd /c echo thử nghiệm 🙂")),
            ("Count", Value::UInt32(7)),
            ("Guid", Value::Guid([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])),
            ("Nothing", Value::Null),
            ("List", Value::Texts(&["một", "hai", ""])),
            ("Empty", Value::Texts(&[])),
        ],
    }
}

#[test]
fn a_record_gives_its_fields_under_sigmas_names() {
    let mut reader = open("a.evtx", invented::file(&[sample(41)]));
    assert_eq!(reader.format(), Format::Evtx);
    let event = reader.next().unwrap();
    let mut json = String::new();
    push_fields(&mut json, event);
    assert_eq!(
        json,
        r#"{"Provider_Name":"Microsoft-Windows-Security-Auditing","EventID":4688,"TimeCreated_SystemTime":"2026-01-31T08:30:00.1234567Z","EventRecordID":41,"Channel":"Security","Computer":"máy-01.sample.example","SubjectUserSid":"S-1-5-18","NewProcessId":"0x1234","NewProcessName":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd /c echo thử nghiệm 🙂","Count":7,"Guid":"{04030201-0605-0807-090a-0b0c0d0e0f10}","Nothing":null,"List":["một","hai",""],"Empty":null}"#
    );
    assert_eq!(event.event_id(), Some(4688));
    assert_eq!(event.channel(), Some("Security"));
    assert_eq!(event.provider(), Some("Microsoft-Windows-Security-Auditing"));
    assert_eq!(event.host(), Some("máy-01.sample.example"));
    assert_eq!(event.time().unwrap().at.to_string(), "2026-01-31T08:30:00.1234567Z");
    assert_eq!(event.record().to_string(), "a.evtx#41@4608");
    assert!(event.raw().starts_with(b"\x2a\x2a\0\0"));
    assert!(reader.next().is_none());
    assert!(reader.findings().is_empty());
}

#[test]
fn chunks_follow_each_other() {
    let events: Vec<_> = (1..=500).map(sample).collect();
    let file = invented::file(&events);
    assert!(file.len() > 4096 + 2 * 65536);
    let mut reader = open("many.evtx", file);
    let mut next = 1;
    while let Some(event) = reader.next() {
        assert_eq!(event.record().id, next);
        assert_eq!(event.field("Count"), Some(events::Value::UInt(7)));
        next += 1;
    }
    assert_eq!(next, 501);
}

fn read(bytes: Vec<u8>) -> (Vec<u64>, Vec<String>) {
    let mut reader = open("damaged.evtx", bytes);
    let mut ids = Vec::new();
    while let Some(event) = reader.next() {
        ids.push(event.record().id);
    }
    (ids, reader.findings().iter().map(|found| found.code.to_string()).collect())
}

#[test]
fn damage_costs_only_what_it_hit() {
    let file = invented::file(&(1..=9).map(sample).collect::<Vec<_>>());
    let starts: Vec<usize> = memchr::memmem::find_iter(&file, b"\x2a\x2a\0\0").collect();

    let mut no_size = file.clone();
    no_size[starts[4] + 4..starts[4] + 8].fill(0xff);
    let (ids, codes) = read(no_size);
    assert_eq!(ids, [1, 2, 3, 4, 6, 7, 8, 9]);
    assert_eq!(codes, ["events.evtx-checksum", "events.evtx-bytes-skipped"]);

    let mut no_template = file.clone();
    no_template[starts[4] + 34..starts[4] + 38].fill(0xff);
    let (ids, codes) = read(no_template);
    assert_eq!(ids, [1, 2, 3, 4, 6, 7, 8, 9]);
    assert_eq!(codes, ["events.evtx-checksum", "events.evtx-record-damaged"]);

    let (ids, codes) = read(file[..starts[6] + 10].to_vec());
    assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
    assert_eq!(codes, ["events.evtx-cut-off", "events.evtx-checksum", "events.evtx-bytes-skipped"]);

    let mut no_chunk = [file.clone(), file[4096..].to_vec()].concat();
    no_chunk[4096] = b'x';
    let (ids, codes) = read(no_chunk);
    assert_eq!(ids.len(), 18, "records stand although their chunk's header does not");
    assert_eq!(codes, ["events.evtx-chunk-damaged"]);
}

#[test]
fn records_that_the_header_does_not_know_yet_are_read() {
    let mut file = invented::file(&(1..=9).map(sample).collect::<Vec<_>>());
    let starts: Vec<usize> = memchr::memmem::find_iter(&file, b"\x2a\x2a\0\0").collect();
    let free = u32::try_from(starts[5] - 4096).unwrap();
    file[4096 + 0x30..4096 + 0x34].copy_from_slice(&free.to_le_bytes());
    let (ids, _) = read(file);
    assert_eq!(ids, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

/// Field → values, printed in one way.
type Fields = BTreeMap<String, Vec<String>>;

fn fields(mut reader: Reader) -> Vec<Fields> {
    let mut found = Vec::new();
    while let Some(event) = reader.next() {
        let mut fields = Fields::new();
        for (key, value) in event.fields() {
            let text = plain(&value.text());
            fields.entry(event.names().name(key).to_owned()).or_default().push(text);
        }
        // The other crate leaves out what is empty, and numbers what repeats.
        fields.retain(|name, values| {
            !name.contains("xmlns") && values.iter().any(|value| !value.is_empty())
        });
        found.push(fields);
    }
    found
}

/// The two crates write GUIDs and times differently.
fn plain(text: &str) -> String {
    let guid = text.trim_matches(['{', '}']);
    if guid.len() == 36 && guid.bytes().filter(|b| *b == b'-').count() == 4 {
        return guid.to_ascii_lowercase();
    }
    match text.parse::<jiff::Timestamp>() {
        Ok(at) if text.contains('T') => at.to_string(),
        _ => text.to_owned(),
    }
}

/// The same file through the other crate's JSON and our JSON decoder.
fn through_json(path: &std::path::Path) -> Vec<Fields> {
    let settings = evtx::ParserSettings::default().num_threads(1).indent(false);
    let parser = evtx::EvtxParser::from_path(path).unwrap();
    let mut lines = String::new();
    for record in parser.with_configuration(settings).records_json() {
        lines.push_str(&record.unwrap().data);
        lines.push('\n');
    }
    fields(open("through.json", lines.into_bytes()))
}

#[test]
fn ours_agrees_with_the_other_reader() {
    let folder = std::env::temp_dir().join(format!("thapcanh-evtx-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("invented.evtx");
    let mut plain = sample(1);
    plain.data.retain(|(_, value)| !matches!(value, Value::Texts(_)));
    std::fs::write(&path, invented::file(&[plain])).unwrap();
    agree(&path);
    std::fs::remove_dir_all(folder).unwrap();

    let Some(all) = shared::shared("") else { return };
    let files = shared::files(&all);
    let logs: Vec<_> =
        files.iter().filter(|path| path.extension().is_some_and(|ext| ext == "evtx")).collect();
    assert!(!logs.is_empty());
    for path in logs {
        agree(path);
    }
}

fn agree(path: &std::path::Path) {
    let ours = fields(open("ours", std::fs::read(path).unwrap()));
    let theirs = through_json(path);
    assert_eq!(ours.len(), theirs.len(), "{}", path.display());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours, theirs, "{}", path.display());
    }
}
