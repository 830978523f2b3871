//! What can be done on a sighting's page: the unit's answers and the
//! province's decisions, as forms and what they post to.

use axum::{
    extract::{Path, State as Shared},
    response::Response,
};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    App, Error, Result,
    access::Answer,
    registry::{hosts, networks, units},
    sightings::{
        AnswerId, Refusal, Sighting, SightingId, State,
        answer::{self, Attached, Reply, Word},
        bundle as bundles, locate as locating, place as placing, read,
        read::Shown,
        refuse::{self as refusing, Refuse},
    },
    web::{self, Ctx, Page, Posted, Upload, attachment, parts},
};

/// The forms that this viewer may use on this sighting now.
pub(super) async fn forms(app: &App, ctx: &Ctx, shown: &Shown) -> Result<Markup> {
    let one = &shown.sighting;
    let answers = one.unit_id.as_ref().is_some_and(|unit| ctx.viewer.answer(unit).is_ok());
    let open = one.state.is_open();
    let decides = ctx.viewer.decide().is_ok();
    Ok(html! {
        @if answers && (open || one.state == State::Claimed) { (answer_form(ctx, one)) }
        @if answers && open { (locate_form(app, ctx, one).await?) }
        @if decides { (decide_forms(ctx, one)) }
        @if ctx.viewer.watch().is_ok() && (open || one.state == State::New) { (place_form(app, ctx, one).await?) }
    })
}

fn answer_form(ctx: &Ctx, one: &Sighting) -> Markup {
    let words: Vec<_> = Word::ALL.iter().map(|word| (word.name(), word.text())).collect();
    let today = ctx.now.to_zoned(ctx.zone.clone()).date().to_string();
    html! {
        details open[one.state.is_open() && !ctx.viewer.scope().is_province()] {
            summary { (ctx.t("sightings.answer.title")) }
            form method="post" action={ "/sightings/" (one.id) "/answer" } enctype="multipart/form-data" {
                (parts::token(ctx))
                (parts::choice(ctx.lang, "sightings.answer.word", "word", &super::options(ctx, false, &words), "cleaned"))
                (parts::area(ctx.lang, "sightings.answer.text", "text", ""))
                (parts::field(ctx.lang, "sightings.answer.on", "on", "date", &today, false))
                (parts::field(ctx.lang, "sightings.answer.host", "host", "text", one.host_name.as_deref().unwrap_or_default(), false))
                div.field {
                    label for="file" { (ctx.t("sightings.answer.file")) }
                    input #file type="file" name="file";
                }
                button.primary type="submit" { (ctx.t("common.action.send")) }
            }
        }
    }
}

/// The unit's machines; behind NAT those of the inside ranges are the candidates.
async fn locate_form(app: &App, ctx: &Ctx, one: &Sighting) -> Result<Markup> {
    let Some(unit) = &one.unit_id else { return Ok(html! {}) };
    let scope = ctx.viewer.scope();
    let hosts = hosts::of_unit(&app.db, scope, unit).await?;
    let ranges = networks::of_unit(&app.db, scope, unit).await?;
    let inside: Vec<_> = ranges
        .iter()
        .filter(|range| range.nat_address.as_deref() == Some(one.address.as_str()))
        .collect();
    Ok(html! {
        details {
            summary { (ctx.t("sightings.locate.title")) }
            @if !inside.is_empty() {
                p.warning {
                    (ctx.t("sightings.locate.nat")) " "
                    @for range in &inside { code { (range.range_text) } " " }
                }
            }
            form.row method="post" action={ "/sightings/" (one.id) "/locate" } {
                (parts::token(ctx))
                div.field {
                    label for="locate-host" { (ctx.t("sightings.locate.host")) }
                    input #locate-host name="host" list="unit-hosts" required;
                    datalist #unit-hosts {
                        @for host in &hosts { option value=(host.name) { (host.addresses) } }
                    }
                }
                button type="submit" { (ctx.t("sightings.locate.submit")) }
            }
        }
    })
}

