//! A unit, with everything that is its.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::{get, post},
};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::{contacts, fact, facts, hosts, networks, systems};
use crate::{
    App, Error, Result,
    ids::UnitId,
    registry::{
        self, Kind,
        units::{self, End, Ending, FormerName, NewName, Unit},
    },
    store::Direction,
    web::{self, Ctx, Id, Page, Posted, frame, parts},
};

/// Machines shown on a unit's page; the rest is behind a link.
const HOSTS_SHOWN: u32 = 20;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/units/{id}", get(unit))
        .route("/units/{id}/end", post(end))
        .route("/units/{id}/rename", post(rename))
}

/// Whether a unit still is one, as a badge.
pub(super) fn standing(ctx: &Ctx, unit: &Unit) -> Markup {
    match unit.ended_as {
        Some(ending) => parts::badge(parts::Tone::Quiet, &ctx.t(ending.text())),
        None => parts::badge(parts::Tone::Good, &ctx.t("registry.unit-active")),
    }
}

async fn unit(
    State(app): State<App>,
    ctx: Ctx,
    Id(id): Id<UnitId>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    let scope = ctx.viewer.scope();
    let unit = units::get(&app.db, scope, &id).await?;
    let names = units::names(&app.db, scope).await?;
    let former = units::former_names(&app.db, &id).await?;
    let body = html! {
        (head(&ctx, &unit))
        (parts::done(&ctx, query.get("done").map(String::as_str)))
        (about(&ctx, &unit, &names, &former))
        (belongings(&app, &ctx, &unit).await?)
        @if ctx.viewer.decide().is_ok() && unit.ended_as.is_none() { (verbs(&app, &ctx, &unit).await?) }
    };
    Ok(frame(&ctx, &unit.name, &body))
}

fn head(ctx: &Ctx, unit: &Unit) -> Markup {
    html! {
        (parts::heading(&unit.name, &super::list::edit(ctx, Kind::Units, &unit.id)))
        p { span.mono { (unit.code) } " · " (ctx.t(unit.kind.text())) " · " (standing(ctx, unit)) }
    }
}

type Names = BTreeMap<UnitId, (String, String)>;

fn link(names: &Names, id: Option<&UnitId>) -> Option<Markup> {
    let id = id?;
    let (_, name) = names.get(id)?;
    Some(html! { a href={ "/units/" (id) } { (name) } })
}

fn about(ctx: &Ctx, unit: &Unit, names: &Names, former: &[FormerName]) -> Markup {
    let mut rows = vec![
        ("registry.units.parent", link(names, unit.parent_id.as_ref())),
        ("registry.field.days", Some(html! { (super::span(ctx, unit.valid_from, unit.valid_to)) })),
    ];
    if unit.short_name.is_some() {
        rows.insert(0, ("registry.units.short-name", fact(unit.short_name.as_ref())));
    }
    if unit.ended_as.is_some() {
        rows.push(("registry.units.successor", link(names, unit.successor_id.as_ref())));
    }
    if !former.is_empty() {
        let list = html! {
            @for name in former {
                div { (name.name) " " span.soft { (ctx.fill("registry.units.until", &[("day", &ctx.lang.date(name.valid_to.0))])) } }
            }
        };
        rows.push(("registry.units.former", Some(list)));
    }
    if unit.note.is_some() {
        rows.push(("registry.units.note", fact(unit.note.as_ref())));
    }
    facts(ctx, &rows)
}

async fn belongings(app: &App, ctx: &Ctx, unit: &Unit) -> Result<Markup> {
    let (db, scope) = (&app.db, ctx.viewer.scope());
    let people = registry::contacts::of_unit(db, scope, &unit.id, ctx.now).await?;
    let ranges = registry::networks::of_unit(db, scope, &unit.id).await?;
    let owned = registry::systems::of_unit(db, scope, &unit.id).await?;
    let machines = registry::hosts::select(scope).and("h.unit_id = {}", [unit.id.as_str()]);
    let count = machines.count(db.reader()).await?;
    let page = crate::store::Page { number: 0, size: HOSTS_SHOWN };
    let machines: Vec<registry::hosts::Host> =
        machines.order("h.name_key", Direction::Up).page(page).fetch(db.reader()).await?;
    let all = parts::with_query("/hosts", &[("unit", &unit.code)]);
    Ok(html! {
        (section(ctx, Kind::Contacts, unit, people.len() as i64, &contacts::rows(ctx, &people)))
        (section(ctx, Kind::Networks, unit, ranges.len() as i64, &networks::rows(ctx, &ranges)))
        (section(ctx, Kind::Systems, unit, owned.len() as i64, &systems::rows(ctx, &owned)))
        (section(ctx, Kind::Hosts, unit, count, &html! {
            (hosts::rows(ctx, &machines))
            @if count > i64::from(HOSTS_SHOWN) {
                p { a href=(all) { (ctx.fill("registry.hosts.show-all", &[("n", &ctx.number(count))])) } }
            }
        }))
    })
}

