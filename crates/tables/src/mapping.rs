//! Which column of a file is which field: guessed from synonyms, confirmed by
//! a person, remembered by column name so that it survives a new column.

use std::{borrow::Cow, collections::BTreeMap};

use diag::{Diagnostic, Place};
use serde::{Deserialize, Serialize};

use crate::{Row, Table, fold};

/// A field that a file may carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSpec {
    /// The field, as code names it.
    pub name: Cow<'static, str>,
    /// Column names that mean it, Vietnamese and English, likelier first.
    /// Case, tone marks and punctuation do not matter.
    pub synonyms: Vec<Cow<'static, str>>,
    /// Whether a file without it is of no use.
    pub required: bool,
}

impl FieldSpec {
    /// A field that may be missing. Its own name is a synonym too.
    pub fn optional(name: &'static str, synonyms: &[&'static str]) -> Self {
        let all = [name].iter().chain(synonyms).map(|s| Cow::Borrowed(*s)).collect();
        Self { name: name.into(), synonyms: all, required: false }
    }

    /// A field that must be there.
    pub fn required(name: &'static str, synonyms: &[&'static str]) -> Self {
        Self { required: true, ..Self::optional(name, synonyms) }
    }
}

/// Field → column name, as a feed remembers it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping {
    /// The column for each field that has one.
    pub columns: BTreeMap<String, String>,
}

impl Mapping {
    /// The same mapping with this field in this column.
    #[must_use]
    pub fn with(mut self, field: &str, column: &str) -> Self {
        self.columns.insert(field.to_owned(), column.to_owned());
        self
    }

    /// Finds the mapped columns in a header, by name without regard to case,
    /// tone marks and punctuation. A required field without column is an error
    /// that lists the columns seen.
    pub fn resolve(&self, table: &Table, fields: &[FieldSpec]) -> (Columns, Vec<Diagnostic>) {
        let folded: Vec<String> = table.header.iter().map(|name| fold(name)).collect();
        let mut columns = Columns::default();
        for (field, column) in &self.columns {
            let exact = table.header.iter().position(|name| name == column);
            let at = exact.or_else(|| {
                let wanted = fold(column);
                folded.iter().position(|name| *name == wanted && !wanted.is_empty())
            });
            if let Some(at) = at {
                columns.at.insert(field.clone(), at);
            }
        }
        columns.extra = (0..table.header.len()).filter(|at| !columns.is_mapped(*at)).collect();
        let missing = missing(&columns, table, fields);
        (columns, missing.into_iter().collect())
    }
}

fn missing(columns: &Columns, table: &Table, fields: &[FieldSpec]) -> Option<Diagnostic> {
    let lacking: Vec<&str> = fields
        .iter()
        .filter(|field| field.required && !columns.at.contains_key(field.name.as_ref()))
        .map(|field| field.name.as_ref())
        .collect();
    if lacking.is_empty() {
        return None;
    }
    let place = Place {
        line: table.source.header_line,
        sheet: table.source.sheet.clone(),
        ..Place::default()
    };
    let found = Diagnostic::error("tables.columns-missing", place);
    Some(found.with("missing", lacking.join(", ")).with("seen", table.header.join(", ")))
}

/// Where the fields are in the rows of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    at: BTreeMap<String, usize>,
    /// Columns that no field claims; an import keeps them.
    pub extra: Vec<usize>,
}

impl Columns {
    /// The column of a field, from 0.
    pub fn index(&self, field: &str) -> Option<usize> {
        self.at.get(field).copied()
    }

    /// The field's cell in this row; none when there is no such column, or
    /// nothing is in the cell.
    pub fn cell<'r>(&self, row: &'r Row, field: &str) -> Option<&'r str> {
        row.cells.get(self.index(field)?).filter(|cell| !cell.is_empty())
    }

    /// What the row holds beside the fields: column name and text, blanks left out.
    pub fn extra<'r>(&self, row: &'r Row, table: &'r Table) -> BTreeMap<&'r str, &'r str> {
        let cell = |at: &usize| Some((table.header.get(*at)?.as_str(), row.cells.get(*at)?));
        self.extra.iter().filter_map(cell).filter(|(_, cell)| !cell.is_empty()).collect()
    }

    fn is_mapped(&self, column: usize) -> bool {
        self.at.values().any(|at| *at == column)
    }
}

