//! Address ranges: the list with the claims that wait first, and one of them.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::{get, post},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    fact, facts,
    list::{self, List},
};
use crate::{
    App,
    registry::{
        Kind, NetworkId,
        networks::{self, Network, Status},
    },
    store::Direction,
    web::{self, Column, Ctx, Id, Listing, Page, Posted, frame, parts},
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/networks", get(all))
        .route("/networks/{id}", get(network))
        .route("/networks/{id}/approve", post(approve))
        .route("/networks/{id}/reject", post(reject))
}

const COLUMNS: &[Column<Network>] = &[
    Column {
        key: "range",
        title: "registry.networks.range",
        sort: Some("n.low"),
        cell: |_, one| html! { a.mono href={ "/networks/" (one.id) } { (one.range_text) } },
        text: |_, one| one.range_text.as_str().into(),
    },
    Column {
        key: "unit",
        title: "registry.networks.unit",
        sort: Some("u.code"),
        cell: |_, one| html! { a href={ "/units/" (one.unit_id) } { (one.unit_name) } },
        text: |_, one| one.unit_name.as_str().into(),
    },
    Column {
        key: "kind",
        title: "registry.networks.kind",
        sort: Some("n.kind"),
        cell: |ctx, one| html! { (ctx.t(one.kind.text())) },
        text: |ctx, one| ctx.t(one.kind.text()).into(),
    },
    Column {
        key: "days",
        title: "registry.field.days",
        sort: Some("n.valid_from"),
        cell: |ctx, one| html! { (super::span(ctx, one.valid_from, one.valid_to)) },
        text: |ctx, one| super::span(ctx, one.valid_from, one.valid_to).into(),
    },
    Column {
        key: "nat",
        title: "registry.networks.nat",
        sort: None,
        cell: |_, one| html! { span.mono { (one.nat_address.as_deref().unwrap_or_default()) } },
        text: |_, one| one.nat_address.as_deref().unwrap_or_default().into(),
    },
    Column {
        key: "status",
        title: "registry.field.standing",
        // Claims first: they wait for somebody.
        sort: Some("CASE n.status WHEN 'claimed' THEN 0 WHEN 'approved' THEN 1 ELSE 2 END"),
        cell: |ctx, one| standing(ctx, one),
        text: |ctx, one| ctx.t(one.status.text()).into(),
    },
];

fn standing(ctx: &Ctx, network: &Network) -> Markup {
    let tone = match network.status {
        Status::Claimed => parts::Tone::Claimed,
        Status::Approved => parts::Tone::Good,
        Status::Rejected => parts::Tone::Bad,
    };
    parts::badge(tone, &ctx.t(network.status.text()))
}

/// Ranges as a short table on another page.
pub(super) fn rows(ctx: &Ctx, networks: &[Network]) -> Markup {
    let keys = ["range", "kind", "days", "nat", "status"];
    web::short_table(ctx, Kind::Networks.text(), COLUMNS, &keys, networks)
}

async fn all(
    State(app): State<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let listing = Listing::new(query);
    let scope = ctx.viewer.scope();
    let select = networks::select(scope)
        .search("u.fold || ' ' || n.range_text", listing.search())
        .and_if("n.status = {}", listing.get("status"))
        .and_if("n.kind = {}", listing.get("kind"));
    let waiting = networks::waiting(&app.db, scope).await?;
    let above = html! {
        @if waiting > 0 {
            p.warning { (ctx.fill("registry.networks.waiting", &[("n", &ctx.number(waiting))])) }
        }
    };
    let list = List {
        kind: Kind::Networks,
        columns: COLUMNS,
        sorted: ("status", Direction::Up),
        select,
        choices: &[
            ("status", "registry.field.standing", super::options(&ctx, Status::WORDS)),
            ("kind", "registry.networks.kind", super::options(&ctx, networks::Kind::WORDS)),
        ],
        above,
        below: html! {},
    };
    list.respond(&app, &ctx, &listing).await
}

async fn network(
    State(app): State<App>,
    ctx: Ctx,
    Id(id): Id<NetworkId>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page {
    let network = networks::get(&app.db, ctx.viewer.scope(), &id).await?;
    let held = network.status == Status::Approved && ctx.viewer.decide().is_err();
    let actions = html! { @if !held { (list::edit(&ctx, Kind::Networks, &id)) } };
    let body = html! {
        (parts::heading(&network.range_text, &actions))
        p { (standing(&ctx, &network)) " " (ctx.t(&format!("registry.networks.is-{}", network.status.name()))) }
        (parts::done(&ctx, query.get("done").map(String::as_str)))
        (about(&ctx, &network))
        @if ctx.viewer.decide().is_ok() { (verdict(&ctx, &network)) }
    };
    Ok(frame(&ctx, &network.range_text, &body))
}

fn about(ctx: &Ctx, network: &Network) -> Markup {
    let decided = network.decided_by.as_ref().zip(network.decided_at);
    let decided = decided.map(|(by, at)| html! { (by) ", " (ctx.time(at)) });
    let mut rows = vec![
        (
            "registry.networks.unit",
            Some(html! { a href={ "/units/" (network.unit_id) } { (network.unit_name) } }),
        ),
        ("registry.networks.kind", Some(html! { (ctx.t(network.kind.text())) })),
        (
            "registry.field.days",
            Some(html! { (super::span(ctx, network.valid_from, network.valid_to)) }),
        ),
        ("registry.networks.nat", fact(network.nat_address.as_ref())),
        ("registry.networks.provider", fact(network.provider.as_ref())),
        ("registry.networks.note", fact(network.note.as_ref())),
        ("registry.networks.source", Some(source(ctx, network))),
        ("registry.networks.decided", decided),
    ];
    if network.reason.is_some() {
        rows.push(("common.field.reason", fact(network.reason.as_ref())));
    }
    facts(ctx, &rows)
}

fn source(ctx: &Ctx, network: &Network) -> Markup {
    let by_form = network.source == "form";
    html! { @if by_form { (ctx.t("registry.networks.by-form")) } @else { (network.source) } }
}

fn verdict(ctx: &Ctx, network: &Network) -> Markup {
    html! {
        h2 { (ctx.t("registry.networks.decide")) }
        @if network.status != Status::Approved {
            form method="post" action={ "/networks/" (network.id) "/approve" } {
                (parts::token(ctx))
                button.primary type="submit" { (ctx.t("common.action.approve")) }
            }
        }
        @if network.status != Status::Rejected {
            form method="post" action={ "/networks/" (network.id) "/reject" } {
                (parts::token(ctx))
                (parts::field(ctx.lang, "common.field.reason", "reason", "text", "", true))
                button.danger type="submit" { (ctx.t("common.action.refuse")) }
            }
        }
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn approve(
    State(app): State<App>,
    ctx: Ctx,
    Id(id): Id<NetworkId>,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    networks::approve(&app.db, &ctx.viewer.decide()?, ctx.now, &id).await?;
    Ok(back("registry.done.approved"))
}

#[derive(Deserialize)]
struct Reason {
    reason: String,
}

async fn reject(
    State(app): State<App>,
    ctx: Ctx,
    Id(id): Id<NetworkId>,
    Posted(form): Posted<Reason>,
) -> Page<Response> {
    networks::reject(&app.db, &ctx.viewer.decide()?, ctx.now, &id, &form.reason).await?;
    Ok(back("registry.done.rejected"))
}

fn back(done: &str) -> Response {
    web::redirect(&parts::with_query("/networks", &[("done", done)]))
}
