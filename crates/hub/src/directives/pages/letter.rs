//! `/directives/{id}`: a letter, what it asks, and where it is in its life.

use axum::{
    extract::{Path, Query, State as Shared},
    response::Response,
};
use maud::{Markup, html};

use super::{Pairs, about, check_text, demand::Nothing, done, letter_path, state_badge, value};
use crate::{
    App, Error,
    access::Scope,
    directives::{
        Covers, Demand, Directive, DirectiveId, State, close, draft,
        issue::{self, Reach},
        read::{self, Attachment},
    },
    web::{Ctx, Page, Posted, Upload, frame, parts, redirect},
};

pub(super) async fn show(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Query(pairs): Query<Pairs>,
) -> Page {
    let scope = ctx.viewer.scope();
    let letter = read::directive(&app.db, scope, &id.parse()?).await?;
    let demands = read::demands(&app.db, &letter.id).await?;
    let files = read::attachments(&app.db, &letter.id).await?;
    let linked = linked(&app, scope, &letter).await?;
    let title = letter.title.0.of(ctx.lang).to_owned();
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &actions(&ctx, &letter)))
            (parts::done(&ctx, pairs.get("done").map(String::as_str)))
            (about(&ctx, "directives.letter.about"))
            (next_step(&ctx, &letter, &demands))
            (facts(&ctx, &letter, &linked))
            (attachments(&ctx, &letter, &files))
            (asked(&ctx, &letter, &demands))
            (ending(&ctx, &letter))
        },
    ))
}

fn may_draft(ctx: &Ctx, letter: &Directive) -> bool {
    letter.state == State::Draft && ctx.viewer.decide().is_ok()
}

fn actions(ctx: &Ctx, letter: &Directive) -> Markup {
    let path = letter_path(&letter.id);
    html! {
        @if may_draft(ctx, letter) {
            a.button.primary href={ (path) "/issue" } { (ctx.t("directives.issue.open")) }
            a.button href={ (path) "/edit" } { (ctx.t("common.action.edit")) }
        }
        @if letter.state != State::Draft {
            a.button.primary href={ "/board/" (letter.id) } { (ctx.t("directives.board.open")) }
        }
        @if letter.state == State::Closed {
            a.button href={ (path) "/bundle" } download { (ctx.t("directives.bundle.download")) }
        }
    }
}

fn next_step(ctx: &Ctx, letter: &Directive, demands: &[Demand]) -> Markup {
    let key = match letter.state {
        State::Draft if demands.is_empty() => "directives.next.add-demands",
        State::Draft => "directives.next.issue",
        State::Issued => "directives.next.follow",
        State::Closed => "directives.next.closed",
    };
    html! { p { (state_badge(ctx, letter.state)) " " (ctx.t(key)) } }
}

/// Numbers a letter names, each with the letter of ours that bears it, and
/// letters that say they take its place.
struct Linked {
    refers_to: Vec<(String, Option<DirectiveId>)>,
    supersedes: Vec<(String, Option<DirectiveId>)>,
    superseded_by: Vec<(String, Option<DirectiveId>)>,
}

async fn linked(app: &App, scope: &Scope, letter: &Directive) -> crate::Result<Linked> {
    let mut refers_to = Vec::new();
    for number in &letter.refers_to.0 {
        refers_to.push((number.clone(), ours(app, scope, number).await?));
    }
    let mut supersedes = Vec::new();
    for number in &letter.supersedes.0 {
        supersedes.push((number.clone(), ours(app, scope, number).await?));
    }
    let later = read::issued(&app.db, scope).await?;
    let superseded_by = later
        .into_iter()
        .filter(|one| one.supersedes.0.contains(&letter.number))
        .map(|one| (one.number, Some(one.id)))
        .collect();
    Ok(Linked { refers_to, supersedes, superseded_by })
}

async fn ours(app: &App, scope: &Scope, number: &str) -> crate::Result<Option<DirectiveId>> {
    Ok(read::numbered(&app.db, scope, number).await?.into_iter().next().map(|one| one.id))
}