fn decide_forms(ctx: &Ctx, one: &Sighting) -> Markup {
    let kinds: Vec<_> = Refusal::ALL.iter().map(|kind| (kind.name(), kind.text())).collect();
    let path = format!("/sightings/{}", one.id);
    let refusable = !matches!(one.state, State::Verified | State::Merged);
    let reopenable = matches!(one.state, State::Claimed | State::Verified | State::Refused);
    let asked = match one.waiting {
        Some(Word::NotOurs) => "not_ours",
        _ => "false_alarm",
    };
    html! {
        @if one.waiting.is_some() {
            details open {
                summary { (ctx.t("sightings.decline.title")) }
                form method="post" action={ (path) "/decline" } {
                    (parts::token(ctx))
                    (parts::area(ctx.lang, "common.field.reason", "reason", ""))
                    button type="submit" { (ctx.t("sightings.decline.submit")) }
                }
            }
        }
        @if refusable {
            details open[one.waiting.is_some() && one.waiting != Some(Word::NeedHelp)] {
                summary { (ctx.t("sightings.refuse.title")) }
                form method="post" action={ (path) "/refuse" } {
                    (parts::token(ctx))
                    (parts::choice(ctx.lang, "sightings.refuse.kind", "kind", &super::options(ctx, false, &kinds), asked))
                    (parts::area(ctx.lang, "common.field.reason", "reason", ""))
                    (parts::field(ctx.lang, "sightings.refuse.approver", "approver", "text", &ctx.viewer.actor.name, true))
                    (parts::field(ctx.lang, "sightings.refuse.until", "until", "date", "", true))
                    button type="submit" { (ctx.t("sightings.refuse.submit")) }
                }
            }
        }
        @if reopenable {
            details {
                summary { (ctx.t("sightings.reopen.title")) }
                form method="post" action={ (path) "/reopen" } {
                    (parts::token(ctx))
                    (parts::area(ctx.lang, "common.field.reason", "reason", ""))
                    button type="submit" { (ctx.t("sightings.reopen.submit")) }
                }
            }
        }
    }
}

async fn place_form(app: &App, ctx: &Ctx, one: &Sighting) -> Result<Markup> {
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let options = units::options(&app.db, ctx.viewer.scope(), today).await?;
    let chosen = one.unit_id.as_ref().map(ToString::to_string).unwrap_or_default();
    Ok(html! {
        details open[one.state == State::New] {
            summary { (ctx.t("sightings.place.title")) }
            form.row method="post" action={ "/sightings/" (one.id) "/place" } {
                (parts::token(ctx))
                (parts::choice(ctx.lang, "common.field.unit", "unit", &options, &chosen))
                (parts::field(ctx.lang, "common.field.reason", "reason", "text", "", true))
                button type="submit" { (ctx.t("sightings.place.submit")) }
            }
        }
    })
}

fn back(id: &SightingId, done: &str) -> Response {
    web::redirect(&parts::with_query(
        &format!("/sightings/{id}"),
        &[("done", &format!("sightings.done.{done}"))],
    ))
}

/// The right to answer for the sighting's unit.
async fn right(app: &App, ctx: &Ctx, id: &SightingId) -> Result<(Answer, SightingId)> {
    let shown = read::get(&app.db, ctx.viewer.scope(), id).await?;
    let unit = shown.sighting.unit_id.ok_or(Error::NotFound)?;
    Ok((ctx.viewer.answer(&unit)?, shown.sighting.id))
}

pub(super) async fn answer(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    mut upload: Upload,
) -> Page<Response> {
    let (by, id) = right(&app, &ctx, &id.parse()?).await?;
    let reply = reply(&upload)?;
    let file = upload.files.pop().map(|file| Attached { name: file.name, bytes: file.bytes });
    answer::give(&app, &by, ctx.now, &id, &reply, file).await?;
    Ok(back(&id, "answered"))
}

