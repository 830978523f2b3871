//! Events as columns: the timeline as an Apache Parquet file, which DuckDB,
//! pandas and Spark read without being told what is in it.
//!
//! The columns are those of [`events::COLUMNS`]: `time` is a timestamp in
//! nanoseconds of UTC (null if the record does not say), `event_id` an unsigned
//! number or null, `record` and `offset` unsigned numbers, the rest text that
//! may be empty. Pages are packed with Snappy. Rows are written a group at a
//! time, so memory does not grow with the timeline.
//!
//! *What this crate must not know:* where rows come from, rules, the clock. It
//! stands apart because the format's library is large; why it is that one is
//! in `docs/adr`.
//!
//! *To add a column:* a field of [`events::Row`], its line in `SCHEMA`, its arm
//! in `Group::write`.

use std::{io::Write, sync::Arc};

use events::Row;
use parquet::{
    basic::Compression,
    data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type},
    errors::Result,
    file::{
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};

pub use parquet::errors::ParquetError;

const SCHEMA: &str = "message timeline {
    OPTIONAL INT64 time (TIMESTAMP(NANOS, true));
    REQUIRED BYTE_ARRAY zone (STRING);
    REQUIRED BYTE_ARRAY host (STRING);
    REQUIRED BYTE_ARRAY format (STRING);
    REQUIRED BYTE_ARRAY channel (STRING);
    REQUIRED BYTE_ARRAY provider (STRING);
    OPTIONAL INT32 event_id (INTEGER(32, false));
    REQUIRED BYTE_ARRAY message (STRING);
    REQUIRED BYTE_ARRAY source (STRING);
    REQUIRED INT64 record (INTEGER(64, false));
    REQUIRED INT64 offset (INTEGER(64, false));
    REQUIRED BYTE_ARRAY event (STRING);
}";

/// Bytes of text in one group of rows.
const GROUP_BYTES: usize = 16 << 20;
/// Rows in one group.
const GROUP_ROWS: usize = 1 << 17;

/// Writes rows in the order in which they come.
pub struct ParquetWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    group: Group,
}

impl<W: Write + Send> ParquetWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// What the output says.
    pub fn new(out: W) -> Result<Self> {
        let schema = Arc::new(parse_message_type(SCHEMA)?);
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let file = SerializedFileWriter::new(out, schema, Arc::new(properties))?;
        Ok(Self { file, group: Group::default() })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// What the output says.
    pub fn push(&mut self, row: &Row<'_>) -> Result<()> {
        self.group.push(row);
        if self.group.bytes > GROUP_BYTES || self.group.records.len() >= GROUP_ROWS {
            self.write_group()?;
        }
        Ok(())
    }

    fn write_group(&mut self) -> Result<()> {
        let mut out = self.file.next_row_group()?;
        std::mem::take(&mut self.group).write(&mut out)?;
        out.close().map(drop)
    }

    /// Writes what is left, and the footer without which nobody reads the file.
    ///
    /// # Errors
    /// What the output says.
    pub fn finish(mut self) -> Result<()> {
        if !self.group.records.is_empty() {
            self.write_group()?;
        }
        self.file.finish().map(drop)
    }
}

/// Columns of a few rows.
#[derive(Default)]
struct Group {
    bytes: usize,
    times: Optional<i64>,
    event_ids: Optional<i32>,
    texts: [Vec<ByteArray>; 8],
    records: Vec<i64>,
    offsets: Vec<i64>,
}

/// Values that may be missing, as the format wants them.
#[derive(Default)]
struct Optional<T> {
    values: Vec<T>,
    /// 1 where there is a value.
    levels: Vec<i16>,
}

impl<T> Optional<T> {
    fn push(&mut self, value: Option<T>) {
        self.levels.push(i16::from(value.is_some()));
        self.values.extend(value);
    }
}

impl Group {
    fn push(&mut self, row: &Row<'_>) {
        let Row { zone, host, format, channel, provider, message, source, event, .. } = *row;
        self.times.push(row.time);
        self.event_ids.push(row.event_id.map(u32::cast_signed));
        self.records.push(row.record.cast_signed());
        self.offsets.push(row.offset.cast_signed());
        let texts = [zone, host, format, channel, provider, message, source, event];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            self.bytes += text.len();
            column.push(ByteArray::from(text.as_bytes().to_vec()));
        }
    }

    /// In the order of `SCHEMA`.
    fn write<W: Write + Send>(self, out: &mut SerializedRowGroupWriter<'_, W>) -> Result<()> {
        let [zone, host, format, channel, provider, message, source, event] = self.texts;
        column::<Int64Type, W>(out, &self.times.values, Some(&self.times.levels))?;
        for text in [zone, host, format, channel, provider] {
            column::<ByteArrayType, W>(out, &text, None)?;
        }
        column::<Int32Type, W>(out, &self.event_ids.values, Some(&self.event_ids.levels))?;
        for text in [message, source] {
            column::<ByteArrayType, W>(out, &text, None)?;
        }
        column::<Int64Type, W>(out, &self.records, None)?;
        column::<Int64Type, W>(out, &self.offsets, None)?;
        column::<ByteArrayType, W>(out, &event, None)
    }
}

/// The next column, all of it.
fn column<T: DataType, W: Write + Send>(
    out: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<()> {
    if let Some(mut column) = out.next_column()? {
        column.typed::<T>().write_batch(values, levels, None)?;
        column.close()?;
    }
    Ok(())
}