fn facts(ctx: &Ctx, letter: &Directive, linked: &Linked) -> Markup {
    let day = |day: Option<crate::store::Day>| {
        day.map_or_else(|| "…".to_owned(), |day| ctx.lang.date(day.0))
    };
    html! {
        dl.facts {
            dt { (ctx.t("directives.column.number")) } dd { (letter.number) }
            dt { (ctx.t("directives.column.issuer")) } dd { (letter.issuer) }
            dt { (ctx.t("directives.column.date")) } dd { (ctx.lang.date(letter.date.0)) }
            @if letter.period_from.is_some() || letter.period_to.is_some() {
                dt { (ctx.t("directives.letter.period")) } dd { (day(letter.period_from)) " – " (day(letter.period_to)) }
            }
            @if !letter.legal_base.0.is_empty() {
                dt { (ctx.t("directives.letter.base")) }
                dd { ul { @for base in &letter.legal_base.0 { li { (base_line(ctx, base)) } } } }
            }
            (numbers(ctx, "directives.letter.refers", &linked.refers_to))
            (numbers(ctx, "directives.letter.replaces", &linked.supersedes))
            (numbers(ctx, "directives.letter.replaced-by", &linked.superseded_by))
            @if let (Some(at), Some(by)) = (letter.issued_at, &letter.issued_by) {
                dt { (ctx.t("directives.column.issued")) } dd { (ctx.time(at)) " · " (by) }
            }
            @if let (Some(at), Some(why)) = (letter.closed_at, &letter.close_reason) {
                dt { (ctx.t("directives.letter.closed")) } dd { (ctx.time(at)) " · " (why) }
            }
        }
    }
}

fn base_line(ctx: &Ctx, base: &super::super::Reference) -> String {
    let day = base.date.map(|day| ctx.lang.date(day));
    let parts = [
        Some(base.number.clone()),
        day,
        Some(base.issuer.clone()),
        Some(base.title.of(ctx.lang).to_owned()),
    ];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn numbers(ctx: &Ctx, label: &str, numbers: &[(String, Option<DirectiveId>)]) -> Markup {
    html! {
        @if !numbers.is_empty() {
            dt { (ctx.t(label)) }
            dd { ul { @for (number, id) in numbers {
                li { @match id { Some(id) => a href=(letter_path(id)) { (number) }, None => (number), } }
            } } }
        }
    }
}

fn attachments(ctx: &Ctx, letter: &Directive, files: &[Attachment]) -> Markup {
    let path = letter_path(&letter.id);
    let may = letter.state != State::Closed && ctx.viewer.decide().is_ok();
    html! {
        h2 { (ctx.t("directives.letter.files")) }
        @if files.is_empty() { p.soft { (ctx.t("directives.letter.no-files")) } }
        ul {
            @for file in files {
                li {
                    a href={ (path) "/files/" (file.sha256) } { (file.name) }
                    " " span.soft { (ctx.number(file.size)) " B · " (ctx.time(file.uploaded_at)) }
                    br; code { "sha256 " (file.sha256) }
                }
            }
        }
        @if may {
            form.row method="post" action={ (path) "/attach" } enctype="multipart/form-data" {
                (parts::token(ctx))
                div.field {
                    label for="file" { (ctx.t("directives.letter.attach")) }
                    input #file type="file" name="file" required;
                }
                button type="submit" { (ctx.t("common.action.upload")) }
            }
        }
    }
}

fn asked(ctx: &Ctx, letter: &Directive, demands: &[Demand]) -> Markup {
    let drafting = may_draft(ctx, letter);
    let path = letter_path(&letter.id);
    html! {
        div.heading {
            h2 { (ctx.t("directives.column.demands")) " (" (demands.len()) ")" }
            @if drafting {
                div.actions { a.button href={ (path) "/demands/new" } { (ctx.t("directives.demand.new")) } }
            }
        }
        @if !demands.is_empty() {
            div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("directives.column.demands")) {
                table {
                    thead { tr {
                        @for key in ["directives.column.demand", "directives.column.title", "directives.column.covers", "common.field.due", "directives.column.check"] {
                            th scope="col" { (ctx.t(key)) }
                        }
                    } }
                    tbody { @for demand in demands { (demand_row(ctx, &path, demand, drafting)) } }
                }
            }
        }
    }
}

fn demand_row(ctx: &Ctx, path: &str, demand: &Demand, drafting: bool) -> Markup {
    html! {
        tr {
            th scope="row" {
                @if drafting { a href={ (path) "/demands/" (demand.id) } { (demand.code) } } @else { (demand.code) }
            }
            td {
                strong { (demand.title.0.of(ctx.lang)) }
                @if !demand.clause.is_empty() { " " span.soft { (demand.clause) } }
                @let text = demand.text.0.of(ctx.lang);
                @if !text.is_empty() { p { (text) } }
            }
            td { (covers_text(ctx, &demand.covers.0)) }
            td { (ctx.time(demand.due_at)) }
            td {
                (check_text(ctx, &demand.check_kind))
                @if demand.zero_allowed.0 { br; span.soft { (ctx.t("directives.demand.zero_allowed")) } }
                @if let Some(counts) = &demand.counts {
                    br; span.soft { (counts.0.handled.of(ctx.lang)) " / " (counts.0.total.of(ctx.lang)) }
                }
            }
        }
    }
}

fn covers_text(ctx: &Ctx, covers: &Covers) -> String {
    match covers {
        Covers::All => ctx.t("directives.covers.all"),
        Covers::Units(codes) => codes.join(", "),
        Covers::Kinds(kinds) => {
            let word = |kind: &String| ctx.t(&format!("registry.unit-kind.{kind}"));
            kinds.iter().map(word).collect::<Vec<_>>().join(", ")
        }
    }
}

