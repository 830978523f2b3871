//! Files as they should not be, through the real upload: what can be read is
//! read, the rest is refused with place and hint, and nothing is half imported.

use std::io::{Cursor, Write};

use axum::http::StatusCode;
use hub::access::Role;
use rust_xlsxwriter::{Format, Formula, Workbook};
use words::Lang;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::support::{Browser, House};

/// A file, and what is said of it: a diagnostic's code, and how many addresses
/// are taken in; none when it is refused as a whole.
struct Case {
    what: &'static str,
    name: &'static str,
    bytes: Vec<u8>,
    said: &'static str,
    entries: Option<i64>,
}

fn case(
    what: &'static str,
    name: &'static str,
    bytes: impl Into<Vec<u8>>,
    said: &'static str,
    entries: Option<i64>,
) -> Case {
    Case { what, name, bytes: bytes.into(), said, entries }
}

const LIST: &str = "Địa chỉ IP,Thời gian,Họ mã độc\r\n\
    192.0.2.1,05/01/2024 08:00,example-bot\r\n192.0.2.2,06/01/2024 09:30,example-bot\r\n";

/// The same as Windows writes Vietnamese: tone marks behind their letter.
const WINDOWS_1258: &[u8] =
    b"\xD0i\xF2a chi\xD2 IP,Th\xF5\xCCi gian,Ho\xF2 m\xE3 \xF0\xF4\xF2c\r\n\
    192.0.2.1,05/01/2024 08:00,m\xE1y ti\xEDnh ma b\xE1o \xF0\xF4\xF2ng\r\n\
    192.0.2.2,06/01/2024 09:30,m\xE1y ti\xEDnh ma\r\n";

fn utf16(text: &str, mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xFEFF);
    mark.into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// A workbook with a title merged over the table, a unit merged over its rows,
/// and addresses that a formula made.
fn office() -> Vec<u8> {
    let mut book = Workbook::new();
    let (sheet, plain) = (book.add_worksheet(), Format::new());
    sheet.merge_range(0, 0, 0, 2, "DANH SÁCH ĐỊA CHỈ NHIỄM MÃ ĐỘC", &plain).unwrap();
    for (column, name) in (0..).zip(["Đơn vị", "Địa chỉ IP", "Thời gian"]) {
        sheet.write(1, column, name).unwrap();
    }
    sheet.merge_range(2, 0, 3, 0, "Sở Mẫu", &plain).unwrap();
    for row in 2..4 {
        let made = Formula::new("=\"192.0.2.\"&ROW()").set_result(format!("192.0.2.{row}"));
        sheet.write(row, 1, made).unwrap();
        sheet.write(row, 2, "05/01/2024").unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// A workbook of a few hundred kilobytes whose one sheet unpacks to 300 MB.
fn bomb() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"<workbook/>").unwrap();
    zip.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..300 {
        zip.write_all(&blanks).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn cases() -> Vec<Case> {
    let long = format!("{}\n192.0.2.7\n", "x".repeat(3 << 20));
    let cut = "[{\"ip\": \"192.0.2.1\"}, {\"ip\": \"192.0.";
    vec![
        case("no column of addresses", "a.csv", "mã,số\n1,2\n", "sightings.list-empty", None),
        case("a letter", "thu.txt", "Kính gửi các đơn vị\n", "sightings.list-empty", None),
        case("UTF-16 with a mark", "a.csv", utf16(LIST, true), "", Some(2)),
        case("UTF-16 without", "a.csv", utf16(LIST, false), "", Some(2)),
        case("Windows-1258", "a.csv", WINDOWS_1258, "tables.encoding-guessed", Some(2)),
        case("UTF-8 with a mark", "a.csv", format!("\u{feff}{LIST}"), "", Some(2)),
        case("a zip bomb", "a.xlsx", bomb(), "tables.inflated-limit", None),
        case("a workbook cut short", "a.xlsx", &office()[..900], "tables.unsupported", None),
        case("formulas and merged cells", "a.xlsx", office(), "tables.formula-cached", Some(2)),
        case("a line of 3 MB", "a.txt", long, "tables.line-limit", Some(1)),
        case("JSON cut short", "a.json", cut, "lists.json-broken", None),
        case("an old workbook", "a.xls", b"\xD0\xCF\x11\xE0\xA1\xB1", "tables.unsupported", None),
        case(
            "a PDF that says it is CSV",
            "a.csv",
            b"%PDF-1.7 192.0.2.1",
            "tables.unsupported",
            None,
        ),
        case("a picture", "a.csv", b"\xFF\xD8\xFF\xE0 JFIF", "tables.unsupported", None),
    ]
}

/// What is in the house of lists.
async fn lists(house: &House) -> (i64, i64, i64) {
    sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM lists), (SELECT COUNT(*) FROM list_rows),
         (SELECT COUNT(*) FROM sightings)",
    )
    .fetch_one(house.app.db.reader())
    .await
    .unwrap()
}

