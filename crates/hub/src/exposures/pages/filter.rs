//! The form of a campaign, as every page of the room shows it.

use maud::{Markup, html};
use patches::facts::{Month, Severity};

use crate::{
    Result,
    exposures::{bulletins::Basis, campaign::Asked},
    web::{Ctx, Listing, parts},
};

/// The campaign that a page's query asks for. Without one it is the union.
pub(super) fn asked(listing: &Listing) -> Result<Asked> {
    Asked::of_query(&|name| listing.get(name).map(str::to_owned))
}

/// The campaign's fields, for a form with a `GET`; the page adds its own.
pub(super) fn fields(ctx: &Ctx, asked: &Asked, basis: Option<&Basis>) -> Markup {
    let one = &asked.campaign;
    let tick = |name: &str, on: bool| {
        html! {
            div.check {
                input id=(name) type="checkbox" name=(name) value="1" checked[on];
                label for=(name) { (ctx.t(&format!("exposures.campaign.{name}"))) }
            }
        }
    };
    let cvss = one.cvss_from.map(|tenths| format!("{}.{}", tenths / 10, tenths % 10));
    html! {
        fieldset {
            legend { (ctx.t("exposures.campaign.title")) }
            p.hint { (ctx.t("exposures.campaign.about")) }
            div.row {
                (tick("named", one.named))
                (tick("critical", one.severities.contains(&Severity::Critical)))
                (tick("important", one.severities.contains(&Severity::Important)))
                (tick("exploited", one.exploited))
                (tick("kev", one.kev))
                (tick("everything", one.everything))
            }
            div.row {
                (parts::field(ctx.lang, "exposures.campaign.cvss_from", "cvss_from", "text", &cvss.unwrap_or_default(), false))
                (month(ctx, "from", one.from, basis))
                (month(ctx, "to", one.to, basis))
                (parts::field(ctx.lang, "exposures.campaign.cves", "cves", "text", &asked.cves.join(", "), false))
            }
        }
    }
}

fn month(ctx: &Ctx, name: &str, chosen: Option<Month>, basis: Option<&Basis>) -> Markup {
    let mut options = vec![(String::new(), ctx.t("common.answer.all"))];
    let mut months: Vec<Month> = basis.map(|basis| basis.months.0.clone()).unwrap_or_default();
    months.extend(chosen);
    months.sort_unstable();
    months.dedup();
    let one = |month: Month| (month.to_string(), super::month(i64::from(month.0)));
    options.extend(months.into_iter().map(one));
    let chosen = chosen.map(|month| month.to_string()).unwrap_or_default();
    parts::choice(ctx.lang, &format!("exposures.campaign.{name}"), name, &options, &chosen)
}

/// The campaign in one sentence.
pub(super) fn wording(ctx: &Ctx, asked: &Asked) -> String {
    let one = &asked.campaign;
    let mut parts: Vec<String> = Vec::new();
    let mut say = |name: &str, on: bool| {
        if on {
            parts.push(ctx.t(&format!("exposures.campaign.{name}")));
        }
    };
    say("named", one.named);
    say("critical", one.severities.contains(&Severity::Critical));
    say("important", one.severities.contains(&Severity::Important));
    say("exploited", one.exploited);
    say("kev", one.kev);
    say("everything", one.everything);
    if let Some(tenths) = one.cvss_from {
        let score = ctx.lang.decimal(f64::from(tenths) / 10.0, 1);
        parts.push(ctx.fill("exposures.campaign.cvss-at-least", &[("score", &score)]));
    }
    if !asked.cves.is_empty() {
        parts.push(asked.cves.join(", "));
    }
    let mut text = parts.join("; ");
    let shown =
        |month: Option<Month>| month.map_or("…".to_owned(), |m| super::month(i64::from(m.0)));
    if one.from.is_some() || one.to.is_some() {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("from", &shown(one.from)), ("to", &shown(one.to))];
        text = format!("{text} ({})", ctx.fill("exposures.campaign.months", &values));
    }
    text
}

/// How old the data are, and a warning where they end too early.
pub(super) fn banner(ctx: &Ctx, basis: Option<&Basis>, is_short: bool) -> Markup {
    let Some(basis) = basis else {
        return html! { p.warning { (ctx.t("exposures.banner.none")) } };
    };
    let ends = basis.data_ends.map_or("–".to_owned(), |day| ctx.lang.date(day.0));
    html! {
        @if is_short { p.warning { (ctx.fill("exposures.banner.short", &[("ends", &ends)])) } }
        @else { p.soft { (ctx.fill("exposures.banner.ends", &[("ends", &ends)])) } }
    }
}
