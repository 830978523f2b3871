//! Switching the second factor on and off.

use axum::{extract::State, response::Response};
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;

use crate::{
    App, Error,
    people::{get, password, totp},
    web::{self, Ctx, Page, PageError, Posted, frame, parts},
};

pub(super) async fn page(State(app): State<App>, ctx: Ctx) -> Page {
    let account = get(&app.db, &ctx.viewer.account).await?;
    let offer = totp::offer(&totp::fresh_secret(), &account.login)?;
    Ok(form(&ctx, &offer))
}

fn form(ctx: &Ctx, offer: &totp::Offer) -> Markup {
    let title = ctx.t("people.second-factor.title");
    frame(
        ctx,
        &title,
        &html! {
            h1 { (title) }
            ol.steps {
                li { (ctx.t("people.second-factor.step-app")) }
                li {
                    (ctx.t("people.second-factor.step-scan"))
                    // Our own encoder's SVG: no outside text is in it.
                    div.code-picture { (PreEscaped(picture_without_prolog(&offer.picture))) }
                    p { (ctx.t("people.second-factor.by-hand")) " " code { (offer.secret) } }
                }
                li {
                    (ctx.t("people.second-factor.step-code"))
                    form.row method="post" action="/account/second-factor" {
                        (parts::token(ctx))
                        input type="hidden" name="secret" value=(offer.secret);
                        (parts::field(ctx.lang, "people.code.code", "code", "text", "", true))
                        button.primary type="submit" { (ctx.t("people.second-factor.switch-on")) }
                    }
                }
            }
        },
    )
}

/// A page holds the picture without its XML declaration.
fn picture_without_prolog(svg: &str) -> &str {
    svg.find("<svg").map_or(svg, |at| &svg[at..])
}

#[derive(Deserialize)]
pub(super) struct On {
    secret: String,
    code: String,
}

/// Shows the recovery codes this once.
pub(super) async fn switch_on(State(app): State<App>, ctx: Ctx, Posted(typed): Posted<On>) -> Page {
    let on = totp::switch_on(&app.db, &ctx.viewer, ctx.now, &typed.secret, &typed.code).await;
    let codes = match on {
        Ok(codes) => codes,
        // The form comes back with the secret that the app has taken up already.
        Err(error @ Error::Invalid(_)) => {
            let account = get(&app.db, &ctx.viewer.account).await?;
            let offer = totp::offer(&typed.secret, &account.login)?;
            return Err(PageError::on(form(&ctx, &offer), error));
        }
        Err(other) => return Err(other.into()),
    };
    let title = ctx.t("people.second-factor.codes");
    Ok(frame(
        &ctx,
        &title,
        &html! {
            h1 { (title) }
            p.done role="status" { (ctx.t("people.second-factor.on")) }
            p { (ctx.t("people.second-factor.codes-what")) }
            ul.mono { @for code in &codes { li { (code) } } }
            p { button data-print type="button" { (ctx.t("common.action.print")) } " "
                a.button href="/account" { (ctx.t("common.action.continue")) } }
        },
    ))
}

#[derive(Deserialize)]
pub(super) struct Off {
    password: String,
}

pub(super) async fn switch_off(
    State(app): State<App>,
    ctx: Ctx,
    Posted(typed): Posted<Off>,
) -> Page<Response> {
    password::check_own(&app.db, &ctx.viewer, &typed.password, "password").await?;
    totp::switch_off(&app.db, &ctx.viewer.actor, &ctx.viewer.account, ctx.now).await?;
    Ok(web::redirect("/account?done=people.done.second-factor-off"))
}
