//! `/notices/new?list=…`: whom to tell about a list.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Query, State as Server},
    response::Response,
    routing::get,
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Told, concerned, content, draft};
use crate::{
    App, Error,
    ids::UnitId,
    notices::{self, Notice},
    sightings::{ListId, NOUN, lists},
    web::{self, Ctx, Page, Posted, frame, parts},
};

/// The page's route.
pub(in crate::sightings) fn routes() -> Router<App> {
    Router::new().route("/notices/new", get(page).post(save))
}

#[derive(Deserialize)]
pub(super) struct Asked {
    list: Option<ListId>,
}

async fn page(Server(app): Server<App>, ctx: Ctx, Query(asked): Query<Asked>) -> Page {
    ctx.viewer.watch()?;
    let scope = ctx.viewer.scope();
    let id = asked.list.ok_or(Error::NotFound)?;
    let list = lists::get(&app.db, scope, &id).await?;
    let told = concerned(&app, scope, &id).await?;
    let have = notices::about(&app.db, scope, NOUN.name, id.as_str()).await?;
    let have: BTreeMap<UnitId, Notice> =
        have.into_iter().map(|notice| (notice.unit_id.clone(), notice)).collect();
    let title = ctx.t("sightings-notice.new.title");
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! {}))
            p.soft { (content::title(ctx.lang, &list)) ". " (ctx.t("sightings-notice.new.what")) }
            @if told.is_empty() {
                (parts::empty(&ctx.t("sightings-notice.new.nobody"), &html! {
                    a.button href="/sightings/queue" { (ctx.t("sightings-notice.new.to-queue")) }
                }))
            } @else {
                form method="post" action="/notices/new" {
                    (parts::token(&ctx))
                    input type="hidden" name="list" value=(id);
                    (choices(&ctx, &told, &have))
                    div.row {
                        button.primary type="submit" { (ctx.t("sightings-notice.new.draft")) }
                        a.button href=(about(&id)) { (ctx.t("sightings-notice.new.show")) }
                    }
                }
            }
        },
    ))
}

fn choices(ctx: &Ctx, told: &[Told], have: &BTreeMap<UnitId, Notice>) -> Markup {
    html! {
        div.table-wrap { table {
            thead { tr {
                @for key in ["notices.column.pick", "notices.column.unit", "sightings-notice.new.sightings", "sightings-notice.new.notice"] {
                    th scope="col" { (ctx.t(key)) }
                }
            } }
            tbody { @for one in told { tr {
                @let notice = have.get(&one.unit);
                @let id = format!("unit-{}", one.unit);
                td { @if notice.is_none() { input type="checkbox" name="unit" id=(id) value=(one.unit) checked; } }
                td { label for=(id) { (one.name) " (" (one.code) ")" } }
                td.num { (ctx.number(one.sightings)) }
                td { @if let Some(notice) = notice {
                    a href={ "/notices/" (notice.id) } { (notice.code) } " · " (ctx.t(notice.state.text()))
                } }
            } } }
        } }
    }
}

/// The notices about a list.
fn about(list: &ListId) -> String {
    parts::with_query("/notices", &[("noun", NOUN.name), ("about", list.as_str())])
}

#[derive(Deserialize)]
struct Chosen {
    list: ListId,
    #[serde(default)]
    unit: Vec<UnitId>,
}

async fn save(Server(app): Server<App>, ctx: Ctx, Posted(form): Posted<Chosen>) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    if form.unit.is_empty() {
        return Err(Error::field("notices.none-chosen", "unit").into());
    }
    let only = form.unit.into_iter().collect();
    draft(&app, &by, ctx.now, &form.list, Some(&only)).await?;
    Ok(web::redirect(&format!("{}&done=notices.done.drafted", about(&form.list))))
}
