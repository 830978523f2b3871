//! Workbooks: XLSX by a stream of cells, ODS whole behind a guard. A workbook
//! may claim a billion rows in a few bytes; only cells that are really there
//! are held.

use std::{collections::BTreeMap, io::Cursor};

use calamine::{
    Data, DataRef, DataType, Dimensions, ExcelDateTime, Ods, Reader, Sheet, SheetType,
    SheetVisible, Xlsx,
};
use diag::{Diagnostic, Place};

use crate::{
    Cells, Findings, Format, Options, Rejected, Row, Source, Table, archive, mapping, ods_guard,
};

/// Reads the sheet that a person chose, or the one that looks like the data.
/// All its rows are in the table, the header not yet taken out.
pub(crate) fn read(bytes: &[u8], format: Format, options: &Options) -> (Table, Findings) {
    let mut table = Table::default();
    table.source.format = format;
    let mut findings = Findings::new(options.limits.findings);
    if let Err(member) = archive::inflated(bytes, options.limits.inflated) {
        let code =
            if member.is_empty() { "tables.workbook-broken" } else { "tables.inflated-limit" };
        let found = Diagnostic::error(code, Place::default()).with("member", member);
        findings.add(found.with("limit", options.limits.inflated));
        return (table, findings);
    }
    let sheets = match format {
        Format::Ods => ods_sheets(bytes, options, &mut findings),
        _ => xlsx_sheets(bytes, options, &mut findings),
    };
    match sheets {
        Ok(sheets) => {
            if let Some(sheet) = choose(sheets, options, &mut findings) {
                table.source = Source { format, sheet: Some(sheet.name), ..Source::default() };
                table.rows = sheet.rows;
                table.rejected = sheet.rejected;
                findings.extend(sheet.findings.into_list());
            }
        }
        Err(reason) => {
            let found = Diagnostic::error("tables.workbook-broken", Place::default());
            findings.add(found.with("reason", reason));
        }
    }
    (table, findings)
}

/// One sheet as rows.
struct Read {
    name: String,
    rows: Vec<Row>,
    rejected: Vec<Rejected>,
    findings: Findings,
}

fn wanted(sheet: &Sheet, options: &Options, findings: &mut Findings) -> bool {
    if options.sheet.as_ref().is_some_and(|name| *name == sheet.name) {
        return true;
    }
    if sheet.visible != SheetVisible::Visible {
        findings.add(Diagnostic::note("tables.sheet-hidden", on_sheet(&sheet.name)));
        return false;
    }
    options.sheet.is_none() && sheet.typ == SheetType::WorkSheet
}

fn on_sheet(name: &str) -> Place {
    Place { sheet: Some(name.to_owned()), ..Place::default() }
}

/// The sheet with the most wanted column names, then the one with most rows,
/// then the first; the others are named.
fn choose(mut sheets: Vec<Read>, options: &Options, findings: &mut Findings) -> Option<Read> {
    let score = |sheet: &Read| {
        let heads = sheet.rows.iter().take(40);
        let named = heads.map(|r| mapping::exact_matches(r.cells.iter(), &options.fields)).max();
        (named.unwrap_or(0), sheet.rows.len())
    };
    let best = (0..sheets.len()).max_by_key(|at| (score(&sheets[*at]), std::cmp::Reverse(*at)));
    let Some(best) = best else {
        let asked = options.sheet.clone().unwrap_or_default();
        findings
            .add(Diagnostic::error("tables.sheet-missing", on_sheet(&asked)).with("sheet", asked));
        return None;
    };
    let chosen = sheets.swap_remove(best);
    for other in sheets.iter().filter(|sheet| !sheet.rows.is_empty()) {
        let found = Diagnostic::note("tables.sheet-skipped", on_sheet(&other.name));
        findings.add(
            found
                .with("sheet", &other.name)
                .with("rows", other.rows.len())
                .with("read", &chosen.name),
        );
    }
    Some(chosen)
}

fn xlsx_sheets(
    bytes: &[u8],
    options: &Options,
    findings: &mut Findings,
) -> Result<Vec<Read>, String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let sheets = book.sheets_metadata().to_vec();
    let mut read = Vec::new();
    for sheet in sheets {
        if wanted(&sheet, options, findings) {
            read.push(xlsx_sheet(&mut book, &sheet.name, options)?);
        }
    }
    Ok(read)
}

