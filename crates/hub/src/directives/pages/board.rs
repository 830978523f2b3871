//! `/board`: units × demands, on one screen.

use axum::{
    extract::{Path, Query, State as Shared},
    response::{IntoResponse, Response},
};
use maud::{Markup, PreEscaped, html};

use super::{Pairs, about, state_badge, tone, trend, value};
use crate::{
    App,
    directives::{
        Directive, DirectiveId, State,
        board::{self, Board, Row, Slot, Sort, Tally, View, sheet, text},
        read,
        rules::{Cell, STATES},
        snapshot,
    },
    registry::units::Kind,
    web::{Ctx, Page, attachment, frame, parts, redirect},
};

/// The latest letter that is out, or how to begin.
pub(super) async fn latest(Shared(app): Shared<App>, ctx: Ctx) -> Page<Response> {
    let letters = read::issued(&app.db, ctx.viewer.scope()).await?;
    let open = letters.iter().find(|one| one.state == State::Issued).or(letters.first());
    if let Some(letter) = open {
        return Ok(redirect(&format!("/board/{}", letter.id)));
    }
    let title = ctx.t("directives.board.title");
    let may = ctx.viewer.decide().is_ok();
    let text = if may { "directives.board.empty" } else { "directives.list.none" };
    let next = html! { @if may { a.button.primary href="/directives" { (ctx.t("directives.home.first")) } } };
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(&title, &html! {}))
            (parts::empty(&ctx.t(text), &next))
        },
    )
    .into_response())
}

pub(super) async fn show(
    Shared(app): Shared<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    Query(pairs): Query<Pairs>,
) -> Page<Response> {
    let id: DirectiveId = id.parse()?;
    let scope = ctx.viewer.scope();
    let letter = read::directive(&app.db, scope, &id).await?;
    let whole = board::of(&app, scope, &letter, ctx.now).await?;
    let shown = View::new(&pairs).of(&whole);
    if value(&pairs, "format") == "xlsx" {
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        return Ok(attachment("bang-theo-doi.xlsx", kind, sheet::xlsx(&ctx, &shown)?));
    }
    let days = snapshot::trend(&app.db, scope, &id).await?;
    let letters = read::issued(&app.db, scope).await?;
    let title = format!("{} · {}", ctx.t("directives.board.title"), letter.number);
    Ok(frame(
        &ctx,
        &title,
        &html! {
            (parts::heading(letter.title.0.of(ctx.lang), &actions(&ctx, &id, &pairs)))
            (parts::done(&ctx, pairs.get("done").map(String::as_str)))
            (about(&ctx, "directives.board.about"))
            (choose(&ctx, &letters, &id))
            (filter(&ctx, &id, &pairs, &whole))
            div #board data-live="directives sightings registry" {
                (summary(&ctx, &letter, &whole))
                (legend(&ctx, &whole))
                (matrix(&ctx, &shown))
            }
            (trend::draw(&ctx, &days))
        },
    )
    .into_response())
}

fn actions(ctx: &Ctx, id: &DirectiveId, pairs: &Pairs) -> Markup {
    let kept = ["kind", "state", "late", "q", "sort"].map(|name| (name, value(pairs, name)));
    let mut query: Vec<_> = kept.into_iter().filter(|(_, text)| !text.is_empty()).collect();
    query.push(("format", "xlsx"));
    let export = parts::with_query(&format!("/board/{id}"), &query);
    html! {
        a.button href={ "/directives/" (id) } { (ctx.t("directives.board.letter")) }
        a.button href=(export) download { "XLSX" }
        button type="button" data-print { (ctx.t("common.action.print")) }
    }
}

/// The other letters, when there are any.
fn choose(ctx: &Ctx, letters: &[Directive], here: &DirectiveId) -> Markup {
    html! {
        @if letters.len() > 1 {
            nav.letters aria-label=(ctx.t("directives.list.title")) {
                @for letter in letters.iter().take(12) {
                    a href={ "/board/" (letter.id) } aria-current=[(letter.id == *here).then_some("page")] {
                        (letter.number)
                    }
                    " "
                }
            }
        }
    }
}