/// Guesses the mapping. A header that is a synonym wins over one that only
/// contains it as words; among these the likelier synonym, then the column
/// further left. No column serves two fields.
pub fn guess(header: &[String], fields: &[FieldSpec]) -> Mapping {
    let mut offers = Vec::new();
    let folded: Vec<String> = header.iter().map(|name| fold(name)).collect();
    for (field_at, field) in fields.iter().enumerate() {
        for (rank, synonym) in field.synonyms.iter().enumerate() {
            let synonym = fold(synonym);
            for (column, name) in folded.iter().enumerate() {
                if let Some(distance) = distance(name, &synonym) {
                    offers.push((distance, rank, column, field_at));
                }
            }
        }
    }
    offers.sort_unstable();
    let mut mapping = Mapping::default();
    let mut taken = vec![false; header.len()];
    for (_, _, column, field) in offers {
        let name = fields[field].name.as_ref();
        if !taken[column] && !mapping.columns.contains_key(name) {
            taken[column] = true;
            mapping.columns.insert(name.to_owned(), header[column].clone());
        }
    }
    mapping
}

/// 0 for the same words; else how many words the column has beside the
/// synonym. One short word inside a longer name says too little.
fn distance(column: &str, synonym: &str) -> Option<usize> {
    if synonym.is_empty() || column.is_empty() {
        return None;
    }
    if column == synonym {
        return Some(0);
    }
    let inside = format!(" {column} ").contains(&format!(" {synonym} "));
    let extra = column.split(' ').count().saturating_sub(synonym.split(' ').count());
    (inside && synonym.len() >= 4 && extra <= 4).then_some(extra)
}

/// How many different fields the cells of a row name exactly.
pub(crate) fn exact_matches<'c>(
    cells: impl IntoIterator<Item = &'c str>,
    fields: &[FieldSpec],
) -> usize {
    let folded: Vec<String> = cells.into_iter().map(fold).filter(|cell| !cell.is_empty()).collect();
    let named = |field: &&FieldSpec| field.synonyms.iter().any(|s| folded.contains(&fold(s)));
    if folded.is_empty() { 0 } else { fields.iter().filter(named).count() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Vec<FieldSpec> {
        vec![
            FieldSpec::required("address", &["ip", "địa chỉ ip", "src_ip"]),
            FieldSpec::optional("port", &["cổng", "src_port"]),
            FieldSpec::optional("seen_at", &["thời gian", "timestamp"]),
        ]
    }

    fn table(header: &[&str]) -> Table {
        Table { header: header.iter().map(|h| (*h).to_owned()).collect(), ..Table::default() }
    }

    #[test]
    fn headers_are_guessed_in_both_languages() {
        type Case = (&'static [&'static str], &'static [(&'static str, &'static str)]);
        let cases: &[Case] = &[
            (
                &["STT", "Địa chỉ IP", "Thời gian"],
                &[("address", "Địa chỉ IP"), ("seen_at", "Thời gian")],
            ),
            (&["dia chi ip", "CONG"], &[("address", "dia chi ip"), ("port", "CONG")]),
            (
                &["timestamp", "src_ip", "src_port", "dst_ip"],
                &[("address", "src_ip"), ("port", "src_port"), ("seen_at", "timestamp")],
            ),
            (
                &["Thời gian ghi nhận (UTC+7)", "IP"],
                &[("address", "IP"), ("seen_at", "Thời gian ghi nhận (UTC+7)")],
            ),
            (&["description", "hipster"], &[]),
        ];
        for (header, expected) in cases {
            let guessed = guess(&table(header).header, &fields());
            let expected = expected.iter().fold(Mapping::default(), |m, (f, c)| m.with(f, c));
            assert_eq!(guessed, expected, "{header:?}");
        }
    }

    #[test]
    fn a_missing_column_names_those_seen() {
        let (_, found) = Mapping::default().resolve(&table(&["Tên", "Số"]), &fields());
        assert_eq!(found[0].code, "tables.columns-missing");
        assert_eq!(found[0].values["seen"], "Tên, Số");
        assert_eq!(found[0].values["missing"], "address");
    }

    #[test]
    fn a_remembered_mapping_survives_a_new_column() {
        let mapping = Mapping::default().with("address", "Địa chỉ IP");
        let (columns, found) = mapping.resolve(&table(&["Mới", "ĐỊA CHỈ IP"]), &fields());
        assert!(found.is_empty());
        assert_eq!((columns.index("address"), columns.extra), (Some(1), vec![0]));
    }
}
