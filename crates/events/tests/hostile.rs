//! Bytes that nobody meant as a log: no decoder panics, hangs, or grows.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "common/evtx.rs"]
mod evtx;

use std::fmt::Write;

use events::{Decoder, Format, Names, Options, Reader, ecs::Ecs, push_json};
use proptest::prelude::*;

fn options(format: Option<Format>) -> Options {
    let mut options = Options::new("2026-11-01T00:00:00Z".parse().unwrap());
    options.format = format;
    options
}

/// Reads all there is and asks everything that can be asked.
fn read_through(bytes: &[u8], format: Option<Format>) -> usize {
    let input = std::io::Cursor::new(bytes.to_vec());
    let mut reader = Reader::open("hostile", input, Names::new(), &options(format)).unwrap();
    let mut events = 0;
    let mut json = String::new();
    while let Some(event) = reader.next() {
        events += 1;
        json.clear();
        push_json(&mut json, event);
        serde_json::from_str::<serde_json::Value>(&json).unwrap();
        assert!(event.message().len() + event.raw().len() <= 1 << 25);
        let _ = (event.host(), event.channel(), event.provider(), event.texts().len());
        assert!(Ecs::of(event).iter().count() < 100_000);
    }
    reader.findings();
    events
}

/// Pieces that decoders look for, so that chance gets past the first check.
fn pieces() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "<34>",
        "<34>1 ",
        "2026-01-31T08:30:00Z ",
        "Jan 31 08:30:00 ",
        "host ",
        "sshd[7]: ",
        "Failed password for ",
        "CEF:0|a|b|c|d|e|5|",
        "LEEF:2.0|a|b|c|d|",
        "x09|",
        "src=192.0.2.1 ",
        "msg=\\= ",
        "{\"EventID\":",
        "\"Channel\":",
        "\"winlog\":{",
        "\"event_type\":",
        "}",
        "]",
        "[",
        "{",
        "\"",
        "\\",
        "\\u00",
        "\\ud800",
        "type=SYSCALL msg=audit(1.2:3): ",
        "a0=",
        "%ASA-6-302013: ",
        "Built inbound TCP connection ",
        "1,2026/01/31 08:30:00,7,TRAFFIC,",
        "5,,,1,em0,match,block,in,4,",
        "<Event ",
        "<System>",
        "<Data Name='",
        "</Event>",
        "&#x41;",
        "&amp",
        "<![CDATA[",
        "]]>",
        "client @0x7 192.0.2.1#53 (a): query: a IN A + (192.0.2.2)",
        " PACKET  0 UDP Rcv 192.0.2.1 0 Q [0] A (3)",
        "192.0.2.1 - - [31/Jan/2026:08:30:00 +0700] \"GET / HTTP/1.1\" 200 1 \"-\" \"",
        "[core:error] [pid ",
        "1769848200.123    1 192.0.2.1 TCP_MISS/200 5 GET http://a/ ",
        "date=2026-01-31 time=08:30:00 ",
        "devid=\"x\" logid=1 type=",
        "#fields\tts\tuid\n",
        "#Fields: date time c-ip\n",
        "\t",
        "\n",
        "=",
        ",",
        "|",
        "__REALTIME_TIMESTAMP=1\n",
        "Event type: x\\r\\n",
        ": Eicar FOUND",
        "\u{feff}",
        "\u{1d}",
        "ế",
        "A1B2C3D4: to=<a@b.example>, status=sent (",
        "(",
        ")",
        "999999999999999999999999 ",
        "-",
        "\0",
    ]);
    let piece =
        prop_oneof![8 => known.prop_map(str::to_owned), 1 => any::<String>(), 1 => "[ -~]{0,12}"];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bytes_in_any_format(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read_through(&bytes, None);
        for format in Format::ALL {
            read_through(&bytes, Some(*format));
        }
    }

    #[test]
    fn almost_logs_in_any_format(text in pieces()) {
        read_through(text.as_bytes(), None);
        for format in Format::ALL {
            read_through(text.as_bytes(), Some(*format));
        }
    }

    #[test]
    fn a_record_by_itself(text in pieces()) {
        for format in Format::ALL {
            let mut decoder = Decoder::new(Names::new(), &options(Some(*format)));
            decoder.decode_record(text.as_bytes());
        }
    }

    #[test]
    fn a_damaged_event_log(at in prop::collection::vec((0..20_000usize, any::<u8>()), 1..40), cut in 0..70_000usize) {
        let mut file = invented(40);
        for (at, byte) in at {
            let at = 4096 + at % (file.len() - 4096);
            file[at] = byte;
        }
        file.truncate(4096 + cut);
        read_through(&file, None);
    }
}

fn invented(count: u64) -> Vec<u8> {
    let events: Vec<_> = (1..=count)
        .map(|id| evtx::Invented {
            id,
            event_id: 1,
            time: 134_142_999_000_000_000,
            provider: "Test",
            channel: "Security",
            computer: "pc-01",
            data: vec![
                ("Image", evtx::Value::Text("a.exe")),
                ("List", evtx::Value::Texts(&["b", "c"])),
            ],
        })
        .collect();
    evtx::file(&events)
}

#[test]
fn nesting_without_end_ends() {
    for deep in ["[".repeat(200_000), "{\"a\":".repeat(100_000), "<Event><a>".repeat(50_000)] {
        read_through(deep.as_bytes(), None);
        read_through(deep.as_bytes(), Some(Format::Json));
        read_through(deep.as_bytes(), Some(Format::WindowsXml));
    }
}

#[test]
fn names_without_end_are_forgotten() {
    let mut text = String::new();
    for i in 0..300_000 {
        writeln!(text, "{{\"name{i}\":1}}").unwrap();
    }
    let mut names = Names::new();
    let asked = names.intern("asked");
    names.freeze();
    let input = std::io::Cursor::new(text.into_bytes());
    let mut reader = Reader::open("names", input, names, &options(None)).unwrap();
    let mut most = 0;
    while let Some(event) = reader.next() {
        most = most.max(event.names().len());
        assert_eq!(event.names().name(asked), "asked");
    }
    assert!(most < 100_000, "{most} names were kept");
}

/// Bytes of a block stay bounded whatever the line does; so does what is said of it.
#[test]
fn an_endless_line_is_cut_in_bounded_memory() {
    use std::io::Read;

    let source = std::io::repeat(b'a').take(1 << 29);
    let mut blocks = events::Blocks::open("endless", source, &options(None)).unwrap();
    let (mut bytes, mut longest) = (0, 0);
    while let Some(block) = blocks.next_block() {
        bytes += block.len() as u64;
        longest = longest.max(block.len());
    }
    assert_eq!(bytes, 1 << 29);
    assert!(longest <= 16 << 20, "a block of {longest} bytes");
    let found = blocks.findings();
    assert!((2..=60).contains(&found.len()), "{} findings", found.len());
    assert_eq!(found[0].code, "events.record-too-long");
}

#[test]
fn a_line_without_end_is_cut() {
    let events = read_through(&vec![b'a'; 40 << 20], None);
    assert!((2..=4).contains(&events), "{events}");
}
