//! The settings of the installation, for its administrator.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use maud::html;
use serde::Deserialize;

use super::{change, read};
use crate::{
    App,
    web::{self, Ctx, Page, Posted, frame, parts},
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/installation", get(page).post(save))
}

async fn page(
    State(app): State<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    ctx.viewer.administer()?;
    let now = read(&app.db).await?;
    let title = ctx.t("installation.title");
    Ok(frame(
        &ctx,
        &title,
        &html! {
            h1 { (title) }
            p.soft { (ctx.t("installation.what")) }
            (parts::done(&ctx, query.get("done").map(String::as_str)))
            form method="post" action="/installation" {
                (parts::token(&ctx))
                (parts::field(ctx.lang, "installation.province", "province", "text", &now.province, true))
                (parts::field(ctx.lang, "installation.team", "team", "text", &now.team, false))
                (parts::field(ctx.lang, "installation.phone", "phone", "tel", &now.phone, false))
                button.primary type="submit" { (ctx.t("common.action.save")) }
            }
            h2 { (ctx.t("installation.about")) }
            dl.facts {
                dt { (ctx.t("installation.version")) } dd { (env!("CARGO_PKG_VERSION")) }
                dt { (ctx.t("installation.data")) } dd.mono { (app.settings.data.display()) }
                dt { (ctx.t("installation.engine")) } dd { (format!("{:?}", app.db.engine())) }
                dt { (ctx.t("installation.address")) } dd.mono { (app.settings.public_url) }
            }
        },
    ))
}

#[derive(Deserialize)]
struct Form {
    province: String,
    #[serde(default)]
    team: String,
    #[serde(default)]
    phone: String,
}

async fn save(State(app): State<App>, ctx: Ctx, Posted(form): Posted<Form>) -> Page<Response> {
    let by = ctx.viewer.administer()?;
    let mut new = read(&app.db).await?;
    new.province = form.province.trim().to_owned();
    new.team = form.team.trim().to_owned();
    new.phone = form.phone.trim().to_owned();
    if new.province.is_empty() {
        return Err(crate::Error::field("installation.province-empty", "province").into());
    }
    change(&app.db, &by, ctx.now, &new).await?;
    Ok(web::redirect("/installation?done=installation.done.saved"))
}
