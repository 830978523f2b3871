//! Signing in and out, and the language.

use std::collections::BTreeMap;

use axum::{
    Form, Router,
    extract::{Query, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{login, sessions};
use crate::{
    App, Error,
    web::{self, Ctx, Page, Posted, Visitor, frame_plain, parts},
};

/// The room's pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/login", get(login_page).post(login_post))
        .route("/logout", post(logout))
        .route("/language", post(language))
}

#[derive(Deserialize)]
struct Credentials {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn login_page(visitor: Visitor, Query(query): Query<BTreeMap<String, String>>) -> Markup {
    login_form(&visitor, query.get("next").map_or("", String::as_str), "", false)
}

fn login_form(visitor: &Visitor, next: &str, login: &str, wrong: bool) -> Markup {
    let lang = visitor.lang;
    frame_plain(
        visitor,
        &lang.t("people.login.title"),
        &html! {
            h1 { (lang.t("people.login.title")) }
            @if wrong { p.failed role="alert" { (lang.t("people.login.wrong")) } }
            form method="post" action="/login" {
                input type="hidden" name="next" value=(next);
                (parts::field(lang, "people.login.login", "login", "text", login, true))
                (parts::field(lang, "people.login.password", "password", "password", "", true))
                button.primary type="submit" { (lang.t("people.login.submit")) }
            }
        },
    )
}

async fn login_post(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<Credentials>,
) -> Page<Response> {
    web::same_site(&headers)?;
    match login::login(&app.db, &form.login, &form.password, &visitor.origin, visitor.now).await {
        Ok(begun) => {
            let mut response = web::redirect(own_path(&form.next));
            set_cookie(&mut response, &web::set_session(&app, &begun.secret))?;
            Ok(response)
        }
        Err(Error::Invalid(_)) => {
            Ok(login_form(&visitor, &form.next, &form.login, true).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// A path of ours to go on to; anything else is home (no open redirect).
fn own_path(next: &str) -> &str {
    let own =
        next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r']);
    if own { next } else { "/" }
}

fn set_cookie(response: &mut Response, cookie: &str) -> Result<(), Error> {
    let value = cookie.parse().map_err(Error::internal)?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}

#[derive(Deserialize)]
struct Nothing {}

async fn logout(State(app): State<App>, ctx: Ctx, Posted(_): Posted<Nothing>) -> Page<Response> {
    sessions::end(&app.db, &ctx.viewer, &ctx.session, ctx.now).await?;
    let mut response = web::redirect("/login");
    set_cookie(&mut response, &web::set_session(&app, ""))?;
    Ok(response)
}

#[derive(Deserialize)]
struct Language {
    lang: String,
    #[serde(default)]
    back: String,
}

/// Changes the language: of the account when signed in, else of the browser.
async fn language(
    State(app): State<App>,
    ctx: Result<Ctx, web::PageError>,
    headers: HeaderMap,
    Form(form): Form<Language>,
) -> Page<Response> {
    web::same_site(&headers)?;
    let lang = words::Lang::from_code(&form.lang).ok_or(Error::NotFound)?;
    if let Ok(ctx) = ctx {
        super::speak(&app.db, &ctx.viewer, lang, ctx.now).await?;
    }
    let mut response = web::redirect(own_path(&form.back));
    let cookie =
        format!("{}={}; Path=/; SameSite=Lax; Max-Age=31536000", web::LANG_COOKIE, lang.code());
    set_cookie(&mut response, &cookie)?;
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn a_next_page_is_one_of_ours() {
        for (next, expected) in [
            ("/board?x=1", "/board?x=1"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("", "/"),
        ] {
            assert_eq!(own_path(next), expected);
        }
    }
}
