//! Many rows in few statements. One `INSERT` a row costs a round trip to the
//! driver's thread each; a list of 50,000 rows would wait for them.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::Result;

/// Few enough that SQLite, which finds each `$n` by walking the names of all of
/// them, does not spend the time that fewer round trips save: with 8,000 a list
/// of 50,000 rows took three times as long.
const PARAMETERS: usize = 600;

/// A value of a row to insert.
#[derive(Clone, Debug)]
pub enum Value {
    /// Text, identifiers and JSON included.
    Text(String),
    /// Text that may be missing.
    MaybeText(Option<String>),
    /// Numbers, instants in microseconds, flags.
    Int(i64),
    /// A number that may be missing.
    MaybeInt(Option<i64>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::MaybeText(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::MaybeInt(number)
    }
}

impl From<jiff::Timestamp> for Value {
    fn from(at: jiff::Timestamp) -> Self {
        Self::Int(at.as_microsecond())
    }
}

impl From<Option<jiff::Timestamp>> for Value {
    fn from(at: Option<jiff::Timestamp>) -> Self {
        Self::MaybeInt(at.map(jiff::Timestamp::as_microsecond))
    }
}

impl From<Option<jiff::civil::Date>> for Value {
    fn from(day: Option<jiff::civil::Date>) -> Self {
        Self::MaybeText(day.map(|day| day.to_string()))
    }
}

/// Inserts `rows`, each with a value for every column of `columns`
/// (`"id, list_id, line"`), into `table`.
pub async fn insert<const N: usize>(
    conn: &mut AnyConnection,
    table: &'static str,
    columns: [&'static str; N],
    rows: impl IntoIterator<Item = [Value; N]>,
) -> Result<()> {
    put(conn, table, columns, "", rows).await
}

/// Like [`insert`], with a clause for rows that are there already
/// (`"ON CONFLICT (id) DO UPDATE SET state = excluded.state"`).
pub async fn put<const N: usize>(
    conn: &mut AnyConnection,
    table: &'static str,
    columns: [&'static str; N],
    otherwise: &'static str,
    rows: impl IntoIterator<Item = [Value; N]>,
) -> Result<()> {
    let at_once = (PARAMETERS / N).max(1);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let batch: Vec<_> = rows.by_ref().take(at_once).collect();
        let mut query =
            sqlx::query(AssertSqlSafe(statement(table, &columns, otherwise, batch.len())));
        for value in batch.into_iter().flatten() {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::MaybeText(text) => query.bind(text),
                Value::Int(number) => query.bind(number),
                Value::MaybeInt(number) => query.bind(number),
            };
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

fn statement(table: &str, columns: &[&str], otherwise: &str, rows: usize) -> String {
    let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    let mut parameter = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            parameter += 1;
            sql.push_str(if column == 0 { "$" } else { ", $" });
            sql.push_str(&parameter.to_string());
        }
        sql.push(')');
    }
    sql.push(' ');
    sql.push_str(otherwise);
    sql
}
