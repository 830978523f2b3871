//! Taking in files: choose a kind and a file, look, confirm, result.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Query, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use serde::Deserialize;
use tables::Mapping;

use crate::{
    App, Error, Result,
    registry::{
        ImportId, Keeper, Kind,
        import::{self, Counts, File, Import, Outcome, RowResult, State as Standing},
    },
    store::Direction,
    web::{self, CellText, Column, Ctx, Id, Listing, Page, Posted, Table, Upload, frame, parts},
    works,
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/registry/import", get(begin).post(upload))
        .route("/registry/import/{id}", get(show))
        .route("/registry/import/{id}/map", post(map))
        .route("/registry/import/{id}/confirm", post(confirm))
        .route("/registry/import/{id}/drop", post(give_up))
        .layer(DefaultBodyLimit::max(web::UPLOAD_LIMIT + 1024 * 1024))
}

async fn begin(
    State(app): State<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    let by = Keeper::of(&ctx.viewer)?;
    let recent = import::recent(&app.db, &ctx.viewer).await?;
    let kinds: Vec<_> = Kind::ALL
        .iter()
        .filter(|kind| by.is_province() || **kind != Kind::Units)
        .map(|kind| (kind.name().to_owned(), ctx.t(kind.text())))
        .collect();
    let chosen = query.get("kind").map_or("", String::as_str);
    let title = ctx.t("registry.import.title");
    let body = html! {
        (parts::heading(&title, &html! {}))
        p.soft { (ctx.t("registry.import.about")) }
        form method="post" action="/registry/import" enctype="multipart/form-data" {
            (parts::token(&ctx))
            (parts::choice(ctx.lang, "registry.import.kind", "kind", &kinds, chosen))
            div.field {
                label for="file" { (ctx.t("registry.import.file")) }
                input #file type="file" name="file" required accept=".csv,.txt,.tsv,.xlsx,.ods";
                span.hint { (ctx.t("registry.import.file-hint")) }
            }
            button.primary type="submit" data-busy=(ctx.t("common.state.loading")) { (ctx.t("registry.import.look")) }
        }
        h2 { (ctx.t("registry.import.columns")) }
        p.soft { (ctx.t("registry.import.columns-about")) }
        dl.facts { @for kind in Kind::ALL {
            dt { (ctx.t(kind.text())) }
            dd {
                (kind.fields().iter().map(|field| ctx.t(field.title)).collect::<Vec<_>>().join(", "))
            }
        } }
        @if !recent.is_empty() { h2 { (ctx.t("registry.import.recent")) } (earlier(&ctx, &recent)) }
    };
    Ok(frame(&ctx, &title, &body))
}

fn earlier(ctx: &Ctx, imports: &[Import]) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("registry.import.recent")) { table {
            thead { tr {
                th scope="col" { (ctx.t("common.field.file")) }
                th scope="col" { (ctx.t("registry.import.kind")) }
                th scope="col" { (ctx.t("common.field.status")) }
                th scope="col" { (ctx.t("registry.import.by")) }
                th scope="col" { (ctx.t("common.field.time")) }
            } }
            tbody { @for one in imports { tr {
                td { a href={ "/registry/import/" (one.id) } { (one.file_name) } }
                td { (ctx.t(one.kind.text())) }
                td { (ctx.t(one.state.text())) }
                td { (one.by_name) }
                td { (ctx.time(one.uploaded_at)) }
            } } }
        } }
    }
}

async fn upload(State(app): State<App>, ctx: Ctx, mut form: Upload) -> Page<Response> {
    let by = Keeper::of(&ctx.viewer)?;
    let kind = form.text("kind").and_then(Kind::named);
    let kind = kind.ok_or_else(|| Error::field("registry.kind-missing", "kind"))?;
    let file = form.files.pop().ok_or_else(|| Error::field("registry.file-missing", "file"))?;
    let id = import::upload(&app, &by, ctx.now, kind, &file.name, file.bytes, None).await?;
    Ok(web::redirect(&format!("/registry/import/{id}")))
}

async fn show(
    State(app): State<App>,
    ctx: Ctx,
    Id(id): Id<ImportId>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let import = import::get(&app.db, &ctx.viewer, &id).await?;
    let work = works::of_origin(&app, &ctx.viewer, ctx.now, &ctx.path).await?;
    if let Some(work) = work.filter(works::Work::is_running) {
        return Ok(web::redirect(&format!("/works/{}", work.id)));
    }
    match import.state {
        Standing::Drafted => Ok(preview(&app, &ctx, &import).await?.into_response()),
        _ => result(&app, &ctx, &import, Listing::new(query)).await,
    }
}

