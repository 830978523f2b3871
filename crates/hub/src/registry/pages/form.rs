//! The one form of the register, drawn from the fields of a kind.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use maud::{Markup, html};

use crate::{
    App, Error, Result,
    registry::{
        Cells, Entry, Field, Input, Keeper, Kind, Known, Which, Writer, enter, systems, units,
    },
    web::{self, CellText, Ctx, Page, Posted, frame, parts},
};

type Values = BTreeMap<String, String>;

/// An empty form, filled with what the link says.
pub(super) async fn new<E: Entry>(
    State(app): State<App>,
    ctx: Ctx,
    Query(values): Query<Values>,
) -> Page {
    let by = keeper::<E>(&ctx)?;
    let action = format!("{}/new", E::KIND.path());
    Ok(draw(&app, &ctx, &by, E::KIND, ("new", &action), &values).await?)
}

/// Takes the form in.
pub(super) async fn add<E: Entry>(
    State(app): State<App>,
    ctx: Ctx,
    Posted(values): Posted<Values>,
) -> Page<Response> {
    let by = keeper::<E>(&ctx)?;
    let entry = read::<E>(&app, &by, &values).await?;
    let id = enter::add(&app.db, &by, ctx.now, &entry).await?;
    Ok(saved(E::KIND, &id))
}

/// The form of a thing that is there.
pub(super) async fn change<E: Entry>(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
) -> Page {
    let by = keeper::<E>(&ctx)?;
    let values = present::<E>(&app, &by, &id).await?;
    let action = format!("{}/{id}/edit", E::KIND.path());
    Ok(draw(&app, &ctx, &by, E::KIND, ("edit", &action), &values).await?)
}

/// Changes a thing that is there.
pub(super) async fn edit<E: Entry>(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(values): Posted<Values>,
) -> Page<Response> {
    let by = keeper::<E>(&ctx)?;
    present::<E>(&app, &by, &id).await?;
    let entry = read::<E>(&app, &by, &values).await?;
    enter::edit(&app.db, &by, ctx.now, &id, &entry).await?;
    Ok(saved(E::KIND, &id))
}

fn keeper<E: Entry>(ctx: &Ctx) -> Result<Keeper> {
    let by = Keeper::of(&ctx.viewer)?;
    if E::KIND == Kind::Units && !by.is_province() { Err(Error::Forbidden) } else { Ok(by) }
}

fn saved(kind: Kind, id: &str) -> Response {
    let path = format!("{}/{id}", kind.path());
    web::redirect(&parts::with_query(&path, &[("done", "registry.done.saved")]))
}

/// What the form's fields hold for a thing of the keeper's.
async fn present<E: Entry>(app: &App, by: &Keeper, id: &str) -> Result<Values> {
    let mut conn = app.db.reader().acquire().await?;
    let found = E::load(&mut conn, Which::One(id)).await?;
    let (_, entry) = found.into_iter().next().ok_or(Error::NotFound)?;
    let own = by.is_province() || entry.keepers().into_iter().any(|unit| by.keeps(unit).is_ok());
    if !own {
        return Err(Error::NotFound);
    }
    let writer = Writer::load(&mut conn, None, &app.settings.zone).await?;
    let cells = entry.write(&writer).into_iter().map(plain);
    Ok(E::KIND.fields().iter().map(|field| field.name.to_owned()).zip(cells).collect())
}

fn plain(cell: CellText) -> String {
    match cell {
        CellText::Text(text) => text,
        CellText::Number(number) => number.to_string(),
    }
}

/// Reads the form by the rules of a file's row; in a form a doubtful value is
/// an error, because somebody is there to mend it.
async fn read<E: Entry>(app: &App, by: &Keeper, values: &Values) -> Result<E> {
    let mut conn = app.db.reader().acquire().await?;
    let known = Known::load(&mut conn, by, &app.settings.zone).await?;
    let mut cells = Cells::of_form(values, &app.settings.zone);
    let entry = E::begin(&mut cells, &known).map(|mut entry| {
        entry.fill(&mut cells, &known);
        entry
    });
    entry.filter(|_| cells.found.is_empty()).ok_or(Error::Invalid(cells.found))
}

/// The form of a kind. `way` is `new` or `edit`, and where the form goes.
async fn draw(
    app: &App,
    ctx: &Ctx,
    by: &Keeper,
    kind: Kind,
    (way, action): (&str, &str),
    values: &Values,
) -> Result<Markup> {
    let units = unit_codes(app, ctx, by).await?;
    let systems = systems::all(&app.db, &by.scope()).await?;
    let systems: Vec<(String, String)> = systems
        .into_iter()
        .map(|one| (one.code.clone(), format!("{} ({})", one.name, one.code)))
        .collect();
    let title = ctx.t(&format!("registry.form.{way}-{}", kind.name()));
    Ok(frame(
        ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! {}))
            p.soft { (ctx.t(&format!("registry.about.{}", kind.name()))) }
            form method="post" action=(action) {
                (parts::token(ctx))
                @for field in kind.fields() { (input(ctx, field, values, &units, &systems)) }
                div.actions {
                    button.primary type="submit" { (ctx.t("common.action.save")) }
                    a.button href=(kind.path()) { (ctx.t("common.action.cancel")) }
                }
            }
        },
    ))
}

/// The keeper's units by code, and those they share a system with.
async fn unit_codes(app: &App, ctx: &Ctx, by: &Keeper) -> Result<Vec<(String, String)>> {
    let mut all = units::all(&app.db, &by.scope(), super::today(ctx)).await?;
    all.sort_by_cached_key(|unit| words::sort_key(&unit.name));
    let option = |unit: units::Unit| (unit.code.clone(), format!("{} ({})", unit.name, unit.code));
    Ok(all.into_iter().map(option).collect())
}

fn input(
    ctx: &Ctx,
    field: &Field,
    values: &Values,
    units: &[(String, String)],
    systems: &[(String, String)],
) -> Markup {
    let value = values.get(field.name).map_or("", String::as_str);
    let line =
        |kind: &str| parts::field(ctx.lang, field.title, field.name, kind, value, field.required);
    let choice = |options: &[(String, String)]| {
        let mut all = vec![(String::new(), ctx.t("registry.form.choose"))];
        all.extend(options.iter().cloned());
        if !value.is_empty() && !options.iter().any(|(code, _)| code == value) {
            all.push((value.to_owned(), value.to_owned()));
        }
        parts::choice(ctx.lang, field.title, field.name, &all, value)
    };
    match field.input {
        Input::Line | Input::Moment => line("text"),
        Input::Lines => parts::area(ctx.lang, field.title, field.name, value),
        Input::Email => line("email"),
        Input::Phone => line("tel"),
        Input::Day => line("date"),
        Input::Level => {
            let levels: Vec<_> = (1..=5).map(|n| (n.to_string(), n.to_string())).collect();
            choice(&levels)
        }
        Input::Unit | Input::Operator => choice(units),
        Input::System => choice(systems),
        Input::Words(set) => choice(&super::options(ctx, set)),
    }
}
