//! `/directives/packs`: letters that came as packs; one click makes a draft
//! with every demand.

use axum::{extract::State, response::Response};
use maud::{Markup, html};

use super::{Pairs, about, done, letter_path, value};
use crate::{
    App, Error,
    directives::draft,
    web::{Ctx, Page, Posted, frame, parts, redirect},
};

pub(super) async fn list(State(app): State<App>, ctx: Ctx) -> Page {
    ctx.viewer.decide()?;
    let (letters, found) = draft::from_packs(&app).await?;
    Ok(frame(
        &ctx,
        &ctx.t("directives.pack.title"),
        &html! {
            (parts::heading(&ctx.t("directives.pack.title"), &html! {}))
            (about(&ctx, "directives.pack.about"))
            @for one in &found {
                @let (text, hint) = ctx.lang.diagnostic(one);
                p.warning { (text) " " span.place { (one.place) } br; (hint) }
            }
            @if letters.is_empty() {
                (parts::empty(&ctx.t("directives.pack.none"), &html! {
                    a.button href="/directives/new" { (ctx.t("directives.new.open")) }
                }))
            }
            @for letter in &letters { (card(&ctx, letter)) }
        },
    ))
}

fn card(ctx: &Ctx, letter: &packs::Directive) -> Markup {
    let title = super::super::Text::from(letter.title.clone());
    html! {
        section.card {
            h2 { (title.of(ctx.lang)) }
            dl.facts {
                dt { (ctx.t("directives.column.number")) } dd { (letter.number) }
                dt { (ctx.t("directives.column.issuer")) } dd { (letter.issuer) }
                dt { (ctx.t("directives.column.date")) } dd { (ctx.lang.date(letter.date)) }
                dt { (ctx.t("directives.column.demands")) } dd { (letter.demands.len()) }
                dt { (ctx.t("directives.pack.as-of")) } dd { (ctx.lang.date(letter.pack.data_as_of)) }
            }
            @if !letter.pack.unverified.is_empty() {
                details {
                    summary { (ctx.t("directives.pack.unverified")) }
                    ul lang="en" { @for line in &letter.pack.unverified { li { (line) } } }
                }
            }
            form method="post" action="/directives/packs" {
                (parts::token(ctx))
                input type="hidden" name="pack" value=(letter.pack.name);
                button.primary type="submit" { (ctx.t("directives.pack.draft")) }
            }
        }
    }
}

pub(super) async fn draft(
    State(app): State<App>,
    ctx: Ctx,
    Posted(form): Posted<Pairs>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let (letters, _) = draft::from_packs(&app).await?;
    let wanted = value(&form, "pack");
    let pack = letters.into_iter().find(|one| one.pack.name == wanted).ok_or(Error::NotFound)?;
    let id = draft::from_pack(&app.db, &by, ctx.now, pack, &ctx.zone).await?;
    Ok(redirect(&done(&letter_path(&id), "directives.done.drafted")))
}
