//! All notices: by state, unit and what they are about; sending many at once.

use std::collections::BTreeMap;

use axum::{
    extract::{Query, State as Server},
    response::Response,
};
use maud::{Markup, html};

use crate::{
    App, Result, installation,
    notices::{Notice, State, read},
    registry::units,
    store::{Direction, Select},
    web::{Column, Ctx, Listing, Page, Table, frame, parts},
};

const CODE: Column<Notice> = Column {
    key: "code",
    title: "notices.column.code",
    sort: Some("n.code"),
    cell: |_, row| html! { a href={ "/notices/" (row.id) } { (row.code) } },
    text: |_, row| row.code.clone().into(),
};
const UNIT: Column<Notice> = Column {
    key: "unit",
    title: "notices.column.unit",
    sort: Some("u.code"),
    cell: |_, row| html! { (row.unit_name) },
    text: |_, row| row.unit_name.clone().into(),
};
const SUBJECT: Column<Notice> = Column {
    key: "subject",
    title: "notices.column.subject",
    sort: Some("n.subject"),
    cell: |_, row| html! { (row.subject) },
    text: |_, row| row.subject.clone().into(),
};
const ROWS: Column<Notice> = Column {
    key: "rows",
    title: "notices.column.rows",
    sort: Some("n.row_count"),
    cell: |ctx, row| html! { span.num { (ctx.number(row.row_count)) } },
    text: |_, row| row.row_count.into(),
};
const STATE: Column<Notice> = Column {
    key: "state",
    title: "notices.column.state",
    sort: Some("n.state"),
    cell: |ctx, row| parts::badge(super::tone(row.state), &ctx.t(row.state.text())),
    text: |ctx, row| ctx.t(row.state.text()).into(),
};
const SENT: Column<Notice> = Column {
    key: "sent",
    title: "notices.column.sent",
    sort: Some("n.sent_at"),
    cell: |ctx, row| html! { (row.sent_at.map(|at| ctx.time(at)).unwrap_or_default()) },
    text: |ctx, row| row.sent_at.map(|at| ctx.time(at)).unwrap_or_default().into(),
};
const DUE: Column<Notice> = Column {
    key: "due",
    title: "notices.column.due",
    sort: Some("n.due_on"),
    cell: |ctx, row| html! { (ctx.lang.date(row.due_on.0)) },
    text: |ctx, row| ctx.lang.date(row.due_on.0).into(),
};
const PICK: Column<Notice> = Column {
    key: "pick",
    title: "notices.column.pick",
    sort: None,
    cell: |ctx, row| {
        html! {
            input type="checkbox" name="id" value=(row.id) form="bulk"
                aria-label=(ctx.fill("notices.list.pick", &[("code", &row.code)]));
        }
    },
    text: |_, _| "".into(),
};

const PROVINCE: &[Column<Notice>] = &[PICK, CODE, UNIT, SUBJECT, ROWS, STATE, SENT, DUE];
const OWN: &[Column<Notice>] = &[CODE, SUBJECT, ROWS, STATE, SENT, DUE];
const READING: &[Column<Notice>] = &[CODE, UNIT, SUBJECT, ROWS, STATE, SENT, DUE];

/// The notices that a query string asks for.
pub(super) fn wanted(ctx: &Ctx, listing: &Listing) -> Select {
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let scope = ctx.viewer.scope();
    let mut select = match listing.get("late") {
        Some(_) => read::unanswered(scope, today),
        None => read::select(scope),
    };
    if listing.get("open").is_some() {
        let open = [State::Sent, State::Delivered, State::Opened];
        select = select.any_of("n.state", open.map(State::name));
    }
    select
        .and_if("n.state = {}", listing.get("state"))
        .and_if("n.unit_id = {}", listing.get("unit"))
        .and_if("n.about_noun = {}", listing.get("noun"))
        .and_if("n.about_id = {}", listing.get("about"))
        .search("n.fold", listing.search())
}

