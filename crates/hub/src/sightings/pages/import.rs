//! `/lists/import`: a file, what it would do, and the word to do it.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State as Shared},
    response::{IntoResponse, Response},
};
use diag::{Diagnostic, Place};
use jiff::{civil::Date, tz::TimeZone};
use maud::{Markup, html};

use super::{lists as received, mapping};
use crate::{
    App, Error, Result,
    access::Scope,
    registry::units,
    sightings::{
        DraftId, FeedId, Outcome,
        feeds::{self, FeedData},
        import::{self as importing, Draft, Incoming, Line, Look, Preview},
    },
    web::{self, Ctx, Page, Posted, Upload, frame, parts},
    works,
};

/// Units and errors shown.
const SHOWN: usize = 20;

pub(super) async fn form(ctx: Ctx) -> Page {
    ctx.viewer.watch()?;
    let title = ctx.t("sightings.import.title");
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! { a.button href="/works" { (ctx.t("works.all")) } }))
            p { (ctx.t("sightings.import.about")) }
            form method="post" action="/lists/import" enctype="multipart/form-data" {
                (parts::token(&ctx))
                div.field {
                    label for="file" { (ctx.t("sightings.import.file")) span.required { " *" } }
                    input #file type="file" name="file" required;
                    span.hint { (ctx.t("sightings.import.formats")) }
                }
                button.primary type="submit" { (ctx.t("sightings.import.preview")) }
            }
        },
    ))
}

pub(super) async fn upload(
    Shared(app): Shared<App>,
    ctx: Ctx,
    mut upload: Upload,
) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    let missing = || Error::field("sightings.file-missing", "file");
    let file = upload.files.pop().ok_or_else(missing)?;
    let draft = importing::put_down(&app, &by, ctx.now, &file.name, file.bytes.into()).await?;
    Ok(web::redirect(&page_of(&draft)))
}

/// The page of a draft.
fn page_of(draft: &DraftId) -> String {
    format!("/lists/import/{draft}")
}

/// What a person has said so far about a file.
struct Said {
    feed: Option<FeedId>,
    covers: Option<(Date, Date)>,
    zone: Option<String>,
    mapping: Option<tables::Mapping>,
}

impl Said {
    fn read(pairs: &BTreeMap<String, String>) -> Self {
        let text =
            |name: &str| pairs.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
        let day = |name: &str| text(name).and_then(|day| day.parse::<Date>().ok());
        Self {
            feed: text("feed").and_then(|id| id.parse().ok()),
            covers: day("covers_from").zip(day("covers_to")),
            zone: text("zone").filter(|zone| TimeZone::get(zone).is_ok()).map(str::to_owned),
            mapping: mapping::read(pairs.iter()),
        }
    }

    /// Settings to read with: the feed's, with what was said over them.
    async fn settings(&self, app: &App) -> Result<Option<lists::Settings>> {
        if self.zone.is_none() && self.mapping.is_none() {
            return Ok(None);
        }
        let base = match &self.feed {
            Some(id) => feeds::get(&app.db, id).await?.settings.0,
            None => lists::Settings::default(),
        };
        Ok(Some(mapping::settings(&base, self.zone.as_deref(), self.mapping.clone())))
    }
}

pub(super) async fn preview(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    let id = id.parse()?;
    // Whoever comes back finds what is being done with the file, or was.
    let work = works::of_origin(&app, &ctx.viewer, ctx.now, &page_of(&id)).await?;
    if let Some(work) = work.filter(|work| work.is_running() || work.result.is_some()) {
        return Ok(web::redirect(&format!("/works/{}", work.id)));
    }
    let draft = importing::draft(&app, &by, &id).await?;
    let said = Said::read(&query);
    let look = Look {
        file_name: draft.file_name.clone(),
        bytes: app.files.read(&draft.sha256).await?.into(),
        settings: said.settings(&app).await?,
        feed: said.feed,
        covers: said.covers,
    };
    let preview = importing::preview(&app, ctx.now, look).await?;
    Ok(drawn(&app, &ctx, &draft, &preview).await?.into_response())
}

