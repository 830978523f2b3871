//! Systems: the list, and one of them.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use maud::{Markup, html};

use super::{
    fact, facts,
    list::{self, List},
};
use crate::{
    App,
    registry::{
        Kind, SystemId, hosts,
        systems::{self, Dossier, Measures, System},
    },
    store::Direction,
    web::{Column, Ctx, Id, Listing, Page, frame, parts, short_table},
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/systems", get(all)).route("/systems/{id}", get(system))
}

const COLUMNS: &[Column<System>] = &[
    Column {
        key: "code",
        title: "registry.systems.code",
        sort: Some("s.code_key"),
        cell: |_, one| html! { a.mono href={ "/systems/" (one.id) } { (one.code) } },
        text: |_, one| one.code.as_str().into(),
    },
    Column {
        key: "name",
        title: "registry.systems.name",
        sort: Some("s.name"),
        cell: |_, one| html! { a href={ "/systems/" (one.id) } { (one.name) } },
        text: |_, one| one.name.as_str().into(),
    },
    Column {
        key: "owner",
        title: "registry.systems.owner",
        sort: Some("o.code"),
        cell: |_, one| html! { (one.owner_name) },
        text: |_, one| one.owner_name.as_str().into(),
    },
    Column {
        key: "operator",
        title: "registry.systems.operator",
        sort: Some("p.code"),
        cell: |_, one| html! { (one.operator_name.as_deref().unwrap_or_default()) },
        text: |_, one| one.operator_name.as_deref().unwrap_or_default().into(),
    },
    Column {
        key: "level",
        title: "registry.systems.level",
        sort: Some("s.level"),
        cell: |ctx, one| level(ctx, one),
        text: |_, one| one.level.map_or_else(|| "".into(), Into::into),
    },
    Column {
        key: "dossier",
        title: "registry.systems.dossier",
        sort: Some("s.dossier"),
        cell: |ctx, one| dossier(ctx, one.dossier),
        text: |ctx, one| one.dossier.map_or_else(String::new, |one| ctx.t(one.text())).into(),
    },
    Column {
        key: "measures",
        title: "registry.systems.measures",
        sort: Some("s.measures"),
        cell: |ctx, one| measures(ctx, one.measures),
        text: |ctx, one| one.measures.map_or_else(String::new, |one| ctx.t(one.text())).into(),
    },
];

fn level(ctx: &Ctx, system: &System) -> Markup {
    match system.level {
        Some(level) => html! { (level) },
        None => unknown(ctx),
    }
}

fn unknown(ctx: &Ctx) -> Markup {
    parts::badge(parts::Tone::Unknown, &ctx.t("common.answer.unknown"))
}

fn dossier(ctx: &Ctx, stage: Option<Dossier>) -> Markup {
    let Some(stage) = stage else { return unknown(ctx) };
    let tone = match stage {
        Dossier::Approved => parts::Tone::Good,
        Dossier::Appraised | Dossier::Submitted => parts::Tone::Partly,
        Dossier::Drafting => parts::Tone::Bad,
    };
    parts::badge(tone, &ctx.t(stage.text()))
}

fn measures(ctx: &Ctx, stage: Option<Measures>) -> Markup {
    let Some(stage) = stage else { return unknown(ctx) };
    let tone = match stage {
        Measures::Full => parts::Tone::Good,
        Measures::Some => parts::Tone::Partly,
        Measures::Nothing => parts::Tone::Bad,
    };
    parts::badge(tone, &ctx.t(stage.text()))
}

/// Systems as a short table on another page.
pub(super) fn rows(ctx: &Ctx, systems: &[System]) -> Markup {
    let keys = ["name", "code", "level", "dossier", "measures"];
    short_table(ctx, Kind::Systems.text(), COLUMNS, &keys, systems)
}

async fn all(
    State(app): State<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let listing = Listing::new(query);
    let level = listing.get("level").and_then(|level| level.parse::<i64>().ok());
    let select = systems::select(ctx.viewer.scope())
        .search("s.fold", listing.search())
        .and_if("s.level = {}", level)
        .and_if("s.dossier = {}", listing.get("dossier"))
        .and_if("o.code = {}", listing.get("unit"));
    let levels = (1..=5).map(|level| (level.to_string(), level.to_string())).collect();
    let list = List {
        kind: Kind::Systems,
        columns: COLUMNS,
        sorted: ("level", Direction::Down),
        select,
        choices: &[
            ("level", "registry.systems.level", levels),
            ("dossier", "registry.systems.dossier", super::options(&ctx, Dossier::WORDS)),
        ],
        above: html! {},
        below: html! {},
    };
    list.respond(&app, &ctx, &listing).await
}

async fn system(
    State(app): State<App>,
    ctx: Ctx,
    Id(id): Id<SystemId>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    let scope = ctx.viewer.scope();
    let system = systems::get(&app.db, scope, &id).await?;
    let machines = hosts::select(scope).and("h.system_id = {}", [id.as_str()]);
    let machines: Vec<hosts::Host> =
        machines.order("h.name_key", Direction::Up).fetch(app.db.reader()).await?;
    let body = html! {
        (parts::heading(&system.name, &list::edit(&ctx, Kind::Systems, &id)))
        p.mono { (system.code) }
        (parts::done(&ctx, query.get("done").map(String::as_str)))
        (about(&ctx, &system))
        h2 { (ctx.t(Kind::Hosts.text())) }
        @if machines.is_empty() { p.soft { (ctx.t("registry.none.hosts")) } }
        @else { (super::hosts::rows(&ctx, &machines)) }
    };
    Ok(frame(&ctx, &system.name, &body))
}

fn about(ctx: &Ctx, system: &System) -> Markup {
    let decision = system.decided_on.map(|day| html! { (ctx.lang.date(day.0)) });
    facts(
        ctx,
        &[
            ("registry.systems.owner", Some(html! { (system.owner_name) })),
            ("registry.systems.operator", fact(system.operator_name.as_ref())),
            ("registry.systems.level", Some(level(ctx, system))),
            ("registry.systems.dossier", Some(dossier(ctx, system.dossier))),
            ("registry.systems.decision-number", fact(system.decision_number.as_ref())),
            ("registry.systems.decided-on", decision),
            ("registry.systems.measures", Some(measures(ctx, system.measures))),
            ("registry.systems.note", fact(system.note.as_ref())),
        ],
    )
}
