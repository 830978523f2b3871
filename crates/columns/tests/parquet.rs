//! What was written is read back by the library's own reader.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use columns::ParquetWriter;
use events::{COLUMNS, Row};
use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::RowAccessor,
};

fn written(rows: &[Row<'_>]) -> SerializedFileReader<std::fs::File> {
    let file = tempfile::tempfile().unwrap();
    let mut writer = ParquetWriter::new(file.try_clone().unwrap()).unwrap();
    for row in rows {
        writer.push(row).unwrap();
    }
    writer.finish().unwrap();
    SerializedFileReader::new(file).unwrap()
}

#[test]
fn rows_come_back_column_by_column() {
    let known = Row {
        time: Some(1_700_000_000_123_456_789),
        zone: "stated",
        host: "máy-01.example",
        event_id: Some(u32::MAX),
        message: "đăng nhập thất bại",
        source: "a.zip!b.evtx",
        record: u64::MAX,
        offset: 7,
        event: "{\"EventID\":4625}",
        ..Row::default()
    };
    let reader = written(&[known, Row::default()]);
    let fields = reader.metadata().file_metadata().schema_descr().columns().to_vec();
    assert_eq!(fields.iter().map(|field| field.name()).collect::<Vec<_>>(), COLUMNS);
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].get_string(2).unwrap(), known.host);
    assert_eq!(rows[0].get_uint(6).unwrap(), u32::MAX);
    assert_eq!(rows[0].get_string(7).unwrap(), known.message);
    assert_eq!(rows[0].get_ulong(9).unwrap(), u64::MAX);
    assert_eq!(rows[0].get_string(11).unwrap(), known.event);
    assert!(rows[0].to_string().contains("time: "), "{}", rows[0]);
    assert!(rows[1].to_string().contains("time: null"), "{}", rows[1]);
    assert!(rows[1].get_uint(6).is_err(), "no event id is not zero");
}

#[test]
fn many_rows_are_many_groups_and_none_is_a_file_too() {
    let text = "x".repeat(1 << 20);
    let row = Row { event: &text, ..Row::default() };
    let reader = written(&vec![row; 40]);
    assert_eq!(reader.metadata().file_metadata().num_rows(), 40);
    assert_eq!(reader.metadata().num_row_groups(), 3);
    assert_eq!(written(&[]).metadata().file_metadata().num_rows(), 0);
}
