//! Lists as a province gets them. Everything in them is invented.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use lists::{Context, Entry, Format, List, Rulebook, Settings, TimeSource};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

fn read_with(name: &str, bytes: &[u8], settings: &Settings) -> List {
    let rulebook = Rulebook::built_in().unwrap();
    let context = Context {
        file_name: name,
        now: "2024-02-01T00:00:00Z".parse().unwrap(),
        list_date: None,
        settings,
        limits: tables::Limits::default(),
        rulebook: &rulebook,
    };
    let list = lists::read(bytes, &context);
    assert!(list.counts.add_up(), "{name}: {:?}", list.counts);
    assert!(list.diagnostics.iter().all(|found| found.place.file.as_deref() == Some(name)));
    list
}

fn read(name: &str, text: &str) -> List {
    read_with(name, text.as_bytes(), &Settings::default())
}

fn codes(list: &List) -> Vec<&str> {
    list.diagnostics.iter().map(|found| found.code.as_ref()).collect()
}

fn short(entry: &Entry) -> String {
    let port = entry.port.map(|port| format!(":{port}")).unwrap_or_default();
    let family = entry.family.as_deref().unwrap_or("?");
    format!("{}{port} {family} {} {}", entry.address, entry.seen_at, entry.classification.kind)
}

fn shorts(list: &List) -> Vec<String> {
    list.entries.iter().map(short).collect()
}

const SINKHOLE: &str = "\"timestamp\",\"protocol\",\"src_ip\",\"src_port\",\"src_asn\",\"src_hostname\",\"dst_ip\",\"dst_port\",\"infection\",\"family\",\"tag\"\n\
    \"2024-01-15 01:30:00\",\"tcp\",\"198.51.100.7\",51234,64500,\"a.example\",\"203.0.113.9\",80,\"downadup\",\"Downadup\",\"x\"\n\
    \"2024-01-15 01:30:00\",\"tcp\",\"198.51.100.7\",51234,64500,\"a.example\",\"203.0.113.9\",80,\"downadup\",\"downadup\",\"x\"\n\
    \"2024-01-15 02:30:00\",\"udp\",\"2001:db8::7\",51234,64500,\"\",\"203.0.113.9\",80,\"necurs\",\"\",\"x\"\n";

#[test]
fn a_shadowserver_report_is_read_by_its_name() {
    let settings = Settings { zone: Some("Asia/Ho_Chi_Minh".to_owned()), ..Settings::default() };
    let list = read_with("2024-01-15-event4_sinkhole-dongthap.csv", SINKHOLE.as_bytes(), &settings);
    assert_eq!(
        (list.format, list.report.as_deref()),
        (Format::Shadowserver, Some("event4_sinkhole"))
    );
    assert_eq!(list.date.unwrap().to_string(), "2024-01-15");
    // Always UTC, whatever the feed's zone; the second row differs in case only.
    assert_eq!(
        shorts(&list),
        [
            "198.51.100.7:51234 Downadup 2024-01-15T01:30:00Z infected-system",
            "2001:db8::7:51234 necurs 2024-01-15T02:30:00Z infected-system",
        ]
    );
    assert_eq!((list.counts.duplicates, list.counts.accepted), (1, 3));
    let entry = &list.entries[0];
    assert_eq!(entry.destination.ip.unwrap().to_string(), "203.0.113.9");
    assert_eq!((entry.destination.port, entry.transport.as_deref()), (Some(80), Some("tcp")));
    assert_eq!(
        (entry.identifier.as_deref(), entry.hostname.as_deref()),
        (Some("downadup"), Some("a.example"))
    );
    assert_eq!(entry.extra.get("src_asn"), Some("64500"));
    assert!(entry.raw.starts_with("\"2024-01-15 01:30:00\""));
}

#[test]
fn a_report_we_do_not_know_is_read_with_a_warning() {
    let text = "timestamp,ip,port,tag\n2024-01-15 00:00:00,198.51.100.7,443,new-thing\n";
    let list = read("2024-01-15-brand_new.csv", text);
    assert_eq!(list.format, Format::Shadowserver);
    assert!(codes(&list).contains(&"lists.report-unknown"));
    assert_eq!(list.entries[0].identifier.as_deref(), Some("new-thing"));
    // The same name over other columns is just a table.
    assert_eq!(read("blocklist.csv", "Địa chỉ IP,Ghi chú\n198.51.100.7,x\n").format, Format::Table);
}

#[test]
fn a_letters_workbook_is_guessed_and_remembered() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "DANH SÁCH IP BOTNET THÁNG 01/2024").unwrap();
    let rows = [
        [
            "STT",
            "Địa chỉ IP",
            "Cổng nguồn",
            "Thời gian (UTC+7)",
            "Tên mã độc",
            "IP đích",
            "Cổng đích",
            "Đơn vị cấp",
        ],
        [
            "1",
            "198[.]51[.]100[.]7",
            "51234",
            "15/01/2024 08:30:00",
            "Mã Độc Thử",
            "203.0.113.9",
            "80",
            "Nhà mạng",
        ],
        ["2", "198.51.100.8", "", "", "test-bot", "c2[.]example", "443", ""],
        ["3", "chưa rõ", "", "15/01/2024", "test-bot", "", "", ""],
    ];
    for (row, cells) in (2..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write(row, column, cell).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let settings =
        Settings { classification: Some("botnet drone".to_owned()), ..Settings::default() };
    let list = read_with("thang 01.xlsx", &bytes, &settings);
    assert_eq!(
        shorts(&list),
        [
            "198.51.100.7:51234 Mã Độc Thử 2024-01-15T01:30:00Z infected-system",
            "198.51.100.8 test-bot 2024-02-01T00:00:00Z infected-system",
        ]
    );
    assert_eq!(list.entries[1].destination.fqdn.as_deref(), Some("c2.example"));
    assert_eq!(list.entries[1].seen_from, TimeSource::List);
    assert_eq!((list.rejected[0].line, list.counts.skipped.preamble), (6, 1));
    let mapping = list.mapping.clone().unwrap();
    assert_eq!(mapping.columns["time"], "Thời gian (UTC+7)");
    let json = serde_json::to_string(&mapping).unwrap();
    let remembered = Settings { mapping: Some(serde_json::from_str(&json).unwrap()), ..settings };
    assert_eq!(shorts(&read_with("thang 02.xlsx", &bytes, &remembered)), shorts(&list));
}