fn ending(ctx: &Ctx, letter: &Directive) -> Markup {
    let path = letter_path(&letter.id);
    html! {
        @if ctx.viewer.decide().is_ok() && letter.state == State::Issued {
            details {
                summary { (ctx.t("directives.close.open")) }
                p { (ctx.t("directives.close.about")) }
                form method="post" action={ (path) "/close" } {
                    (parts::token(ctx))
                    (parts::field(ctx.lang, "common.field.reason", "reason", "text", "", true))
                    button.danger type="submit" { (ctx.t("directives.close.submit")) }
                }
            }
        }
        @if may_draft(ctx, letter) {
            details {
                summary { (ctx.t("directives.discard.open")) }
                p { (ctx.t("directives.discard.about")) }
                form method="post" action={ (path) "/discard" } {
                    (parts::token(ctx))
                    button.danger type="submit" { (ctx.t("directives.discard.submit")) }
                }
            }
        }
    }
}

/// What issuing would do, before it is done.
pub(super) async fn issue_page(Shared(app): Shared<App>, ctx: Ctx, Path(id): Path<String>) -> Page {
    ctx.viewer.decide()?;
    let letter = read::directive(&app.db, ctx.viewer.scope(), &id.parse()?).await?;
    if letter.state != State::Draft {
        return Err(Error::conflict("directives.not-a-draft").into());
    }
    let reach = issue::reach(&app.db, &letter.id, &ctx.zone, ctx.now).await?;
    let title = ctx.t("directives.issue.title");
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! {}))
            (about(&ctx, "directives.issue.about"))
            p { strong { (letter.number) } " " (letter.title.0.of(ctx.lang)) }
            (reached(&ctx, &reach))
            (confirm(&ctx, &letter, &reach))
        },
    ))
}

fn reached(ctx: &Ctx, reach: &Reach) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("directives.issue.title")) {
            table {
                thead { tr {
                    th scope="col" { (ctx.t("directives.column.demand")) }
                    th scope="col" { (ctx.t("directives.column.title")) }
                    th scope="col" { (ctx.t("common.field.due")) }
                    th scope="col" { (ctx.t("directives.issue.units")) }
                } }
                tbody {
                    @for (demand, units) in &reach.demands {
                        tr {
                            th scope="row" { (demand.code) }
                            td { (demand.title.0.of(ctx.lang)) }
                            td {
                                (ctx.time(demand.due_at))
                                @if demand.due_at.0 <= ctx.now { " " (parts::badge(parts::Tone::Bad, &ctx.t("directives.issue.past"))) }
                            }
                            td.num { (units.len()) }
                        }
                    }
                }
            }
        }
    }
}

fn confirm(ctx: &Ctx, letter: &Directive, reach: &Reach) -> Markup {
    let tasks: usize = reach.demands.iter().map(|(_, units)| units.len()).sum();
    let path = letter_path(&letter.id);
    html! {
        @if reach.faults.is_empty() {
            p { (ctx.fill("directives.issue.tasks", &[("n", &ctx.number(tasks as i64))])) }
            form method="post" action={ (path) "/issue" } {
                (parts::token(ctx))
                button.primary type="submit" { (ctx.t("directives.issue.submit")) }
                " " a.button href=(path) { (ctx.t("common.action.back")) }
            }
        } @else {
            ul.findings {
                @for fault in &reach.faults {
                    @let (text, hint) = ctx.lang.diagnostic(fault);
                    li { strong { (text) } " " span.place { (fault.place) } br; span.hint { (hint) } }
                }
            }
            a.button href=(path) { (ctx.t("common.action.back")) }
        }
    }
}

pub(super) async fn issue(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let id: DirectiveId = id.parse()?;
    issue::issue(&app.db, &by, ctx.now, &id, &ctx.zone).await?;
    Ok(redirect(&done(&format!("/board/{id}"), "directives.done.issued")))
}

pub(super) async fn close(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(form): Posted<Pairs>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let id: DirectiveId = id.parse()?;
    close::close(&app, &by, ctx.now, &id, value(&form, "reason")).await?;
    Ok(redirect(&done(&letter_path(&id), "directives.done.closed")))
}

pub(super) async fn discard(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    draft::discard(&app.db, &by, ctx.now, &id.parse()?).await?;
    Ok(redirect(&done("/directives", "directives.done.discarded")))
}

pub(super) async fn attach(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    upload: Upload,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let id: DirectiveId = id.parse()?;
    let missing = || Error::field("directives.file-unreadable", "file");
    let file = upload.files.into_iter().next().ok_or_else(missing)?;
    draft::attach(&app, &by, ctx.now, &id, (&file.name, file.bytes)).await?;
    Ok(redirect(&done(&letter_path(&id), "directives.done.attached")))
}