/// The answer that a form says.
fn reply(upload: &Upload) -> Result<Reply> {
    let text = upload.text("text").unwrap_or_default().to_owned();
    let word = upload.text("word").and_then(Word::named);
    match word.ok_or_else(|| Error::field("sightings.word-missing", "word"))? {
        Word::Cleaned => {
            let on = upload.text("on").and_then(|day| day.parse::<Date>().ok());
            Ok(Reply::Cleaned {
                how: text,
                on: on.ok_or_else(|| Error::field("sightings.day-unread", "on"))?,
                host: upload.text("host").map(str::to_owned),
            })
        }
        Word::NotOurs => Ok(Reply::NotOurs { why: text }),
        Word::FalseAlarm => Ok(Reply::FalseAlarm { why: text }),
        Word::NeedHelp => Ok(Reply::NeedHelp { what: text }),
    }
}

#[derive(Deserialize)]
pub(super) struct HostForm {
    host: String,
}

pub(super) async fn locate(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(form): Posted<HostForm>,
) -> Page<Response> {
    let (by, id) = right(&app, &ctx, &id.parse()?).await?;
    locating::locate(&app, &by, ctx.now, &id, &form.host).await?;
    Ok(back(&id, "located"))
}

#[derive(Deserialize)]
pub(super) struct RefuseForm {
    kind: Refusal,
    reason: String,
    approver: String,
    until: String,
}

pub(super) async fn refuse(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(form): Posted<RefuseForm>,
) -> Page<Response> {
    let (by, id) = (ctx.viewer.decide()?, id.parse()?);
    let RefuseForm { kind, reason, approver, until } = form;
    let why = Refuse { kind, reason, approver, until: until.parse().ok() };
    refusing::refuse(&app, &by, ctx.now, &id, &why).await?;
    Ok(back(&id, "refused"))
}

#[derive(Deserialize)]
pub(super) struct ReasonForm {
    reason: String,
}

pub(super) async fn decline(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(form): Posted<ReasonForm>,
) -> Page<Response> {
    let (by, id) = (ctx.viewer.decide()?, id.parse()?);
    refusing::decline(&app, &by, ctx.now, &id, &form.reason).await?;
    Ok(back(&id, "declined"))
}

pub(super) async fn reopen(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(form): Posted<ReasonForm>,
) -> Page<Response> {
    let (by, id) = (ctx.viewer.decide()?, id.parse()?);
    refusing::reopen(&app, &by, ctx.now, &id, &form.reason).await?;
    Ok(back(&id, "reopened"))
}

#[derive(Deserialize)]
pub(super) struct PlaceForm {
    unit: String,
    reason: String,
}

pub(super) async fn place(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(form): Posted<PlaceForm>,
) -> Page<Response> {
    let (by, id): (_, SightingId) = (ctx.viewer.watch()?, id.parse()?);
    let unit = super::unit(&form.unit)?;
    placing::place(&app, &by, ctx.now, std::slice::from_ref(&id), &unit, &form.reason).await?;
    Ok(back(&id, "placed"))
}

pub(super) async fn bundle(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
) -> Page<Response> {
    let packed = bundles::pack(&app, ctx.viewer.scope(), ctx.now, &id.parse()?).await?;
    Ok(attachment(&packed.name, "application/zip", packed.bytes))
}

pub(super) async fn answer_file(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path((id, answer)): Path<(String, String)>,
) -> Page<Response> {
    let (id, wanted): (SightingId, AnswerId) = (id.parse()?, answer.parse()?);
    let answers = answer::of(&app.db, ctx.viewer.scope(), &id).await?;
    let found = answers.into_iter().find(|one| one.id == wanted).ok_or(Error::NotFound)?;
    let sha256 = found.file_sha256.ok_or(Error::NotFound)?;
    let bytes = app.files.read(&sha256).await?;
    let name = super::saved_name(&sha256, found.file_name.as_deref().unwrap_or_default());
    Ok(attachment(&name, "application/octet-stream", bytes))
}
