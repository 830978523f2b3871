//! `/bulletins`: which packs and letters are in force, how old they are, and
//! loading others.

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
        BulletinId,
        bulletins::{
            self, BUILT_IN, Bulletin, FOLDER, Kind, Raised, UNSIGNED, letter as letters, load,
        },
        raise,
    },
    store::Page as Window,
    web::{Ctx, Listing, Page, Posted, Upload, attachment, frame, parts, parts::Tone, redirect},
};

/// What grew graver, listed on the page.
const MOST_RAISED: u32 = 50;

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    if !ctx.viewer.scope().is_province() {
        return Err(Error::NotFound.into());
    }
    let listing = Listing::new(query);
    let all = bulletins::all(&app.db).await?;
    let basis = bulletins::newest(&app.db).await?;
    let raised: Vec<Raised> = bulletins::raised()
        .page(Window { number: 0, size: MOST_RAISED })
        .fetch(app.db.reader())
        .await?;
    let keys: Vec<String> = load::trusted(&app)?.iter().map(proof::fingerprint).collect();
    let title = ctx.t("exposures.bulletins.title");
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! {}))
            (parts::done(&ctx, listing.get("done")))
            p { (ctx.t("exposures.bulletins.about")) }
            (filter::banner(&ctx, basis.as_ref(), false))
            (table(&ctx, &all))
            @if ctx.viewer.decide().is_ok() { (upload_form(&ctx, &keys)) (letter_form(&ctx)) }
            @if !raised.is_empty() {
                h2 { (ctx.t("exposures-notice.raised.title")) }
                ul { @for one in &raised { li {
                    (ctx.time(one.at)) " · " a href={ "/exposures/cves/" (one.cve) } { (one.cve) } ": " (raise::said(ctx.lang, one))
                } } }
            }
        },
    ))
}

fn table(ctx: &Ctx, all: &[Bulletin]) -> Markup {
    let heads = [
        "common.field.name",
        "common.field.kind",
        "exposures.bulletins.months",
        "exposures.bulletins.ends",
        "exposures.bulletins.trust",
        "common.field.status",
        "common.table.actions",
    ];
    html! {
        div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("exposures.bulletins.title")) { table.stacks {
            thead { tr { @for key in heads { th scope="col" { (ctx.t(key)) } } } }
            tbody { @for one in all { tr {
                td data-label=(ctx.t(heads[0])) { strong { (one.name) } br; code { "sha256 " (one.sha256.get(..16).unwrap_or_default()) "…" } }
                td data-label=(ctx.t(heads[1])) { (ctx.t(one.kind.text())) }
                td data-label=(ctx.t(heads[2])) { (months(one)) }
                td data-label=(ctx.t(heads[3])) { (ends(ctx, one)) }
                td data-label=(ctx.t(heads[4])) { (trust(ctx, one)) br; span.soft { (ctx.time(one.loaded_at)) " · " (one.by_name) } }
                td data-label=(ctx.t(heads[5])) { (state(ctx, one)) (super::findings(ctx, &one.diagnostics.0)) }
                td data-label=(ctx.t(heads[6])) { (actions(ctx, one)) }
            } } }
        } }
        @if all.is_empty() { p.none { (ctx.t("exposures.banner.none")) } }
    }
}

fn months(one: &Bulletin) -> String {
    let months = &one.months.0;
    let shown = |month: Option<&patches::facts::Month>| {
        month.map_or(String::new(), |month| super::month(i64::from(month.0)))
    };
    match months.len() {
        0 => "–".to_owned(),
        1 => shown(months.first()),
        _ => format!("{} – {}", shown(months.first()), shown(months.last())),
    }
}

/// The last day its data know of, and how long ago that is.
fn ends(ctx: &Ctx, one: &Bulletin) -> Markup {
    let Some(day) = one.data_ends else { return html! { "–" } };
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let days = u64::try_from(today.duration_since(day.0).as_hours() / 24).unwrap_or(0);
    html! { (ctx.lang.date(day.0)) br; span.soft { (ctx.lang.count("exposures.bulletins.age", days)) } }
}

fn trust(ctx: &Ctx, one: &Bulletin) -> Markup {
    match one.trust.as_str() {
        name @ (BUILT_IN | FOLDER | UNSIGNED) => {
            html! { (ctx.t(&format!("exposures.trust.{name}"))) }
        }
        key => html! { (ctx.t("exposures.trust.signed")) br; code { (key) } },
    }
}

