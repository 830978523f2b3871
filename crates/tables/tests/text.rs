//! Text tables: encodings, delimiters, quotes, limits.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use proptest::prelude::*;
use std::io::Read;

use tables::{Decoding, FieldSpec, Format, Limits, Options, Record, Records, Table, read};

fn fields() -> Vec<FieldSpec> {
    vec![
        FieldSpec::required("address", &["địa chỉ ip", "ip"]),
        FieldSpec::optional("unit", &["đơn vị"]),
    ]
}

fn table(bytes: &[u8]) -> Table {
    read(bytes, &Options { fields: fields(), ..Options::default() })
}

fn codes(table: &Table) -> Vec<&str> {
    table.diagnostics.iter().map(|found| found.code.as_ref()).collect()
}

fn rows(table: &Table) -> Vec<Vec<&str>> {
    table.rows.iter().map(|row| row.cells.iter().collect()).collect()
}

const TEXT: &str =
    "Địa chỉ IP,Đơn vị\n192.0.2.1,Sở Y tế\n192.0.2.2,Huyện Hồng Ngự\n192.0.2.3,Phường Mỹ Phú\n";

/// Vietnamese as Windows-1258 writes it: base letter, then the mark.
fn windows_1258(text: &str) -> Vec<u8> {
    use unicode_normalization::UnicodeNormalization;
    let mut bytes = Vec::new();
    for c in text.chars() {
        let text = c.to_string();
        let (whole, _, bad) = encoding_rs::WINDOWS_1258.encode(&text);
        if !bad {
            bytes.extend_from_slice(&whole);
            continue;
        }
        let parts: Vec<char> = std::iter::once(c).nfd().collect();
        let tone =
            parts.iter().position(|p| "\u{300}\u{301}\u{303}\u{309}\u{323}".contains(*p)).unwrap();
        let base: String =
            parts.iter().enumerate().filter(|(at, _)| *at != tone).map(|(_, p)| *p).nfc().collect();
        for part in [base, parts[tone].to_string()] {
            bytes.extend_from_slice(&encoding_rs::WINDOWS_1258.encode(&part).0);
        }
    }
    bytes
}

