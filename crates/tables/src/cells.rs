//! The cells of one row, in one allocation of text.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The cells of one row. A row of thirty cells is one string and its cuts, not
/// thirty strings: a list of 50,000 rows has a million and a half of them.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Cells {
    text: String,
    ends: Vec<u32>,
}

impl Cells {
    /// No cells yet, and room for this much text.
    pub fn with_room(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), ends: Vec::with_capacity(32) }
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the row has no cell at all.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether no cell has any text but blanks.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The cell at this column, from 0, as it was written.
    pub fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)? as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.text.get(start..end)
    }

    /// All cells in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// Adds a cell at the end. Beyond 4 GiB of text the cell is added empty.
    pub fn push(&mut self, cell: &str) {
        if u32::try_from(self.text.len() + cell.len()).is_ok() {
            self.text.push_str(cell);
        }
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    /// The row as one line of CSV by RFC 4180, with this delimiter.
    pub fn to_line(&self, delimiter: char) -> String {
        let mut line = String::with_capacity(self.text.len() + self.len());
        for (at, cell) in self.iter().enumerate() {
            if at > 0 {
                line.push(delimiter);
            }
            push_quoted(&mut line, cell, delimiter);
        }
        line
    }
}

fn push_quoted(line: &mut String, cell: &str, delimiter: char) {
    if !cell.contains([delimiter, '"', '\n', '\r']) {
        line.push_str(cell);
        return;
    }
    line.push('"');
    line.push_str(&cell.replace('"', "\"\""));
    line.push('"');
}

impl<S: AsRef<str>> FromIterator<S> for Cells {
    fn from_iter<I: IntoIterator<Item = S>>(cells: I) -> Self {
        let mut row = Self::default();
        for cell in cells {
            row.push(cell.as_ref());
        }
        row
    }
}

impl std::fmt::Debug for Cells {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Cells {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Cells {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Vec::<String>::deserialize(from)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_as_they_went_in() {
        let row: Cells = ["a", "", "xã Tân Hộ Cơ", "\"q\""].into_iter().collect();
        assert_eq!(row.iter().collect::<Vec<_>>(), ["a", "", "xã Tân Hộ Cơ", "\"q\""]);
        assert_eq!((row.get(1), row.get(4)), (Some(""), None));
        assert_eq!(row.to_line(','), "a,,xã Tân Hộ Cơ,\"\"\"q\"\"\"");
    }
}
