//! A table, and the two kinds of file an office puts one into.

use jiff::civil::{Date, DateTime};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::{
    Error, calendar,
    encode::{Encoding, encode},
};

/// One cell. A workbook keeps its type, a CSV its Vietnamese writing.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    Text(String),
    Number(u32),
    Day(Date),
    Moment(DateTime),
}

impl Cell {
    pub(crate) const BLANK: Self = Self::Text(String::new());

    /// As people write it: `dd/mm/yyyy`, `dd/mm/yyyy HH:MM`.
    fn written(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Day(day) => calendar::written(*day),
            Self::Moment(moment) => moment.strftime("%d/%m/%Y %H:%M").to_string(),
        }
    }

    /// The same cell, its date as text: how many offices type it.
    pub(crate) fn typed(self) -> Self {
        Self::Text(self.written())
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}
impl From<u16> for Cell {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}
impl From<u8> for Cell {
    fn from(number: u8) -> Self {
        Self::Number(number.into())
    }
}
impl From<Date> for Cell {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}
impl From<DateTime> for Cell {
    fn from(moment: DateTime) -> Self {
        Self::Moment(moment)
    }
}
impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::BLANK, Into::into)
    }
}

/// A row of cells from anything a cell can be made of.
macro_rules! row {
    ($($cell:expr),+ $(,)?) => { vec![$($crate::sheet::Cell::from($cell)),+] };
}
pub(crate) use row;

/// A table as it is handed in. Only a workbook carries the lines above and below.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    /// Lines above the header, as official letters have them.
    pub(crate) title: Vec<String>,
    pub(crate) header: &'static [&'static str],
    pub(crate) rows: Vec<Vec<Cell>>,
    /// A line beneath the last row.
    pub(crate) footer: Option<String>,
}

impl Sheet {
    /// A comma-separated file (or with another `delimiter`), lines ended as Windows does.
    pub(crate) fn csv(
        &self,
        file: &str,
        delimiter: u8,
        encoding: Encoding,
    ) -> Result<Vec<u8>, Error> {
        let text = self.text(delimiter).map_err(|cause| Error::new(file, cause))?;
        Ok(encode(&text, encoding))
    }

    fn text(&self, delimiter: u8) -> Result<String, Box<dyn std::error::Error>> {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        writer.write_record(self.header)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(Cell::written))?;
        }
        let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok(String::from_utf8(bytes)?)
    }

    /// A workbook of one sheet, the same bytes for the same table.
    pub(crate) fn xlsx(&self, file: &str) -> Result<Vec<u8>, Error> {
        self.workbook().map_err(|cause| Error::new(file, cause))
    }

    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        // The library would write the present moment here.
        let made = ExcelDateTime::from_ymd(2023, 10, 1)?;
        book.set_properties(
            &DocProperties::new()
                .set_author("Tháp Canh (dữ liệu mẫu)")
                .set_creation_datetime(&made),
        );
        self.fill(book.add_worksheet())?;
        book.save_to_buffer()
    }

    fn fill(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let bold = Format::new().set_bold();
        let mut line = 0;
        for title in &self.title {
            let last = u16::try_from(self.header.len()).unwrap_or(1).saturating_sub(1);
            sheet.merge_range(line, 0, line, last, title, &bold)?;
            line += 1;
        }
        for (column, name) in (0..).zip(self.header) {
            sheet.write_string_with_format(line, column, *name, &bold)?;
        }
        for row in &self.rows {
            line += 1;
            for (column, cell) in (0..).zip(row) {
                write(sheet, line, column, cell)?;
            }
        }
        if let Some(footer) = &self.footer {
            sheet.write_string(line + 1, 0, footer)?;
        }
        Ok(())
    }
}

fn write(sheet: &mut Worksheet, line: u32, column: u16, cell: &Cell) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) if text.is_empty() => return Ok(()),
        Cell::Text(text) => sheet.write_string(line, column, text)?,
        Cell::Number(number) => sheet.write_number(line, column, *number)?,
        Cell::Day(day) => {
            let format = Format::new().set_num_format("dd/mm/yyyy");
            sheet.write_datetime_with_format(line, column, serial(day.at(0, 0, 0, 0))?, &format)?
        }
        Cell::Moment(moment) => {
            let format = Format::new().set_num_format("dd/mm/yyyy hh:mm");
            sheet.write_datetime_with_format(line, column, serial(*moment)?, &format)?
        }
    };
    Ok(())
}

/// A spreadsheet's own date. No field of a civil date is negative in our years.
fn serial(moment: DateTime) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(
        moment.year().unsigned_abs(),
        moment.month().unsigned_abs(),
        moment.day().unsigned_abs(),
    )?
    .and_hms(
        moment.hour().unsigned_abs().into(),
        moment.minute().unsigned_abs(),
        moment.second().unsigned_abs(),
    )
}
