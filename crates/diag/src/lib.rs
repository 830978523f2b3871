//! What was wrong, where it was, and how bad it is: the one shape in which
//! every engine of the house reports what it could not read or had to doubt.
//!
//! Law 3 of the house (*nothing is dropped silently*) needs a value for it:
//! a parser returns what it could read **plus** a list of [`Diagnostic`]s, and
//! goes on with the rest.
//!
//! A diagnostic carries a stable code and named values, never a sentence: the
//! sentence and the hint stand in `packs/locales/<lang>/<crate>.toml` under
//! `[diag.<name>]`, so a clerk reads them in Vietnamese and a log in English.
//!
//! *What this crate must not know:* any format, any language, any clock.
//!
//! *To add a code:* name it `<crate>.<what-is-wrong>` in the crate that finds
//! it, put it into that crate's `CODES`, and write `text` and `hint` in both
//! locales. A test in `words` fails until both are there.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// How much a finding matters to whoever fed the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; nothing was lost.
    Note,
    /// The value was used, and may be wrong.
    Warning,
    /// This row, event or file was not used. Its raw form is kept.
    Error,
}

/// Where in the input. Every part is optional, because a truncated file may
/// have no line and a database no offset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Name of the file as the person gave it, with the member of an archive after `!`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Sheet of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Line or row, counted from 1 as an editor or a spreadsheet shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column header, or field name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Bytes from the start of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
}

impl Place {
    /// The whole of a file.
    pub fn file(name: impl Into<String>) -> Self {
        Self { file: Some(name.into()), ..Self::default() }
    }

    /// A line of whatever file the caller is reading.
    pub fn line(line: u64) -> Self {
        Self { line: Some(line), ..Self::default() }
    }

    /// A byte offset of whatever file the caller is reading.
    pub fn offset(offset: u64) -> Self {
        Self { offset: Some(offset), ..Self::default() }
    }

    /// The same place, in this column.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// The same place, in this file. A file already named is kept.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file.get_or_insert_with(|| file.into());
        self
    }
}

impl fmt::Display for Place {
    /// `list.xlsx[Sheet1]:14 (IP)`, leaving out what is not known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}")?;
        }
        if let Some(sheet) = &self.sheet {
            write!(f, "[{sheet}]")?;
        }
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(offset) = self.offset {
            write!(f, "@{offset}")?;
        }
        if let Some(column) = &self.column {
            write!(f, " ({column})")?;
        }
        Ok(())
    }
}

/// One finding about an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Stable code, `<crate>.<what-is-wrong>`, that an operator can search for.
    pub code: Cow<'static, str>,
    /// How much it matters.
    pub severity: Severity,
    /// Where it is.
    #[serde(default)]
    pub place: Place,
    /// Named values that the sentence of the locale is filled with.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<Cow<'static, str>, String>,
}

impl Diagnostic {
    /// A finding because of which the row, event or file was not used.
    pub fn error(code: &'static str, place: Place) -> Self {
        Self::new(Severity::Error, code, place)
    }

    /// A finding about something that was used all the same.
    pub fn warning(code: &'static str, place: Place) -> Self {
        Self::new(Severity::Warning, code, place)
    }

    /// Something worth knowing.
    pub fn note(code: &'static str, place: Place) -> Self {
        Self::new(Severity::Note, code, place)
    }

    fn new(severity: Severity, code: &'static str, place: Place) -> Self {
        Self { code: Cow::Borrowed(code), severity, place, values: BTreeMap::new() }
    }

    /// The same finding with one more named value, cut to 200 characters: a
    /// diagnostic quotes its input, it does not copy it.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        let text = value.to_string();
        let cut = text.char_indices().nth(200).map_or(text.len(), |(at, _)| at);
        self.values.insert(Cow::Borrowed(name), text[..cut].to_owned());
        self
    }

    /// The same finding, its place completed with the file's name.
    #[must_use]
    pub fn in_file(mut self, file: &str) -> Self {
        self.place = self.place.in_file(file);
        self
    }

    /// Whether the input it speaks of was left out.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Diagnostic {
    /// The bare form for logs: place, code and values. People get the locale's sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.code)?;
        for (name, value) in &self.values {
            write!(f, " {name}={value:?}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_like_an_editor_shows_it() {
        let place = Place::line(14).in_file("list.xlsx").in_column("IP");
        assert_eq!(place.to_string(), "list.xlsx:14 (IP)");
    }

    #[test]
    fn a_long_value_is_cut_at_a_character() {
        let found = Diagnostic::error("t.long", Place::default()).with("value", "ế".repeat(500));
        assert_eq!(found.values["value"].chars().count(), 200);
    }

    #[test]
    fn the_first_file_named_stays() {
        assert_eq!(Place::file("a.csv").in_file("b.zip").file.as_deref(), Some("a.csv"));
    }
}
