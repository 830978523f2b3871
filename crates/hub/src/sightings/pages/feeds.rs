//! `/feeds`: where lists come from, and what is remembered of each.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State as Shared},
    response::Response,
};
use maud::{Markup, html};

use crate::{
    App, Error, Result,
    sightings::feeds::{self, Every, Feed, FeedData},
    web::{self, Ctx, Page, Posted, frame, parts},
};

fn province(ctx: &Ctx) -> Result<()> {
    if ctx.viewer.scope().is_province() { Ok(()) } else { Err(Error::NotFound) }
}

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    province(&ctx)?;
    let all = feeds::all(&app.db).await?;
    let title = ctx.t("sightings.feeds.title");
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! {}))
            (parts::done(&ctx, query.get("done").map(String::as_str)))
            p { (ctx.t("sightings.feeds.about")) }
            @if all.is_empty() { (parts::empty(&ctx.t("sightings.feeds.empty"), &html! {
                a.button href="/lists/import" { (ctx.t("sightings.list.import")) }
            })) } @else { (table(&ctx, &all)) }
            @if ctx.viewer.watch().is_ok() {
                h2 { (ctx.t("sightings.feeds.new")) }
                (form(&ctx, "/feeds", &FeedData::monthly("", ""), true))
            }
        },
    ))
}

fn table(ctx: &Ctx, all: &[Feed]) -> Markup {
    html! { div.table-wrap tabindex="0" { table {
        thead { tr {
            th scope="col" { (ctx.t("sightings.field.feed-code")) } th scope="col" { (ctx.t("sightings.field.feed-name")) }
            th scope="col" { (ctx.t("sightings.field.every")) } th scope="col" { (ctx.t("sightings.field.silent-lists")) }
            th scope="col" { (ctx.t("sightings.field.zone")) } th scope="col" { (ctx.t("sightings.field.mapping")) }
        } }
        tbody { @for feed in all { tr {
            td { a href={ "/feeds/" (feed.id) } { (feed.code) } }
            td { (feed.name) } td { (ctx.t(feed.every.text())) } td.num { (feed.silent_lists) }
            td { (feed.settings.0.zone.as_deref().unwrap_or("–")) }
            td { (mapped(ctx, &feed.settings.0)) }
        } } }
    } } }
}

/// The remembered columns, as `trường ← cột`.
fn mapped(ctx: &Ctx, settings: &lists::Settings) -> String {
    let columns = settings.mapping.as_ref().map(|mapping| &mapping.columns);
    let pairs = columns.into_iter().flatten().map(|(field, column)| {
        format!("{} ← {column}", ctx.t(&format!("sightings.column.{field}")))
    });
    pairs.collect::<Vec<_>>().join("; ")
}

fn form(ctx: &Ctx, path: &str, data: &FeedData, new: bool) -> Markup {
    let every: Vec<_> = Every::ALL.iter().map(|one| (one.name(), one.text())).collect();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    html! {
        form method="post" action=(path) {
            (parts::token(ctx))
            @if new { (parts::field(ctx.lang, "sightings.field.feed-code", "code", "text", &data.code, true)) }
            @else { input type="hidden" name="code" value=(data.code); }
            (parts::field(ctx.lang, "sightings.field.feed-name", "name", "text", &data.name, true))
            (parts::choice(ctx.lang, "sightings.field.every", "every", &super::options(ctx, false, &every), data.every.name()))
            (parts::field(ctx.lang, "sightings.field.silent-lists", "silent_lists", "number", &data.silent_lists.to_string(), true))
            p.hint { (ctx.t("sightings.feeds.silent-hint")) }
            (parts::field(ctx.lang, "sightings.field.zone", "zone", "text", &text(&data.zone), false))
            (parts::field(ctx.lang, "sightings.feeds.family", "family", "text", &text(&data.family), false))
            (parts::field(ctx.lang, "sightings.feeds.classification", "classification", "text", &text(&data.classification), false))
            button.primary type="submit" { (ctx.t("common.action.save")) }
        }
    }
}

/// What a form says about a feed.
fn read(form: &BTreeMap<String, String>) -> Result<FeedData> {
    let text = |name: &str| form.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let maybe = |name: &str| Some(text(name)).filter(|text| !text.is_empty());
    Ok(FeedData {
        code: text("code"),
        name: text("name"),
        zone: maybe("zone"),
        silent_lists: text("silent_lists")
            .parse()
            .map_err(|_| Error::field("sightings.feed-silent", "silent_lists"))?,
        every: Every::named(&text("every")).ok_or(Error::NotFound)?,
        family: maybe("family"),
        classification: maybe("classification"),
    })
}

pub(super) async fn create(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Posted(form): Posted<BTreeMap<String, String>>,
) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    feeds::create(&app.db, &by, ctx.now, &read(&form)?).await?;
    Ok(done())
}

pub(super) async fn edit(Shared(app): Shared<App>, ctx: Ctx, Path(id): Path<String>) -> Page {
    province(&ctx)?;
    let feed = feeds::get(&app.db, &id.parse()?).await?;
    let settings = &feed.settings.0;
    let data = FeedData {
        code: feed.code.clone(),
        name: feed.name.clone(),
        zone: settings.zone.clone(),
        silent_lists: feed.silent_lists,
        every: feed.every,
        family: settings.family.clone(),
        classification: settings.classification.clone(),
    };
    let path = format!("/feeds/{}", feed.id);
    Ok(frame(
        &ctx,
        &feed.name,
        &html! {
            (parts::heading(&feed.name, &html! { a.button href="/feeds" { (ctx.t("common.action.back")) } }))
            p { (ctx.t("sightings.feeds.about")) }
            dl.facts { dt { (ctx.t("sightings.field.mapping")) } dd { (mapped(&ctx, settings)) } }
            @if ctx.viewer.watch().is_ok() { (form(&ctx, &path, &data, false)) }
        },
    ))
}

pub(super) async fn change(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(form): Posted<BTreeMap<String, String>>,
) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    feeds::change(&app.db, &by, ctx.now, &id.parse()?, &read(&form)?).await?;
    Ok(done())
}

fn done() -> Response {
    web::redirect(&parts::with_query("/feeds", &[("done", "sightings.done.feed-saved")]))
}