async fn preview(app: &App, ctx: &Ctx, import: &Import) -> Result<Markup> {
    let by = Keeper::of(&ctx.viewer)?;
    let (file, counts, rows) = import::preview(app, &by, ctx.now, import).await?;
    let title = ctx.fill("registry.import.preview", &[("file", &import.file_name)]);
    let id = &import.id;
    Ok(frame(
        ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! {}))
            p.soft { (ctx.t("registry.import.preview-about")) }
            (cards(ctx, counts))
            @if !file.diagnostics.is_empty() { (whole(ctx, &file)) }
            div.actions {
                @if !file.is_refused() {
                    form method="post" action={ "/registry/import/" (id) "/confirm" } {
                        (parts::token(ctx))
                        button.primary type="submit" data-busy=(ctx.t("common.state.loading")) { (ctx.t("registry.import.confirm")) }
                    }
                }
                form method="post" action={ "/registry/import/" (id) "/drop" } {
                    (parts::token(ctx))
                    button type="submit" { (ctx.t("common.action.cancel")) }
                }
            }
            h2 { (ctx.t("registry.import.mapping")) }
            p.soft { (ctx.t("registry.import.mapping-about")) }
            (mapping(ctx, id, &file))
            h2 { (ctx.t("registry.import.rows")) }
            (sample(ctx, &rows))
        },
    ))
}

fn cards(ctx: &Ctx, counts: Counts) -> Markup {
    html! {
        div.cards { @for outcome in Outcome::ALL {
            div.card { span.big { (ctx.number(counts.of(*outcome))) } (badge(ctx, *outcome)) }
        } }
    }
}

fn badge(ctx: &Ctx, outcome: Outcome) -> Markup {
    let tone = match outcome {
        Outcome::Created => parts::Tone::Good,
        Outcome::Updated => parts::Tone::Partly,
        Outcome::Unchanged => parts::Tone::Quiet,
        Outcome::Rejected => parts::Tone::Bad,
    };
    parts::badge(tone, &ctx.t(outcome.text()))
}

fn whole(ctx: &Ctx, file: &File) -> Markup {
    let class = if file.is_refused() { "failed" } else { "warning" };
    html! { div class=(class) role="status" { (findings(ctx, &file.diagnostics)) } }
}

fn findings(ctx: &Ctx, found: &[diag::Diagnostic]) -> Markup {
    html! {
        ul.findings { @for one in found {
            @let (text, hint) = ctx.lang.diagnostic(one);
            li { (text) " " span.place { (one.place) } @if !hint.is_empty() { br; span.hint { (hint) } } }
        } }
    }
}

/// What was found about a row; its line stands beside it, so the column is enough.
fn of_row(ctx: &Ctx, row: &RowResult) -> Markup {
    html! {
        @if !row.diagnostics.0.is_empty() {
            ul.findings { @for one in &row.diagnostics.0 {
                @let (text, hint) = ctx.lang.diagnostic(one);
                li {
                    @if let Some(column) = &one.place.column { strong { (column) ": " } }
                    (text) br; span.hint { (hint) }
                }
            } }
        }
    }
}

fn mapping(ctx: &Ctx, id: &ImportId, file: &File) -> Markup {
    let mut columns = vec![(String::new(), ctx.t("registry.import.no-column"))];
    columns.extend(file.table.header.iter().map(|name| (name.clone(), name.clone())));
    html! {
        form method="post" action={ "/registry/import/" (id) "/map" } {
            (parts::token(ctx))
            div.row { @for field in file.kind.fields() {
                @let column = file.mapping.columns.get(field.name).map_or("", String::as_str);
                (parts::choice(ctx.lang, field.title, field.name, &columns, column))
            } }
            button type="submit" { (ctx.t("registry.import.look-again")) }
        }
    }
}

fn sample(ctx: &Ctx, rows: &[RowResult]) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("registry.import.rows")) { table {
            thead { tr {
                th scope="col" { (ctx.t("registry.import.line")) }
                th scope="col" { (ctx.t("registry.import.outcome")) }
                th scope="col" { (ctx.t("registry.import.about-what")) }
                th scope="col" { (ctx.t("registry.import.findings")) }
            } }
            tbody { @for row in rows { tr {
                td { (row.line) }
                td { (badge(ctx, row.outcome)) }
                td { (what(row)) }
                td { (of_row(ctx, row)) }
            } } }
        } }
    }
}

