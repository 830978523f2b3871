//! `/exposures/hosts/{id}/{cve}`: a verdict walked back to rule, rows and hashes,
//! and what it was before.

use axum::extract::{Path, State as Shared};
use maud::{Markup, html};

use crate::{
    App,
    exposures::{
        Verdict, bulletins,
        proof::{self, Walked},
        read::{self, HostRow, Period},
    },
    registry::HostId,
    web::{Ctx, Page, frame, parts},
};

pub(super) async fn page(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path((id, cve)): Path<(String, String)>,
) -> Page {
    let id: HostId = id.parse()?;
    let scope = ctx.viewer.scope();
    let host = read::host(&app.db, scope, &id).await?;
    let walked = proof::walk(&app, scope, &id, &cve).await?;
    let history = read::history(&app.db, scope, &id, &cve).await?;
    let row = bulletins::cve(&app.db, &cve).await.ok();
    let title = format!("{cve} · {}", host.name);
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! {
                a.button href={ "/exposures/hosts/" (id) } { (host.name) }
                a.button href={ "/exposures/cves/" (cve) } { (cve) }
            }))
            (verdict(&ctx, &host, &walked))
            @if let Some(row) = &row { (super::cves::facts(&ctx, row)) }
            h2 { (ctx.t("exposures.proof.fixes")) }
            (fixes(&ctx, &walked))
            h2 { (ctx.t("exposures.proof.origins")) }
            (origins(&walked))
            p.soft { (ctx.t("exposures.proof.basis")) ": " code { (walked.basis_digest) } }
            h2 { (ctx.t("exposures.proof.history")) }
            (periods(&ctx, &history))
        },
    ))
}

fn verdict(ctx: &Ctx, host: &HostRow, walked: &Walked) -> Markup {
    let is_stale = host.is_stale(read::oldest(ctx.now));
    html! {
        dl.facts {
            dt { (ctx.t("exposures.field.verdict")) }
            dd {
                @if is_stale {
                    (super::verdict_badge(ctx, Verdict::Unknown)) " " (super::why(ctx, Some("inventory_stale")))
                    br; span.soft { (ctx.fill("exposures.proof.when-collected", &[("verdict", &ctx.t(walked.verdict.text()))])) }
                } @else {
                    (super::verdict_badge(ctx, walked.verdict)) " " (super::why(ctx, walked.reason.as_deref()))
                }
            }
            dt { (ctx.t("exposures.proof.rule")) } dd { (ctx.t(&format!("exposures.rule.{}", walked.rule))) }
            dt { (ctx.t("exposures.field.product")) } dd { (walked.host_product) }
            dt { (ctx.t("exposures.field.build")) } dd.mono { (walked.host_build) }
            @if !walked.product.is_empty() { dt { (ctx.t("exposures.proof.row")) } dd { (walked.product) } }
            @if !walked.evidence.is_empty() { dt { (ctx.t("exposures.proof.evidence")) } dd.mono { (walked.evidence) } }
            dt { (ctx.t("exposures.field.collected")) } dd { (super::age(ctx, host.collected_at)) }
        }
    }
}

fn fixes(ctx: &Ctx, walked: &Walked) -> Markup {
    html! {
        @if walked.fixes.is_empty() { p.soft { (ctx.t("exposures.proof.no-fix")) } }
        @else {
            div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("exposures.proof.fixes")) { table.stacks {
                thead { tr {
                    @for key in ["exposures.field.needed", "exposures.proof.fixed-build", "exposures.proof.kind", "exposures.proof.source"] {
                        th scope="col" { (ctx.t(key)) }
                    }
                } }
                tbody { @for fix in &walked.fixes { tr {
                    td data-label=(ctx.t("exposures.field.needed")) {
                        a href=(fix.url) rel="noreferrer" { @if fix.kb > 0 { "KB" (fix.kb) } @else { (fix.url) } }
                    }
                    td.mono data-label=(ctx.t("exposures.proof.fixed-build")) { (fix.build) }
                    td data-label=(ctx.t("exposures.proof.kind")) { (fix.kind) }
                    td data-label=(ctx.t("exposures.proof.source")) { (fix.source) br; code { "sha256 " (fix.source_sha256) } }
                } } }
            } }
        }
    }
}

fn origins(walked: &Walked) -> Markup {
    html! {
        ul { @for one in &walked.origins {
            li { (one.file) " · " (one.collector) br; code { "sha256 " (one.sha256) } }
        } }
    }
}

fn periods(ctx: &Ctx, history: &[Period]) -> Markup {
    html! {
        ol.timeline reversed { @for one in history { li {
            (super::verdict_badge(ctx, one.verdict.unwrap_or(Verdict::NotAffected)))
            " " (super::why(ctx, one.reason.as_deref()))
            " " span.soft {
                (ctx.time(one.from_at)) " – "
                @match one.until_at { Some(at) => (ctx.time(at)), None => (ctx.t("exposures.proof.now")) }
            }
            br; span.hint {
                (ctx.t("exposures.field.build")) " " (one.build) " · "
                (ctx.t("exposures.field.collected")) " " (ctx.day(one.collected_at))
            }
        } } }
    }
}
