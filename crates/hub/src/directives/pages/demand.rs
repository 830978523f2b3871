//! A demand of a draft, by hand.

use axum::{
    extract::{Path, State as Shared},
    response::Response,
};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use maud::{Markup, html};

use super::{Pairs, about, check_text, done, letter_path, value};
use crate::{
    App, Error, Result,
    directives::{
        Counts, Covers, DemandId, DirectiveId, State, Text,
        draft::{self, Asking, day},
        end_of_day, read,
    },
    registry::units::Kind,
    web::{Ctx, Page, Posted, frame, parts, redirect},
};

pub(super) async fn new_form(Shared(app): Shared<App>, ctx: Ctx, Path(id): Path<String>) -> Page {
    let id = draft_of(&app, &ctx, &id).await?;
    let action = format!("/directives/{id}/demands/new");
    let form = Pairs::from([("check_kind".to_owned(), "declared".to_owned())]);
    Ok(page(&ctx, "directives.demand.new", &action, &form, &html! {}))
}

pub(super) async fn create(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(form): Posted<Pairs>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let id: DirectiveId = id.parse()?;
    draft::add_demand(&app.db, &by, ctx.now, &id, &asking(&form, &ctx.zone)?).await?;
    Ok(redirect(&done(&letter_path(&id), "directives.done.saved")))
}

pub(super) async fn edit_form(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path((id, demand)): Path<(String, String)>,
) -> Page {
    let id = draft_of(&app, &ctx, &id).await?;
    let demand: DemandId = demand.parse()?;
    let found = read::demand(&app.db, &id, &demand).await?;
    let action = format!("/directives/{id}/demands/{demand}");
    let remove = html! {
        form method="post" action={ (action) "/remove" } {
            (parts::token(&ctx))
            button.danger type="submit" { (ctx.t("directives.demand.remove")) }
        }
    };
    let form = filled(&Asking::from(&found), &ctx.zone);
    Ok(page(&ctx, "directives.demand.edit", &action, &form, &remove))
}

pub(super) async fn save(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path((id, demand)): Path<(String, String)>,
    Posted(form): Posted<Pairs>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let (id, demand): (DirectiveId, DemandId) = (id.parse()?, demand.parse()?);
    let asking = asking(&form, &ctx.zone)?;
    draft::edit_demand(&app.db, &by, ctx.now, (&id, &demand), &asking).await?;
    Ok(redirect(&done(&letter_path(&id), "directives.done.saved")))
}

#[derive(serde::Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn remove(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path((id, demand)): Path<(String, String)>,
    Posted(_): Posted<Nothing>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let (id, demand): (DirectiveId, DemandId) = (id.parse()?, demand.parse()?);
    draft::remove_demand(&app.db, &by, ctx.now, (&id, &demand)).await?;
    Ok(redirect(&done(&letter_path(&id), "directives.done.saved")))
}

async fn draft_of(app: &App, ctx: &Ctx, id: &str) -> Result<DirectiveId> {
    ctx.viewer.decide()?;
    let letter = read::directive(&app.db, ctx.viewer.scope(), &id.parse()?).await?;
    match letter.state {
        State::Draft => Ok(letter.id),
        _ => Err(Error::conflict("directives.not-a-draft")),
    }
}

fn page(ctx: &Ctx, title: &str, action: &str, form: &Pairs, below: &Markup) -> Markup {
    frame(
        ctx,
        &ctx.t(title),
        &html! {
            (parts::heading(&ctx.t(title), &html! {}))
            (about(ctx, "directives.demand.about"))
            form method="post" action=(action) {
                (parts::token(ctx))
                (words(ctx, form))
                (covers(ctx, form))
                (proof(ctx, form))
                button.primary type="submit" { (ctx.t("common.action.save")) }
            }
            (below)
        },
    )
}

fn field(ctx: &Ctx, form: &Pairs, name: &str, kind: &str, required: bool) -> Markup {
    let label = format!("directives.demand.{name}");
    parts::field(ctx.lang, &label, name, kind, value(form, name), required)
}

