//! Workbooks: what offices do to them, and what an attacker may.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::io::{Cursor, Write};

use rust_xlsxwriter::{ExcelDateTime, Format as Style, Formula, Workbook};
use tables::{FieldSpec, Format, Limits, Options, Table, read};
use zip::{ZipWriter, write::SimpleFileOptions};

fn options() -> Options {
    let fields = vec![
        FieldSpec::required("address", &["địa chỉ ip", "ip"]),
        FieldSpec::optional("time", &["thời gian"]),
        FieldSpec::optional("unit", &["đơn vị"]),
    ];
    Options { fields, ..Options::default() }
}

fn rows(table: &Table) -> Vec<Vec<&str>> {
    table.rows.iter().map(|row| row.cells.iter().collect()).collect()
}

fn found<'t>(table: &'t Table, code: &str) -> Option<&'t diag::Diagnostic> {
    table.diagnostics.iter().find(|found| found.code == code)
}

/// A list as it comes with a letter: title rows, a header lower down, dates as
/// dates, a unit merged over its rows, formulas, a second and a hidden sheet.
fn letter() -> Vec<u8> {
    let mut book = Workbook::new();
    let cover = book.add_worksheet().set_name("Bìa").unwrap();
    cover.write(0, 0, "Phụ lục").unwrap();
    let sheet = book.add_worksheet().set_name("Danh sách").unwrap();
    let (title, when) = (Style::new(), Style::new().set_num_format("dd/mm/yyyy hh:mm:ss"));
    sheet.merge_range(0, 0, 0, 4, "DANH SÁCH ĐỊA CHỈ IP NHIỄM MÃ ĐỘC", &title).unwrap();
    for (column, name) in ["STT", "Đơn vị", "Địa chỉ IP", "Thời gian", "Cổng"].iter().enumerate()
    {
        sheet.write(2, u16::try_from(column).unwrap(), *name).unwrap();
    }
    sheet.merge_range(3, 1, 4, 1, "Sở Y tế", &title).unwrap();
    for row in 3..6 {
        sheet.write(row, 0, row - 2).unwrap();
        sheet.write(row, 2, format!("192.0.2.{row}")).unwrap();
        let time = ExcelDateTime::from_ymd(2024, 1, 15).unwrap().and_hms(8, 30, 0).unwrap();
        sheet.write_with_format(row, 3, &time, &when).unwrap();
    }
    sheet.write(5, 1, "Sở Tài chính").unwrap();
    sheet.write(3, 4, 443.0).unwrap();
    sheet.write(4, 4, Formula::new("=400+43").set_result("443")).unwrap();
    let hidden = book.add_worksheet().set_name("Ẩn").unwrap();
    hidden.write(0, 0, "x").unwrap();
    hidden.set_hidden(true);
    book.save_to_buffer().unwrap()
}

#[test]
fn a_letters_workbook_reads_as_a_person_sees_it() {
    let table = read(&letter(), &options());
    assert_eq!(table.source.format, Format::Xlsx);
    assert_eq!(table.source.sheet.as_deref(), Some("Danh sách"));
    assert_eq!(table.source.header_line, Some(3));
    assert_eq!(table.header, ["STT", "Đơn vị", "Địa chỉ IP", "Thời gian", "Cổng"]);
    assert_eq!(
        rows(&table),
        [
            vec!["1", "Sở Y tế", "192.0.2.3", "2024-01-15 08:30:00", "443"],
            vec!["2", "Sở Y tế", "192.0.2.4", "2024-01-15 08:30:00", "443"],
            vec!["3", "Sở Tài chính", "192.0.2.5", "2024-01-15 08:30:00"],
        ]
    );
    assert_eq!(table.rows[0].line, 4);
    assert_eq!(&*table.rows[0].raw, "1,Sở Y tế,192.0.2.3,2024-01-15 08:30:00,443");
}

#[test]
fn what_was_doubtful_about_it_is_said() {
    let table = read(&letter(), &options());
    let cached = found(&table, "tables.formula-cached").unwrap();
    assert_eq!((cached.values["count"].as_str(), cached.place.line), ("1", Some(5)));
    assert_eq!(found(&table, "tables.sheet-hidden").unwrap().place.sheet.as_deref(), Some("Ẩn"));
    assert_eq!(found(&table, "tables.sheet-skipped").unwrap().values["sheet"], "Bìa");
    assert_eq!(found(&table, "tables.merged").unwrap().values["cells"], "1");
}

