//! The trend by day: stacked bars, and the same numbers as a table.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::{
    directives::{board::text::mark, rules::STATES, snapshot::Point},
    web::Ctx,
};

/// Most days drawn: the latest ones.
const MOST: usize = 60;
const HEIGHT: i64 = 120;
const STEP: usize = 14;

type Days<'a> = Vec<(&'a str, BTreeMap<&'a str, i64>)>;

pub(super) fn draw(ctx: &Ctx, points: &[Point]) -> Markup {
    let days = days(points);
    html! {
        section.trend {
            h2 { (ctx.t("directives.trend.title")) }
            @if days.is_empty() {
                p.soft { (ctx.t("directives.trend.empty")) }
            } @else {
                (chart(ctx, &days))
                details {
                    summary { (ctx.t("directives.trend.table")) }
                    (table(ctx, &days))
                }
            }
        }
    }
}

fn days(points: &[Point]) -> Days<'_> {
    let mut days: BTreeMap<&str, BTreeMap<&str, i64>> = BTreeMap::new();
    for point in points {
        days.entry(&point.day).or_default().insert(&point.state, point.cells);
    }
    let skip = days.len().saturating_sub(MOST);
    days.into_iter().skip(skip).collect()
}

fn chart(ctx: &Ctx, days: &Days) -> Markup {
    let width = days.len() * STEP;
    let (first, last) = (days.first(), days.last());
    let day = |day: Option<&(&str, _)>| day.map_or_else(String::new, |(day, _)| written(ctx, day));
    html! {
        svg.trend viewBox={ "0 0 " (width) " " (HEIGHT) } preserveAspectRatio="none" role="img"
            aria-label=(ctx.t("directives.trend.title")) {
            @for (at, (day, states)) in days.iter().enumerate() { (bar(ctx, at * STEP, day, states)) }
        }
        p.soft { (day(first)) " – " (day(last)) }
    }
}

/// A day's bar: proved at the bottom, the worst on top.
fn bar(ctx: &Ctx, x: usize, day: &str, states: &BTreeMap<&str, i64>) -> Markup {
    let total: i64 = states.values().sum::<i64>().max(1);
    let mut done = 0;
    let bands = STATES.iter().rev().filter_map(|state| {
        let cells = *states.get(state)?;
        let from = HEIGHT - HEIGHT * done / total;
        done += cells;
        let to = HEIGHT - HEIGHT * done / total;
        Some((*state, cells, to, from - to))
    });
    let bands: Vec<_> = bands.collect();
    html! {
        @for (state, cells, y, height) in bands {
            rect class={ "t-" (state) } x=(x) y=(y) width=(STEP - 3) height=(height) {
                title { (written(ctx, day)) " · " (ctx.t(&format!("directives.cell.{state}"))) " " (cells) }
            }
        }
    }
}

fn table(ctx: &Ctx, days: &Days) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label=(ctx.t("directives.trend.title")) {
            table {
                thead { tr {
                    th scope="col" { (ctx.t("common.field.date")) }
                    @for state in STATES { th.num scope="col" { (mark(state)) " " (ctx.t(&format!("directives.cell.{state}"))) } }
                } }
                tbody {
                    @for (day, states) in days.iter().rev() {
                        tr {
                            th scope="row" { (written(ctx, day)) }
                            @for state in STATES { td.num { (states.get(state).copied().unwrap_or(0)) } }
                        }
                    }
                }
            }
        }
    }
}

fn written(ctx: &Ctx, day: &str) -> String {
    day.parse().map_or_else(|_| day.to_owned(), |day| ctx.lang.date(day))
}
