//! Which rows of a board are shown, and in which order.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use super::{Board, Row};

/// What the page's filter says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Only units of this kind.
    pub kind: Option<String>,
    /// Only units with a cell in this state.
    pub state: Option<String>,
    /// Only units whose name or code holds this.
    pub search: Option<String>,
    /// The order.
    pub sort: Sort,
}

/// An order of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By name.
    #[default]
    Name,
    /// The smallest share proved first.
    Share,
    /// The most late first.
    Late,
}

impl Sort {
    /// Every order, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::Name, Self::Share, Self::Late];

    /// Its name in the query string and after `directives.sort.` in the locales.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Share => "share",
            Self::Late => "late",
        }
    }
}

impl View {
    /// From the pairs of a query string: `kind`, `state`, `late`, `q`, `sort`.
    /// What it does not know it leaves aside.
    pub fn new(pairs: &BTreeMap<String, String>) -> Self {
        let text = |key: &str| {
            pairs.get(key).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let late = text("late").map(|_| "late".to_owned());
        let named = |name: String| Sort::ALL.into_iter().find(|sort| sort.name() == name);
        Self {
            kind: text("kind"),
            state: late.or_else(|| text("state")),
            search: text("q"),
            sort: text("sort").and_then(named).unwrap_or_default(),
        }
    }

    /// The board with only the rows that are asked for, in the order asked for.
    #[must_use]
    pub fn of(&self, board: &Arc<Board>) -> Arc<Board> {
        if *self == Self::default() {
            return Arc::clone(board);
        }
        let mut rows: Vec<Row> = board.rows.iter().filter(|row| self.shows(row)).cloned().collect();
        match self.sort {
            Sort::Name => {}
            Sort::Share => rows.sort_by_key(share),
            Sort::Late => rows.sort_by_key(|row| Reverse(row.tally().late)),
        }
        Arc::new(Board { rows, ..board.head() })
    }

    fn shows(&self, row: &Row) -> bool {
        let in_state = |state: &String| {
            row.cells.iter().flatten().any(|slot| slot.cell.name() == state.as_str())
        };
        self.kind.as_ref().is_none_or(|kind| row.kind == *kind)
            && self.state.as_ref().is_none_or(in_state)
            && self.search.as_ref().is_none_or(|typed| {
                words::matches(typed, &row.name) || words::matches(typed, &row.code)
            })
    }
}

/// Share proved, in hundredths of a percent: whole numbers sort the same everywhere.
fn share(row: &Row) -> u64 {
    let tally = row.tally();
    tally.proved * 10_000 / tally.asked.max(1)
}