fn hint(code: &str) -> String {
    let (room, name) = code.split_once('.').unwrap();
    Lang::Vi.t(&format!("{room}.diag.{name}.hint")).into_owned()
}

const CONFIRM: [(&str, &str); 6] = [
    ("feed", ""),
    ("code", "thu"),
    ("name", "Nguồn thử"),
    ("zone", "Asia/Ho_Chi_Minh"),
    ("covers_from", "2024-01-01"),
    ("covers_to", "2024-01-15"),
];

async fn tried(one: &Case) {
    let house = House::new().await;
    let mut duty = house.person(Role::Duty, &[]).await;
    let draft = duty.upload("/lists/import", &[], ("file", one.name, &one.bytes)).await.sent_on();
    let page = duty.get(&draft).await.ok().text();
    if !one.said.is_empty() {
        assert!(page.contains(&hint(one.said)), "{}: {page}", one.what);
    }
    let offered = page.contains(&*Lang::Vi.t("sightings.import.confirm"));
    assert_eq!(offered, one.entries.is_some(), "{}: {page}", one.what);
    let before = lists(&house).await;
    assert_eq!(before, (0, 0, 0), "{}: a preview changed something", one.what);
    let came = duty.post_and_wait(&draft, &CONFIRM).await;
    let page = duty.get(&came).await.ok().text();
    if let Some(entries) = one.entries {
        let (count, rows, sightings) = lists(&house).await;
        let rejected = i64::from(one.said == "tables.line-limit");
        assert_eq!((count, rows - rejected, sightings), (1, entries, entries), "{}", one.what);
    } else {
        assert!(came.starts_with("/works/"), "{}: {came}", one.what);
        assert!(page.contains(&hint(one.said)), "{}: {page}", one.what);
        assert!(page.contains(&draft), "the file can be looked at again: {page}");
        assert_eq!(lists(&house).await, (0, 0, 0), "{}: half imported", one.what);
    }
    assert!(hub::audit::verify(&house.app.db).await.unwrap().is_ok(), "{}", one.what);
}

#[tokio::test]
async fn what_is_no_list_is_refused_with_its_hint_and_changes_nothing() {
    for one in cases() {
        tried(&one).await;
    }
}

async fn refused_register(person: &mut Browser, house: &House, one: &Case) {
    let fields = [("kind", "hosts")];
    let file = ("file", one.name, one.bytes.as_slice());
    let draft = person.upload("/registry/import", &fields, file).await.sent_on();
    let page = person.get(&draft).await.ok().text();
    assert!(page.contains(&hint(one.said)), "{}: {page}", one.what);
    assert!(!page.contains(&format!("{draft}/confirm")), "{}: {page}", one.what);
    let came = person.post_and_wait(&format!("{draft}/confirm"), &[]).await;
    let page = person.get(&came).await.ok().text();
    assert!(page.contains(&hint(one.said)), "{}: {page}", one.what);
    let (hosts,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM hosts")
        .fetch_one(house.app.db.reader())
        .await
        .unwrap();
    assert_eq!(hosts, 0, "{}: half imported", one.what);
}

#[tokio::test]
async fn what_is_no_register_is_refused_the_same() {
    let house = House::new().await;
    let mut analyst = house.person(Role::Analyst, &[]).await;
    let missing = "tables.columns-missing";
    let all = [
        case("other columns", "a.csv", "mã,số\n1,2\n", missing, None),
        case("a letter", "thu.txt", "Kính gửi các đơn vị\n", missing, None),
        case("a zip bomb", "a.xlsx", bomb(), "tables.inflated-limit", None),
        case("an old workbook", "a.xls", b"\xD0\xCF\x11\xE0\xA1\xB1", "tables.unsupported", None),
        case("a PDF", "a.csv", b"%PDF-1.7", "tables.unsupported", None),
    ];
    for one in &all {
        refused_register(&mut analyst, &house, one).await;
    }
}

#[tokio::test]
async fn more_than_an_upload_may_hold_is_refused_before_it_is_kept() {
    let house = House::new().await;
    let mut duty = house.person(Role::Duty, &[]).await;
    let line = vec![b'1'; hub::web::UPLOAD_LIMIT + 1];
    let answer = duty.upload("/lists/import", &[], ("file", "a.csv", &line)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.text());
    assert!(house.app.files.lying().unwrap().is_empty(), "it was kept");
    let empty = duty.upload("/lists/import", &[], ("file", "a.csv", b"")).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
}