fn xlsx_sheet(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    options: &Options,
) -> Result<Read, String> {
    let merged = book.merge_cells_by_sheet_name(name).unwrap_or_default();
    let mut grid = Grid::new(name, options);
    let mut cells = book.worksheet_cells_reader(name).map_err(|e| e.to_string())?;
    loop {
        match cells.next_cell_with_formula() {
            Ok(Some(cell)) => {
                let text = grid.text(cell.pos, &cell.value, cell.formula.is_some());
                if !grid.put(cell.pos, text) {
                    break;
                }
            }
            Ok(None) => break,
            Err(broken) => {
                let found = Diagnostic::error("tables.workbook-broken", on_sheet(name));
                grid.findings.add(found.with("reason", broken));
                break;
            }
        }
    }
    grid.spread(&merged);
    Ok(grid.into_read())
}

fn ods_sheets(
    bytes: &[u8],
    options: &Options,
    findings: &mut Findings,
) -> Result<Vec<Read>, String> {
    ods_guard::check(bytes, &options.limits)?;
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let sheets = book.sheets_metadata().to_vec();
    let mut read = Vec::new();
    for sheet in sheets {
        if !wanted(&sheet, options, findings) {
            continue;
        }
        let range = book.worksheet_range(&sheet.name).map_err(|e| e.to_string())?;
        let formulas = book.worksheet_formula(&sheet.name).unwrap_or_default();
        let (top, left) = range.start().unwrap_or((0, 0));
        let mut grid = Grid::new(&sheet.name, options);
        for (row, column, value) in range.used_cells() {
            let down =
                |from: u32, by: usize| from.saturating_add(u32::try_from(by).unwrap_or(u32::MAX));
            let pos = (down(top, row), down(left, column));
            let formula = formulas.get_value(pos).is_some_and(|f| !f.is_empty());
            let text = grid.text(pos, &borrowed(value), formula);
            if !grid.put(pos, text) {
                break;
            }
        }
        read.push(grid.into_read());
    }
    Ok(read)
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            DataRef::SharedString(text)
        }
        Data::Bool(yes) => DataRef::Bool(*yes),
        Data::DateTime(serial) => DataRef::DateTime(*serial),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// The cells that are really there, by row and column from 0.
struct Grid<'o> {
    name: String,
    options: &'o Options,
    rows: BTreeMap<u32, BTreeMap<u32, String>>,
    held: u64,
    cached: (u64, Place),
    too_wide: BTreeMap<u32, u32>,
    findings: Findings,
}

impl<'o> Grid<'o> {
    fn new(name: &str, options: &'o Options) -> Self {
        Self {
            name: name.to_owned(),
            options,
            rows: BTreeMap::new(),
            held: 0,
            cached: (0, Place::default()),
            too_wide: BTreeMap::new(),
            findings: Findings::new(options.limits.findings),
        }
    }

    fn place(&self, (row, column): (u32, u32)) -> Place {
        Place {
            sheet: Some(self.name.clone()),
            line: Some(u64::from(row) + 1),
            column: Some(column_letters(column)),
            ..Place::default()
        }
    }

