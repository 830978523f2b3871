#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
//! What invented lines of every format decode to. `tests/golden/NAME.log` holds
//! the lines, `NAME.jsonl` what must come of them; with `UPDATE_GOLDEN` set the
//! latter is written anew, to be read before it is committed.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use events::{Format, Names, Options, Reader, push_json};

fn logs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut logs: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .collect();
    logs.sort();
    logs
}

fn decoded(path: &Path) -> (Format, String) {
    let options = Options::new("2026-02-01T00:00:00Z".parse().unwrap());
    let name = path.file_name().unwrap().to_string_lossy();
    let input = std::fs::File::open(path).unwrap();
    let mut reader = Reader::open(&name, input, Names::new(), &options).unwrap();
    let mut lines = String::new();
    while let Some(event) = reader.next() {
        push_json(&mut lines, event);
        lines.push('\n');
    }
    for found in reader.findings() {
        writeln!(lines, "{found}").unwrap();
    }
    (reader.format(), lines)
}

#[test]
fn lines_decode_as_written_down() {
    for path in logs() {
        let (_, lines) = decoded(&path);
        let expected = path.with_extension("jsonl");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(expected, lines).unwrap();
            continue;
        }
        let expected = std::fs::read_to_string(&expected).unwrap();
        for (line, expected) in lines.lines().zip(expected.lines()) {
            assert_eq!(line, expected, "{}", path.display());
        }
        assert_eq!(lines.lines().count(), expected.lines().count(), "{}", path.display());
    }
}

/// `--as`: the caller knows better, for whole files and for single records.
#[test]
fn a_named_format_overrides_what_is_recognised() {
    let mut options = Options::new("2026-02-01T00:00:00Z".parse().unwrap());
    let line = "CEF:0|Sample|Gate|1.0|7|login|3|src=192.0.2.7";
    for (format, fields) in [(None, 7), (Some(Format::Text), 1), (Some(Format::Cef), 7)] {
        options.format = format;
        let mut reader = Reader::open("a", line.as_bytes(), Names::new(), &options).unwrap();
        assert_eq!(reader.next().unwrap().fields().len(), fields, "{format:?}");
        let mut decoder = events::Decoder::new(Names::new(), &options);
        assert_eq!(decoder.decode_record(line.as_bytes()).fields().len(), fields, "{format:?}");
    }
}

#[test]
fn a_file_is_recognised_by_its_content() {
    for path in logs() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let expected = match name.as_str() {
            "iis" | "iis-without-date" => "w3c",
            "syslog-counted" => "syslog",
            "zeek-json" => "zeek",
            "journald-json" => "journald",
            "windows-json-list" => "windows-json",
            "json-utf16" => "json",
            name => name,
        };
        assert_eq!(decoded(&path).0.name(), expected, "{}", path.display());
    }
}
