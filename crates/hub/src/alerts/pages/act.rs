//! What can be done on an alert's page: forms and what they post to.

use axum::{extract::State as Shared, response::Response};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    App, Error, Result,
    access::{Over, Watch},
    alerts::{
        Alert, AlertId, Outcome, State, acknowledge as acknowledging, bundle as bundles,
        close::{self as closing, Close},
        note as noting, place as placing, read,
    },
    ids::UnitId,
    registry::{HostId, hosts, units},
    web::{self, Ctx, Id, Page, Posted, attachment, parts},
};

/// Most detections in a file; over that the API has slices.
const MOST: u32 = 100_000;

/// The forms that this viewer may use on this alert now.
pub(super) async fn forms(app: &App, ctx: &Ctx, alert: &Alert) -> Result<Markup> {
    if alert.state == State::Closed || ctx.viewer.watch().is_err() {
        return Ok(html! {});
    }
    let path = format!("/alerts/{}", alert.id);
    Ok(html! {
        @if alert.state == State::New {
            form method="post" action={ (path) "/acknowledge" } {
                (parts::token(ctx))
                button.primary type="submit" { (ctx.t("alerts.acknowledge.submit")) }
            }
        }
        details open[alert.state == State::Acknowledged] {
            summary { (ctx.t("alerts.close.title")) }
            form method="post" action={ (path) "/close" } {
                (parts::token(ctx))
                (parts::choice(ctx.lang, "alerts.field.outcome", "outcome", &super::options(ctx, "alerts.choose", Outcome::WORDS), ""))
                (parts::area(ctx.lang, "common.field.reason", "reason", ""))
                button.primary type="submit" { (ctx.t("alerts.close.submit")) }
            }
        }
        @if alert.question.is_some() { (place_form(app, ctx, alert).await?) }
    })
}

/// Machines so named, each a button; and any other by its unit and name.
async fn place_form(app: &App, ctx: &Ctx, alert: &Alert) -> Result<Markup> {
    let path = format!("/alerts/{}/place", alert.id);
    let candidates = placing::candidates(app, alert).await?;
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let mut options = super::options(ctx, "alerts.choose", &[]);
    options.extend(units::options(&app.db, ctx.viewer.scope(), today).await?);
    let unit = alert.unit_id.as_ref().map(ToString::to_string).unwrap_or_default();
    Ok(html! {
        details open {
            summary { (ctx.t("alerts.place.title")) }
            p { (ctx.t("alerts.place.about")) }
            @for host in &candidates {
                form.row method="post" action=(path) {
                    (parts::token(ctx))
                    input type="hidden" name="host" value=(host.id);
                    button type="submit" { (host.name) " · " (host.unit_name) " · " (host.addresses) }
                }
            }
            form.row method="post" action=(path) {
                (parts::token(ctx))
                (parts::choice(ctx.lang, "common.field.unit", "unit", &options, &unit))
                (parts::field(ctx.lang, "alerts.place.name", "name", "text", &alert.host_name, true))
                button type="submit" { (ctx.t("alerts.place.submit")) }
            }
        }
    })
}

/// For whoever may write a note on this alert.
pub(super) fn note_form(ctx: &Ctx, alert: &Alert) -> Markup {
    html! {
        @if Over::<Watch>::of(&ctx.viewer).is_ok() {
            form method="post" action={ "/alerts/" (alert.id) "/notes" } {
                (parts::token(ctx))
                (parts::area(ctx.lang, "alerts.notes.text", "text", ""))
                button type="submit" { (ctx.t("alerts.notes.submit")) }
            }
        }
    }
}

fn back(id: &AlertId, done: &str) -> Response {
    let done = format!("alerts.done.{done}");
    web::redirect(&parts::with_query(&format!("/alerts/{id}"), &[("done", &done)]))
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn acknowledge(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Id(id): Id<AlertId>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Page<Response> {
    acknowledging::acknowledge(&app, &ctx.viewer.watch()?, ctx.now, &id).await?;
    Ok(back(&id, "acknowledged"))
}

#[derive(Deserialize)]
pub(super) struct CloseForm {
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    reason: String,
}

pub(super) async fn close(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Id(id): Id<AlertId>,
    Posted(form): Posted<CloseForm>,
) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    let outcome = Outcome::named(&form.outcome);
    let outcome = outcome.ok_or_else(|| Error::field("alerts.outcome-missing", "outcome"))?;
    closing::close(&app, &by, ctx.now, &id, &Close { outcome, reason: form.reason }).await?;
    Ok(back(&id, "closed"))
}

#[derive(Deserialize)]
pub(super) struct NoteForm {
    #[serde(default)]
    text: String,
}

pub(super) async fn note(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Id(id): Id<AlertId>,
    Posted(form): Posted<NoteForm>,
) -> Page<Response> {
    noting::add(&app, &Over::of(&ctx.viewer)?, ctx.now, &id, &form.text).await?;
    Ok(back(&id, "noted"))
}

#[derive(Deserialize)]
pub(super) struct PlaceForm {
    #[serde(default)]
    host: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    name: String,
}

pub(super) async fn place(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Id(id): Id<AlertId>,
    Posted(form): Posted<PlaceForm>,
) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    let host = chosen(&app, &form).await?;
    placing::place(&app, &by, ctx.now, &id, &host).await?;
    Ok(back(&id, "placed"))
}

async fn chosen(app: &App, form: &PlaceForm) -> Result<HostId> {
    if !form.host.is_empty() {
        return form.host.parse();
    }
    let missing = || Error::field("alerts.machine-missing", "name");
    let unit: UnitId = form.unit.parse().map_err(|_| missing())?;
    let host = hosts::by_name(&app.db, &unit, &form.name).await?;
    Ok(host.ok_or_else(missing)?.id)
}

pub(super) async fn bundle(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Id(id): Id<AlertId>,
) -> Page<Response> {
    let packed = bundles::pack(&app, ctx.viewer.scope(), ctx.now, &id).await?;
    Ok(attachment(&packed.name, "application/zip", packed.bytes))
}

/// The detections as they were posted.
pub(super) async fn file(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Id(id): Id<AlertId>,
) -> Page<Response> {
    let scope = ctx.viewer.scope();
    read::get(&app.db, scope, &id).await?;
    let kept = read::detections_of(&app.db, scope, &id, MOST).await?;
    let lines: String = kept.iter().flat_map(|one| [one.raw.as_str(), "\n"]).collect();
    let name = format!("canh-bao-{id}.jsonl");
    Ok(attachment(&name, "application/x-ndjson", lines.into_bytes()))
}
