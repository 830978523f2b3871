//! Many rows in few statements. One `INSERT` a row costs a round trip to the
//! driver's thread each; a list of 50,000 rows would wait for them.

use std::fmt::Write;

use sqlx::{
    Any, AnyConnection, AssertSqlSafe, FromRow,
    any::{AnyArguments, AnyRow},
    query::Query,
};

use crate::Result;

/// Values sent in one statement: enough that round trips do not count, few enough
/// for either engine (SQLite takes 32,766, PostgreSQL 65,535).
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

type Statement = Query<'static, Any, AnyArguments>;

impl Value {
    fn bind(self, query: Statement) -> Statement {
        match self {
            Self::Text(text) => query.bind(text),
            Self::MaybeText(text) => query.bind(text),
            Self::Int(number) => query.bind(number),
            Self::MaybeInt(number) => query.bind(number),
        }
    }
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

/// A row that names its columns itself.
pub type Named<const N: usize> = [(&'static str, Value); N];

/// Inserts rows that name their columns, all the same ones.
pub async fn insert_named<const N: usize>(
    conn: &mut AnyConnection,
    table: &'static str,
    rows: Vec<Named<N>>,
) -> Result<()> {
    let Some(first) = rows.first() else { return Ok(()) };
    let columns = first.each_ref().map(|(column, _)| *column);
    let values: Vec<[Value; N]> = rows.into_iter().map(|row| row.map(|(_, value)| value)).collect();
    insert(conn, table, columns, values).await
}

/// Changes the row of `id` to what this one says, but for the columns that keep
/// what they have.
pub async fn update_named<const N: usize>(
    conn: &mut AnyConnection,
    table: &'static str,
    id: &str,
    row: Named<N>,
    kept: &[&str],
) -> Result<()> {
    let changed: Vec<_> = row.into_iter().filter(|(column, _)| !kept.contains(column)).collect();
    let sets: Vec<_> =
        changed.iter().zip(2..).map(|((column, _), n)| format!("{column} = ${n}")).collect();
    let sql = format!("UPDATE {table} SET {} WHERE id = $1", sets.join(", "));
    let query = sqlx::query(AssertSqlSafe(sql)).bind(id.to_owned());
    let query = changed.into_iter().fold(query, |query, (_, value)| value.bind(query));
    query.execute(conn).await?;
    Ok(())
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
    let marks = Marks::of(conn);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let batch: Vec<_> = rows.by_ref().take(at_once).collect();
        let mut query =
            sqlx::query(AssertSqlSafe(statement(table, &columns, otherwise, batch.len(), marks)));
        for value in batch.into_iter().flatten() {
            query = value.bind(query);
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// Rows for which a column is one of `values`, asked for in few statements:
/// `sql` ends in `WHERE column IN `.
pub async fn fetch_in<T>(
    conn: &mut AnyConnection,
    sql: &str,
    values: impl IntoIterator<Item = String>,
) -> Result<Vec<T>>
where
    T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
{
    let marks = Marks::of(conn);
    let mut found = Vec::new();
    let mut values = values.into_iter().peekable();
    while values.peek().is_some() {
        let batch: Vec<String> = values.by_ref().take(500).collect();
        let mut statement = format!("{sql} (");
        marks.write(&mut statement, 1, batch.len());
        statement.push(')');
        let mut query = sqlx::query_as(AssertSqlSafe(statement));
        for value in batch {
            query = query.bind(value);
        }
        found.extend(query.fetch_all(&mut *conn).await?);
    }
    Ok(found)
}

/// How parameters are written. SQLite finds a numbered one by walking the names
/// of all before it, which for thousands of them costs more than the insert;
/// PostgreSQL knows no other. This is the one text that differs by engine.
#[derive(Clone, Copy)]
enum Marks {
    Plain,
    Numbered,
}

impl Marks {
    fn of(conn: &AnyConnection) -> Self {
        if conn.backend_name() == "SQLite" { Self::Plain } else { Self::Numbered }
    }

    /// Writes `count` of them, apart by commas, the first being number `first`.
    fn write(self, sql: &mut String, first: usize, count: usize) {
        for number in first..first + count {
            let comma = if number == first { "" } else { ", " };
            // Writing to memory cannot fail.
            let _ = match self {
                Self::Plain => write!(sql, "{comma}?"),
                Self::Numbered => write!(sql, "{comma}${number}"),
            };
        }
    }
}

fn statement(table: &str, columns: &[&str], otherwise: &str, rows: usize, marks: Marks) -> String {
    let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        marks.write(&mut sql, 1 + row * columns.len(), columns.len());
        sql.push(')');
    }
    sql.push(' ');
    sql.push_str(otherwise);
    sql
}
