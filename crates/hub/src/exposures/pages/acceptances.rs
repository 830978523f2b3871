//! `/acceptances`: risks that somebody accepts until a day.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State as Shared},
    response::Response,
};
use maud::{Markup, html};
use serde::Deserialize;

use super::filter;
use crate::{
    App, Error, Result,
    exposures::{
        AcceptanceId, accept,
        accept::{Acceptance, State, Wish, Word},
        bulletins,
        campaign::Asked,
        read,
    },
    registry::HostId,
    store::Direction,
    web::{
        Column, Ctx, Listing, Page, Posted, Table, Upload, attachment, frame, parts, parts::Tone,
        redirect,
    },
};

const COLUMNS: &[Column<Acceptance>] = &[
    Column {
        key: "title",
        title: "exposures.accept.what",
        sort: Some("x.title"),
        cell: |_, row| html! { a href={ "/acceptances/" (row.id) } { (row.title) } },
        text: |_, row| row.title.clone().into(),
    },
    Column {
        key: "unit",
        title: "common.field.unit",
        sort: Some("u.code"),
        cell: |_, row| html! { (row.unit_name) },
        text: |_, row| row.unit_name.clone().into(),
    },
    Column {
        key: "host",
        title: "exposures.field.host",
        sort: Some("COALESCE(h.name_key, '')"),
        cell: |ctx, row| html! { (host(ctx, row)) },
        text: |ctx, row| host(ctx, row).into(),
    },
    Column {
        key: "state",
        title: "common.field.status",
        sort: Some("x.state"),
        cell: |ctx, row| state_badge(ctx, row.state),
        text: |ctx, row| ctx.t(row.state.text()).into(),
    },
    Column {
        key: "until",
        title: "exposures.accept.until",
        sort: Some("x.until_on"),
        cell: |ctx, row| html! { (ctx.lang.date(row.until_on.0)) },
        text: |ctx, row| ctx.lang.date(row.until_on.0).into(),
    },
    Column {
        key: "reason",
        title: "common.field.reason",
        sort: None,
        cell: |_, row| html! { (row.reason) },
        text: |_, row| row.reason.clone().into(),
    },
];

fn host(ctx: &Ctx, row: &Acceptance) -> String {
    row.host.clone().unwrap_or_else(|| ctx.t("exposures.accept.whole-unit"))
}

fn state_badge(ctx: &Ctx, state: State) -> Markup {
    let tone = match state {
        State::Asked => Tone::Partly,
        State::Accepted => Tone::Claimed,
        State::Refused | State::Expired => Tone::Bad,
        State::Ended => Tone::Quiet,
    };
    parts::badge(tone, &ctx.t(state.text()))
}

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let listing = Listing::new(query);
    let form = ask_form(&app, &ctx, &listing).await?;
    let select = accept::select(ctx.viewer.scope()).and_if("x.state = {}", listing.get("state"));
    let table = Table {
        path: "/acceptances".to_owned(),
        file: "chap-nhan-rui-ro",
        title: "exposures.accept.title",
        columns: COLUMNS,
        sorted: ("until", Direction::Up),
    };
    let title = ctx.t("exposures.accept.title");
    let chosen = listing.get("state").unwrap_or_default().to_owned();
    let body = |rows: Markup| {
        frame(
            &ctx,
            &title,
            &html! {
                (parts::heading(&title, &html! {}))
                (parts::done(&ctx, listing.get("done")))
                p { (ctx.t("exposures.accept.about")) }
                form.row method="get" action="/acceptances" {
                    (parts::choice(ctx.lang, "common.field.status", "state", &super::options(&ctx, State::WORDS), &chosen))
                    button type="submit" { (ctx.t("common.action.filter")) }
                }
                (rows)
                (form)
            },
        )
    };
    table.respond(&ctx, app.db.reader(), select, &listing, body).await
}

