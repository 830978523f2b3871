//! A file, read into rows, with its columns matched to fields.

use diag::Diagnostic;
use tables::{Columns, Mapping, Options, Table};

use crate::registry::{Kind, lexicon};

/// A file ready to be planned.
#[derive(Clone, Debug)]
pub struct File {
    /// What its rows are about.
    pub kind: Kind,
    /// Its rows.
    pub table: Table,
    /// Field → column name.
    pub mapping: Mapping,
    /// Where the fields are.
    pub columns: Columns,
    /// What is wrong with the file as a whole.
    pub diagnostics: Vec<Diagnostic>,
}

impl File {
    /// Reads a file. Without a mapping the columns are guessed. This may take
    /// seconds for a large file: call it off the async threads.
    pub fn read(kind: Kind, bytes: &[u8], mapping: Option<Mapping>) -> Self {
        let fields = lexicon::specs(kind);
        let options = Options { fields: fields.clone(), ..Options::default() };
        let table = tables::read(bytes, &options);
        let mapping = mapping.unwrap_or_else(|| tables::mapping::guess(&table.header, &fields));
        let (columns, missing) = mapping.resolve(&table, &fields);
        let mut diagnostics = table.diagnostics.clone();
        diagnostics.extend(missing);
        Self { kind, table, mapping, columns, diagnostics }
    }

    /// Whether something about the file as a whole forbids taking it in: a
    /// column missing, or rows that were not reached.
    pub fn is_refused(&self) -> bool {
        self.table.is_cut()
            || self.diagnostics.iter().any(|found| found.is_error() && found.place.line.is_none())
            || self.diagnostics.iter().any(|found| found.code == "tables.columns-missing")
    }
}
