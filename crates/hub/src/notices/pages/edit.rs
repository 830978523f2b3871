//! Changing a draft.

use axum::{
    extract::{Path, State as Server},
    response::Response,
};
use jiff::civil::Date;
use maud::html;
use serde::Deserialize;

use crate::{
    App, Error,
    notices::{
        NoticeId, State,
        draft::{self, Edit},
        read,
    },
    web::{self, Ctx, Page, Posted, frame, parts},
};

pub(super) async fn page(Server(app): Server<App>, ctx: Ctx, Path(id): Path<NoticeId>) -> Page {
    ctx.viewer.watch()?;
    let notice = read::get(&app.db, ctx.viewer.scope(), &id).await?;
    if notice.state != State::Drafted {
        return Err(Error::conflict("notices.not-a-draft").into());
    }
    let title = ctx.fill("notices.edit.title", &[("code", &notice.code)]);
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! {}))
            p.soft { (ctx.fill("notices.edit.what", &[("unit", &notice.unit_name)])) }
            form method="post" action={ "/notices/" (id) "/edit" } {
                (parts::token(&ctx))
                (parts::field(ctx.lang, "notices.column.subject", "subject", "text", &notice.subject, true))
                (parts::field(ctx.lang, "notices.column.due", "due_on", "date", &notice.due_on.to_string(), true))
                div.field {
                    label for="body" { (ctx.t("notices.edit.body")) }
                    textarea #body name="body" rows="28" required { (notice.body) }
                    span.hint { (ctx.fill("notices.edit.marks", &[("link", &"{{link}}"), ("due", &"{{due}}")])) }
                }
                div.row {
                    button.primary type="submit" { (ctx.t("common.action.save")) }
                    a.button href={ "/notices/" (id) } { (ctx.t("common.action.cancel")) }
                }
            }
        },
    ))
}

#[derive(Deserialize)]
pub(super) struct EditForm {
    subject: String,
    body: String,
    due_on: String,
}

pub(super) async fn save(
    Server(app): Server<App>,
    ctx: Ctx,
    Path(id): Path<NoticeId>,
    Posted(form): Posted<EditForm>,
) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    let due_on: Date =
        form.due_on.trim().parse().map_err(|_| Error::field("notices.day-wrong", "due_on"))?;
    let new = Edit { subject: form.subject, body: form.body, due_on };
    draft::edit(&app.db, &by, ctx.now, &id, &new).await?;
    Ok(web::redirect(&format!("/notices/{id}?done=notices.done.saved")))
}
