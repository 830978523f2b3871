//! Reading with filters that vary. Conditions are literals with `{}` where a
//! value goes; values are always bound, so nothing a person typed becomes SQL.

use std::fmt::Write;

use sqlx::{AnyPool, AssertSqlSafe, Executor, FromRow, any::AnyRow, query::QueryAs};

use crate::{Result, access::Scope};

/// A value for a parameter.
#[derive(Clone, Debug)]
pub enum Arg {
    /// Text, identifiers included.
    Text(String),
    /// Numbers, instants in microseconds, flags.
    Int(i64),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<jiff::civil::Date> for Arg {
    fn from(day: jiff::civil::Date) -> Self {
        Self::Text(day.to_string())
    }
}

impl From<jiff::Timestamp> for Arg {
    fn from(at: jiff::Timestamp) -> Self {
        Self::Int(at.as_microsecond())
    }
}

/// Which way to sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    #[default]
    Up,
    /// Largest first.
    Down,
}

/// A window on the rows: `number` counts from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Which window.
    pub number: u32,
    /// Rows in a window.
    pub size: u32,
}

/// A `SELECT` being put together.
#[derive(Clone, Debug)]
pub struct Select {
    columns: &'static str,
    from: &'static str,
    conditions: Vec<String>,
    arguments: Vec<Arg>,
    group: &'static str,
    order: Vec<String>,
    page: Option<Page>,
}

impl Select {
    /// `SELECT columns FROM from`.
    pub fn new(columns: &'static str, from: &'static str) -> Self {
        Self {
            columns,
            from,
            conditions: Vec::new(),
            arguments: Vec::new(),
            group: "",
            order: Vec::new(),
            page: None,
        }
    }

    /// Only rows whose `column` names a unit inside the scope.
    #[must_use]
    pub fn scoped(self, scope: &Scope, column: &'static str) -> Self {
        match scope.units() {
            None => self,
            Some(units) => self.any_of(column, units.iter().map(ToString::to_string)),
        }
    }

    /// Only rows of which one of `columns` names a unit inside the scope.
    #[must_use]
    pub fn scoped_by_any(mut self, scope: &Scope, columns: &[&'static str]) -> Self {
        let Some(units) = scope.units() else {
            return self;
        };
        let before = self.conditions.len();
        for column in columns {
            self = self.any_of(column, units.iter().map(ToString::to_string));
        }
        let either = self.conditions.split_off(before).join(" OR ");
        self.conditions.push(either);
        self
    }

    /// One more condition, as `"s.state = {}"`, with a value for each `{}`.
    #[must_use]
    pub fn and<A: Into<Arg>>(
        mut self,
        condition: &'static str,
        values: impl IntoIterator<Item = A>,
    ) -> Self {
        let mut text = String::with_capacity(condition.len() + 8);
        let mut values = values.into_iter();
        let mut parts = condition.split("{}");
        text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            if let Some(value) = values.next() {
                self.push(&mut text, value.into());
            }
            text.push_str(part);
        }
        self.conditions.push(text);
        self
    }

    /// One more condition if there is a value for it.
    #[must_use]
    pub fn and_if<A: Into<Arg>>(self, condition: &'static str, value: Option<A>) -> Self {
        match value {
            Some(value) => self.and(condition, [value]),
            None => self,
        }
    }

    /// `column` is one of `values`. No values, no rows.
    #[must_use]
    pub fn any_of<A: Into<Arg>>(
        mut self,
        column: &'static str,
        values: impl IntoIterator<Item = A>,
    ) -> Self {
        let mut places = Vec::new();
        for value in values {
            self.arguments.push(value.into());
            places.push(format!("${}", self.arguments.len()));
        }
        self.conditions.push(if places.is_empty() {
            "1 = 0".to_owned()
        } else {
            format!("{column} IN ({})", places.join(", "))
        });
        self
    }

    /// `column` holds folded text that contains what the person typed, tone
    /// marks or not.
    #[must_use]
    pub fn search(self, column: &'static str, typed: Option<&str>) -> Self {
        let Some(typed) = typed.map(str::trim).filter(|typed| !typed.is_empty()) else {
            return self;
        };
        let folded = words::fold(typed);
        let pattern = folded.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let mut this = self;
        let mut text = format!("{column} LIKE ");
        this.push(&mut text, format!("%{pattern}%").into());
        text.push_str(" ESCAPE '\\'");
        this.conditions.push(text);
        this
    }

