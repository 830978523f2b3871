//! The board in a terminal.

use std::fmt::Write;

use words::Lang;

use super::{Board, Row};
use crate::directives::rules::{Cell, STATES};

/// The mark of a state: the same on pages, in files and in a terminal.
pub fn mark(state: &str) -> &'static str {
    match state {
        "proved" => "✓",
        "claimed" => "◇",
        "partly" => "◐",
        "late" => "!",
        "returned" => "↩",
        "excused" => "–",
        "open" => "○",
        _ => "?",
    }
}

/// A cell in few characters: its mark, and its figures where it has some.
pub fn short(cell: &Cell) -> String {
    let mark = mark(cell.name());
    match cell.figures() {
        (Some(handled), Some(total)) if total > 0 => format!("{mark} {handled}/{total}"),
        _ => mark.to_owned(),
    }
}

/// The board as text of at most `width` columns: a line a unit, its share, its
/// cells. Where they do not fit, the marks stand without figures.
pub fn text(board: &Board, lang: Lang, width: usize) -> String {
    let codes = board.rows.iter().map(|row| chars(&row.code)).max().unwrap_or(0).clamp(4, 14);
    let full: Vec<usize> = (0..board.demands.len()).map(|column| widest(board, column)).collect();
    let fits = codes + 7 + full.iter().map(|wide| wide + 2).sum::<usize>() <= width;
    let wide = if fits { full } else { vec![1; board.demands.len()] };
    let mut out = String::new();
    let _ = writeln!(out, "{} · {}", board.number, cut(board.title.of(lang), width));
    head(&mut out, board, lang, (codes, &wide));
    for row in &board.rows {
        line(&mut out, row, lang, (codes, &wide), fits);
    }
    foot(&mut out, board, lang, fits);
    out
}

fn head(out: &mut String, board: &Board, lang: Lang, (codes, wide): (usize, &[usize])) {
    let unit = lang.t("common.field.unit");
    let _ = write!(out, "{:codes$} {:>5}", cut(&unit, codes), "%");
    for (number, wide) in (1..).zip(wide) {
        let _ = write!(out, " {:wide$}", column_name(board, number, *wide));
    }
    out.push('\n');
}

/// The demand's code where it fits, else its place in the letter.
fn column_name(board: &Board, number: usize, wide: usize) -> String {
    let code = board.demands.get(number - 1).map_or("", |demand| demand.code.as_str());
    if chars(code) <= wide { code.to_owned() } else { cut(&(number % 10).to_string(), wide) }
}

fn line(
    out: &mut String,
    row: &Row,
    lang: Lang,
    (codes, wide): (usize, &[usize]),
    with_figures: bool,
) {
    let tally = row.tally();
    let share = lang.percent(tally.proved, tally.asked);
    let _ = write!(out, "{:codes$} {share:>5}", cut(&row.code, codes));
    for (cell, wide) in row.cells.iter().zip(wide) {
        let shown = match cell {
            Some(slot) if with_figures => short(&slot.cell),
            Some(slot) => mark(slot.cell.name()).to_owned(),
            None => String::new(),
        };
        let _ = write!(out, " {shown:wide$}");
    }
    while out.ends_with(' ') {
        out.pop();
    }
    out.push('\n');
}

fn foot(out: &mut String, board: &Board, lang: Lang, fits: bool) {
    out.push('\n');
    if !fits {
        for (number, demand) in (1..).zip(&board.demands) {
            let _ = writeln!(out, "{number:>2} {}", demand.code);
        }
    }
    for (state, count) in board.by_state() {
        let word = lang.t(&format!("directives.cell.{state}"));
        let _ = write!(out, "{} {word} {count}   ", mark(state));
    }
    debug_assert_eq!(STATES.len(), board.by_state().len());
    let tally = board.tally();
    let share = lang.percent(tally.proved, tally.asked);
    let _ = writeln!(
        out,
        "\n{}",
        lang.fill(
            "directives.board.summary",
            &[
                ("proved", &tally.proved),
                ("asked", &tally.asked),
                ("share", &share),
                ("late", &tally.late),
            ]
        )
    );
}

fn widest(board: &Board, column: usize) -> usize {
    let cells = board.rows.iter().filter_map(|row| row.cells.get(column)?.as_ref());
    let code = board.demands.get(column).map_or(1, |demand| chars(&demand.code));
    cells.map(|slot| chars(&short(&slot.cell))).max().unwrap_or(1).max(code)
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