/// The form for a host, or for a whole unit.
async fn ask_form(app: &App, ctx: &Ctx, listing: &Listing) -> Result<Markup> {
    let Some(host) = listing.get("host") else {
        return Ok(html! { p.soft { (ctx.t("exposures.accept.from-host")) } });
    };
    let host: HostId = host.parse()?;
    let host = read::host(&app.db, ctx.viewer.scope(), &host).await?;
    ctx.viewer.answer(&host.unit_id)?;
    let asked = filter::asked(listing)?;
    let basis = bulletins::newest(&app.db).await?;
    Ok(html! {
        section.card {
            h2 { (ctx.t("exposures.accept.ask")) }
            form method="post" action="/acceptances" enctype="multipart/form-data" {
                (parts::token(ctx))
                input type="hidden" name="host" value=(host.id);
                p { strong { (host.name) } " · " (host.unit_name) }
                div.check {
                    input #whole type="checkbox" name="whole" value="1";
                    label for="whole" { (ctx.t("exposures.accept.for-unit")) }
                }
                (filter::fields(ctx, &Asked { cves: asked.cves, ..Asked::default() }, basis.as_ref()))
                (parts::area(ctx.lang, "exposures.accept.reason", "reason", ""))
                (parts::field(ctx.lang, "exposures.accept.until", "until", "date", "", true))
                div.field { label for="proof" { (ctx.t("exposures.accept.file")) } input #proof type="file" name="file"; }
                button.primary type="submit" { (ctx.t("common.action.send")) }
            }
        }
    })
}

pub(super) async fn ask(Shared(app): Shared<App>, ctx: Ctx, upload: Upload) -> Page<Response> {
    let host: HostId = upload.text("host").ok_or(Error::NotFound)?.parse()?;
    let host = read::host(&app.db, ctx.viewer.scope(), &host).await?;
    let by = ctx.viewer.answer(&host.unit_id)?;
    let asked = Asked::of_query(&|name| upload.text(name).map(str::to_owned))?;
    let wish = Wish {
        host: upload.text("whole").is_none().then_some(host.id),
        title: filter::wording(&ctx, &asked),
        asked,
        reason: upload.text("reason").unwrap_or_default().to_owned(),
        until: upload.text("until").and_then(|day| day.parse().ok()),
        file: upload.files.into_iter().next().map(|file| (file.name, file.bytes)),
    };
    accept::ask(&app, &by, ctx.now, wish).await?;
    Ok(redirect("/acceptances?done=exposures.done.asked"))
}

pub(super) async fn show(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<AcceptanceId>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    let scope = ctx.viewer.scope();
    let one = accept::get(&app.db, scope, &id).await?;
    let cves = accept::cves(&app.db, scope, &id).await?;
    let listing = Listing::new(query);
    Ok(frame(
        &ctx,
        &one.title,
        &html! {
            (parts::heading(&one.title, &html! { a.button href="/acceptances" { (ctx.t("exposures.accept.title")) } }))
            (parts::done(&ctx, listing.get("done")))
            (facts(&ctx, &one))
            @if ctx.viewer.decide().is_ok() { (decisions(&ctx, &one)) }
            h2 { (ctx.lang.count("exposures.accept.cves", cves.len() as u64)) }
            p { @for cve in &cves { a.nowrap href={ "/exposures/cves/" (cve) } { (cve) } " " } }
        },
    ))
}

fn facts(ctx: &Ctx, one: &Acceptance) -> Markup {
    html! {
        dl.facts {
            dt { (ctx.t("common.field.status")) } dd { (state_badge(ctx, one.state)) }
            dt { (ctx.t("common.field.unit")) } dd { (one.unit_name) }
            dt { (ctx.t("exposures.field.host")) }
            dd { @match &one.host_id { Some(id) => a href={ "/exposures/hosts/" (id) } { (host(ctx, one)) }, None => (host(ctx, one)) } }
            dt { (ctx.t("common.field.reason")) } dd { (one.reason) }
            dt { (ctx.t("exposures.accept.until")) } dd { (ctx.lang.date(one.until_on.0)) }
            dt { (ctx.t("exposures.accept.asked")) } dd { (ctx.time(one.asked_at)) " · " (one.asked_by) }
            @if let (Some(sha256), Some(name)) = (&one.file_sha256, &one.file_name) {
                dt { (ctx.t("exposures.accept.file")) }
                dd { a href={ "/acceptances/" (one.id) "/file" } { (name) } br; code { "sha256 " (sha256) } }
            }
            @if let Some(approver) = &one.approver { dt { (ctx.t("exposures.accept.approver")) } dd { (approver) } }
            @if let (Some(at), Some(by)) = (one.decided_at, &one.decided_by) {
                dt { (ctx.t("exposures.accept.decided")) }
                dd { (ctx.time(at)) " · " (by) @if let Some(reason) = &one.decided_reason { " · " (reason) } }
            }
            @if let Some(at) = one.ended_at { dt { (ctx.t("exposures.accept.ended")) } dd { (ctx.time(at)) } }
        }
    }
}

fn decisions(ctx: &Ctx, one: &Acceptance) -> Markup {
    html! {
        @if one.state == State::Asked {
            form method="post" action={ "/acceptances/" (one.id) "/decide" } {
                (parts::token(ctx))
                (parts::field(ctx.lang, "exposures.accept.approver", "approver", "text", "", false))
                (parts::area(ctx.lang, "exposures.accept.word", "reason", ""))
                div.row {
                    button.primary type="submit" name="accepted" value="1" { (ctx.t("common.action.accept")) }
                    button.danger type="submit" name="accepted" value="0" { (ctx.t("common.action.refuse")) }
                }
            }
        }
        @if one.state == State::Accepted {
            form method="post" action={ "/acceptances/" (one.id) "/end" } {
                (parts::token(ctx))
                button.danger type="submit" { (ctx.t("exposures.accept.end")) }
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Decision {
    #[serde(default)]
    accepted: String,
    #[serde(default)]
    approver: String,
    #[serde(default)]
    reason: String,
}

fn back(id: &AcceptanceId, done: &str) -> Response {
    redirect(&parts::with_query(&format!("/acceptances/{id}"), &[("done", done)]))
}

pub(super) async fn decide(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<AcceptanceId>,
    Posted(form): Posted<Decision>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let accepted = match form.accepted.as_str() {
        "1" => true,
        "0" => false,
        _ => return Err(Error::NotFound.into()),
    };
    let word = Word { accepted, approver: form.approver, reason: form.reason };
    accept::decide(&app, &by, ctx.now, &id, &word).await?;
    Ok(back(&id, "exposures.done.decided"))
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn end(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<AcceptanceId>,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    accept::end(&app, &by, ctx.now, &id).await?;
    Ok(back(&id, "exposures.done.ended"))
}

/// The proof that came with a request.
pub(super) async fn file(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<AcceptanceId>,
) -> Page<Response> {
    let one = accept::get(&app.db, ctx.viewer.scope(), &id).await?;
    let (sha256, name) = one.file_sha256.zip(one.file_name).ok_or(Error::NotFound)?;
    let bytes = app.files.read(&sha256).await?;
    Ok(attachment(&super::saved_name(&sha256, &name), "application/octet-stream", bytes))
}
