//! Reading what was entered: a row of a file or the fields of a form, by the
//! same rules.

use std::{collections::BTreeMap, net::IpAddr};

use diag::{Diagnostic, Place};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tables::{Columns, Row, Table};

use super::lexicon;

/// Most characters of a field. Nothing in a register needs more.
pub(super) const LONGEST: usize = 1_000;

/// Where the text of a field comes from.
enum Source<'a> {
    Row { row: &'a Row, columns: &'a Columns, header: &'a [String] },
    Form(&'a BTreeMap<String, String>),
}

/// The fields of one thing, with what was wrong with them.
pub struct Cells<'a> {
    source: Source<'a>,
    zone: &'a TimeZone,
    /// Findings so far.
    pub found: Vec<Diagnostic>,
}

impl<'a> Cells<'a> {
    /// A row of a file.
    pub fn of_row(
        row: &'a Row,
        columns: &'a Columns,
        table: &'a Table,
        zone: &'a TimeZone,
    ) -> Self {
        let source = Source::Row { row, columns, header: &table.header };
        Self { source, zone, found: Vec::new() }
    }

    /// The fields of a form.
    pub fn of_form(form: &'a BTreeMap<String, String>, zone: &'a TimeZone) -> Self {
        Self { source: Source::Form(form), zone, found: Vec::new() }
    }

    /// Whether nothing that was found forbids using it.
    pub fn is_usable(&self) -> bool {
        !self.found.iter().any(Diagnostic::is_error)
    }

    /// What is written in a field, on one line and without the apostrophe by
    /// which a spreadsheet is told that a cell is no formula.
    pub fn text(&mut self, field: &str) -> Option<String> {
        let raw = match &self.source {
            Source::Row { row, columns, .. } => columns.cell(row, field),
            Source::Form(form) => form.get(field).map(String::as_str),
        };
        let raw = raw?;
        let text = tables::released(raw).split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > LONGEST {
            self.error("registry.text-long", field, &text);
            return None;
        }
        Some(text).filter(|text| !text.is_empty())
    }

    /// A day, as people write one.
    pub fn day(&mut self, field: &str) -> Option<Date> {
        let text = self.text(field)?;
        let day = tables::value::date(&text);
        day.map_err(|_| self.error("registry.date-unreadable", field, &text)).ok()
    }

    /// An instant; a day is its beginning in the province's zone.
    pub fn instant(&mut self, field: &str) -> Option<Timestamp> {
        let text = self.text(field)?;
        let read = tables::value::moment(&text, self.zone);
        let at = read.map_err(|_| self.error("registry.date-unreadable", field, &text)).ok()?.at;
        Timestamp::from_microsecond(at.as_microsecond()).ok()
    }

    /// A value of a closed set. A word that is none of it leaves the value
    /// unknown, with a warning: the rest of a row is good all the same.
    pub fn word(
        &mut self,
        field: &str,
        set: &'static [(&'static str, &'static str)],
    ) -> Option<&'static str> {
        let text = self.text(field)?;
        let name = lexicon::name_of(set, &text);
        if name.is_none() {
            let found = Diagnostic::warning("registry.word-unknown", self.place(field));
            self.found.push(found.with("value", &text));
        }
        name
    }

    /// One address.
    pub fn address(&mut self, field: &str) -> Option<IpAddr> {
        let text = self.text(field)?;
        let read = text.parse::<IpAddr>();
        read.map_err(|_| self.error("registry.address-unreadable", field, &text))
            .ok()
            .map(|ip| ip.to_canonical())
    }

    /// Several addresses, separated by commas, semicolons or spaces.
    pub fn addresses(&mut self, field: &str) -> Option<Vec<IpAddr>> {
        let text = self.text(field)?;
        let mut all = Vec::new();
        for part in text.split([',', ';', ' ', '/', '|']).filter(|part| !part.is_empty()) {
            match part.parse::<IpAddr>() {
                Ok(ip) if !all.contains(&ip.to_canonical()) => all.push(ip.to_canonical()),
                Ok(_) => {}
                Err(_) => self.error("registry.address-unreadable", field, part),
            }
        }
        Some(all)
    }

    /// Notes that a field cannot be used, and so the row cannot.
    pub fn error(&mut self, code: &'static str, field: &str, value: &str) {
        let found = Diagnostic::error(code, self.place(field)).with("value", value);
        self.found.push(found);
    }

    /// Notes something doubtful about a field.
    pub fn warn(&mut self, code: &'static str, field: &str, value: &str) {
        let found = Diagnostic::warning(code, self.place(field)).with("value", value);
        self.found.push(found);
    }

    fn place(&self, field: &str) -> Place {
        match &self.source {
            Source::Form(_) => Place::default().in_column(field),
            Source::Row { row, columns, header } => {
                let column = columns.index(field).and_then(|at| header.get(at));
                Place::line(row.line).in_column(column.map_or(field, String::as_str))
            }
        }
    }
}
