//! `/directives/new` and `/directives/{id}/edit`: a letter by hand.

use axum::{
    extract::{Path, State as Shared},
    response::Response,
};
use maud::{Markup, html};

use super::{Pairs, about, done, letter_path, optional_day, value};
use crate::{
    App, Error, Result,
    directives::{
        DirectiveId, Reference, State, Text,
        draft::{self, Letter},
        read,
    },
    web::{Ctx, Page, Posted, frame, parts, redirect},
};

pub(super) async fn new_form(ctx: Ctx) -> Page {
    ctx.viewer.decide()?;
    Ok(page(&ctx, "directives.new.title", "/directives/new", &Pairs::new()))
}

pub(super) async fn create(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Posted(form): Posted<Pairs>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let id = draft::create(&app.db, &by, ctx.now, &letter(&form)?).await?;
    Ok(redirect(&done(&letter_path(&id), "directives.done.drafted")))
}

pub(super) async fn edit_form(Shared(app): Shared<App>, ctx: Ctx, Path(id): Path<String>) -> Page {
    ctx.viewer.decide()?;
    let id: DirectiveId = id.parse()?;
    let found = read::directive(&app.db, ctx.viewer.scope(), &id).await?;
    if found.state != State::Draft {
        return Err(Error::conflict("directives.not-a-draft").into());
    }
    let path = format!("/directives/{id}/edit");
    Ok(page(&ctx, "directives.edit.title", &path, &filled(&Letter::from(&found))))
}

pub(super) async fn save(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Posted(form): Posted<Pairs>,
) -> Page<Response> {
    let by = ctx.viewer.decide()?;
    let id: DirectiveId = id.parse()?;
    draft::edit(&app.db, &by, ctx.now, &id, &letter(&form)?).await?;
    Ok(redirect(&done(&letter_path(&id), "directives.done.saved")))
}

fn page(ctx: &Ctx, title: &str, action: &str, form: &Pairs) -> Markup {
    frame(
        ctx,
        &ctx.t(title),
        &html! {
            (parts::heading(&ctx.t(title), &html! {}))
            (about(ctx, "directives.new.about"))
            form method="post" action=(action) {
                (parts::token(ctx))
                (fields(ctx, form))
                button.primary type="submit" { (ctx.t("common.action.save")) }
            }
        },
    )
}

fn fields(ctx: &Ctx, form: &Pairs) -> Markup {
    let field = |name: &str, kind: &str, required: bool| {
        let label = format!("directives.letter.{name}");
        parts::field(ctx.lang, &label, name, kind, value(form, name), required)
    };
    let area = |name: &str| {
        let label = format!("directives.letter.{name}");
        parts::area(ctx.lang, &label, name, value(form, name))
    };
    html! {
        (field("number", "text", true))
        (field("issuer", "text", true))
        (field("date", "date", true))
        (field("title", "text", true))
        (field("title_en", "text", false))
        div.row { (field("period_from", "date", false)) (field("period_to", "date", false)) }
        (area("legal_base"))
        (area("refers_to"))
        (area("supersedes"))
    }
}

fn filled(letter: &Letter) -> Pairs {
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let base = letter.legal_base.iter().map(written).collect::<Vec<_>>().join("\n");
    [
        ("number", letter.number.clone()),
        ("issuer", letter.issuer.clone()),
        ("date", letter.date.to_string()),
        ("title", letter.title.vi.clone()),
        ("title_en", letter.title.en.clone()),
        ("period_from", day(letter.period_from)),
        ("period_to", day(letter.period_to)),
        ("legal_base", base),
        ("refers_to", letter.refers_to.join("\n")),
        ("supersedes", letter.supersedes.join("\n")),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into()
}

fn letter(form: &Pairs) -> Result<Letter> {
    Ok(Letter {
        number: value(form, "number").to_owned(),
        issuer: value(form, "issuer").to_owned(),
        date: draft::day(value(form, "date"), "date")?,
        title: Text { vi: value(form, "title").to_owned(), en: value(form, "title_en").to_owned() },
        period_from: optional_day(form, "period_from")?,
        period_to: optional_day(form, "period_to")?,
        legal_base: lines(form, "legal_base").map(reference).collect::<Result<_>>()?,
        refers_to: lines(form, "refers_to").map(str::to_owned).collect(),
        supersedes: lines(form, "supersedes").map(str::to_owned).collect(),
    })
}

fn lines<'a>(form: &'a Pairs, name: &str) -> impl Iterator<Item = &'a str> {
    value(form, name).lines().map(str::trim).filter(|line| !line.is_empty())
}

/// A line of the legal base: number; day; issuer; title. All but the number may be missing.
fn reference(line: &str) -> Result<Reference> {
    let mut parts = line.splitn(4, ';').map(str::trim);
    let mut next = || parts.next().unwrap_or_default().to_owned();
    let (number, date, issuer, title) = (next(), next(), next(), next());
    let date = if date.is_empty() { None } else { Some(draft::day(&date, "legal_base")?) };
    Ok(Reference { number, date, issuer, title: Text { vi: title, en: String::new() } })
}

/// The same line again. An English title that a pack brought is not typed here.
fn written(of: &Reference) -> String {
    let day = of.date.map(|day| day.to_string()).unwrap_or_default();
    let line = [of.number.as_str(), &day, &of.issuer, &of.title.vi].join("; ");
    line.trim_end_matches([';', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_legal_base_is_read_as_it_is_written() {
        for (line, again) in [
            ("6410/BTTTT", "6410/BTTTT"),
            (
                "6410/BTTTT; 29/12/2023; Bộ; Về việc; bảo đảm",
                "6410/BTTTT; 2023-12-29; Bộ; Về việc; bảo đảm",
            ),
        ] {
            assert_eq!(written(&reference(line).unwrap()), again);
        }
        assert!(reference("1; hôm qua").is_err());
    }
}
