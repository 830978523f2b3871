//! The frame of the five lists, and of one thing of each: what is the same for
//! all of them.

use maud::{Markup, html};
use sqlx::{FromRow, any::AnyRow};

use super::{Choice, filters, may_enter};
use crate::{
    App,
    registry::Kind,
    store::{Direction, Select},
    web::{Column, Ctx, Listing, Page, Table, frame, parts},
};

/// A list of things of a kind.
pub(super) struct List<'a, R: 'static> {
    /// The kind: its path, its name, its texts.
    pub kind: Kind,
    /// The table's columns.
    pub columns: &'static [Column<R>],
    /// What the rows are sorted by when nobody says.
    pub sorted: (&'static str, Direction),
    /// The rows.
    pub select: Select,
    /// The choices of its filter line.
    pub choices: &'a [Choice<'a>],
    /// What stands above the filters.
    pub above: Markup,
    /// What stands below the rows.
    pub below: Markup,
}

impl<R> List<'_, R>
where
    R: for<'r> FromRow<'r, AnyRow> + Send + Unpin + 'static,
{
    /// The page, or the file that was asked for.
    pub async fn respond(
        self,
        app: &App,
        ctx: &Ctx,
        listing: &Listing,
    ) -> Page<axum::response::Response> {
        let kind = self.kind;
        let table = Table {
            path: kind.path().to_owned(),
            file: kind.name(),
            title: kind.text(),
            columns: self.columns,
            sorted: self.sorted,
        };
        let page = |rows: Markup| {
            let body = html! {
                (heading(ctx, kind))
                (parts::done(ctx, listing.get("done")))
                (self.above)
                (filters(ctx, kind.path(), listing, self.choices))
                (rows)
                (self.below)
            };
            frame(ctx, &ctx.t(kind.text()), &body)
        };
        table.respond(ctx, app.db.reader(), self.select, listing, page).await
    }
}

/// The heading of a list: add, import, export.
pub(super) fn heading(ctx: &Ctx, kind: Kind) -> Markup {
    let actions = html! {
        @if may_enter(ctx, kind) {
            a.button.primary href={ (kind.path()) "/new" } { (ctx.t("common.action.add")) }
            a.button href={ "/registry/import?kind=" (kind.name()) } { (ctx.t("registry.action.import")) }
        }
        a.button href={ "/registry/export/" (kind.name()) "?format=xlsx" } download { (ctx.t("registry.action.export")) }
    };
    html! {
        (parts::heading(&ctx.t(kind.text()), &actions))
        p.soft { (ctx.t(&format!("registry.about.{}", kind.name()))) }
    }
}

/// The way to the form of one thing, for those who may change it.
pub(super) fn edit(ctx: &Ctx, kind: Kind, id: &impl std::fmt::Display) -> Markup {
    html! {
        @if may_enter(ctx, kind) {
            a.button href={ (kind.path()) "/" (id) "/edit" } { (ctx.t("common.action.edit")) }
        }
    }
}
