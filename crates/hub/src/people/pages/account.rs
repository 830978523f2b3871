//! One's own account: who I am here, my sessions, my tokens, my password.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use maud::{Markup, html};
use serde::Deserialize;

use super::Nothing;
use crate::{
    App, Result,
    people::{
        password,
        sessions::{self, Session},
        tokens::{self, NewToken, Token},
        totp,
    },
    registry::units,
    web::{self, Ctx, Page, Posted, frame, parts},
};

pub(super) async fn page(
    State(app): State<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    let done = parts::done(&ctx, query.get("done").map(String::as_str));
    Ok(draw(&app, &ctx, &done).await?)
}

async fn draw(app: &App, ctx: &Ctx, above: &Markup) -> Result<Markup> {
    let sessions = sessions::own(&app.db, &ctx.viewer, ctx.now).await?;
    let tokens = tokens::own(&app.db, &ctx.viewer, ctx.now).await?;
    let second_factor = totp::is_on(&app.db, &ctx.viewer.account).await?;
    Ok(frame(
        ctx,
        &ctx.t("people.account.title"),
        &html! {
            (parts::heading(&ctx.t("people.account.title"), &html! {}))
            (above)
            (who(app, ctx).await?)
            (safety(ctx, second_factor))
            (session_list(ctx, &sessions))
            (token_list(ctx, &tokens))
        },
    ))
}

async fn who(app: &App, ctx: &Ctx) -> Result<Markup> {
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let own = if ctx.viewer.scope().is_province() {
        Vec::new()
    } else {
        units::all(&app.db, ctx.viewer.scope(), today).await?
    };
    Ok(html! {
        dl.facts {
            dt { (ctx.t("people.account.name")) } dd { (ctx.viewer.actor.name) }
            dt { (ctx.t("people.account.role")) }
            dd { (ctx.t(&format!("people.role.{}", ctx.viewer.role.name()))) }
            @if !own.is_empty() {
                dt { (ctx.t("people.account.units")) }
                dd { @for unit in &own { a href={ "/units/" (unit.id) } { (unit.name) } " " } }
            }
        }
    })
}

fn safety(ctx: &Ctx, second_factor: bool) -> Markup {
    html! {
        h2 { (ctx.t("people.account.safety")) }
        p { a.button href="/account/password" { (ctx.t("people.password.title")) } }
        @if second_factor {
            p { (parts::badge(parts::Tone::Good, &ctx.t("people.second-factor.on"))) }
            form.row method="post" action="/account/second-factor/off" {
                (parts::token(ctx))
                (parts::field(ctx.lang, "people.login.password", "password", "password", "", true))
                button.danger type="submit" { (ctx.t("people.second-factor.switch-off")) }
            }
        } @else {
            p { (parts::badge(parts::Tone::Partly, &ctx.t("people.second-factor.off"))) " "
                a href="/account/second-factor" { (ctx.t("people.second-factor.switch-on")) } }
        }
    }
}

fn session_list(ctx: &Ctx, sessions: &[Session]) -> Markup {
    html! {
        h2 { (ctx.t("people.sessions.title")) }
        p.soft { (ctx.t("people.sessions.what")) }
        div.table-wrap { table {
            thead { tr {
                th scope="col" { (ctx.t("people.sessions.began")) }
                th scope="col" { (ctx.t("people.sessions.used")) }
                th scope="col" { (ctx.t("people.sessions.address")) }
                th scope="col" { (ctx.t("people.sessions.agent")) }
                th scope="col" { (ctx.t("common.table.actions")) }
            } }
            tbody { @for session in sessions { tr {
                td { (ctx.time(session.created_at)) }
                td { (ctx.time(session.used_at)) }
                td.mono { (session.address) }
                td { (session.agent) }
                td {
                    @if session.id == ctx.session { (ctx.t("people.sessions.this")) } @else {
                        form method="post" action={ "/account/sessions/" (session.id) "/end" } {
                            (parts::token(ctx))
                            button type="submit" { (ctx.t("people.sessions.end")) }
                        }
                    }
                }
            } } }
        } }
    }
}