#[test]
fn wrong_columns_are_an_error_that_names_them() {
    let list = read_with(
        "a.csv",
        b"Ten,So\nmot,1\nhai,2\n",
        &Settings { format: Some(Format::Table), ..Settings::default() },
    );
    let found = list.diagnostics.iter().find(|f| f.code == "tables.columns-missing").unwrap();
    assert_eq!((found.values["seen"].as_str(), list.counts.rejected), ("Ten, So", 2));
}

#[test]
fn a_plain_list_is_one_address_a_line() {
    let text = "# C2 addresses\n198.51.100.7\n198[.]51[.]100[.]8 ; seen twice\n198.51.100.0/30\n\n\
                198.51.100.40-42 # three\nbad[.]example\n198.51.100.010\nsome words\n2001:db8::1\n";
    let list = read("2024-01-10-list.txt", text);
    assert_eq!(list.format, Format::Text);
    let addresses: Vec<String> = list.entries.iter().map(|e| e.address.to_string()).collect();
    assert_eq!(
        addresses,
        [
            "198.51.100.7",
            "198.51.100.8",
            "198.51.100.0/30",
            "198.51.100.40",
            "198.51.100.41",
            "198.51.100.42",
            "2001:db8::1",
        ]
    );
    let counts = list.counts;
    assert_eq!((counts.rows, counts.accepted, counts.rejected), (10, 5, 2));
    assert_eq!((counts.skipped.comments, counts.skipped.blank, counts.skipped.text), (1, 1, 1));
    let found = codes(&list);
    assert!(
        found.contains(&"lists.address-none") && found.contains(&"lists.address-leading-zeros"),
        "{found:?}"
    );
}

#[test]
fn each_doubt_is_said() {
    let text = "ip,time,type,port\n198.51.100.1,2031-01-01 00:00:00,c&c,80\n198.51.100.2,hôm qua,thứ lạ,x\n\
                127.0.0.1,01/25/2024,bot,0\nfe80::1%eth0,15/01/2024,bot,\n";
    let list = read("a.csv", text);
    for code in [
        "lists.time-future",
        "lists.time-unread",
        "lists.time-swapped",
        "lists.class-unknown",
        "lists.port-unread",
        "lists.address-special",
        "lists.address-zone",
    ] {
        assert!(codes(&list).contains(&code), "{code}");
    }
    assert_eq!(list.entries.len(), 4);
    assert_eq!(list.entries[0].classification.kind, "c2-server");
    assert_eq!(list.entries[1].identifier.as_deref(), Some("thứ lạ"));
    assert_eq!((list.entries[2].port, list.entries[2].seen_from), (None, TimeSource::RowDay));
}

#[test]
fn json_feeds_keep_their_lines() {
    let text = "[\n{\"source\": {\"ip\": \"198.51.100.1\", \"port\": 5}, \"malware\": \"x\", \"ts\": 1705282200},\n\
                {\"note\": \"none\"}\n]";
    let list = read("feed.json", text);
    assert_eq!(list.format, Format::Json);
    assert_eq!(shorts(&list), ["198.51.100.1:5 x 2024-01-15T01:30:00Z undetermined"]);
    assert_eq!((list.entries[0].line, list.rejected[0].line), (2, 3));
    assert!(
        codes(&read("broken.json", "{\"ip\": \"198.51.100.1\"}\n{\"ip\": "))
            .contains(&"lists.json-broken")
    );
}

#[test]
fn encodings_do_not_matter() {
    let text = "Địa chỉ IP;Họ mã độc\n198.51.100.1;Thử\n";
    let utf16: Vec<u8> =
        [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let list = read_with("a.csv", &utf16, &Settings::default());
    assert_eq!(list.entries[0].family.as_deref(), Some("Thử"));
}

#[test]
fn the_same_sighting_has_the_same_key_in_any_file() {
    let csv = "ip,timestamp,malware\n198.51.100.1,2024-01-15T01:30:00Z,Test-Bot\n";
    let other = "Tên mã độc;Thời gian (UTC+7);Địa chỉ IP\ntest bot;15/01/2024 08:30:00;198[.]51[.]100[.]1\n";
    let (a, b) = (read("a.csv", csv), read("b.csv", other));
    assert_eq!(a.entries[0].key, b.entries[0].key);
    // Stored by the thousand: it must never change.
    assert_eq!(a.entries[0].key.to_string(), "9173f0161d2ce733877c6ee2405dc057");
}

proptest! {
    #[test]
    fn every_row_is_accounted_for(text in "([a-z0-9.:,;#\\[\\]/ \t\n-]|198\\.51\\.100\\.1|http://){0,80}") {
        read("a.txt", &text);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), start in 0_usize..5) {
        let starts: [&[u8]; 5] = [b"", b"[{", b"<html><tr><td>", b"timestamp,src_ip\n", b"PK\x03\x04"];
        let bytes = [starts[start], &bytes].concat();
        read_with("2024-01-15-event4_sinkhole.csv", &bytes, &Settings::default());
    }
}