fn utf16(text: &str, big: bool, bom: bool) -> Vec<u8> {
    let units = bom.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn each_encoding_reads_alike() {
    let files = [
        ("UTF-8", TEXT.as_bytes().to_vec()),
        ("UTF-8", [b"\xEF\xBB\xBF", TEXT.as_bytes()].concat()),
        ("UTF-16LE", utf16(TEXT, false, true)),
        ("UTF-16LE", utf16(TEXT, false, false)),
        ("UTF-16BE", utf16(TEXT, true, true)),
        ("UTF-16BE", utf16(TEXT, true, false)),
        ("windows-1258", windows_1258(TEXT)),
    ];
    for (encoding, bytes) in files {
        let read = table(&bytes);
        assert_eq!(read.source.encoding, encoding);
        assert_eq!(read.header, ["Địa chỉ IP", "Đơn vị"], "{encoding}");
        assert_eq!(rows(&read)[1], ["192.0.2.2", "Huyện Hồng Ngự"], "{encoding}");
        assert_eq!(read.rows.len(), 3);
        let guessed = codes(&read).contains(&"tables.encoding-guessed");
        assert_eq!(guessed, encoding == "windows-1258", "{encoding}");
    }
}

#[test]
fn broken_text_is_used_and_named() {
    let read = table(b"\xEF\xBB\xBFIP,n\n192.0.2.1,a\xFFb\n192.0.2.2,\0c\0\n");
    assert_eq!(rows(&read), [["192.0.2.1", "a\u{FFFD}b"], ["192.0.2.2", "c"]]);
    let found = codes(&read);
    assert!(
        found.contains(&"tables.encoding-broken") && found.contains(&"tables.nul-stripped"),
        "{found:?}"
    );
}

#[test]
fn delimiters_titles_and_remarks() {
    let letter = "UBND TỈNH\nSố: 12/CV\n\nSTT;Địa chỉ IP;Đơn vị\n1;192.0.2.1;Sở Y tế\n# hết\n";
    let read = table(letter.as_bytes());
    assert_eq!(read.source.delimiter, Some(';'));
    assert_eq!(read.source.header_line, Some(4));
    assert_eq!((read.preamble.len(), read.comments.len(), read.blank), (2, 1, 1));
    assert_eq!(rows(&read), [["1", "192.0.2.1", "Sở Y tế"]]);
    assert_eq!(read.rows[0].line, 5);
    assert_eq!(&*read.rows[0].raw, "1;192.0.2.1;Sở Y tế");
}

#[test]
fn a_header_in_a_remark_is_found() {
    let read = table("# Format: ip|đơn vị|ghi chú\n192.0.2.1|A|x\n192.0.2.2|B|y\n".as_bytes());
    assert_eq!(read.header, ["ip", "đơn vị", "ghi chú"]);
    assert_eq!(read.rows.len(), 2);
}

#[test]
fn a_table_without_header_has_letters() {
    let read = table(b"192.0.2.1,443\n192.0.2.2,80\n");
    assert_eq!(read.header, ["A", "B"]);
    assert_eq!((read.source.header_line, read.rows.len()), (None, 2));
}

#[test]
fn a_cell_may_run_over_lines() {
    let read = table("IP,n\n192.0.2.1,\"a\nb \"\"c\"\"\"\n192.0.2.2,d\n".as_bytes());
    assert_eq!(rows(&read), [["192.0.2.1", "a\nb \"c\""], ["192.0.2.2", "d"]]);
    assert_eq!(read.rows[1].line, 4);
    assert_eq!(&*read.rows[0].raw, "192.0.2.1,\"a\nb \"\"c\"\"\"");
}

#[test]
fn a_forgotten_quote_costs_one_line() {
    let read = table(b"IP,n\n192.0.2.1,\"open\n192.0.2.2,b\n192.0.2.3,c\n");
    assert_eq!(rows(&read), [["192.0.2.1", "\"open"], ["192.0.2.2", "b"], ["192.0.2.3", "c"]]);
    assert_eq!(read.rows[2].line, 4);
    assert!(codes(&read).contains(&"tables.quote-open"));
}

#[test]
fn columns_of_one_name_are_told_apart() {
    let read = table(b"IP,IP,\n192.0.2.1,192.0.2.2,x\n");
    assert_eq!(read.header, ["IP", "IP (2)", "C"]);
    assert!(codes(&read).contains(&"tables.column-twice"));
}

#[test]
fn line_ends_of_every_system() {
    for end in ["\n", "\r\n", "\r"] {
        let read = table(["IP,n", "192.0.2.1,a", "192.0.2.2,b"].join(end).as_bytes());
        assert_eq!(rows(&read), [["192.0.2.1", "a"], ["192.0.2.2", "b"]], "{end:?}");
    }
}

/// A stream of one endless line that counts how much was asked of it.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = buffer.len().min(usize::try_from(self.0).unwrap_or(usize::MAX));
        buffer[..len].fill(b'x');
        self.0 -= len as u64;
        Ok(len)
    }
}

#[test]
fn an_endless_line_is_one_bad_row() {
    let limits = Limits { bytes: u64::MAX, ..Limits::default() };
    let text = b"a,b\n".chain(Endless(64 << 20)).chain(&b"\nc,d\n"[..]);
    let decoding = Decoding::of(b"a,b\n", false);
    let read: Vec<Record> = Records::new(text, decoding, Some(','), limits).collect();
    assert_eq!(read.len(), 3);
    let Record::Rejected(row, found) = &read[1] else { panic!("{:?}", read[1]) };
    assert_eq!((found.code.as_ref(), row.line, row.raw.len()), ("tables.line-limit", 2, 4096));
    let Record::Row(row) = &read[2] else { panic!("{:?}", read[2]) };
    assert_eq!((row.line, row.cells.get(1)), (3, Some("d")));
}

