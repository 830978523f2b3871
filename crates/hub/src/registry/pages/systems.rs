//! Systems: the list, and one of them.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use maud::{Markup, html};

use super::{fact, facts};
use crate::{
    App,
    registry::{
        Kind, SystemId, hosts,
        systems::{self, Dossier, Measures, System},
    },
    store::Direction,
    web::{Column, Ctx, Id, Listing, Page, Table, frame, parts},
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/systems", get(list)).route("/systems/{id}", get(system))
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
    html! {
        div.table-wrap tabindex="0" role="region" aria-label=(ctx.t(Kind::Systems.text())) { table {
            thead { tr {
                th scope="col" { (ctx.t("registry.systems.name")) }
                th scope="col" { (ctx.t("registry.systems.level")) }
                th scope="col" { (ctx.t("registry.systems.dossier")) }
                th scope="col" { (ctx.t("registry.systems.measures")) }
            } }
            tbody { @for one in systems { tr {
                td { a href={ "/systems/" (one.id) } { (one.name) } " " span.soft.mono { (one.code) } }
                td { (level(ctx, one)) }
                td { (dossier(ctx, one.dossier)) }
                td { (measures(ctx, one.measures)) }
            } } }
        } }
    }
}

async fn list(
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
    let table = Table {
        path: "/systems".into(),
        file: "systems",
        title: Kind::Systems.text(),
        columns: COLUMNS,
        sorted: ("level", Direction::Down),
    };
    let levels = (1..=5).map(|level| (level.to_string(), level.to_string())).collect();
    table
        .respond(&ctx, app.db.reader(), select, &listing, |rows| {
            let body = html! {
                (super::heading(&ctx, Kind::Systems))
                (parts::done(&ctx, listing.get("done")))
                (super::filters(&ctx, "/systems", &listing, &[
                    ("level", "registry.systems.level", levels),
                    ("dossier", "registry.systems.dossier", super::options(&ctx, Dossier::WORDS)),
                ]))
                (rows)
            };
            frame(&ctx, &ctx.t(Kind::Systems.text()), &body)
        })
        .await
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
    let actions = html! {
        @if super::may_enter(&ctx, Kind::Systems) {
            a.button href={ "/systems/" (id) "/edit" } { (ctx.t("common.action.edit")) }
        }
    };
    let body = html! {
        (parts::heading(&system.name, &actions))
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
