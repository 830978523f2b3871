//! The room's pages.

mod authorities;
mod contacts;
mod files;
mod form;
mod hosts;
mod import;
mod list;
mod networks;
mod search;
mod systems;
mod unit;
mod units;

use axum::{Router, routing::get};
use maud::{Markup, html};

use super::{
    Entry, Kind, contacts::ContactEntry, hosts::HostEntry, networks::NetworkEntry,
    systems::SystemEntry, units::UnitEntry,
};
use crate::{
    App,
    web::{Ctx, Listing, parts},
};

/// All of them.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .merge(forms::<UnitEntry>())
        .merge(forms::<NetworkEntry>())
        .merge(forms::<ContactEntry>())
        .merge(forms::<SystemEntry>())
        .merge(forms::<HostEntry>())
        .merge(units::routes())
        .merge(unit::routes())
        .merge(networks::routes())
        .merge(contacts::routes())
        .merge(systems::routes())
        .merge(hosts::routes())
        .merge(authorities::routes())
        .merge(import::routes())
        .merge(files::routes())
        .merge(search::routes())
}

fn forms<E: Entry>() -> Router<App> {
    let path = E::KIND.path();
    Router::new()
        .route(&format!("{path}/new"), get(form::new::<E>).post(form::add::<E>))
        .route(&format!("{path}/{{id}}/edit"), get(form::change::<E>).post(form::edit::<E>))
}

/// Whether the viewer may enter things of this kind at all.
fn may_enter(ctx: &Ctx, kind: Kind) -> bool {
    super::Keeper::of(&ctx.viewer).is_ok_and(|keeper| keeper.is_province() || kind != Kind::Units)
}

/// A choice among the filters: name, locale key of its label, options.
type Choice<'a> = (&'a str, &'a str, Vec<(String, String)>);

/// The line of filters above a table: search, and choices.
fn filters(ctx: &Ctx, path: &str, listing: &Listing, choices: &[Choice<'_>]) -> Markup {
    html! {
        form.row action=(path) method="get" role="search" {
            div.field {
                label for="q" { (ctx.t("common.action.search")) }
                input #q type="search" name="q" value=(listing.search().unwrap_or_default());
            }
            @for (name, label, options) in choices {
                @let all = std::iter::once((String::new(), ctx.t("common.answer.all")));
                @let options: Vec<_> = all.chain(options.iter().cloned()).collect();
                (parts::choice(ctx.lang, label, name, &options, listing.get(name).unwrap_or_default()))
            }
            button type="submit" { (ctx.t("common.action.filter")) }
        }
    }
}

/// A closed set as the options of a choice.
fn options(ctx: &Ctx, set: &[(&str, &str)]) -> Vec<(String, String)> {
    set.iter().map(|(name, text)| ((*name).to_owned(), ctx.t(text))).collect()
}

/// Facts as a list of terms; those without a value are shown as not known.
fn facts(ctx: &Ctx, rows: &[(&str, Option<Markup>)]) -> Markup {
    html! {
        dl.facts {
            @for (title, value) in rows {
                dt { (ctx.t(title)) }
                dd {
                    @match value {
                        Some(value) => (value),
                        None => span.soft { (ctx.t("common.answer.unknown")) },
                    }
                }
            }
        }
    }
}

/// A text as a fact.
fn fact(text: Option<&String>) -> Option<Markup> {
    text.map(|text| html! { (text) })
}

/// From when to when.
fn span(ctx: &Ctx, from: Option<crate::store::Day>, to: Option<crate::store::Day>) -> String {
    let day = |day: Option<crate::store::Day>| {
        day.map_or_else(|| "…".to_owned(), |day| ctx.lang.date(day.0))
    };
    if from.is_none() && to.is_none() {
        return ctx.t("registry.field.always");
    }
    format!("{} – {}", day(from), day(to))
}

/// Today, where the province is.
fn today(ctx: &Ctx) -> jiff::civil::Date {
    ctx.now.to_zoned(ctx.zone.clone()).date()
}
