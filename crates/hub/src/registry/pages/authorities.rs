//! Whom to report to today, from the pack of the day.

use axum::{Router, extract::State, routing::get};
use jiff::civil::Date;
use maud::{Markup, html};
use packs::{Authorities, Authority, Channel, ChannelKind};

use crate::{
    App,
    registry::authorities::{NEEDED, missing, name, packs},
    web::{Ctx, Page, frame, parts},
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/authorities", get(list))
}

async fn list(State(app): State<App>, ctx: Ctx) -> Page {
    let (all, found) = packs(&app)?;
    let today = super::today(&ctx);
    let absent: Vec<_> = NEEDED
        .into_iter()
        .filter(|role| Authorities::find(&all, *role, today).is_err())
        .map(|role| missing(role, today))
        .collect();
    let body = html! {
        (parts::heading(&ctx.t("registry.authorities.title"), &html! {}))
        p.soft { (ctx.t("registry.authorities.about")) }
        @if !absent.is_empty() || !found.is_empty() {
            div.failed role="alert" {
                p { strong { (ctx.t("registry.authorities.absent")) } }
                ul.findings { @for one in absent.iter().chain(&found) { (finding(&ctx, one)) } }
            }
        }
        h2 { (ctx.fill("registry.authorities.on", &[("day", &ctx.lang.date(today))])) }
        @let current: Vec<_> = all.iter().flat_map(|pack| pack.on(today)).collect();
        @if current.is_empty() { (parts::empty(&ctx.t("registry.authorities.none"), &html! {})) }
        div.cards { @for one in current { (card(&ctx, one)) } }
        h2 { (ctx.t("registry.authorities.packs")) }
        (sources(&ctx, &all, today))
    };
    Ok(frame(&ctx, &ctx.t("registry.authorities.title"), &body))
}

fn finding(ctx: &Ctx, found: &diag::Diagnostic) -> Markup {
    let mut found = found.clone();
    if let Some(role) = found.values.get("role") {
        let text = ctx.t(&format!("registry.authority.{role}"));
        found = found.with("role", text);
    }
    let (text, hint) = ctx.lang.diagnostic(&found);
    html! { li { strong { (text) } br; span.hint { (hint) } } }
}

fn card(ctx: &Ctx, authority: &Authority) -> Markup {
    let role = ctx.t(&format!("registry.authority.{}", name(authority.role)));
    html! {
        div.card {
            p.soft { (role) }
            h3 { (authority.name) }
            @for channel in &authority.channels { (way(ctx, channel)) }
            p.soft { (days(ctx, authority.valid_from, authority.valid_to)) }
        }
    }
}

fn way(ctx: &Ctx, channel: &Channel) -> Markup {
    let digits: String =
        channel.value.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let kind = match channel.kind {
        ChannelKind::Phone => "phone",
        ChannelKind::Hotline => "hotline",
        ChannelKind::Email => "email",
        ChannelKind::Address => "address",
    };
    html! {
        p {
            (ctx.t(&format!("registry.channel.{kind}"))) ": "
            @match channel.kind {
                ChannelKind::Phone | ChannelKind::Hotline => a href={ "tel:" (digits) } { (channel.value) },
                ChannelKind::Email => a href={ "mailto:" (channel.value) } { (channel.value) },
                ChannelKind::Address => (channel.value),
            }
            @if let Some(hours) = &channel.hours { " (" (hours) ")" }
        }
    }
}

/// A pack names the day after the last; people are shown the last.
fn days(ctx: &Ctx, from: Date, end: Option<Date>) -> String {
    let last = end.and_then(|end| end.yesterday().ok()).map(Into::into);
    super::span(ctx, Some(from.into()), last)
}

fn sources(ctx: &Ctx, all: &[Authorities], today: Date) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("registry.authorities.packs")) { table {
            thead { tr {
                th scope="col" { (ctx.t("registry.authorities.pack")) }
                th scope="col" { (ctx.t("registry.field.days")) }
                th scope="col" { (ctx.t("registry.authorities.as-of")) }
                th scope="col" { (ctx.t("registry.field.standing")) }
            } }
            tbody { @for one in all { tr {
                td { (title(ctx, one)) " " span.soft.mono { (one.pack.name) } }
                td { (days(ctx, one.pack.valid_from, one.pack.valid_to)) }
                td { (ctx.lang.date(one.pack.data_as_of)) }
                td {
                    @if one.pack.holds(today) { (parts::badge(parts::Tone::Good, &ctx.t("registry.authorities.holds"))) }
                    @else { (parts::badge(parts::Tone::Quiet, &ctx.t("registry.authorities.over"))) }
                }
            } } }
        } }
    }
}

fn title<'a>(ctx: &Ctx, pack: &'a Authorities) -> &'a str {
    match ctx.lang {
        words::Lang::Vi => &pack.pack.title.vi,
        words::Lang::En => &pack.pack.title.en,
    }
}