fn filter(ctx: &Ctx, id: &DirectiveId, pairs: &Pairs, board: &Board) -> Markup {
    let any = || (String::new(), ctx.t("common.answer.all"));
    let there = |kind: &&Kind| board.rows.iter().any(|row| row.kind == kind.name());
    let kinds: Vec<_> = std::iter::once(any())
        .chain(
            Kind::ALL.iter().filter(there).map(|kind| (kind.name().to_owned(), ctx.t(kind.text()))),
        )
        .collect();
    let states: Vec<_> = std::iter::once(any())
        .chain(STATES.map(|name| (name.to_owned(), ctx.t(&format!("directives.cell.{name}")))))
        .collect();
    let sorts = Sort::ALL
        .map(|sort| (sort.name().to_owned(), ctx.t(&format!("directives.sort.{}", sort.name()))));
    let used =
        ["q", "kind", "state", "late", "sort"].iter().any(|name| !value(pairs, name).is_empty());
    html! {
        details.filter open[used] { summary { (ctx.t("directives.board.filter")) }
        form.row.narrow-row method="get" action={ "/board/" (id) } role="search" {
            (parts::field(ctx.lang, "directives.board.find", "q", "search", value(pairs, "q"), false))
            (parts::choice(ctx.lang, "common.field.kind", "kind", &kinds, value(pairs, "kind")))
            (parts::choice(ctx.lang, "common.field.status", "state", &states, value(pairs, "state")))
            (parts::choice(ctx.lang, "common.action.sort", "sort", &sorts, value(pairs, "sort")))
            div.check {
                input #late type="checkbox" name="late" value="1" checked[value(pairs, "late") == "1"];
                label for="late" { (ctx.t("directives.board.only-late")) }
            }
            button type="submit" { (ctx.t("common.action.filter")) }
        } }
    }
}

fn summary(ctx: &Ctx, letter: &Directive, board: &Board) -> Markup {
    let tally = board.tally();
    let share = ctx.lang.percent(tally.proved, tally.asked);
    html! {
        p.summary {
            (state_badge(ctx, letter.state)) " "
            strong {
                (ctx.fill("directives.board.summary", &[
                    ("proved", &tally.proved), ("asked", &tally.asked),
                    ("share", &share), ("late", &tally.late),
                ]))
            }
            " " span.soft { (ctx.fill("web.as-of", &[("time", &ctx.time(board.as_of))])) }
        }
    }
}

fn legend(ctx: &Ctx, board: &Board) -> Markup {
    html! {
        ul.legend aria-label=(ctx.t("directives.board.legend")) {
            @for (state, count) in board.by_state() {
                li {
                    span class={ "badge " (tone(state).class()) } {
                        span.mark aria-hidden="true" { (text::mark(state)) }
                        " " (ctx.t(&format!("directives.cell.{state}"))) " " (count)
                    }
                }
            }
        }
    }
}

fn matrix(ctx: &Ctx, board: &Board) -> Markup {
    html! {
        div.table-wrap.board tabindex="0" role="region" aria-label=(ctx.t("directives.board.title")) {
            table {
                thead { (head(ctx, board)) }
                tbody { (PreEscaped(body(ctx, board))) }
                tfoot { (totals(ctx, board)) }
            }
        }
        @if board.rows.is_empty() { p.none { (ctx.t("web.no-rows")) } }
    }
}

fn head(ctx: &Ctx, board: &Board) -> Markup {
    html! {
        tr {
            th scope="col" { (ctx.t("common.field.unit")) }
            @for demand in &board.demands {
                th.ask scope="col" title={ (demand.code) " · " (demand.title.of(ctx.lang)) " · " (ctx.time(demand.due_at)) } {
                    b { (demand.place()) } span { (demand.title.of(ctx.lang)) }
                }
            }
            th.num scope="col" { (ctx.t("directives.column.share")) }
        }
    }
}

