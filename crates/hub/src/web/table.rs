//! The one table of the house: sorted and filtered on the server, paged, and
//! exported whole as CSV or XLSX. A room describes columns; the rest is here.

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use sqlx::{AnyPool, FromRow, any::AnyRow};

use super::{CellText, Ctx, Page as PageResult, Sheet, attachment, csv_file, parts, xlsx_file};
use crate::{
    Result,
    store::{Direction, Page, Select},
};

/// Rows on a page.
const PAGE_SIZE: u32 = 50;
/// Most rows in one exported file: what a spreadsheet can hold.
const EXPORT_LIMIT: u32 = 1_000_000;

/// A column of a table over rows of type `R`.
pub struct Column<R> {
    /// Its name in the query string.
    pub key: &'static str,
    /// Locale key of its title.
    pub title: &'static str,
    /// The SQL expression to sort by, if it can be sorted.
    pub sort: Option<&'static str>,
    /// How a cell is drawn.
    pub cell: fn(&Ctx, &R) -> Markup,
    /// How a cell is exported.
    pub text: fn(&Ctx, &R) -> CellText,
}

/// A table of a page.
pub struct Table<R: 'static> {
    /// The page's path, to which its links lead.
    pub path: String,
    /// Plain name for exported files.
    pub file: &'static str,
    /// Locale key of the title of exported files.
    pub title: &'static str,
    /// Its columns.
    pub columns: &'static [Column<R>],
    /// The column sorted by when the query names none, and which way.
    pub sorted: (&'static str, Direction),
}

/// What the query string of a page with a table says: `q` (search), `sort`,
/// `dir`, `page`, `format`, and the page's own filters.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    pairs: BTreeMap<String, String>,
}

impl Listing {
    /// From the pairs of a query string.
    pub fn new(pairs: BTreeMap<String, String>) -> Self {
        Self { pairs }
    }

    /// A filter's value; `None` when it is empty.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs.get(key).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// What is searched for.
    pub fn search(&self) -> Option<&str> {
        self.get("q")
    }

    /// The wanted file format, if the rows are to be exported.
    fn format(&self) -> Option<&str> {
        self.get("format").filter(|format| matches!(*format, "csv" | "xlsx"))
    }