    /// Groups the rows.
    #[must_use]
    pub fn group_by(mut self, columns: &'static str) -> Self {
        self.group = columns;
        self
    }

    /// Sorts by `column`, after any earlier one.
    #[must_use]
    pub fn order(mut self, column: &'static str, direction: Direction) -> Self {
        let way = if direction == Direction::Down { " DESC" } else { "" };
        self.order.push(format!("{column}{way}"));
        self
    }

    /// Only this window of the rows.
    #[must_use]
    pub fn page(mut self, page: Page) -> Self {
        self.page = Some(page);
        self
    }

    /// The rows: from the reader, or inside a change from its connection.
    pub async fn fetch<'e, T>(self, from: impl Executor<'e, Database = sqlx::Any>) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let sql = self.sql();
        let query = sqlx::query_as(AssertSqlSafe(sql));
        Ok(bind(query, self.arguments).fetch_all(from).await?)
    }

    /// The first row, if there is one.
    pub async fn fetch_first<'e, T>(
        self,
        from: impl Executor<'e, Database = sqlx::Any>,
    ) -> Result<Option<T>>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let sql = self.sql();
        let query = sqlx::query_as(AssertSqlSafe(sql));
        Ok(bind(query, self.arguments).fetch_optional(from).await?)
    }

    /// How many rows there are without the window.
    pub async fn count(&self, pool: &AnyPool) -> Result<i64> {
        let sql = format!("SELECT COUNT(*) FROM {}{}", self.from, self.conditions_sql());
        let query = sqlx::query_as::<_, (i64,)>(AssertSqlSafe(sql));
        Ok(bind(query, self.arguments.clone()).fetch_one(pool).await?.0)
    }

    fn push(&mut self, text: &mut String, value: Arg) {
        self.arguments.push(value);
        text.push('$');
        text.push_str(&self.arguments.len().to_string());
    }

    fn conditions_sql(&self) -> String {
        if self.conditions.is_empty() {
            return String::new();
        }
        format!(" WHERE ({})", self.conditions.join(") AND ("))
    }

    fn sql(&self) -> String {
        let mut sql =
            format!("SELECT {} FROM {}{}", self.columns, self.from, self.conditions_sql());
        if !self.group.is_empty() {
            sql.push_str(" GROUP BY ");
            sql.push_str(self.group);
        }
        if !self.order.is_empty() {
            sql.push_str(" ORDER BY ");
            sql.push_str(&self.order.join(", "));
        }
        if let Some(page) = self.page {
            let skip = u64::from(page.number) * u64::from(page.size);
            let _ = write!(sql, " LIMIT {} OFFSET {skip}", page.size);
        }
        sql
    }
}

type Query<'q, T> = QueryAs<'q, sqlx::Any, T, sqlx::any::AnyArguments>;

fn bind<T>(mut query: Query<'_, T>, arguments: Vec<Arg>) -> Query<'_, T> {
    for argument in arguments {
        query = match argument {
            Arg::Text(text) => query.bind(text),
            Arg::Int(number) => query.bind(number),
        };
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_number_their_parameters_in_order() {
        let select = Select::new("id", "sightings")
            .and("state = {}", ["new"])
            .and("seen_at >= {} AND seen_at < {}", [1, 2])
            .any_of("unit_id", ["a", "b"])
            .order("seen_at", Direction::Down)
            .page(Page { number: 2, size: 50 });
        assert_eq!(
            select.sql(),
            "SELECT id FROM sightings WHERE (state = $1) AND (seen_at >= $2 AND seen_at < $3) \
             AND (unit_id IN ($4, $5)) ORDER BY seen_at DESC LIMIT 50 OFFSET 100"
        );
    }

    #[test]
    fn an_empty_choice_selects_nothing() {
        let none: [&str; 0] = [];
        assert!(Select::new("id", "t").any_of("a", none).sql().ends_with("WHERE (1 = 0)"));
    }

    #[test]
    fn what_was_typed_is_no_pattern() {
        let select = Select::new("id", "t").search("fold", Some("100%_Đ"));
        assert!(matches!(&select.arguments[0], Arg::Text(text) if text == "%100\\%\\_d%"));
    }
}