fn words(ctx: &Ctx, form: &Pairs) -> Markup {
    html! {
        div.row { (field(ctx, form, "code", "text", true)) (field(ctx, form, "clause", "text", false)) }
        (field(ctx, form, "title", "text", true))
        (field(ctx, form, "title_en", "text", false))
        (parts::area(ctx.lang, "directives.demand.text", "text", value(form, "text")))
        (parts::area(ctx.lang, "directives.demand.text_en", "text_en", value(form, "text_en")))
        (field(ctx, form, "due", "datetime-local", true))
    }
}

fn covers(ctx: &Ctx, form: &Pairs) -> Markup {
    let options: Vec<_> = ["all", "kinds", "units"]
        .map(|name| (name.to_owned(), ctx.t(&format!("directives.covers.{name}"))))
        .into();
    html! {
        fieldset {
            legend { (ctx.t("directives.demand.covers")) }
            (parts::choice(ctx.lang, "directives.demand.reach", "covers", &options, value(form, "covers")))
            p.hint { (ctx.t("directives.demand.kinds")) }
            @for kind in Kind::ALL {
                @let name = format!("kind.{}", kind.name());
                (check_box(ctx, form, &name, kind.text()))
            }
            (parts::area(ctx.lang, "directives.demand.units", "units", value(form, "units")))
        }
    }
}

fn check_box(ctx: &Ctx, form: &Pairs, name: &str, label: &str) -> Markup {
    html! {
        div.check {
            input id=(name) name=(name) type="checkbox" value="1" checked[value(form, name) == "1"];
            label for=(name) { (ctx.t(label)) }
        }
    }
}

fn proof(ctx: &Ctx, form: &Pairs) -> Markup {
    let mut kinds: Vec<(String, String)> = crate::nouns::ALL
        .iter()
        .flat_map(|noun| noun.checks)
        .map(|check| (check.kind().to_owned(), check_text(ctx, check.kind())))
        .collect();
    let here = value(form, "check_kind");
    if !here.is_empty() && kinds.iter().all(|(kind, _)| kind != here) {
        kinds.push((here.to_owned(), check_text(ctx, here)));
    }
    html! {
        fieldset {
            legend { (ctx.t("directives.demand.proof")) }
            (parts::choice(ctx.lang, "directives.demand.check_kind", "check_kind", &kinds, here))
            (parts::area(ctx.lang, "directives.demand.check_parameters", "check_parameters", value(form, "check_parameters")))
            (check_box(ctx, form, "zero_allowed", "directives.demand.zero_allowed"))
            p.hint { (ctx.t("directives.demand.counts")) }
            div.row {
                (field(ctx, form, "counts_handled", "text", false))
                (field(ctx, form, "counts_total", "text", false))
            }
            div.row {
                (field(ctx, form, "counts_handled_en", "text", false))
                (field(ctx, form, "counts_total_en", "text", false))
            }
        }
    }
}

fn text(form: &Pairs, name: &str) -> Text {
    let en = value(form, &format!("{name}_en")).to_owned();
    Text { vi: value(form, name).to_owned(), en }
}

fn asking(form: &Pairs, zone: &TimeZone) -> Result<Asking> {
    let counted =
        !value(form, "counts_handled").is_empty() || !value(form, "counts_total").is_empty();
    Ok(Asking {
        code: value(form, "code").to_owned(),
        clause: value(form, "clause").to_owned(),
        title: text(form, "title"),
        text: text(form, "text"),
        covers: covered(form),
        due_at: instant(value(form, "due"), "due", zone)?,
        check_kind: value(form, "check_kind").to_owned(),
        check_parameters: parameters(value(form, "check_parameters"))?,
        zero_allowed: value(form, "zero_allowed") == "1",
        counts: counted.then(|| Counts {
            handled: text(form, "counts_handled"),
            total: text(form, "counts_total"),
        }),
    })
}

fn covered(form: &Pairs) -> Covers {
    match value(form, "covers") {
        "kinds" => {
            let ticked = |kind: &&Kind| value(form, &format!("kind.{}", kind.name())) == "1";
            Covers::Kinds(
                Kind::ALL.iter().filter(ticked).map(|kind| kind.name().to_owned()).collect(),
            )
        }
        "units" => {
            let codes =
                value(form, "units").split(|c: char| c.is_whitespace() || c == ',' || c == ';');
            Covers::Units(codes.filter(|code| !code.is_empty()).map(str::to_owned).collect())
        }
        _ => Covers::All,
    }
}

