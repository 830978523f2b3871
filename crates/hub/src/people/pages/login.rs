//! Signing in and out, and the language.

use std::collections::BTreeMap;

use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Nothing, set_cookie};
use crate::{
    App, Error,
    people::{
        login::{Attempt, login, second_factor},
        sessions, speak,
    },
    web::{
        self, Ctx, DEVICE_COOKIE, Page, PageError, Posted, PublicForm, Visitor, frame_plain, parts,
    },
};

#[derive(Deserialize)]
pub(super) struct Credentials {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn page(
    visitor: Visitor,
    Query(query): Query<BTreeMap<String, String>>,
) -> Markup {
    let lang = visitor.lang;
    let title = lang.t("people.login.title");
    let next = query.get("next").map_or("", String::as_str);
    frame_plain(
        &visitor,
        &title,
        &html! {
            h1 { (title) }
            form method="post" action="/login" {
                input type="hidden" name="next" value=(next);
                (parts::field(lang, "people.login.login", "login", "text", "", true))
                (parts::field(lang, "people.login.password", "password", "password", "", true))
                button.primary type="submit" { (lang.t("people.login.submit")) }
            }
            p.hint { (lang.t("people.login.help")) }
        },
    )
}

pub(super) async fn submit(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    PublicForm(typed): PublicForm<Credentials>,
) -> Page<Response> {
    let device = web::cookie(&headers, DEVICE_COOKIE);
    let attempt = Attempt {
        login: &typed.login,
        password: &typed.password,
        device: device.as_deref(),
        origin: &visitor.origin,
    };
    let sign_in = login(&app.db, attempt, visitor.now).await?;
    let next = own_path(&typed.next);
    let code = parts::with_query("/login/code", &[("next", next)]);
    let mut response = web::redirect(if sign_in.session.pending { &code } else { next });
    set_cookie(&mut response, &web::set_session(&app, &sign_in.session.secret))?;
    set_cookie(&mut response, &web::set_device(&app, &sign_in.device))?;
    Ok(response)
}

/// A path of ours to go on to; anything else is home (no open redirect).
fn own_path(next: &str) -> &str {
    let own =
        next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r']);
    if own { next } else { "/" }
}

pub(super) async fn code_page(
    visitor: Visitor,
    Query(query): Query<BTreeMap<String, String>>,
) -> Markup {
    let lang = visitor.lang;
    let title = lang.t("people.code.title");
    let next = query.get("next").map_or("/", String::as_str);
    frame_plain(
        &visitor,
        &title,
        &html! {
            h1 { (title) }
            p { (lang.t("people.code.what")) }
            form method="post" action="/login/code" {
                input type="hidden" name="next" value=(next);
                div.field {
                    label for="code" { (lang.t("people.code.code")) }
                    input #code name="code" autocomplete="one-time-code" required autofocus;
                }
                button.primary type="submit" { (lang.t("people.login.submit")) }
            }
        },
    )
}

#[derive(Deserialize)]
pub(super) struct Code {
    code: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn code_submit(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    PublicForm(typed): PublicForm<Code>,
) -> Page<Response> {
    let secret = web::session_secret(&headers).ok_or(Error::SignIn)?;
    let now = visitor.now.to_zoned(visitor.zone);
    second_factor(&app.db, &secret, &typed.code, &now).await?;
    Ok(web::redirect(own_path(&typed.next)))
}

pub(super) async fn logout(
    State(app): State<App>,
    ctx: Ctx,
    Posted(Nothing {}): Posted<Nothing>,
) -> Page<Response> {
    sessions::end(&app.db, &ctx.viewer, &ctx.session, ctx.now).await?;
    let mut response = web::redirect("/login");
    set_cookie(&mut response, &web::set_session(&app, ""))?;
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct Language {
    lang: String,
    #[serde(default)]
    back: String,
}

/// Changes the language: of the account when signed in, and of the browser.
pub(super) async fn language(
    State(app): State<App>,
    ctx: Result<Ctx, PageError>,
    PublicForm(typed): PublicForm<Language>,
) -> Page<Response> {
    let lang = words::Lang::from_code(&typed.lang).ok_or(Error::NotFound)?;
    if let Ok(ctx) = ctx {
        speak(&app.db, &ctx.viewer, lang, ctx.now).await?;
    }
    let mut response = web::redirect(own_path(&typed.back));
    set_cookie(&mut response, &web::set_lang(lang))?;
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
