//! Mail that came back, and mail that came in.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State as Server},
    response::Response,
};
use maud::{Markup, html};

use super::actions::Nothing;
use crate::{
    App, Error,
    notify::{
        BounceId,
        bounce::Kind,
        bounces::{self, Bounce},
    },
    store::Direction,
    web::{
        self, Column, Ctx, Listing, Page, Posted, Table, Upload, frame,
        parts::{self, Tone},
    },
};

const COLUMNS: &[Column<Bounce>] = &[
    Column {
        key: "came",
        title: "notices.bounces.came",
        sort: Some("b.came_at"),
        cell: |ctx, row| html! { (ctx.time(row.came_at)) },
        text: |ctx, row| ctx.time(row.came_at).into(),
    },
    Column {
        key: "kind",
        title: "notices.bounces.kind",
        sort: Some("b.kind"),
        cell: |ctx, row| parts::badge(tone(row.kind), &ctx.t(row.kind.text())),
        text: |ctx, row| ctx.t(row.kind.text()).into(),
    },
    Column {
        key: "code",
        title: "notices.column.code",
        sort: Some("b.code"),
        cell: |_, row| code(row),
        text: |_, row| row.code.clone().unwrap_or_default().into(),
    },
    Column {
        key: "recipient",
        title: "notices.bounces.recipient",
        sort: Some("b.recipient"),
        cell: |_, row| html! { span.mono { (row.recipient.as_deref().unwrap_or(&row.sender)) } },
        text: |_, row| row.recipient.clone().unwrap_or_else(|| row.sender.clone()).into(),
    },
    Column {
        key: "reason",
        title: "notices.bounces.reason",
        sort: None,
        cell: |_, row| html! { (words(row)) },
        text: |_, row| words(row).into(),
    },
    Column {
        key: "settled",
        title: "notices.bounces.settled",
        sort: Some("b.settled_at"),
        cell: settled,
        text: |ctx, row| row.settled_at.map(|at| ctx.time(at)).unwrap_or_default().into(),
    },
];

fn code(row: &Bounce) -> Markup {
    let path = |code: &String| parts::with_query("/notices", &[("q", code)]);
    html! { @if let Some(code) = &row.code { a href=(path(code)) { (code) } } }
}

fn words(row: &Bounce) -> String {
    match (&row.status, &row.reason) {
        (None, None) => row.subject.clone(),
        (status, reason) => [status.as_deref(), reason.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" "),
    }
}

fn tone(kind: Kind) -> Tone {
    match kind {
        Kind::Failed => Tone::Bad,
        Kind::Delayed => Tone::Partly,
        Kind::Delivered => Tone::Good,
        Kind::Automatic => Tone::Quiet,
        Kind::Reply => Tone::Claimed,
        Kind::Unknown => Tone::Unknown,
    }
}

fn settled(ctx: &Ctx, row: &Bounce) -> Markup {
    html! {
        @if let Some(at) = row.settled_at {
            (ctx.time(at)) " " (row.settled_by.as_deref().unwrap_or_default())
        } @else if ctx.viewer.watch().is_ok() {
            form method="post" action={ "/notices/bounces/" (row.id) "/settle" } {
                (parts::token(ctx))
                button type="submit" { (ctx.t("notices.bounces.settle")) }
            }
        }
    }
}

pub(super) async fn page(
    Server(app): Server<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    province_only(&ctx)?;
    let listing = Listing::new(query);
    let table = Table {
        path: "/notices/bounces".to_owned(),
        file: "bounces",
        title: "notices.bounces.title",
        columns: COLUMNS,
        sorted: ("came", Direction::Down),
    };
    let select = bounces::select().and_if("b.kind = {}", listing.get("kind"));
    let done = parts::done(&ctx, listing.get("done"));
    let title = ctx.t("notices.bounces.title");
    table
        .respond(&ctx, app.db.reader(), select, &listing, |rows| {
            frame(
                &ctx,
                &title,
                &html! {
                    (parts::heading(&title, &html! { a.button href="/notices" { (ctx.t("notices.list.title")) } }))
                    p.soft { (ctx.t("notices.bounces.what")) }
                    (done)
                    @if ctx.viewer.watch().is_ok() { (upload_form(&ctx)) }
                    (rows)
                },
            )
        })
        .await
}

/// Mail of other units is nobody's business at a unit.
fn province_only(ctx: &Ctx) -> Result<(), Error> {
    if ctx.viewer.role.is_province() { Ok(()) } else { Err(Error::NotFound) }
}

fn upload_form(ctx: &Ctx) -> Markup {
    html! {
        form method="post" action="/notices/bounces" enctype="multipart/form-data" {
            (parts::token(ctx))
            div.row {
                div.field {
                    label for="file" { (ctx.t("notices.bounces.file")) }
                    input #file type="file" name="file" accept=".eml,message/rfc822" multiple required;
                }
                button type="submit" { (ctx.t("notices.bounces.upload")) }
            }
            p.hint { (ctx.t("notices.bounces.folder")) }
        }
    }
}

pub(super) async fn upload(Server(app): Server<App>, ctx: Ctx, upload: Upload) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    if upload.files.is_empty() {
        return Err(Error::field("notices.file-missing", "file").into());
    }
    for file in upload.files {
        bounces::take_in(&app, &by, ctx.now, &file.name, file.bytes).await?;
    }
    Ok(web::redirect("/notices/bounces?done=notices.done.taken-in"))
}

pub(super) async fn settle(
    Server(app): Server<App>,
    ctx: Ctx,
    Path(id): Path<BounceId>,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    bounces::settle(&app.db, &ctx.viewer.watch()?, ctx.now, &id).await?;
    Ok(web::redirect("/notices/bounces?done=notices.done.settled"))
}
