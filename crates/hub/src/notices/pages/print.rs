//! A notice on paper: the letter, the address of the reply page and its code in
//! large letters.

use axum::extract::{Path, State as Server};
use maud::{Markup, html};
use words::Lang;

use super::actions::Nothing;
use crate::{
    App,
    notices::{Notice, NoticeId, files, letter, link},
    web::{Ctx, Page, Posted, frame, parts},
};

/// A post, because each paper gets a reply link of its own.
pub(super) async fn print(
    Server(app): Server<App>,
    ctx: Ctx,
    Path(id): Path<NoticeId>,
    Posted(_): Posted<Nothing>,
) -> Page {
    let (notice, secret) = files::print(&app, &ctx.viewer.watch()?, ctx.now, &id).await?;
    let back = html! { a.button href={ "/notices/" (id) } { (ctx.t("common.action.back")) } };
    Ok(frame(
        &ctx,
        &notice.code,
        &html! {
            div.actions { (back) span.hint { (ctx.t("notices.print.how")) } }
            (paper(&app, &ctx, &notice, &secret))
        },
    ))
}

fn paper(app: &App, ctx: &Ctx, notice: &Notice, secret: &str) -> Markup {
    let lang = Lang::from_code(&notice.lang).unwrap_or_default();
    let door = format!("{}/r", app.settings.public_url.trim_end_matches('/'));
    let by_code = lang.fill("notices.print.by-code", &[("address", &door)]);
    html! {
        article lang=(notice.lang) {
            pre.letter { (letter::fill(&notice.body, lang, &by_code, notice.due_on.0)) }
            p { (lang.t("notices.print.address")) br; span.by-hand { (door) } }
            p { (lang.t("notices.print.code")) br; span.by-hand { (link::grouped(secret)) } }
            p.soft { (lang.fill("notices.print.at", &[("time", &ctx.time(ctx.now))])) }
            @if notice.row_count > 0 { p { (lang.t("notices.print.file")) } }
            p { (parts::logo()) " " (notice.code) }
        }
    }
}