fn what(row: &RowResult) -> Markup {
    html! { @if row.title.is_empty() { code { (row.raw) } } @else { (row.title) } }
}

const COLUMNS: &[Column<RowResult>] = &[
    Column {
        key: "line",
        title: "registry.import.line",
        sort: Some("r.line"),
        cell: |_, row| html! { (row.line) },
        text: |_, row| row.line.into(),
    },
    Column {
        key: "outcome",
        title: "registry.import.outcome",
        sort: Some("r.outcome"),
        cell: |ctx, row| badge(ctx, row.outcome),
        text: |ctx, row| ctx.t(row.outcome.text()).into(),
    },
    Column {
        key: "title",
        title: "registry.import.about-what",
        sort: Some("r.title"),
        cell: |_, row| what(row),
        text: |_, row| row.title.as_str().into(),
    },
    Column {
        key: "findings",
        title: "registry.import.findings",
        sort: None,
        cell: |ctx, row| of_row(ctx, row),
        text: |ctx, row| said(ctx, row),
    },
    Column {
        key: "raw",
        title: "registry.import.raw",
        sort: None,
        cell: |_, row| html! { code { (row.raw) } },
        text: |_, row| row.raw.as_str().into(),
    },
];

fn said(ctx: &Ctx, row: &RowResult) -> CellText {
    let texts = row.diagnostics.0.iter().map(|found| ctx.lang.diagnostic(found).0);
    texts.collect::<Vec<_>>().join(" ").into()
}

async fn result(app: &App, ctx: &Ctx, import: &Import, listing: Listing) -> Page<Response> {
    let outcome = listing.get("outcome");
    let select = import::rows(&import.id)
        .and_if("r.title LIKE {}", listing.search().map(|typed| format!("%{typed}%")))
        .and_if("r.outcome = {}", outcome);
    let table = Table {
        path: format!("/registry/import/{}", import.id),
        file: "import",
        title: "registry.import.rows",
        columns: COLUMNS,
        sorted: ("line", Direction::Up),
    };
    let counts = Counts {
        created: import.created,
        updated: import.updated,
        unchanged: import.unchanged,
        rejected: import.rejected,
    };
    let title = ctx.fill("registry.import.result", &[("file", &import.file_name)]);
    table
        .respond(ctx, app.db.reader(), select, &listing, |rows| {
            let actions = html! {
                a.button.primary href=(import.kind.path()) { (ctx.t(import.kind.text())) }
                a.button href="/registry/import" { (ctx.t("registry.import.another")) }
            };
            let body = html! {
                (parts::heading(&title, &actions))
                p { (ctx.t(import.state.text())) " · " (import.by_name) " · " (ctx.time(import.uploaded_at)) }
                (parts::done(ctx, listing.get("done")))
                (cards(ctx, counts))
                p.place { "sha256 " (import.sha256) }
                @if !import.diagnostics.0.is_empty() { div.warning { (findings(ctx, &import.diagnostics.0)) } }
                (super::filters(ctx, &table.path, &listing, &[
                    ("outcome", "registry.import.outcome", super::options(ctx, Outcome::WORDS)),
                ]))
                (rows)
            };
            frame(ctx, &title, &body)
        })
        .await
}

async fn map(
    State(app): State<App>,
    ctx: Ctx,
    Id(id): Id<ImportId>,
    Posted(form): Posted<BTreeMap<String, String>>,
) -> Page<Response> {
    let by = Keeper::of(&ctx.viewer)?;
    let import = import::get(&app.db, &ctx.viewer, &id).await?;
    let known = |name: &String| import.kind.fields().iter().any(|field| field.name == *name);
    let columns = form.into_iter().filter(|(name, column)| known(name) && !column.is_empty());
    let mapping = Mapping { columns: columns.collect() };
    import::map(&app, &by, ctx.now, &id, &mapping).await?;
    Ok(web::redirect(&format!("/registry/import/{id}")))
}

#[derive(Deserialize)]
struct Nothing {}

async fn confirm(
    State(app): State<App>,
    ctx: Ctx,
    Id(id): Id<ImportId>,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    let work = import::start(&app, &ctx.viewer, ctx.now, &id).await?;
    works::follow(&app, &ctx, &work).await
}

async fn give_up(
    State(app): State<App>,
    ctx: Ctx,
    Id(id): Id<ImportId>,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    import::drop_draft(&app, &Keeper::of(&ctx.viewer)?, ctx.now, &id).await?;
    Ok(web::redirect("/registry/import"))
}