    fn text(&mut self, pos: (u32, u32), value: &DataRef<'_>, formula: bool) -> String {
        if formula {
            self.note_formula(pos, value);
        }
        match value {
            DataRef::Empty => String::new(),
            DataRef::Int(number) => number.to_string(),
            DataRef::Float(number) => plain_number(*number),
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                text.clone()
            }
            DataRef::SharedString(text) => (*text).to_owned(),
            DataRef::Bool(yes) => yes.to_string(),
            DataRef::DateTime(serial) => date_text(serial),
            DataRef::Error(error) => {
                let found = Diagnostic::warning("tables.cell-error", self.place(pos));
                self.findings.add(found.with("error", error));
                error.to_string()
            }
        }
    }

    fn note_formula(&mut self, pos: (u32, u32), value: &DataRef<'_>) {
        if value.is_empty() {
            self.findings.add(Diagnostic::warning("tables.formula-uncached", self.place(pos)));
            return;
        }
        if self.cached.0 == 0 {
            self.cached.1 = self.place(pos);
        }
        self.cached.0 += 1;
    }

    /// Keeps a cell; `false` when a limit on the whole sheet is reached.
    fn put(&mut self, (row, column): (u32, u32), text: String) -> bool {
        let limits = &self.options.limits;
        if text.is_empty() {
            return true;
        }
        if column as usize >= limits.columns || text.len() > limits.cell {
            self.too_wide.entry(row).or_insert(column);
            return true;
        }
        self.held += text.len() as u64 + 16;
        if self.held > limits.inflated {
            let found = Diagnostic::error("tables.inflated-limit", self.place((row, column)));
            self.findings.add(found.with("member", &self.name).with("limit", limits.inflated));
            return false;
        }
        if self.rows.len() >= limits.rows && !self.rows.contains_key(&row) {
            let found = Diagnostic::error("tables.rows-limit", self.place((row, column)));
            self.findings.add(found.with("limit", limits.rows));
            return false;
        }
        self.rows.entry(row).or_default().insert(column, text);
        true
    }

    /// A merged area shows its value once and means it for each of its rows:
    /// the value goes down into the empty cells of its first column, in rows
    /// that exist. It does not go sideways: a title over the whole table would
    /// look like a header.
    fn spread(&mut self, merged: &[Dimensions]) {
        let limits = self.options.limits;
        let mut left = limits.rows.saturating_mul(4);
        let mut spread = 0_u64;
        for area in merged.iter().take(limits.merged).filter(|area| area.end.0 > area.start.0) {
            let (top, column) = area.start;
            let value = self.rows.get(&top).and_then(|row| row.get(&column)).cloned();
            let Some(value) = value else { continue };
            for row in self.rows.range_mut(top + 1..=area.end.0).map(|(_, row)| row) {
                self.held += value.len() as u64 + 16;
                left = left.saturating_sub(1);
                if left == 0 || self.held > limits.inflated {
                    let found = Diagnostic::warning("tables.merged-limit", on_sheet(&self.name));
                    self.findings.add(found.with("areas", merged.len()));
                    return;
                }
                row.entry(column).or_insert_with(|| value.clone());
                spread += 1;
            }
        }
        if merged.len() > limits.merged {
            let found = Diagnostic::warning("tables.merged-limit", on_sheet(&self.name));
            self.findings.add(found.with("areas", merged.len()));
        }
        if spread > 0 {
            let found = Diagnostic::note("tables.merged", on_sheet(&self.name));
            self.findings.add(found.with("cells", spread));
        }
    }

    fn into_read(mut self) -> Read {
        if self.cached.0 > 0 {
            let found = Diagnostic::warning("tables.formula-cached", self.cached.1.clone());
            self.findings.add(found.with("count", self.cached.0));
        }
        let mut read = Read {
            name: self.name.clone(),
            rows: Vec::with_capacity(self.rows.len()),
            rejected: Vec::new(),
            findings: Findings::default(),
        };
        for (row, cells) in std::mem::take(&mut self.rows) {
            let cells = dense(cells);
            let line = u64::from(row) + 1;
            let raw = cells.to_line(',');
            match self.too_wide.remove(&row) {
                Some(column) => {
                    self.reject(row, column);
                    read.rejected.push(Rejected { line, raw: raw.chars().take(4096).collect() });
                }
                None if cells.is_blank() => {}
                None => read.rows.push(Row { line, cells, raw: raw.into() }),
            }
        }
        for (row, column) in std::mem::take(&mut self.too_wide) {
            self.reject(row, column);
            read.rejected.push(Rejected { line: u64::from(row) + 1, raw: String::new() });
        }
        read.findings = self.findings;
        read
    }

    fn reject(&mut self, row: u32, column: u32) {
        let limits = self.options.limits;
        let wide = column as usize >= limits.columns;
        let (code, limit) = if wide {
            ("tables.columns-limit", limits.columns)
        } else {
            ("tables.cell-limit", limits.cell)
        };
        let found = Diagnostic::error(code, self.place((row, column)));
        self.findings.add(found.with("limit", limit));
    }
}

fn dense(cells: BTreeMap<u32, String>) -> Cells {
    let mut row = Cells::default();
    for (column, text) in cells {
        while row.len() < column as usize {
            row.push("");
        }
        row.push(text.trim());
    }
    row
}

fn column_letters(column: u32) -> String {
    crate::read::letters(column as usize)
}

/// A number as a person would write it: `443`, not `443.0`.
fn plain_number(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        format!("{number:.0}")
    } else {
        number.to_string()
    }
}

/// ISO 8601 text for an Excel serial; a day without time of day has none.
fn date_text(serial: &ExcelDateTime) -> String {
    let number = serial.as_f64();
    if !(0.0..2_958_466.0).contains(&number) {
        return plain_number(number);
    }
    let (year, month, day, hour, minute, second, milli) = serial.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    if serial.is_duration() || number < 1.0 {
        format!("{time}{fraction}")
    } else if number.fract() == 0.0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {time}{fraction}")
    }
}
