//! The mail server that notices go out by, for the administrator.

use std::collections::BTreeMap;

use axum::{
    extract::{Query, State as Server},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    App, Error, Result,
    installation::{self, MailSecurity, MailServer},
    notify::{Fate, queue, settings},
    store::Select,
    web::{self, Ctx, Page, Posted, frame, parts},
};

pub(super) async fn page(
    Server(app): Server<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    ctx.viewer.administer()?;
    let done = parts::done(&ctx, query.get("done").map(String::as_str));
    Ok(draw(&app, &ctx, &done).await?)
}

async fn draw(app: &App, ctx: &Ctx, said: &Markup) -> Result<Markup> {
    let now = installation::read(&app.db).await?.mail;
    let waiting = queue::waiting(&app.db).await?;
    let failed = last_failure(app).await?;
    let title = ctx.t("notices.mail.title");
    Ok(frame(
        ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! {}))
            p.soft { (ctx.t("notices.mail.what")) }
            (said)
            @if let Some(cause) = failed.filter(|_| now.is_some()) {
                p.failed role="alert" { (ctx.fill("notices.mail.failed", &[("cause", &cause)])) }
            }
            @if waiting > 0 { p { (ctx.lang.count("notices.mail.waiting", waiting.unsigned_abs())) } }
            (form(ctx, now.as_ref()))
            @if now.is_some() { (test_form(ctx)) }
        },
    ))
}

/// Why the sending job failed when it ran last.
async fn last_failure(app: &App) -> Result<Option<String>> {
    let found: Option<(Option<String>,)> = Select::new("failed", "jobs")
        .and("name = {}", ["notify.send"])
        .fetch_first(app.db.reader())
        .await?;
    Ok(found.and_then(|(failed,)| failed))
}

fn form(ctx: &Ctx, now: Option<&MailServer>) -> Markup {
    let text = |get: fn(&MailServer) -> String| now.map(get).unwrap_or_default();
    let port = now.map_or(587, |mail| mail.port).to_string();
    let chosen = now.map_or("start_tls", |mail| security_name(mail.security));
    let ways: Vec<_> = ["start_tls", "tls", "none"]
        .map(|name| (name.to_owned(), ctx.t(&format!("notices.mail.{}", name.replace('_', "-")))))
        .into();
    html! {
        form method="post" action="/notices/mail" {
            (parts::token(ctx))
            (parts::field(ctx.lang, "notices.mail.host", "host", "text", &text(|mail| mail.host.clone()), false))
            (parts::field(ctx.lang, "notices.mail.port", "port", "number", &port, true))
            (parts::choice(ctx.lang, "notices.mail.security", "security", &ways, chosen))
            (parts::field(ctx.lang, "notices.mail.from", "from", "text", &text(|mail| mail.from.clone()), false))
            (parts::field(ctx.lang, "notices.mail.login", "login", "text", &text(|mail| mail.login.clone().unwrap_or_default()), false))
            div.field {
                label for="password" { (ctx.t("notices.mail.password")) }
                input #password name="password" type="password" autocomplete="new-password";
                span.hint { (ctx.t("notices.mail.password-hint")) }
            }
            p.hint { (ctx.t("notices.mail.hint")) }
            button.primary type="submit" { (ctx.t("common.action.save")) }
        }
    }
}

fn security_name(security: MailSecurity) -> &'static str {
    match security {
        MailSecurity::StartTls => "start_tls",
        MailSecurity::Tls => "tls",
        MailSecurity::None => "none",
    }
}

fn test_form(ctx: &Ctx) -> Markup {
    html! {
        h2 { (ctx.t("notices.mail.test-title")) }
        form.row method="post" action="/notices/mail/test" {
            (parts::token(ctx))
            (parts::field(ctx.lang, "notices.mail.test-to", "address", "email", "", true))
            button type="submit" { (ctx.t("notices.mail.test")) }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct MailForm {
    #[serde(default)]
    host: String,
    port: u16,
    security: MailSecurity,
    #[serde(default)]
    from: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
}

pub(super) async fn save(
    Server(app): Server<App>,
    ctx: Ctx,
    Posted(form): Posted<MailForm>,
) -> Page<Response> {
    let by = ctx.viewer.administer()?;
    let login = form.login.trim().to_owned();
    let server = MailServer {
        host: form.host.trim().to_owned(),
        port: form.port,
        security: form.security,
        login: Some(login).filter(|login| !login.is_empty()),
        password_file: None,
        from: form.from.trim().to_owned(),
    };
    let server = Some(server).filter(|server| !server.host.is_empty());
    let password = Some(form.password.as_str()).filter(|password| !password.is_empty());
    settings::set(&app, &by, ctx.now, server, password).await?;
    Ok(web::redirect("/notices/mail?done=notices.done.mail"))
}

#[derive(Deserialize)]
pub(super) struct TestForm {
    address: String,
}

pub(super) async fn test(
    Server(app): Server<App>,
    ctx: Ctx,
    Posted(form): Posted<TestForm>,
) -> Page<Response> {
    let by = ctx.viewer.administer()?;
    let words = (ctx.t("notices.mail.test-subject"), ctx.t("notices.mail.test-text"));
    let sent = settings::test(&app, &by, ctx.now, form.address.trim(), words).await;
    let said = match sent {
        Ok(Fate::Sent) => html! { p.done role="status" { (ctx.t("notices.mail.test-sent")) } },
        Ok(Fate::Refused { reason } | Fate::Delayed { reason, .. }) => refused(&ctx, &reason),
        Ok(Fate::Bounced { .. } | Fate::Delivered) => html! {},
        Err(Error::Setup(found)) => {
            let (text, hint) = ctx.lang.diagnostic(&found);
            html! { p.failed role="alert" { (text) " " (hint) } }
        }
        Err(other) => return Err(other.into()),
    };
    Ok(draw(&app, &ctx, &said).await?.into_response())
}

fn refused(ctx: &Ctx, reason: &str) -> Markup {
    html! { p.failed role="alert" { (ctx.fill("notices.mail.test-refused", &[("reason", &reason)])) } }
}
