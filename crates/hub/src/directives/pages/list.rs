//! `/directives`: every letter the viewer may see.

use axum::{
    extract::{Query, State as Shared},
    response::Response,
};
use maud::{Markup, html};

use super::{Pairs, about, letter_path, state_badge};
use crate::{
    App,
    directives::{Directive, State, read},
    store::Direction,
    web::{Column, Ctx, Listing, Page, Table, frame, parts},
};

const COLUMNS: &[Column<Directive>] = &[
    Column {
        key: "number",
        title: "directives.column.number",
        sort: Some("d.number"),
        cell: |_, row| html! { a href=(letter_path(&row.id)) { (row.number) } },
        text: |_, row| row.number.as_str().into(),
    },
    Column {
        key: "title",
        title: "directives.column.title",
        sort: Some("d.fold"),
        cell: |ctx, row| html! { (row.title.0.of(ctx.lang)) },
        text: |ctx, row| row.title.0.of(ctx.lang).into(),
    },
    Column {
        key: "issuer",
        title: "directives.column.issuer",
        sort: Some("d.issuer"),
        cell: |_, row| html! { (row.issuer) },
        text: |_, row| row.issuer.as_str().into(),
    },
    Column {
        key: "date",
        title: "directives.column.date",
        sort: Some("d.date"),
        cell: |ctx, row| html! { (ctx.lang.date(row.date.0)) },
        text: |ctx, row| ctx.lang.date(row.date.0).into(),
    },
    Column {
        key: "state",
        title: "common.field.status",
        sort: Some("d.state"),
        cell: |ctx, row| state_badge(ctx, row.state),
        text: |ctx, row| ctx.t(row.state.text()).into(),
    },
    Column {
        key: "issued",
        title: "directives.column.issued",
        sort: Some("d.issued_at"),
        cell: |ctx, row| html! { @if let Some(at) = row.issued_at { (ctx.time(at)) } },
        text: |ctx, row| row.issued_at.map(|at| ctx.time(at)).unwrap_or_default().into(),
    },
];

pub(super) async fn list(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(pairs): Query<Pairs>,
) -> Page<Response> {
    let listing = Listing::new(pairs.clone());
    let state = listing.get("state").and_then(State::named).map(State::name);
    let select = read::directives(&app.db, ctx.viewer.scope())
        .await?
        .and_if("d.state = {}", state)
        .search("d.fold", listing.search());
    let table = Table {
        path: "/directives".into(),
        file: "van-ban",
        title: "directives.list.title",
        columns: COLUMNS,
        sorted: ("date", Direction::Down),
    };
    let any = read::directives(&app.db, ctx.viewer.scope()).await?.count(app.db.reader()).await?;
    table
        .respond(&ctx, app.db.reader(), select, &listing, |table| {
            let shown = if any == 0 {
                nothing(&ctx)
            } else {
                html! { (filter(&ctx, &pairs)) (table) }
            };
            frame(
                &ctx,
                &ctx.t("directives.list.title"),
                &html! {
                    (parts::heading(&ctx.t("directives.list.title"), &actions(&ctx)))
                    (parts::done(&ctx, pairs.get("done").map(String::as_str)))
                    (about(&ctx, "directives.list.about"))
                    (shown)
                },
            )
        })
        .await
}

fn actions(ctx: &Ctx) -> Markup {
    html! {
        @if ctx.viewer.decide().is_ok() {
            a.button.primary href="/directives/packs" { (ctx.t("directives.pack.open")) }
            a.button href="/directives/new" { (ctx.t("directives.new.open")) }
        }
    }
}

fn nothing(ctx: &Ctx) -> Markup {
    let text =
        if ctx.viewer.decide().is_ok() { "directives.list.empty" } else { "directives.list.none" };
    parts::empty(&ctx.t(text), &html! { div.actions { (actions(ctx)) } })
}

fn filter(ctx: &Ctx, pairs: &Pairs) -> Markup {
    let any = (String::new(), ctx.t("common.answer.all"));
    let states = State::ALL.iter().map(|state| (state.name().to_owned(), ctx.t(state.text())));
    let options: Vec<_> = std::iter::once(any).chain(states).collect();
    let chosen = pairs.get("state").map_or("", String::as_str);
    let typed = pairs.get("q").map_or("", String::as_str);
    html! {
        form.row method="get" action="/directives" role="search" {
            (parts::field(ctx.lang, "common.action.search", "q", "search", typed, false))
            (parts::choice(ctx.lang, "common.field.status", "state", &options, chosen))
            button type="submit" { (ctx.t("common.action.filter")) }
        }
    }
}