async fn drawn(app: &App, ctx: &Ctx, draft: &Draft, preview: &Preview) -> Page {
    let title = ctx.fill("sightings.import.title-of", &[("file", &draft.file_name)]);
    let unfit = importing::unfit(&preview.list);
    let usable = unfit.is_none();
    let tally = &preview.plan.tally;
    Ok(frame(
        ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! { a.button href="/lists/import" { (ctx.t("sightings.import.other")) } }))
            p { (ctx.t("sightings.import.nothing-yet")) }
            @if let Some(list) = &preview.again {
                p.warning { (ctx.t("sightings.import.again")) " " a href={ "/lists/" (list) } { (ctx.t("common.action.view")) } }
            }
            @if let Some(code) = unfit { (refused(ctx, code, &preview.list)) }
            (received::tally(ctx, tally, ""))
            (questions(app, ctx, draft, preview, usable).await?)
            (by_unit(app, ctx, preview).await?)
            (first_rows(ctx, "sightings.import.bad-rows", tally.rejected, preview, Outcome::Rejected))
            (first_rows(ctx, "sightings.import.queued-rows", tally.queued, preview, Outcome::Queued))
            (first_rows(ctx, "sightings.import.placed-rows", tally.placed, preview, Outcome::Placed))
            h2 { (ctx.t("sightings.import.findings")) }
            (received::whole_findings(ctx, &preview.list.diagnostics))
            p.soft { (ctx.fill("sightings.import.read-as", &[("format", &format!("{:?}", preview.list.format)),
                ("encoding", &preview.list.source.encoding)])) }
        },
    ))
}

/// Why the file will not be taken in, with what the reader found.
fn refused(ctx: &Ctx, code: &'static str, list: &lists::List) -> Markup {
    let mut found = vec![Diagnostic::error(code, Place::default())];
    found.extend(list.diagnostics.iter().filter(|one| one.is_error()).take(SHOWN).cloned());
    html! { div.failed role="alert" { (web::findings(ctx.lang, &found)) } }
}

/// Feed, days, zone and columns: to look again with, or to confirm.
async fn questions(
    app: &App,
    ctx: &Ctx,
    draft: &Draft,
    preview: &Preview,
    usable: bool,
) -> Result<Markup> {
    let path = page_of(&draft.id);
    let mut options = vec![(String::new(), ctx.t("sightings.import.new-feed"))];
    options.extend(super::feed_options(&feeds::all(&app.db).await?));
    let chosen = preview.feed.as_ref().map(|feed| feed.id.to_string()).unwrap_or_default();
    let zone = preview.settings.zone.clone();
    let zone = zone.or_else(|| ctx.zone.iana_name().map(str::to_owned)).unwrap_or_default();
    let (from, to) = preview.covers;
    Ok(html! {
        form method="post" action=(path) {
            (parts::token(ctx))
            fieldset {
                legend { (ctx.t("sightings.import.whose")) }
                div.row {
                    (parts::choice(ctx.lang, "sightings.field.feed", "feed", &options, &chosen))
                    (parts::field(ctx.lang, "sightings.field.covers-from", "covers_from", "date", &from.to_string(), true))
                    (parts::field(ctx.lang, "sightings.field.covers-to", "covers_to", "date", &to.to_string(), true))
                    (parts::field(ctx.lang, "sightings.field.zone", "zone", "text", &zone, true))
                }
                @if preview.feed.is_none() {
                    div.row {
                        (parts::field(ctx.lang, "sightings.field.feed-code", "code", "text", &suggested(draft, preview), false))
                        (parts::field(ctx.lang, "sightings.field.feed-name", "name", "text", "", false))
                    }
                }
                p.hint { (ctx.t("sightings.import.covers-hint")) }
            }
            (mapping::choices(ctx, preview))
            p.row {
                @if usable && preview.again.is_none() {
                    button.primary type="submit" { (ctx.t("sightings.import.confirm")) }
                }
                button type="submit" name="look" value="again" { (ctx.t("sightings.import.look-again")) }
                button type="submit" name="look" value="drop" { (ctx.t("sightings.import.drop")) }
            }
        }
    })
}

/// A short name for a feed that is not there yet.
fn suggested(draft: &Draft, preview: &Preview) -> String {
    if let Some(report) = &preview.list.report {
        return format!("shadowserver-{report}");
    }
    let stem = draft.file_name.rsplit_once('.').map_or(draft.file_name.as_str(), |(stem, _)| stem);
    let letters = words::fold(stem);
    let mut parts =
        letters.split(|c: char| !c.is_ascii_alphabetic()).filter(|part| !part.is_empty());
    parts.next().unwrap_or("nguon").chars().take(40).collect()
}

