//! JSON feeds → a table: one object a row, nested names joined by dots.

use diag::{Diagnostic, Place};
use serde_json::Value;
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
    let mut columns: Vec<String> = Vec::new();
    let mut at = 0;
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    while let Some(next) = stream.next() {
        let line = line_of(text, at);
        match next {
            Ok(value) => {
                for object in objects(value) {
                    if table.rows.len() >= limits.rows {
                        let found = Diagnostic::error("tables.rows-limit", Place::line(line));
                        table.diagnostics.push(found.with("limit", limits.rows));
                        return table;
                    }
                    table.rows.push(row(line, &object, &mut columns));
                }
            }
            Err(broken) => {
                let found = Diagnostic::error("lists.json-broken", Place::line(line));
                table.diagnostics.push(found.with("reason", broken));
                break;
            }
        }
        at = stream.byte_offset();
    }
    table.header = columns;
    table
}

fn line_of(text: &str, at: usize) -> u64 {
    let blanks = text[at..].len() - text[at..].trim_start().len();
    1 + text[..at + blanks].matches('\n').count() as u64
}

fn objects(value: Value) -> Vec<Value> {
    match value {
        Value::Array(all) => all,
        Value::Object(map) => {
            let arrays = map.values().filter(|v| is_list_of_objects(v)).count();
            if arrays == 1 {
                map.into_iter()
                    .find(|(_, v)| is_list_of_objects(v))
                    .map(|(_, v)| objects(v))
                    .unwrap_or_default()
            } else {
                vec![Value::Object(map)]
            }
        }
        other => vec![other],
    }
}

fn is_list_of_objects(value: &Value) -> bool {
    value.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(Value::is_object))
}

fn row(line: u64, object: &Value, columns: &mut Vec<String>) -> Row {
    let mut flat = Vec::new();
    flatten("", object, &mut flat, 0);
    let mut cells = vec![String::new(); columns.len()];
    for (name, text) in flat {
        let at = columns.iter().position(|column| *column == name).unwrap_or_else(|| {
            if columns.len() < COLUMNS {
                columns.push(name);
                cells.push(String::new());
            }
            columns.len() - 1
        });
        if !cells[at].is_empty() {
            cells[at].push(' ');
        }
        cells[at].push_str(&text);
    }
    Row { line, cells: cells.into_iter().collect::<Cells>(), raw: object.to_string().into() }
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
