//! The board in a terminal.

use std::fmt::Write;

use words::Lang;

use super::{Board, Row};
use crate::directives::rules::Cell;

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

/// A cell in few characters: its mark, and its figures where things are counted.
pub fn short(cell: &Cell, counted: bool) -> String {
    let mark = mark(cell.name());
    match cell.figures() {
        (Some(handled), Some(total)) if counted && total > 0 => format!("{mark} {handled}/{total}"),
        _ => mark.to_owned(),
    }
}

/// Widths of the columns, and whether figures fit into them.
struct Layout {
    codes: usize,
    wide: Vec<usize>,
    figures: bool,
}

impl Layout {
    fn of(board: &Board, width: usize) -> Self {
        let codes = board.rows.iter().map(|row| chars(&row.code)).max().unwrap_or(0).clamp(6, 14);
        let full: Vec<usize> =
            (0..board.demands.len()).map(|column| widest(board, column)).collect();
        let figures = codes + 6 + full.iter().map(|wide| wide + 1).sum::<usize>() <= width;
        let wide = if figures { full } else { vec![1; board.demands.len()] };
        Self { codes, wide, figures }
    }
}

/// The board as text of at most `width` columns: a line a unit, its share, its
/// cells. Where they do not fit, the marks stand without figures.
pub fn text(board: &Board, lang: Lang, width: usize) -> String {
    let layout = Layout::of(board, width);
    let mut out = String::new();
    let _ =
        writeln!(out, "{}", cut(&format!("{} · {}", board.number, board.title.of(lang)), width));
    head(&mut out, board, lang, &layout);
    for row in &board.rows {
        line(&mut out, board, row, lang, &layout);
    }
    foot(&mut out, board, lang, layout.figures);
    out
}

fn head(out: &mut String, board: &Board, lang: Lang, layout: &Layout) {
    let (unit, codes) = (lang.t("common.field.unit"), layout.codes);
    let _ = write!(out, "{:codes$} {:>5}", cut(&unit, codes), "%");
    for (number, wide) in (1..).zip(&layout.wide) {
        let _ = write!(out, " {:wide$}", column_name(board, number, *wide));
    }
    out.push('\n');
}

/// The demand's code where it fits, else its place in the letter.
fn column_name(board: &Board, number: usize, wide: usize) -> String {
    let code = board.demands.get(number - 1).map_or("", |demand| demand.code.as_str());
    if chars(code) <= wide { code.to_owned() } else { cut(&(number % 10).to_string(), wide) }
}

fn line(out: &mut String, board: &Board, row: &Row, lang: Lang, layout: &Layout) {
    let tally = row.tally();
    let share = lang.percent(tally.proved, tally.asked);
    let _ = write!(out, "{:codes$} {share:>5}", cut(&row.code, layout.codes), codes = layout.codes);
    for ((cell, column), wide) in row.cells.iter().zip(&board.demands).zip(&layout.wide) {
        let shown = match cell {
            Some(slot) if layout.figures => short(&slot.cell, column.counted),
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
    let (code, counted) =
        board.demands.get(column).map_or((1, false), |one| (chars(&one.code), one.counted));
    cells.map(|slot| chars(&short(&slot.cell, counted))).max().unwrap_or(1).max(code)
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