async fn by_unit(app: &App, ctx: &Ctx, preview: &Preview) -> Result<Markup> {
    let names = units::names(&app.db, &Scope::province()).await?;
    Ok(html! {
        @if !preview.units.is_empty() {
            h2 { (ctx.fill("sightings.import.units", &[("n", &preview.units.len())])) }
            ul { @for one in preview.units.iter().take(SHOWN) {
                li {
                    (names.get(&one.unit).map_or("", |(_, name)| name.as_str())) ": "
                    (ctx.fill("web.rows", &[("n", &ctx.number(one.rows as i64))]))
                }
            } }
        }
    })
}

fn first_rows(ctx: &Ctx, title: &str, count: u64, preview: &Preview, outcome: Outcome) -> Markup {
    let lines: Vec<&Line> = preview.lines.iter().filter(|line| line.outcome == outcome).collect();
    html! {
        @if !lines.is_empty() {
            h2 { (ctx.fill(title, &[("n", &ctx.number(count as i64))])) }
            div.table-wrap tabindex="0" { table {
                thead { tr {
                    th scope="col" { (ctx.t("sightings.field.line")) } th scope="col" { (ctx.t("sightings.field.address")) }
                    th scope="col" { (ctx.t("sightings.field.family")) } th scope="col" { (ctx.t("sightings.field.seen-at")) }
                    th scope="col" { (ctx.t("sightings.field.raw")) } th scope="col" { (ctx.t("sightings.field.findings")) }
                } }
                tbody { @for line in lines { tr {
                    td { (line.line) }
                    td.mono { @if let Some(address) = line.address { (address) } }
                    td { @if let Some(family) = line.entry.as_ref().and_then(|entry| entry.family.as_deref()) { (family) } }
                    td { @if let Some(entry) = &line.entry { (ctx.time(entry.seen_at)) } }
                    td.mono { (line.raw.chars().take(160).collect::<String>()) }
                    td {
                        (super::reason(ctx, line.reason.as_deref()))
                        @for found in &line.findings { @let (text, hint) = ctx.lang.diagnostic(found); div { (text) " " span.hint { (hint) } } }
                    }
                } } }
            } }
        }
    }
}

pub(super) async fn confirm(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(form): Posted<BTreeMap<String, String>>,
) -> Page<Response> {
    let by = ctx.viewer.watch()?;
    let draft = importing::draft(&app, &by, &id.parse()?).await?;
    match form.get("look").map(String::as_str) {
        Some("drop") => {
            importing::discard(&app, &by, ctx.now, &draft.id).await?;
            return Ok(web::redirect("/lists"));
        }
        Some(_) => return Ok(look_again(&draft, &form)),
        None => {}
    }
    let mut said = Said::read(&form);
    if said.feed.is_none() {
        said.feed = Some(new_feed(&app, &ctx, &form, said.zone.clone()).await?);
    }
    let incoming = Incoming {
        settings: said.settings(&app).await?,
        feed: said.feed.ok_or(Error::NotFound)?,
        file_name: draft.file_name,
        bytes: app.files.read(&draft.sha256).await?.into(),
        covers: said.covers,
        draft: Some(draft.id.clone()),
    };
    let origin = page_of(&draft.id);
    let work = importing::start(&app, &ctx.viewer, ctx.now, origin, incoming).await?;
    works::follow(&app, &ctx, &work).await
}

fn look_again(draft: &Draft, form: &BTreeMap<String, String>) -> Response {
    let kept = |name: &str| {
        name.starts_with("column.") || ["feed", "covers_from", "covers_to", "zone"].contains(&name)
    };
    let pairs: Vec<(&str, &str)> = form
        .iter()
        .filter(|(name, _)| kept(name))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    web::redirect(&parts::with_query(&page_of(&draft.id), &pairs))
}

async fn new_feed(
    app: &App,
    ctx: &Ctx,
    form: &BTreeMap<String, String>,
    zone: Option<String>,
) -> Result<FeedId> {
    let text = |name: &str| form.get(name).map(|text| text.trim()).unwrap_or_default();
    let name = if text("name").is_empty() { text("code") } else { text("name") };
    let data = FeedData { zone, ..FeedData::monthly(text("code"), name) };
    feeds::create(&app.db, &ctx.viewer.watch()?, ctx.now, &data).await
}