/// The words of the eight states, looked up once for thousands of cells.
struct Words(Vec<(&'static str, &'static str, &'static str, String, String)>);

impl Words {
    fn new(ctx: &Ctx) -> Self {
        let of = |name: &'static str| {
            let word = ctx.t(&format!("directives.cell.{name}"));
            let short = ctx.t(&format!("directives.short.{name}"));
            (name, tone(name).class(), text::mark(name), word, short)
        };
        Self(STATES.map(of).into())
    }
}

/// The rows, straight into one string: 4,500 cells must not cost a frame.
fn body(ctx: &Ctx, board: &Board) -> String {
    let words = Words::new(ctx);
    let mut out = String::with_capacity(board.rows.len() * (board.demands.len() * 110 + 200));
    for row in &board.rows {
        out.push_str("<tr><th scope=row title=\"");
        push_text(&mut out, &row.name);
        out.push_str("\">");
        push_text(&mut out, &row.name);
        out.push_str("</th>");
        for (cell, column) in row.cells.iter().zip(&board.demands) {
            match cell {
                Some(slot) => push_cell(&mut out, &words, slot, column.counted),
                None => out.push_str("<td></td>"),
            }
        }
        push_share(ctx, &mut out, row);
        out.push_str("</tr>");
    }
    out
}

fn push_cell(out: &mut String, words: &Words, slot: &Slot, counted: bool) {
    let name = slot.cell.name();
    let Some((_, class, mark, word, short)) = words.0.iter().find(|(known, ..)| *known == name)
    else {
        return;
    };
    out.extend(["<td class=", class, "><a href=/tasks/", slot.task.as_str(), " title=\""]);
    push_text(out, word);
    out.extend(["\"><i>", mark, "</i> "]);
    match slot.cell.figures() {
        (Some(handled), Some(total)) if counted && total > 0 => {
            out.extend([handled.to_string().as_str(), "/", total.to_string().as_str()]);
        }
        _ => push_text(out, short),
    }
    if is_disputed(slot) {
        out.push_str(" <i>◇</i>");
    }
    out.push_str("</a></td>");
}

/// Whether a person claims something else than the machine shows: both are to be seen.
fn is_disputed(slot: &Slot) -> bool {
    let shown = match slot.cell {
        Cell::Partly { handled, total }
        | Cell::Late { handled: Some(handled), total: Some(total) } => (handled, total),
        _ => return false,
    };
    slot.claim.is_some_and(|claim| (claim.handled, claim.total) != shown)
}

fn push_share(ctx: &Ctx, out: &mut String, row: &Row) {
    let Tally { asked, proved, .. } = row.tally();
    out.push_str("<td class=num>");
    out.push_str(&ctx.lang.percent(proved, asked));
    out.push_str("</td>");
}

fn push_text(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

fn totals(ctx: &Ctx, board: &Board) -> Markup {
    let all = board.tally();
    html! {
        tr {
            th scope="row" { (ctx.t("directives.board.proved-of")) }
            @for column in 0..board.demands.len() {
                @let tally = board.tally_of(column);
                td { (tally.proved) "/" (tally.asked) }
            }
            td.num { (ctx.lang.percent(all.proved, all.asked)) }
        }
        tr {
            th scope="row" { (ctx.t("directives.column.late")) }
            @for column in 0..board.demands.len() { td { (board.tally_of(column).late) } }
            td.num { (all.late) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::push_text;

    #[test]
    fn a_name_is_never_markup() {
        let mut out = String::new();
        push_text(&mut out, "Sở <b>\"A&B\"</b>");
        assert_eq!(out, "Sở &lt;b&gt;&quot;A&amp;B&quot;&lt;/b&gt;");
    }
}
