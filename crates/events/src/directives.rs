//! Lines that say what the columns of the lines after them are.
//!
//! Zeek's ASCII logs (`#separator`, `#fields`, `#path`, `#unset_field`,
//! `#empty_field`) and the W3C extended log file format (`#Fields:`,
//! `#Software:`, `#Date:`), of which Windows' firewall log is a case.

/// The directives in force.
#[derive(Debug, Default)]
pub(crate) struct Directives {
    /// Column names.
    pub(crate) fields: Vec<String>,
    /// Zeek's name of the log (`conn`, `dns`).
    pub(crate) path: String,
    /// `#Software:`, the program that writes.
    pub(crate) software: String,
    /// The day of `#Date:`, where lines have only a time.
    pub(crate) date: String,
    /// Whether times are local (`#Time Format: Local`).
    pub(crate) local_time: bool,
}

/// Columns of one line.
const MOST_COLUMNS: usize = 1 << 12;

impl Directives {
    /// Reads one directive line; one that says nothing about columns is passed over.
    pub(crate) fn read(&mut self, line: &str) {
        let Some(line) = line.strip_prefix('#') else { return };
        if let Some(columns) = line.strip_prefix("Fields:") {
            self.fields =
                columns.split_whitespace().take(MOST_COLUMNS).map(str::to_owned).collect();
        } else if let Some(columns) = line.strip_prefix("fields\t") {
            self.fields = columns.split('\t').take(MOST_COLUMNS).map(str::to_owned).collect();
        } else if let Some(path) = line.strip_prefix("path\t") {
            path.trim().clone_into(&mut self.path);
        } else if let Some(software) = line.strip_prefix("Software:") {
            software.trim().clone_into(&mut self.software);
        } else if let Some(date) = line.strip_prefix("Date:") {
            date.trim().split(' ').next().unwrap_or_default().clone_into(&mut self.date);
        } else if line.starts_with("Time Format: Local") {
            self.local_time = true;
        }
    }
}
