//! Machines: the list, and one of them with everything that was said about it.

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
    App, Result, nouns,
    registry::{
        HostId, Kind,
        hosts::{self, Collection, Host},
        units,
    },
    store::Direction,
    web::{Column, Ctx, Id, Listing, Page, frame, parts, short_table},
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/hosts", get(all)).route("/hosts/{id}", get(host))
}

const COLUMNS: &[Column<Host>] = &[
    Column {
        key: "name",
        title: "registry.hosts.name",
        sort: Some("h.name_key"),
        cell: |_, host| html! { a href={ "/hosts/" (host.id) } { (host.name) } },
        text: |_, host| host.name.as_str().into(),
    },
    Column {
        key: "unit",
        title: "registry.hosts.unit",
        sort: Some("u.code"),
        cell: |_, host| html! { a href={ "/units/" (host.unit_id) } { (host.unit_name) } },
        text: |_, host| host.unit_name.as_str().into(),
    },
    Column {
        key: "kind",
        title: "registry.hosts.kind",
        sort: Some("h.kind"),
        cell: |ctx, host| html! { (ctx.t(host.kind.text())) },
        text: |ctx, host| ctx.t(host.kind.text()).into(),
    },
    Column {
        key: "addresses",
        title: "registry.hosts.addresses",
        sort: None,
        cell: |_, host| html! { span.mono { (host.addresses) } },
        text: |_, host| host.addresses.as_str().into(),
    },
    Column {
        key: "os",
        title: "registry.hosts.os",
        sort: Some("h.os"),
        cell: |_, host| html! { (host.os.as_deref().unwrap_or_default()) },
        text: |_, host| host.os.as_deref().unwrap_or_default().into(),
    },
    Column {
        key: "collected",
        title: "registry.hosts.collected-at",
        sort: Some("h.collected_at"),
        cell: |ctx, host| collected(ctx, host),
        text: |ctx, host| host.collected_at.map_or_else(String::new, |at| ctx.day(at)).into(),
    },
];

fn collected(ctx: &Ctx, host: &Host) -> Markup {
    html! {
        @match host.collected_at {
            Some(at) => (ctx.day(at)),
            None => span.soft { (ctx.t("common.answer.unknown")) },
        }
    }
}

/// Machines as a short table on another page.
pub(super) fn rows(ctx: &Ctx, hosts: &[Host]) -> Markup {
    let keys = ["name", "kind", "addresses", "os", "collected"];
    short_table(ctx, Kind::Hosts.text(), COLUMNS, &keys, hosts)
}

async fn all(
    State(app): State<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let listing = Listing::new(query);
    let select = hosts::select(ctx.viewer.scope())
        .search("h.fold", listing.search())
        .and_if("u.code = {}", listing.get("unit"))
        .and_if("h.kind = {}", listing.get("kind"));
    let mut units = units::all(&app.db, ctx.viewer.scope(), super::today(&ctx)).await?;
    units.sort_by_cached_key(|unit| words::sort_key(&unit.name));
    let units = units.into_iter().map(|unit| (unit.code, unit.name)).collect();
    let list = List {
        kind: Kind::Hosts,
        columns: COLUMNS,
        sorted: ("name", Direction::Up),
        select,
        choices: &[
            ("unit", "registry.hosts.unit", units),
            ("kind", "registry.hosts.kind", super::options(&ctx, hosts::Kind::WORDS)),
        ],
        above: html! {},
        below: html! {},
    };
    list.respond(&app, &ctx, &listing).await
}

async fn host(
    State(app): State<App>,
    ctx: Ctx,
    Id(id): Id<HostId>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    let scope = ctx.viewer.scope();
    let host = hosts::get(&app.db, scope, &id).await?;
    let collections = hosts::facts(&app.db, scope, &id).await?;
    let body = html! {
        (parts::heading(&host.name, &list::edit(&ctx, Kind::Hosts, &id)))
        (parts::done(&ctx, query.get("done").map(String::as_str)))
        (about(&ctx, &host))
        @for section in &of_rooms(&app, &ctx, &id).await? { (section) }
        h2 { (ctx.t("registry.hosts.history")) }
        p.soft { (ctx.t("registry.hosts.history-about")) }
        (history(&ctx, &collections))
    };
    Ok(frame(&ctx, &host.name, &body))
}

/// What the rooms above have to say about the machine.
async fn of_rooms(app: &App, ctx: &Ctx, host: &HostId) -> Result<Vec<Markup>> {
    let mut sections = Vec::new();
    for section in nouns::ALL.iter().filter_map(|noun| noun.host) {
        sections.push(section(app, ctx, host).await?);
    }
    Ok(sections)
}

fn about(ctx: &Ctx, host: &Host) -> Markup {
    let system = host.system_id.as_ref().zip(host.system_code.as_ref());
    let system = system.map(|(id, code)| html! { a href={ "/systems/" (id) } { (code) } });
    facts(
        ctx,
        &[
            (
                "registry.hosts.unit",
                Some(html! { a href={ "/units/" (host.unit_id) } { (host.unit_name) } }),
            ),
            ("registry.hosts.system", system),
            ("registry.hosts.kind", Some(html! { (ctx.t(host.kind.text())) })),
            (
                "registry.hosts.addresses",
                (!host.addresses.is_empty()).then(|| html! { span.mono { (host.addresses) } }),
            ),
            ("registry.hosts.mac", fact(host.mac.as_ref())),
            ("registry.hosts.os", fact(host.os.as_ref())),
            ("registry.hosts.location", fact(host.location.as_ref())),
            ("registry.hosts.collected-at", Some(collected(ctx, host))),
            ("registry.hosts.collector", fact(host.collector.as_ref())),
        ],
    )
}

fn history(ctx: &Ctx, collections: &[Collection]) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("registry.hosts.history")) { table {
            thead { tr {
                th scope="col" { (ctx.t("registry.hosts.collected-at")) }
                th scope="col" { (ctx.t("registry.hosts.collector")) }
                th scope="col" { (ctx.t("registry.hosts.os")) }
                th scope="col" { (ctx.t("registry.hosts.addresses")) }
                th scope="col" { (ctx.t("registry.hosts.mac")) }
                th scope="col" { (ctx.t("registry.hosts.recorded-at")) }
            } }
            tbody { @for one in collections { tr {
                td {
                    @match one.collected_at {
                        Some(at) => (ctx.time(at)),
                        None => span.soft { (ctx.t("common.answer.unknown")) },
                    }
                }
                td { (one.collector.as_deref().unwrap_or_default()) }
                td { (one.facts.0.os.as_deref().unwrap_or_default()) }
                td.mono { (one.facts.0.addresses.join(", ")) }
                td.mono { (one.facts.0.mac.as_deref().unwrap_or_default()) }
                td { (ctx.time(one.recorded_at)) }
            } } }
        } }
    }
}
