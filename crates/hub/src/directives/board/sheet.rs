//! The board as a workbook: the matrix, and the same cells as a long list.

use super::{Board, Slot, text};
use crate::{
    Result,
    web::{CellText, Ctx, Sheet, xlsx_book},
};

/// The board as XLSX, with its as-of time on each sheet.
pub fn xlsx(ctx: &Ctx, board: &Board) -> Result<Vec<u8>> {
    let names = [ctx.t("directives.sheet.matrix"), ctx.t("directives.sheet.long")];
    let [matrix_name, long_name] = &names;
    xlsx_book(&[(matrix_name, &matrix(ctx, board)), (long_name, &long(ctx, board))])
}

fn empty(ctx: &Ctx, board: &Board) -> Sheet {
    Sheet {
        title: format!("{} · {}", board.number, board.title.of(ctx.lang)),
        as_of: ctx.fill("web.as-of", &[("time", &ctx.time(board.as_of))]),
        header: Vec::new(),
        rows: Vec::new(),
    }
}

fn matrix(ctx: &Ctx, board: &Board) -> Sheet {
    let t = |key: &str| ctx.t(key);
    let mut header = vec![t("common.field.code"), t("common.field.unit")];
    header
        .extend(board.demands.iter().map(|one| format!("{} {}", one.code, one.title.of(ctx.lang))));
    header.extend([
        t("directives.column.proved"),
        t("directives.column.asked"),
        t("directives.column.share"),
        t("directives.column.late"),
    ]);
    let rows = board.rows.iter().map(|row| {
        let tally = row.tally();
        let mut cells: Vec<CellText> = vec![row.code.as_str().into(), row.name.as_str().into()];
        cells.extend(row.cells.iter().map(|cell| CellText::Text(spoken(ctx, cell.as_ref()))));
        cells.push((tally.proved.cast_signed()).into());
        cells.push((tally.asked.cast_signed()).into());
        cells.push(ctx.lang.percent(tally.proved, tally.asked).into());
        cells.push((tally.late.cast_signed()).into());
        cells
    });
    Sheet { header, rows: rows.collect(), ..empty(ctx, board) }
}

/// A cell in words, with its figures.
pub fn spoken(ctx: &Ctx, cell: Option<&Slot>) -> String {
    let Some(slot) = cell else { return String::new() };
    let word = ctx.t(&format!("directives.cell.{}", slot.cell.name()));
    match slot.cell.figures() {
        (Some(handled), Some(total)) if total > 0 => {
            format!("{} {word} {handled}/{total}", text::mark(slot.cell.name()))
        }
        _ => format!("{} {word}", text::mark(slot.cell.name())),
    }
}

fn long(ctx: &Ctx, board: &Board) -> Sheet {
    let header = [
        "common.field.code",
        "common.field.unit",
        "directives.column.demand",
        "directives.column.title",
        "directives.column.cell",
        "directives.column.handled",
        "directives.column.total",
        "directives.column.claimed-handled",
        "directives.column.claimed-total",
        "directives.column.reason",
        "directives.column.task",
        "common.field.due",
    ];
    let number = |figure: Option<u64>| match figure {
        Some(figure) => CellText::from(figure.cast_signed()),
        None => CellText::from(""),
    };
    let rows = board.slots().map(|(row, column, slot)| {
        let (handled, total) = slot.cell.figures();
        vec![
            row.code.as_str().into(),
            row.name.as_str().into(),
            column.code.as_str().into(),
            column.title.of(ctx.lang).into(),
            ctx.t(&format!("directives.cell.{}", slot.cell.name())).into(),
            number(handled),
            number(total),
            number(slot.claim.map(|claim| claim.handled)),
            number(slot.claim.map(|claim| claim.total)),
            reason(ctx, slot).into(),
            ctx.t(slot.task_state.text()).into(),
            ctx.time(slot.due_at).into(),
        ]
    });
    Sheet {
        header: header.iter().map(|key| ctx.t(key)).collect(),
        rows: rows.collect(),
        ..empty(ctx, board)
    }
}

/// Why nothing can be said, where nothing can be said.
fn reason(ctx: &Ctx, slot: &Slot) -> String {
    match &slot.proof {
        crate::checks::Proof::Unknown { reason } => ctx.t(&format!("reason.{reason}")),
        _ => String::new(),
    }
}
