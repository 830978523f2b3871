//! JSON feeds → a table: one object a row, nested names joined by dots.

use std::collections::HashMap;

use diag::{Diagnostic, Place};
use serde_json::{Value, value::RawValue};
use tables::{Cells, Limits, Row, Source, Table};

/// Columns that nested objects may add up to.
const COLUMNS: usize = 500;

/// Whether a text looks like JSON.
pub(crate) fn is_json(text: &str) -> bool {
    let start = text.trim_start();
    start.starts_with('{')
        || (start.starts_with('[') && start[1..].trim_start().starts_with(['{', ']', '"']))
}

/// Objects as rows: of an array, of lines of objects, of an object's only
/// array of objects, or the object itself.
pub(crate) fn to_table(text: &str, limits: &Limits) -> Table {
    let mut table = Table {
        source: Source { encoding: "UTF-8".to_owned(), ..Source::default() },
        ..Table::default()
    };
    let mut columns = Columns::default();
    let mut lines = Lines { text, at: 0, line: 1 };
    for next in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        let taken = next.map_err(|wrong| wrong.to_string()).and_then(|raw| elements(raw.get()));
        match taken {
            Ok(elements) => {
                for element in elements {
                    let line = lines.of(element);
                    if table.rows.len() >= limits.rows {
                        let found = Diagnostic::error("tables.rows-limit", Place::line(line));
                        table.diagnostics.push(found.with("limit", limits.rows));
                        return table;
                    }
                    table.rows.extend(rows(line, element, &mut columns));
                }
            }
            Err(reason) => {
                let found = Diagnostic::error("lists.json-broken", Place::line(lines.line));
                table.diagnostics.push(found.with("reason", reason));
                break;
            }
        }
    }
    table.header = columns.names;
    table
}

/// Counts lines up to a piece of the text, going forward only.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    fn of(&mut self, piece: &'t str) -> u64 {
        let at = (piece.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        if let Some(between) = self.text.get(self.at..at) {
            self.line += between.matches('\n').count() as u64;
            self.at = at;
        }
        self.line
    }
}

/// The elements of an array, or the value itself.
fn elements(raw: &str) -> Result<Vec<&str>, String> {
    if !raw.starts_with('[') {
        return Ok(vec![raw]);
    }
    let all: Vec<&RawValue> = serde_json::from_str(raw).map_err(|wrong| wrong.to_string())?;
    Ok(all.into_iter().map(RawValue::get).collect())
}

#[derive(Default)]
struct Columns {
    names: Vec<String>,
    at: HashMap<String, usize>,
}

fn rows(line: u64, raw: &str, columns: &mut Columns) -> Vec<Row> {
    let value = serde_json::from_str(raw).unwrap_or(Value::Null);
    match objects(value) {
        Objects::Itself(value) => vec![row(line, raw, &value, columns)],
        Objects::Inner(all) => all.iter().map(|v| row(line, &v.to_string(), v, columns)).collect(),
    }
}

enum Objects {
    Itself(Value),
    Inner(Vec<Value>),
}

/// An envelope around one array of objects is opened.
fn objects(value: Value) -> Objects {
    let Value::Object(mut map) = value else { return Objects::Itself(value) };
    let lists: Vec<String> =
        map.iter().filter(|(_, v)| is_list_of_objects(v)).map(|(name, _)| name.clone()).collect();
    if let [only] = lists.as_slice()
        && let Some(Value::Array(all)) = map.remove(only)
    {
        return Objects::Inner(all);
    }
    Objects::Itself(Value::Object(map))
}

fn is_list_of_objects(value: &Value) -> bool {
    value.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(Value::is_object))
}

fn row(line: u64, raw: &str, object: &Value, columns: &mut Columns) -> Row {
    let mut flat = Vec::new();
    flatten("", object, &mut flat, 0);
    let mut cells = vec![String::new(); columns.names.len()];
    for (name, text) in flat {
        let Some(at) = columns.find(name) else { continue };
        cells.resize(cells.len().max(at + 1), String::new());
        if !cells[at].is_empty() {
            cells[at].push(' ');
        }
        cells[at].push_str(&text);
    }
    Row { line, cells: cells.into_iter().collect::<Cells>(), raw: raw.into() }
}

impl Columns {
    /// The column of this name, new if need be; none beyond the bound, where
    /// the value stays in the row's raw text only.
    fn find(&mut self, name: String) -> Option<usize> {
        if let Some(at) = self.at.get(&name) {
            return Some(*at);
        }
        if self.names.len() >= COLUMNS {
            return None;
        }
        self.at.insert(name.clone(), self.names.len());
        self.names.push(name);
        Some(self.names.len() - 1)
    }
}

fn flatten(name: &str, value: &Value, flat: &mut Vec<(String, String)>, depth: usize) {
    match value {
        Value::Null => {}
        Value::String(text) => flat.push((column(name), text.clone())),
        Value::Object(map) if depth < 16 => {
            for (key, inner) in map {
                let joined = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(&joined, inner, flat, depth + 1);
            }
        }
        Value::Array(all) if depth < 16 => {
            for inner in all {
                flatten(name, inner, flat, depth + 1);
            }
        }
        other => flat.push((column(name), other.to_string())),
    }
}

fn column(name: &str) -> String {
    if name.is_empty() { "value".to_owned() } else { name.to_owned() }
}
