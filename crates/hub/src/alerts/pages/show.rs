//! `/alerts/{id}`: an alert with its reasons, from the rule to the very record.

use std::collections::BTreeMap;

use axum::extract::{Query, State as Shared};
use maud::{Markup, html};

use super::{act, why};
use crate::{
    App, Error, Result,
    alerts::{
        Alert, AlertId, State,
        note::{self, Note},
        read::{self, Shown},
    },
    audit,
    web::{Ctx, Id, Page, frame, parts},
};

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Id(id): Id<AlertId>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    let scope = ctx.viewer.scope();
    let shown = read::get(&app.db, scope, &id).await?;
    let alert = &shown.alert;
    let kept = read::detections_of(&app.db, scope, &id, why::MOST).await?;
    let badges =
        html! { (super::level_badge(&ctx, alert.level)) " " (super::state_badge(&ctx, alert)) };
    Ok(frame(
        &ctx,
        &alert.title,
        &html! {
            (parts::heading(&alert.title, &badges))
            (parts::done(&ctx, query.get("done").map(String::as_str)))
            p.warning { strong { (ctx.t("alerts.show.next")) } " " (ctx.t(&next(&ctx, alert.state))) }
            (summary(&app, &ctx, &shown).await?)
            (act::forms(&app, &ctx, alert).await?)
            (why::rule(&ctx, alert))
            (why::detections(&ctx, alert, &kept))
            (notes(&ctx, alert, &note::of(&app.db, scope, &id).await?))
            (records(&app, &ctx, alert).await?)
        },
    ))
}

/// Locale key of what is to be done now.
fn next(ctx: &Ctx, state: State) -> String {
    let whose = if ctx.viewer.scope().is_province() { "province" } else { "unit" };
    format!("alerts.next.{whose}.{}", state.name())
}

async fn summary(app: &App, ctx: &Ctx, shown: &Shown) -> Result<Markup> {
    let alert = &shown.alert;
    let later = read::followed_by(&app.db, ctx.viewer.scope(), &alert.id).await?;
    let link = |id: &AlertId| html! { a href={ "/alerts/" (id) } { (ctx.t("alerts.show.other")) } };
    let fact = |key: &str, value: Option<Markup>| {
        html! {
            @if let Some(value) = value { dt { (ctx.t(key)) } dd { (value) } }
        }
    };
    Ok(html! {
        dl.facts {
            (fact("alerts.field.host", Some(host(ctx, alert))))
            (fact("common.field.unit", Some(unit(ctx, shown))))
            (fact("alerts.field.case", alert.case.as_ref().map(|case| html! { (case) })))
            (fact("alerts.field.first-seen", Some(super::seen(ctx, alert.first_seen))))
            (fact("alerts.field.last-seen", Some(super::seen(ctx, alert.last_seen))))
            (fact("alerts.field.detections", Some(html! { (ctx.number(alert.detection_count)) })))
            (fact("alerts.field.raised", Some(moment(ctx, Some(alert.raised_at), Some(&alert.raised_by)))))
            (fact("alerts.field.acknowledged", alert.acknowledged_at.map(|at| moment(ctx, Some(at), alert.acknowledged_by.as_ref()))))
            (fact("alerts.field.closed", alert.closed_at.map(|at| moment(ctx, Some(at), alert.closed_by.as_ref()))))
            (fact("alerts.field.outcome", alert.outcome.map(|outcome| html! { (ctx.t(outcome.text())) })))
            (fact("common.field.reason", alert.reason.as_ref().map(|reason| html! { (reason) })))
            (fact("alerts.field.follows", alert.follows.as_ref().map(link)))
            (fact("alerts.field.followed", later.map(|later| link(&later.alert.id))))
        }
    })
}

fn host(ctx: &Ctx, alert: &Alert) -> Markup {
    html! {
        @match (&alert.host_id, alert.question) {
            (Some(id), _) => a href={ "/hosts/" (id) } { (alert.host_name) },
            (None, question) => {
                (alert.host_name)
                @if let Some(question) = question { " " span.soft { "(" (ctx.t(question.text())) ")" } }
            },
        }
    }
}

fn unit(ctx: &Ctx, shown: &Shown) -> Markup {
    html! {
        @match (&shown.alert.unit_id, &shown.unit_name) {
            (Some(id), Some(name)) => a href={ "/units/" (id) } { (name) },
            _ => span.soft { (ctx.t("common.answer.unknown")) },
        }
    }
}

fn moment(ctx: &Ctx, at: Option<crate::store::At>, by: Option<&String>) -> Markup {
    html! { @if let Some(at) = at { (ctx.time(at)) } @if let Some(by) = by { " · " (by) } }
}

fn notes(ctx: &Ctx, alert: &Alert, notes: &[Note]) -> Markup {
    html! {
        h2 { (ctx.t("alerts.notes.title")) }
        @if notes.is_empty() { p.soft { (ctx.t("alerts.notes.none")) } }
        ol.timeline {
            @for note in notes {
                li {
                    strong { (note.by_name) } " · " (ctx.time(note.at))
                    @if note.of_unit.0 { " · " span.soft { (ctx.t("alerts.notes.of-unit")) } }
                    p.letter { (note.text) }
                }
            }
        }
        (act::note_form(ctx, alert))
    }
}

async fn records(app: &App, ctx: &Ctx, alert: &Alert) -> Result<Markup> {
    let entries = audit::of_subject(&app.db, ctx.viewer.scope(), alert.id.as_str()).await?;
    let time = |micros| jiff::Timestamp::from_microsecond(micros).map_err(Error::internal);
    Ok(html! {
        h2 { (ctx.t("alerts.records.title")) }
        @if alert.state == State::Closed {
            p { a.button href={ "/alerts/" (alert.id) "/bundle" } { (ctx.t("alerts.records.bundle")) } }
        }
        ol.timeline {
            @for one in &entries {
                li {
                    strong { (ctx.t(&format!("alerts.act.{}", one.action.trim_start_matches("alerts.")))) }
                    " · " (one.actor_name) " · " (ctx.time(time(one.at)?))
                    br; code.soft title=(one.hash) { "#" (one.seq) " " (one.hash[..12]) }
                }
            }
        }
    })
}