fn state(ctx: &Ctx, one: &Bulletin) -> Markup {
    match one.ended_at {
        None => parts::badge(Tone::Good, &ctx.t("exposures.bulletins.in-force")),
        Some(at) => parts::badge(
            Tone::Quiet,
            &ctx.fill("exposures.bulletins.ended", &[("day", &ctx.day(at))]),
        ),
    }
}

fn actions(ctx: &Ctx, one: &Bulletin) -> Markup {
    html! {
        a href={ "/bulletins/" (one.id) "/file" } { (ctx.t("common.action.download")) }
        @if one.kind == Kind::Letter && one.ended_at.is_none() && ctx.viewer.decide().is_ok() {
            form method="post" action={ "/bulletins/" (one.id) "/withdraw" } {
                (parts::token(ctx))
                button.link type="submit" { (ctx.t("exposures.bulletins.withdraw")) }
            }
        }
    }
}

fn upload_form(ctx: &Ctx, keys: &[String]) -> Markup {
    html! {
        section.card {
            h2 { (ctx.t("exposures.bulletins.upload")) }
            p { (ctx.t("exposures.bulletins.upload-about")) }
            ul { @for key in keys { li { code { (key) } } } }
            form method="post" action="/bulletins" enctype="multipart/form-data" {
                (parts::token(ctx))
                div.field { label for="pack" { (ctx.t("common.field.file")) } input #pack type="file" name="file" required; }
                button.primary type="submit" data-busy=(ctx.t("common.state.loading")) { (ctx.t("common.action.upload")) }
            }
        }
    }
}

fn letter_form(ctx: &Ctx) -> Markup {
    html! {
        section.card {
            h2 { (ctx.t("exposures.bulletins.letter")) }
            p { (ctx.t("exposures.bulletins.letter-about")) }
            form method="post" action="/bulletins/letters" enctype="multipart/form-data" {
                (parts::token(ctx))
                div.field { label for="letter" { (ctx.t("exposures.bulletins.letter-file")) } input #letter type="file" name="file"; }
                (parts::field(ctx.lang, "exposures.bulletins.number", "number", "text", "", false))
                (parts::field(ctx.lang, "common.field.date", "day", "date", "", false))
                (parts::area(ctx.lang, "exposures.bulletins.lines", "lines", ""))
                button.primary type="submit" { (ctx.t("common.action.add")) }
            }
        }
    }
}

fn done(what: &str) -> Response {
    redirect(&parts::with_query("/bulletins", &[("done", what)]))
}

pub(super) async fn upload(Shared(app): Shared<App>, ctx: Ctx, upload: Upload) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let file = upload.files.into_iter().next();
    let file = file.ok_or_else(|| Error::field("exposures.file-missing", "file"))?;
    load::upload(&app, &by, ctx.now, file.bytes).await?;
    raise::due(&app, ctx.now).await?;
    Ok(done("exposures.done.loaded"))
}

pub(super) async fn letter(Shared(app): Shared<App>, ctx: Ctx, upload: Upload) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let (name, bytes) = letter_of(upload)?;
    letters::add(&app, &by, ctx.now, &name, bytes).await?;
    Ok(done("exposures.done.letter"))
}

fn letter_of(mut upload: Upload) -> Result<(String, Vec<u8>)> {
    if !upload.files.is_empty() {
        let file = upload.files.remove(0);
        return Ok((file.name, file.bytes));
    }
    let number = upload.text("number").unwrap_or_default();
    let day = upload.text("day").and_then(|day| day.parse().ok());
    let lines =
        upload.text("lines").ok_or_else(|| Error::field("exposures.letter-empty", "lines"))?;
    Ok((number.to_owned(), letters::typed(number, day, lines)))
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn withdraw(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<BulletinId>,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    letters::withdraw(&app, &by, ctx.now, &id).await?;
    Ok(done("exposures.done.withdrawn"))
}

/// The very bytes of a bulletin.
pub(super) async fn file(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<BulletinId>,
) -> Page<Response> {
    if !ctx.viewer.scope().is_province() {
        return Err(Error::NotFound.into());
    }
    let found: Option<Bulletin> =
        bulletins::select().and("b.id = {}", [id.as_str()]).fetch_first(app.db.reader()).await?;
    let one = found.ok_or(Error::NotFound)?;
    let bytes = app.files.read(&one.sha256).await?;
    let ending = if one.kind == Kind::Pack { "pack" } else { "txt" };
    let name = format!("{}.{ending}", one.sha256.get(..16).unwrap_or_default());
    Ok(attachment(&name, "application/octet-stream", bytes))
}