    fn page(&self) -> u32 {
        self.get("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1)
    }

    /// The query string with some pairs set and others taken away (empty value).
    fn with(&self, path: &str, changes: &[(&str, &str)]) -> String {
        let mut pairs = self.pairs.clone();
        for (key, value) in changes {
            pairs.insert((*key).to_owned(), (*value).to_owned());
        }
        pairs.retain(|key, value| !value.is_empty() && key != "done");
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        parts::with_query(path, &pairs)
    }
}

impl<E: Into<BTreeMap<String, String>>> From<E> for Listing {
    fn from(pairs: E) -> Self {
        Self::new(pairs.into())
    }
}

impl<R> Table<R>
where
    R: for<'r> FromRow<'r, AnyRow> + Send + Unpin + 'static,
{
    /// Answers a page with this table: the exported file when one was asked
    /// for, else the page that `page` draws around the table's markup.
    pub async fn respond(
        &self,
        ctx: &Ctx,
        pool: &AnyPool,
        select: Select,
        listing: &Listing,
        page: impl FnOnce(Markup) -> Markup,
    ) -> PageResult<Response> {
        if let Some(format) = listing.format() {
            return Ok(self.export(ctx, pool, select, listing, format).await?);
        }
        Ok(page(self.draw(ctx, pool, select, listing).await?).into_response())
    }

    /// The table's markup: search line, rows, pages, exports.
    pub async fn draw(
        &self,
        ctx: &Ctx,
        pool: &AnyPool,
        select: Select,
        listing: &Listing,
    ) -> Result<Markup> {
        let total = select.count(pool).await?;
        let window = Page { number: listing.page() - 1, size: PAGE_SIZE };
        let rows: Vec<R> = self.ordered(select, listing).page(window).fetch(pool).await?;
        Ok(html! {
            div.table-wrap tabindex="0" role="region" aria-label=(ctx.t(self.title)) {
                table.stacks {
                    thead { tr { @for column in self.columns { (self.head(ctx, column, listing)) } } }
                    tbody {
                        @for row in &rows {
                            tr { @for column in self.columns {
                                td data-label=(ctx.t(column.title)) { ((column.cell)(ctx, row)) }
                            } }
                        }
                    }
                }
            }
            @if rows.is_empty() { p.none { (ctx.t("web.no-rows")) } }
            (self.foot(ctx, listing, total))
        })
    }

    fn head(&self, ctx: &Ctx, column: &Column<R>, listing: &Listing) -> Markup {
        let (sorted, direction) = self.sorting(listing);
        let title = ctx.t(column.title);
        let here = column.key == sorted;
        let next = if here && direction == Direction::Up { "down" } else { "up" };
        let state = match (here, direction) {
            (false, _) => "none",
            (true, Direction::Up) => "ascending",
            (true, Direction::Down) => "descending",
        };
        html! {
            @if column.sort.is_some() {
                th scope="col" aria-sort=(state) {
                    a href=(listing.with(&self.path, &[("sort", column.key), ("dir", next), ("page", "")])) {
                        (title)
                        @if here { span aria-hidden="true" { (if direction == Direction::Up { " ▲" } else { " ▼" }) } }
                    }
                }
            } @else { th scope="col" { (title) } }
        }
    }

    fn foot(&self, ctx: &Ctx, listing: &Listing, total: i64) -> Markup {
        let pages = total.max(1).unsigned_abs().div_ceil(u64::from(PAGE_SIZE));
        let here = u64::from(listing.page());
        let link = |page: u64| listing.with(&self.path, &[("page", &page.to_string())]);
        html! {
            div.table-foot {
                span { (ctx.fill("web.rows", &[("n", &ctx.number(total))])) }
                @if pages > 1 {
                    nav aria-label=(ctx.t("web.pages")) {
                        @if here > 1 { a rel="prev" href=(link(here - 1)) { (ctx.t("common.action.previous")) } " " }
                        (ctx.fill("web.page-of", &[("page", &here), ("pages", &pages)]))
                        @if here < pages { " " a rel="next" href=(link(here + 1)) { (ctx.t("common.action.next")) } }
                    }
                }
                span.exports {
                    a href=(listing.with(&self.path, &[("format", "xlsx"), ("page", "")])) download { "XLSX" }
                    " " a href=(listing.with(&self.path, &[("format", "csv"), ("page", "")])) download { "CSV" }
                }
            }
        }
    }

    async fn export(
        &self,
        ctx: &Ctx,
        pool: &AnyPool,
        select: Select,
        listing: &Listing,
        format: &str,
    ) -> Result<Response> {
        let window = Page { number: 0, size: EXPORT_LIMIT };
        let rows: Vec<R> = self.ordered(select, listing).page(window).fetch(pool).await?;
        let sheet = Sheet {
            title: ctx.t(self.title),
            as_of: ctx.fill("web.as-of", &[("time", &ctx.time(ctx.now))]),
            header: self.columns.iter().map(|column| ctx.t(column.title)).collect(),
            rows: rows
                .iter()
                .map(|row| self.columns.iter().map(|column| (column.text)(ctx, row)).collect())
                .collect(),
        };
        save(&sheet, self.file, format)
    }

    fn sorting(&self, listing: &Listing) -> (&str, Direction) {
        let named = listing.get("sort").and_then(|key| {
            self.columns.iter().find(|column| column.key == key && column.sort.is_some())
        });
        match (named, listing.get("dir")) {
            (None, _) => self.sorted,
            (Some(column), Some("down")) => (column.key, Direction::Down),
            (Some(column), _) => (column.key, Direction::Up),
        }
    }

    fn ordered(&self, select: Select, listing: &Listing) -> Select {
        let (key, direction) = self.sorting(listing);
        let by =
            self.columns.iter().find(|column| column.key == key).and_then(|column| column.sort);
        match by {
            Some(by) => select.order(by, direction),
            None => select,
        }
    }
}

/// Some columns of a table over a few rows, on another page.
pub fn short_table<R>(
    ctx: &Ctx,
    title: &str,
    columns: &[Column<R>],
    keys: &[&str],
    rows: &[R],
) -> Markup {
    let shown: Vec<_> =
        keys.iter().filter_map(|key| columns.iter().find(|column| column.key == *key)).collect();
    html! {
        div.table-wrap tabindex="0" role="region" aria-label=(ctx.t(title)) { table.stacks {
            thead { tr { @for column in &shown { th scope="col" { (ctx.t(column.title)) } } } }
            tbody { @for row in rows { tr { @for column in &shown {
                td data-label=(ctx.t(column.title)) { ((column.cell)(ctx, row)) }
            } } } }
        } }
    }
}

/// A sheet as a file of the given format (`csv` or `xlsx`).
pub(super) fn save(sheet: &Sheet, file: &str, format: &str) -> Result<Response> {
    if format == "csv" {
        return Ok(attachment(&format!("{file}.csv"), "text/csv; charset=utf-8", csv_file(sheet)?));
    }
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(attachment(&format!("{file}.xlsx"), kind, xlsx_file(sheet)?))
}
