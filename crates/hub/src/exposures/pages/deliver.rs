//! `/inventories/new`: delivering files; `/exposures/ask`: asking units for them.

use std::collections::{BTreeMap, BTreeSet};

use axum::{extract::State as Shared, response::Response};
use diag::{Diagnostic, Place};
use maud::{Markup, html};
use serde::Deserialize;

use super::todo;
use crate::{
    App, Error, Result,
    access::Viewer,
    exposures::{
        NOUN,
        inventories::{Hand, Through, take_in},
        raise, reply,
    },
    ids::UnitId,
    notices::{self, Notice},
    registry::units,
    web::{Ctx, Page, Posted, Upload, frame, parts, redirect},
};

pub(super) async fn form(Shared(app): Shared<App>, ctx: Ctx) -> Page {
    let units = unit_choice(&app, &ctx).await?;
    let title = ctx.t("exposures.deliver.title");
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! { a.button href="/inventories" { (ctx.t("exposures.inventories.title")) } }))
            p { (ctx.t("exposures.deliver.how")) }
            form method="post" action="/inventories/new" enctype="multipart/form-data" {
                (parts::token(&ctx))
                (units)
                (todo::delivery_fields(ctx.lang))
                button.primary type="submit" data-busy=(ctx.t("common.state.loading")) { (ctx.t("exposures.deliver.send")) }
            }
        },
    ))
}

/// Whose machines they are: the province may leave it open.
async fn unit_choice(app: &App, ctx: &Ctx) -> Result<Markup> {
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let scope = ctx.viewer.scope();
    let mut options = units::options(&app.db, scope, today).await?;
    if scope.is_province() {
        ctx.viewer.watch()?;
        options.insert(0, (String::new(), ctx.t("exposures.deliver.mixture")));
    }
    Ok(parts::choice(ctx.lang, "common.field.unit", "unit", &options, ""))
}

/// The right of a viewer to deliver.
pub(in crate::exposures) async fn hand(
    app: &App,
    viewer: &Viewer,
    unit: Option<&str>,
) -> Result<Hand> {
    let unit = match unit {
        Some(typed) => Some(known(app, viewer, typed).await?),
        None => None,
    };
    if viewer.scope().is_province() {
        return Ok(Hand::Province(viewer.watch()?, unit));
    }
    let only = || viewer.scope().units().filter(|units| units.len() == 1)?.first().cloned();
    let unit = unit.or_else(only).ok_or(Error::field("registry.unit-missing", "unit"))?;
    Ok(Hand::Unit(viewer.answer(&unit)?))
}

/// The unit that a form or a program names, if the viewer knows it.
async fn known(app: &App, viewer: &Viewer, typed: &str) -> Result<UnitId> {
    let unknown = || {
        let found = Diagnostic::error("registry.unit-unknown", Place::default().in_column("unit"));
        Error::Invalid(vec![found.with("value", typed)])
    };
    let id: UnitId = typed.parse().map_err(|_| unknown())?;
    match units::get(&app.db, viewer.scope(), &id).await {
        Err(Error::NotFound) => Err(unknown()),
        found => found.map(|unit| unit.id),
    }
}

pub(super) async fn upload(Shared(app): Shared<App>, ctx: Ctx, upload: Upload) -> Page<Response> {
    let by = hand(&app, &ctx.viewer, upload.text("unit")).await?;
    let delivery = reply::delivery(upload, Through::Page)?;
    let taken = take_in(&app, &by, ctx.now, delivery).await?;
    Ok(redirect(&parts::with_query(
        &format!("/inventories/{}", taken.id),
        &[("done", "exposures.done.delivered")],
    )))
}

pub(super) async fn ask_form(Shared(app): Shared<App>, ctx: Ctx) -> Page {
    ctx.viewer.watch()?;
    let scope = ctx.viewer.scope();
    let hosts = raise::to_do(&app, ctx.now).await?;
    let names = units::names(&app.db, scope).await?;
    let mut hosts: Vec<_> = hosts.iter().collect();
    hosts.sort_by_cached_key(|(unit, _)| names.get(*unit).map(|(_, name)| words::sort_key(name)));
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let about = format!("{:04}-{:02}", today.year(), today.month());
    let have = notices::about(&app.db, scope, NOUN.name, &about).await?;
    let have: BTreeMap<UnitId, Notice> =
        have.into_iter().map(|notice| (notice.unit_id.clone(), notice)).collect();
    let title = ctx.t("exposures.ask.title");
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! {}))
            p { (ctx.t("exposures.ask.about")) }
            @if hosts.is_empty() { p { (ctx.t("exposures.todo.none")) } }
            @else {
                form method="post" action="/exposures/ask" {
                    (parts::token(&ctx))
                    div.table-wrap { table {
                        thead { tr {
                            @for key in ["notices.column.pick", "common.field.unit", "exposures.ask.hosts", "exposures.ask.notice"] { th scope="col" { (ctx.t(key)) } }
                        } }
                        tbody { @for (unit, hosts) in hosts { tr {
                            @let id = format!("unit-{unit}");
                            @let notice = have.get(unit);
                            @let name = names.get(unit).map(|(_, name)| name.as_str()).unwrap_or_default();
                            td { @if notice.is_none() { input type="checkbox" name="unit" id=(id) value=(unit) checked; } }
                            td { label for=(id) { (name) } }
                            td.num { (ctx.number(hosts.len() as i64)) }
                            td { @if let Some(notice) = notice { a href={ "/notices/" (notice.id) } { (notice.code) } " · " (ctx.t(notice.state.text())) } }
                        } } }
                    } }
                    button.primary type="submit" { (ctx.t("exposures.ask.draft")) }
                }
            }
        },
    ))
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    unit: Vec<UnitId>,
}

pub(super) async fn ask(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Posted(form): Posted<Chosen>,
) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    if form.unit.is_empty() {
        return Err(Error::field("notices.none-chosen", "unit").into());
    }
    let only: BTreeSet<UnitId> = form.unit.into_iter().collect();
    raise::ask(&app, &by, ctx.now, Some(&only)).await?;
    Ok(redirect("/notices?noun=exposures&done=notices.done.drafted"))
}