fn parameters(typed: &str) -> Result<serde_json::Value> {
    if typed.is_empty() {
        return Ok(serde_json::json!({}));
    }
    serde_json::from_str(typed)
        .map_err(|_| Error::field("directives.parameters-unreadable", "check_parameters"))
}

/// An instant as a browser's field gives it (`2024-02-05T17:00`); a bare day
/// means its end.
pub(super) fn instant(typed: &str, field: &'static str, zone: &TimeZone) -> Result<Timestamp> {
    if let Some(at) = typed.contains('T').then(|| typed.parse::<DateTime>().ok()).flatten() {
        return Ok(at.to_zoned(zone.clone()).map_err(Error::internal)?.timestamp());
    }
    end_of_day(day(typed, field)?, zone)
}

fn filled(asking: &Asking, zone: &TimeZone) -> Pairs {
    let due = asking.due_at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let counts = asking.counts.clone().unwrap_or_default();
    let mut form: Pairs = [
        ("code", asking.code.clone()),
        ("clause", asking.clause.clone()),
        ("title", asking.title.vi.clone()),
        ("title_en", asking.title.en.clone()),
        ("text", asking.text.vi.clone()),
        ("text_en", asking.text.en.clone()),
        ("due", due),
        ("check_kind", asking.check_kind.clone()),
        ("check_parameters", asking.check_parameters.to_string()),
        ("zero_allowed", u8::from(asking.zero_allowed).to_string()),
        ("counts_handled", counts.handled.vi),
        ("counts_handled_en", counts.handled.en),
        ("counts_total", counts.total.vi),
        ("counts_total_en", counts.total.en),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into();
    form.extend(filled_covers(&asking.covers));
    form
}

fn filled_covers(covers: &Covers) -> Vec<(String, String)> {
    let reach = |name: &str| ("covers".to_owned(), name.to_owned());
    match covers {
        Covers::All => vec![reach("all")],
        Covers::Kinds(kinds) => {
            let ticked = kinds.iter().map(|kind| (format!("kind.{kind}"), "1".to_owned()));
            std::iter::once(reach("kinds")).chain(ticked).collect()
        }
        Covers::Units(codes) => vec![reach("units"), ("units".to_owned(), codes.join(", "))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demand_comes_back_from_its_form_as_it_was() {
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let mut asking = Asking {
            code: "1a".into(),
            clause: "1.a".into(),
            title: Text { vi: "Trực".into(), en: "Duty".into() },
            text: Text::default(),
            covers: Covers::Kinds(vec!["department".into(), "district".into()]),
            due_at: end_of_day(jiff::civil::date(2024, 2, 5), &zone).unwrap(),
            check_kind: "botnet-clean".into(),
            check_parameters: serde_json::json!({"absent_lists": 2}),
            zero_allowed: true,
            counts: Some(Counts {
                handled: Text { vi: "đã".into(), en: String::new() },
                total: Text { vi: "tổng".into(), en: String::new() },
            }),
        };
        for covers in
            [asking.covers.clone(), Covers::All, Covers::Units(vec!["SYT".into(), "STC".into()])]
        {
            asking.covers = covers;
            let again = super::asking(&filled(&asking, &zone), &zone).unwrap();
            assert_eq!(
                serde_json::to_value(&again).unwrap(),
                serde_json::to_value(&asking).unwrap()
            );
        }
    }

    #[test]
    fn a_bare_day_means_its_end() {
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        for (typed, expected) in [
            ("2024-02-05", "2024-02-05T16:59:59Z"),
            ("05/02/2024", "2024-02-05T16:59:59Z"),
            ("2024-02-05T17:00", "2024-02-05T10:00:00Z"),
        ] {
            let expected: Timestamp = expected.parse().unwrap();
            assert_eq!(instant(typed, "due", &zone).unwrap(), expected, "{typed}");
        }
        assert!(instant("mai", "due", &zone).is_err());
    }
}