pub(super) async fn page(
    Server(app): Server<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    let listing = Listing::new(query);
    let select = wanted(&ctx, &listing);
    let may_send = ctx.viewer.watch().is_ok();
    let table = Table {
        path: "/notices".to_owned(),
        file: "notices",
        title: "notices.list.title",
        columns: columns(&ctx, may_send),
        sorted: ("code", Direction::Down),
    };
    let head = head(&app, &ctx, &listing).await?;
    let any = select.clone().count(app.db.reader()).await? > 0;
    let bulk = if may_send && any {
        bulk(&app, &ctx, &listing).await?
    } else {
        html! {}
    };
    let empty = if any {
        html! {}
    } else {
        empty(&ctx)
    };
    table
        .respond(&ctx, app.db.reader(), select, &listing, |rows| {
            let title = ctx.t("notices.list.title");
            let rows = if any { rows } else { empty };
            frame(&ctx, &title, &html! { (head) div data-live="notices" #rows { (rows) } (bulk) })
        })
        .await
}

fn columns(ctx: &Ctx, may_send: bool) -> &'static [Column<Notice>] {
    match (ctx.viewer.role.is_province(), may_send) {
        (true, true) => PROVINCE,
        (true, false) => READING,
        (false, _) => OWN,
    }
}

fn empty(ctx: &Ctx) -> Markup {
    let province = ctx.viewer.role.is_province();
    let key = if province { "notices.list.empty" } else { "notices.list.empty-unit" };
    let next =
        html! { @if province { a.button href="/lists" { (ctx.t("notices.list.to-lists")) } } };
    parts::empty(&ctx.t(key), &next)
}

async fn head(app: &App, ctx: &Ctx, listing: &Listing) -> Result<Markup> {
    let province = ctx.viewer.role.is_province();
    let actions = html! {
        @if province { a.button href="/notices/bounces" { (ctx.t("notices.bounces.title")) } }
        @if ctx.viewer.administer().is_ok() { a.button href="/notices/mail" { (ctx.t("notices.mail.title")) } }
    };
    let what = if province { "notices.list.what" } else { "notices.list.what-unit" };
    Ok(html! {
        (parts::heading(&ctx.t("notices.list.title"), &actions))
        p.soft { (ctx.t(what)) }
        (parts::done(ctx, listing.get("done")))
        (filters(app, ctx, listing).await?)
    })
}

async fn filters(app: &App, ctx: &Ctx, listing: &Listing) -> Result<Markup> {
    let all = (String::new(), ctx.t("common.answer.all"));
    let mut states = vec![all.clone()];
    states.extend(State::ALL.iter().map(|state| (state.name().to_owned(), ctx.t(state.text()))));
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let mut units_shown = vec![all];
    units_shown.extend(units::options(&app.db, ctx.viewer.scope(), today).await?);
    let chosen = |key: &str| listing.get(key).unwrap_or_default().to_owned();
    Ok(html! {
        form.row method="get" action="/notices" role="search" {
            (parts::field(ctx.lang, "common.action.search", "q", "search", &chosen("q"), false))
            (parts::choice(ctx.lang, "notices.column.state", "state", &states, &chosen("state")))
            @if units_shown.len() > 2 {
                (parts::choice(ctx.lang, "notices.column.unit", "unit", &units_shown, &chosen("unit")))
            }
            (kept(listing, &["noun", "about", "late", "open"]))
            button type="submit" { (ctx.t("common.action.filter")) }
            a href="/notices" { (ctx.t("common.action.clear")) }
        }
    })
}

/// Filters that the form has no field for.
fn kept(listing: &Listing, keys: &[&str]) -> Markup {
    html! {
        @for key in keys {
            @if let Some(value) = listing.get(key) { input type="hidden" name=(key) value=(value); }
        }
    }
}

/// The form that the check boxes belong to.
async fn bulk(app: &App, ctx: &Ctx, listing: &Listing) -> Result<Markup> {
    let drafts = wanted(ctx, listing)
        .and("n.state = {}", [State::Drafted.name()])
        .count(app.db.reader())
        .await?;
    let mail = installation::read(&app.db).await?.mail.is_some();
    Ok(html! {
        form #bulk method="post" action="/notices/send" {
            (parts::token(ctx))
            (kept(listing, &["q", "state", "unit", "noun", "about", "late", "open"]))
            fieldset {
                legend { (ctx.t("notices.bulk.title")) }
                @if mail {
                    p.soft { (ctx.t("notices.bulk.what")) }
                    (parts::field(ctx.lang, "notices.send.forced", "forced", "text", "", false))
                } @else {
                    p.warning { (ctx.t("notices.bulk.no-mail")) }
                }
                div.row {
                    @if mail {
                        button.primary type="submit" name="what" value="send" { (ctx.t("notices.bulk.send")) }
                        @if drafts > 0 {
                            button type="submit" name="what" value="send-all" {
                                (ctx.lang.count("notices.bulk.send-all", drafts.unsigned_abs()))
                            }
                        }
                    }
                    button type="submit" name="what" value="zip" { (ctx.t("notices.bulk.zip")) }
                    @if drafts > 0 {
                        button type="submit" name="what" value="zip-all" {
                            (ctx.lang.count("notices.bulk.zip-all", drafts.unsigned_abs()))
                        }
                    }
                }
            }
        }
    })
}