#[test]
fn a_person_may_choose_the_sheet() {
    let chosen = Options { sheet: Some("Bìa".to_owned()), ..options() };
    assert_eq!(read(&letter(), &chosen).source.sheet.as_deref(), Some("Bìa"));
    let wrong = Options { sheet: Some("Không có".to_owned()), ..options() };
    assert!(found(&read(&letter(), &wrong), "tables.sheet-missing").is_some());
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#;

const ROOT: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

fn workbook_of(sheet: &str) -> Vec<u8> {
    zipped(&[
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

fn sheet_of(data: &str, after: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData>{data}</sheetData>{after}</worksheet>"#
    )
}

#[test]
fn claims_of_a_billion_cells_cost_nothing() {
    let data = r#"<row r="1"><c r="A1" t="str"><v>IP</v></c><c r="B1" t="str"><v>n</v></c></row>
        <row r="1048576"><c r="A1048576" t="str"><v>192.0.2.1</v></c><c r="XFD1048576"><v>1</v></c></row>"#;
    let merged = r#"<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>"#;
    let table = read(&workbook_of(&sheet_of(data, merged)), &options());
    let wide = found(&table, "tables.columns-limit").unwrap();
    assert_eq!((wide.place.line, wide.place.column.as_deref()), (Some(1_048_576), Some("XFD")));
    assert_eq!(table.rejected.len(), 1);
}

#[test]
fn a_formula_that_was_never_calculated_is_said() {
    let data = r#"<row r="1"><c r="A1" t="str"><v>IP</v></c><c r="B1" t="str"><v>Đơn vị</v></c></row>
        <row r="2"><c r="A2" t="str"><v>192.0.2.1</v></c><c r="B2"><f>VLOOKUP(A2,X:Y,2)</f></c></row>"#;
    let table = read(&workbook_of(&sheet_of(data, "")), &options());
    let uncached = found(&table, "tables.formula-uncached").unwrap();
    assert_eq!((uncached.place.line, uncached.place.column.as_deref()), (Some(2), Some("B")));
    assert_eq!(rows(&table), [["192.0.2.1"]]);
}

#[test]
fn a_zip_bomb_stops_at_the_limit() {
    let bomb = vec![b' '; 40 << 20];
    let bytes =
        zipped(&[("xl/workbook.xml", BOOK.as_bytes()), ("xl/worksheets/sheet1.xml", &bomb)]);
    assert!(bytes.len() < 100 << 10);
    let limits = Limits { inflated: 1 << 20, ..Limits::default() };
    let table = read(&bytes, &Options { limits, ..options() });
    let found = found(&table, "tables.inflated-limit").unwrap();
    assert_eq!(found.values["member"], "xl/worksheets/sheet1.xml");
    assert!(table.is_cut());
}

#[test]
fn a_truncated_sheet_keeps_what_came_before() {
    let whole = sheet_of(
        r#"<row r="1"><c r="A1" t="str"><v>IP</v></c><c r="B1" t="str"><v>Đơn vị</v></c></row><row r="2"><c r="A2" t="str"><v>192.0.2.1</v></c></row><row r="3"><c r="A3" t="str"><v>192"#,
        "",
    );
    let cut = whole.split("</sheetData>").next().unwrap();
    let table = read(&workbook_of(cut), &options());
    assert!(found(&table, "tables.workbook-broken").is_some());
    assert_eq!(rows(&table), [["192.0.2.1"]]);
    assert!(table.is_cut());
}

fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        r#"<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="T">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<?xml version=\"1.0\"?><m/>"),
        ("content.xml", content.as_bytes()),
    ])
}

fn ods_row(cells: &[&str]) -> String {
    let cell = |text: &&str| {
        format!(
            r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#
        )
    };
    format!("<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>())
}

#[test]
fn an_ods_reads_like_an_xlsx() {
    let text = ods_row(&["Địa chỉ IP", "Đơn vị"]) + &ods_row(&["192.0.2.1", "Sở Y tế"]);
    let table = read(&ods(&text), &options());
    assert_eq!((table.source.format, table.source.sheet.as_deref()), (Format::Ods, Some("T")));
    assert_eq!(table.header, ["Địa chỉ IP", "Đơn vị"]);
    assert_eq!(rows(&table), [["192.0.2.1", "Sở Y tế"]]);
}

#[test]
fn an_ods_that_repeats_itself_is_refused() {
    let cell = r#"<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell>"#;
    let rows = format!(
        r#"<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>"#
    );
    assert!(found(&read(&ods(&rows), &options()), "tables.workbook-broken").is_some());
    // Every office program writes a last empty row that fills the sheet.
    let fill = r#"<table:table-row table:number-rows-repeated="1048575"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#;
    let text = ods_row(&["IP", "Đơn vị"]) + &ods_row(&["192.0.2.1", "A"]) + fill;
    assert_eq!(rows_len(&ods(&text)), 1);
}

fn rows_len(bytes: &[u8]) -> usize {
    read(bytes, &options()).rows.len()
}
