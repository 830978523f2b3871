//! `/exclusions`: what needs no answer, why, by whom, and until when.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State as Shared},
    response::Response,
};
use jiff::{ToSpan, civil::Date};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    App, Error, Result,
    access::Scope,
    registry::units,
    sightings::exclude::{self, Exclusion, NewExclusion},
    store::Direction,
    web::{self, Ctx, Page, Posted, frame, parts},
};

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    if !ctx.viewer.scope().is_province() {
        return Err(Error::NotFound.into());
    }
    let all: Vec<Exclusion> = exclude::select(ctx.viewer.scope())
        .order("e.expires_on", Direction::Up)
        .fetch(app.db.reader())
        .await?;
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let week = today.saturating_add(7.days());
    let (now, past): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.holds_on(today));
    let (ending, lasting): (Vec<_>, Vec<_>) =
        now.into_iter().partition(|one| one.expires_on.0 <= week);
    let title = ctx.t("sightings.exclusions.title");
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! {}))
            (parts::done(&ctx, query.get("done").map(String::as_str)))
            p { (ctx.t("sightings.exclusions.about")) }
            (table(&app, &ctx, "sightings.exclusions.ending", &ending, today).await?)
            (table(&app, &ctx, "sightings.exclusions.holding", &lasting, today).await?)
            @if ctx.viewer.decide().is_ok() { (form(&app, &ctx, today).await?) }
            (table(&app, &ctx, "sightings.exclusions.past", &past, today).await?)
        },
    ))
}

async fn table(
    app: &App,
    ctx: &Ctx,
    title: &str,
    rows: &[Exclusion],
    today: Date,
) -> Result<Markup> {
    let names = units::names(&app.db, &Scope::province()).await?;
    let unit = |one: &Exclusion| {
        let name = one.unit_id.as_ref().and_then(|id| names.get(id));
        name.map_or_else(|| ctx.t("common.answer.all"), |(_, name)| name.clone())
    };
    let all = || ctx.t("common.answer.all");
    Ok(html! {
        h2 { (ctx.t(title)) }
        @if rows.is_empty() { p.none { (ctx.t("web.no-rows")) } } @else {
            div.table-wrap tabindex="0" { table {
                thead { tr {
                    th scope="col" { (ctx.t("sightings.field.range")) } th scope="col" { (ctx.t("sightings.field.family")) }
                    th scope="col" { (ctx.t("common.field.unit")) } th scope="col" { (ctx.t("common.field.reason")) }
                    th scope="col" { (ctx.t("sightings.refuse.approver")) } th scope="col" { (ctx.t("sightings.refuse.until")) }
                    th scope="col" { (ctx.t("common.table.actions")) }
                } }
                tbody { @for one in rows { tr {
                    td.mono { (one.range_text.clone().unwrap_or_else(all)) }
                    td { (one.family.clone().unwrap_or_else(all)) }
                    td { (unit(one)) } td { (one.reason) } td { (one.approver) }
                    td { (ctx.lang.date(one.expires_on.0)) }
                    td { @if one.holds_on(today) && ctx.viewer.decide().is_ok() {
                        form method="post" action={ "/exclusions/" (one.id) "/end" } {
                            (parts::token(ctx))
                            button type="submit" { (ctx.t("sightings.exclusions.end")) }
                        }
                    } }
                } } }
            } }
        }
    })
}

async fn form(app: &App, ctx: &Ctx, today: Date) -> Result<Markup> {
    let mut options = vec![(String::new(), ctx.t("common.answer.all"))];
    options.extend(units::options(&app.db, ctx.viewer.scope(), today).await?);
    Ok(html! {
        h2 { (ctx.t("sightings.exclusions.new")) }
        form method="post" action="/exclusions" {
            (parts::token(ctx))
            (parts::field(ctx.lang, "sightings.field.range", "range", "text", "", false))
            (parts::field(ctx.lang, "sightings.field.family", "family", "text", "", false))
            (parts::choice(ctx.lang, "common.field.unit", "unit", &options, ""))
            (parts::area(ctx.lang, "common.field.reason", "reason", ""))
            (parts::field(ctx.lang, "sightings.refuse.approver", "approver", "text", &ctx.viewer.actor.name, true))
            (parts::field(ctx.lang, "sightings.refuse.until", "expires_on", "date", "", true))
            button.primary type="submit" { (ctx.t("common.action.save")) }
        }
    })
}

#[derive(Deserialize)]
pub(super) struct ExclusionForm {
    #[serde(default)]
    range: String,
    #[serde(default)]
    family: String,
    #[serde(default)]
    unit: String,
    reason: String,
    approver: String,
    expires_on: String,
}

pub(super) async fn create(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Posted(form): Posted<ExclusionForm>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let unit = Some(form.unit.trim()).filter(|unit| !unit.is_empty());
    let new = NewExclusion {
        range: Some(form.range),
        family: Some(form.family),
        unit: unit.map(super::unit).transpose()?,
        reason: form.reason,
        approver: form.approver,
        expires_on: form.expires_on.parse().ok(),
    };
    exclude::create(&app, &by, ctx.now, &new).await?;
    Ok(done("excluded"))
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn end(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    exclude::end(&app, &by, ctx.now, &id.parse()?).await?;
    Ok(done("exclusion-ended"))
}

fn done(what: &str) -> Response {
    let key = format!("sightings.done.{what}");
    web::redirect(&parts::with_query("/exclusions", &[("done", &key)]))
}