fn token_list(ctx: &Ctx, tokens: &[Token]) -> Markup {
    html! {
        h2 { (ctx.t("people.tokens.title")) }
        p.soft { (ctx.t("people.tokens.what")) " " a href="/api" { (ctx.t("api.title")) } }
        @if !tokens.is_empty() { div.table-wrap { table {
            thead { tr {
                th scope="col" { (ctx.t("people.tokens.name")) }
                th scope="col" { (ctx.t("people.tokens.scope")) }
                th scope="col" { (ctx.t("people.tokens.ends")) }
                th scope="col" { (ctx.t("people.sessions.used")) }
                th scope="col" { (ctx.t("common.table.actions")) }
            } }
            tbody { @for token in tokens { (token_row(ctx, token)) } }
        } } }
        form.row method="post" action="/account/tokens" {
            (parts::token(ctx))
            (parts::field(ctx.lang, "people.tokens.name", "name", "text", "", true))
            (parts::field(ctx.lang, "people.tokens.days", "days", "number", "90", true))
            (parts::choice(ctx.lang, "people.tokens.scope", "scope", &[
                ("read".into(), ctx.t("people.tokens.read")),
                ("change".into(), ctx.t("people.tokens.change")),
            ], "read"))
            button type="submit" { (ctx.t("people.tokens.make")) }
        }
    }
}

fn token_row(ctx: &Ctx, token: &Token) -> Markup {
    let scope = if token.may_change.0 { "people.tokens.change" } else { "people.tokens.read" };
    html! { tr {
        td { (token.name) }
        td { (ctx.t(scope)) }
        td { (ctx.day(token.expires_at)) }
        td { @if let Some(used) = token.used_at { (ctx.day(used)) } @else { "–" } }
        td { form method="post" action={ "/account/tokens/" (token.id) "/end" } {
            (parts::token(ctx))
            button type="submit" { (ctx.t("people.tokens.end")) }
        } }
    } }
}

pub(super) async fn end_session(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Page<Response> {
    sessions::end(&app.db, &ctx.viewer, &id, ctx.now).await?;
    Ok(web::redirect("/account?done=people.done.session-ended"))
}

#[derive(Deserialize)]
pub(super) struct TokenForm {
    name: String,
    days: u16,
    scope: String,
}

/// Shows the token this once.
pub(super) async fn make_token(
    State(app): State<App>,
    ctx: Ctx,
    Posted(form): Posted<TokenForm>,
) -> Page {
    let new = NewToken { name: form.name, may_change: form.scope == "change", days: form.days };
    let text = tokens::make(&app.db, &ctx.viewer, ctx.now, new).await?;
    Ok(draw(
        &app,
        &ctx,
        &html! {
            div.done role="status" { p { (ctx.t("people.tokens.made")) } p { code { (text) } } }
        },
    )
    .await?)
}

pub(super) async fn end_token(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Page<Response> {
    tokens::end(&app.db, &ctx.viewer, &id, ctx.now).await?;
    Ok(web::redirect("/account?done=people.done.token-ended"))
}

pub(super) async fn password_page(ctx: Ctx) -> Markup {
    let title = ctx.t("people.password.title");
    frame(
        &ctx,
        &title,
        &html! {
            h1 { (title) }
            p { (ctx.t("people.password.what")) }
            form method="post" action="/account/password" {
                (parts::token(&ctx))
                (parts::field(ctx.lang, "people.password.old", "old", "password", "", true))
                (parts::field(ctx.lang, "people.password.new", "password", "password", "", true))
                button.primary type="submit" { (ctx.t("people.password.change")) }
            }
        },
    )
}

#[derive(Deserialize)]
pub(super) struct PasswordForm {
    old: String,
    password: String,
}

pub(super) async fn password_submit(
    State(app): State<App>,
    ctx: Ctx,
    Posted(form): Posted<PasswordForm>,
) -> Page<Response> {
    let (old, new) = (&form.old, &form.password);
    password::change_own(&app.db, &ctx.viewer, &ctx.session, ctx.now, old, new).await?;
    Ok(web::redirect("/account?done=people.done.password-changed"))
}