fn section(ctx: &Ctx, kind: Kind, unit: &Unit, count: i64, rows: &Markup) -> Markup {
    let field = if kind == Kind::Systems { "owner" } else { "unit" };
    let add = parts::with_query(&format!("{}/new", kind.path()), &[(field, &unit.code)]);
    html! {
        section id=(kind.name()) {
            div.heading {
                h2 { (ctx.t(kind.text())) " (" (ctx.number(count)) ")" }
                @if super::may_enter(ctx, kind) { a.button href=(add) { (ctx.t("common.action.add")) } }
            }
            @if count == 0 { p.soft { (ctx.t(&format!("registry.none.{}", kind.name()))) } }
            @else { (rows) }
        }
    }
}

/// Renaming and ending, for those who decide.
async fn verbs(app: &App, ctx: &Ctx, unit: &Unit) -> Result<Markup> {
    let others = units::options(&app.db, ctx.viewer.scope(), super::today(ctx)).await?;
    let mut others: Vec<_> = others.into_iter().filter(|(id, _)| id != unit.id.as_str()).collect();
    others.insert(0, (String::new(), ctx.t("registry.form.choose")));
    let today = super::today(ctx).to_string();
    let lang = ctx.lang;
    Ok(html! {
        h2 { (ctx.t("registry.units.change")) }
        details {
            summary { (ctx.t("registry.units.rename")) }
            form method="post" action={ "/units/" (unit.id) "/rename" } {
                (parts::token(ctx))
                (parts::field(lang, "registry.units.new-name", "name", "text", &unit.name, true))
                (parts::field(lang, "registry.units.name-from", "from", "date", &today, true))
                button type="submit" { (ctx.t("registry.units.rename")) }
            }
        }
        details {
            summary { (ctx.t("registry.units.end")) }
            form method="post" action={ "/units/" (unit.id) "/end" } {
                (parts::token(ctx))
                (parts::choice(lang, "registry.units.ending", "ended_as", &super::options(ctx, Ending::WORDS), "merged"))
                (parts::field(lang, "registry.units.valid-to", "last_day", "date", &today, true))
                (parts::choice(lang, "registry.units.successor", "successor_id", &others, ""))
                button.danger type="submit" { (ctx.t("registry.units.end")) }
            }
        }
    })
}

#[derive(Deserialize)]
struct EndForm {
    ended_as: Ending,
    last_day: Date,
    #[serde(default)]
    successor_id: String,
}

async fn end(
    State(app): State<App>,
    ctx: Ctx,
    Id(id): Id<UnitId>,
    Posted(form): Posted<EndForm>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let successor = form.successor_id.trim();
    let successor_id = if successor.is_empty() { None } else { Some(successor.parse()?) };
    let last = End { ended_as: form.ended_as, last_day: form.last_day, successor_id };
    units::end(&app.db, &by, ctx.now, &id, &last).await?;
    Ok(back(&id))
}

#[derive(Deserialize)]
struct Renamed {
    name: String,
    from: String,
}

async fn rename(
    State(app): State<App>,
    ctx: Ctx,
    Id(id): Id<UnitId>,
    Posted(form): Posted<Renamed>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let from = form.from.parse().map_err(|_| Error::field("registry.date-unreadable", "from"))?;
    let new = NewName { name: form.name, short_name: None, from };
    units::rename(&app.db, &by, ctx.now, super::today(&ctx), &id, &new).await?;
    Ok(back(&id))
}

fn back(id: &UnitId) -> Response {
    web::redirect(&parts::with_query(&format!("/units/{id}"), &[("done", "registry.done.saved")]))
}