#[test]
fn each_limit_is_named_with_its_place() {
    let limits =
        Limits { bytes: 200, rows: 4, columns: 3, cell: 10, line: 50, ..Limits::default() };
    let long = format!("IP,n\n{}\n", "y".repeat(60));
    let files = [
        ("IP,n\n192.0.2.1,a\n".repeat(20), "tables.bytes-limit"),
        ("IP,n\na,b\na,b\na,b\na,b\n".to_owned(), "tables.rows-limit"),
        ("IP,n\na,b,c,d\n".to_owned(), "tables.columns-limit"),
        ("IP,n\na,bbbbbbbbbbbbbb\n".to_owned(), "tables.cell-limit"),
        (long, "tables.line-limit"),
    ];
    for (text, code) in files {
        let read =
            read(text.as_bytes(), &Options { limits, fields: fields(), ..Options::default() });
        let found = read.diagnostics.iter().find(|found| found.code == code);
        assert!(found.is_some_and(|f| f.place.line.is_some()), "{code}: {:?}", read.diagnostics);
    }
}

#[test]
fn what_is_no_table_is_named() {
    for (bytes, kind) in
        [(&b"%PDF-1.7 ..."[..], "PDF"), (b"\xD0\xCF\x11\xE0....", "Excel 97-2003 (.xls)")]
    {
        let read = table(bytes);
        assert_eq!(read.diagnostics[0].code, "tables.unsupported");
        assert_eq!(read.diagnostics[0].values["kind"], kind);
    }
    assert_eq!(codes(&table(b"")), ["tables.empty"]);
}

proptest! {
    #[test]
    fn csv_comes_back(cells in prop::collection::vec(prop::collection::vec("[ -~àđệ\n]{0,12}", 3), 2..12)) {
        // Cells lose the blanks around them, and a row must not look like a remark or be blank.
        let cells: Vec<Vec<String>> = cells.into_iter().map(|row| {
            row.into_iter().enumerate()
                .map(|(at, cell)| if at == 0 { format!("r{}", cell.trim()) } else { cell.trim().to_owned() })
                .collect()
        }).collect();
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in &cells {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let records = Records::new(&bytes[..], Decoding::of(&bytes, true), Some(','), Limits::default());
        let read: Vec<Vec<String>> = records.filter_map(|record| match record {
            Record::Row(row) => Some(row.cells.iter().map(str::to_owned).collect()),
            _ => None,
        }).collect();
        prop_assert_eq!(read, cells);
    }

    #[test]
    fn raw_reads_the_same_again(text in "[a-c,;\"\n ]{0,60}") {
        let options = Options { delimiter: Some(','), ..Options::default() };
        let first = read(text.as_bytes(), &options);
        for row in &first.rows {
            let again = read(row.raw.as_bytes(), &options);
            let all: Vec<_> = again.preamble.iter().chain(&again.rows).map(|r| &r.cells).collect();
            if !first.diagnostics.iter().any(|f| f.code == "tables.quote-open") && all.len() == 1 {
                prop_assert_eq!(all[0], &row.cells);
            }
        }
    }

    #[test]
    fn every_line_is_accounted_for(text in "[a-c1,;#\n]{0,80}") {
        let read = table(text.as_bytes());
        let header = u64::from(read.source.header_line.is_some());
        let rows = read.preamble.len() + read.rows.len() + read.rejected.len() + read.comments.len();
        prop_assert_eq!(rows as u64 + read.blank + header, text.lines().count() as u64);
    }

    #[test]
    fn no_bytes_make_it_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400), start in 0_usize..5) {
        let starts: [&[u8]; 5] = [b"", b"PK\x03\x04", b"\xFF\xFE", b"\"", b"ip,unit\n"];
        bytes.splice(0..0, starts[start].iter().copied());
        let read = table(&bytes);
        prop_assert!(matches!(read.source.format, Format::Csv | Format::Lines | Format::Xlsx | Format::Ods));
    }
}
