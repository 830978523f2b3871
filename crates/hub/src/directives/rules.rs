//! What a task is worth, from what people said and what machines show: pure
//! decisions, tested as tables.
//!
//! Laws: *unknown* never becomes *proved*; a claim never becomes *proved*; only
//! a check's [`Proof::Met`] does.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Report, Task, TaskState};
use crate::checks::Proof;

/// What a cell of the board says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Cell {
    /// The check shows all of it done.
    Proved {
        /// Of how many things; 0 where nothing was asked of the unit.
        total: u64,
    },
    /// The unit says it is done; no check shows it.
    Claimed {
        /// Things said to be done, where they are counted.
        handled: Option<u64>,
        /// Of how many.
        total: Option<u64>,
    },
    /// The check shows a part, possibly none, and there is time left.
    Partly {
        /// Things shown to be done.
        handled: u64,
        /// Of how many.
        total: u64,
    },
    /// The due time is past and it is not done.
    Late {
        /// Things shown to be done, where the check can say.
        handled: Option<u64>,
        /// Of how many.
        total: Option<u64>,
    },
    /// The province gave the report back and waits for another.
    Returned,
    /// "Cannot comply" was approved, and its time is not over.
    Excused,
    /// Nothing reported, nothing shown, and there is time left.
    Open,
    /// It cannot be said: `reason.<reason>` in the locales.
    Unknown {
        /// Why.
        reason: String,
    },
}

/// The names of the cells' states, worst first: the order of sorting, of the
/// legend, and of the trend's bands.
pub const STATES: [&str; 8] =
    ["late", "returned", "unknown", "open", "partly", "claimed", "excused", "proved"];

impl Cell {
    /// Its name in columns, in the API, and after `directives.cell.` in the locales.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Proved { .. } => "proved",
            Self::Claimed { .. } => "claimed",
            Self::Partly { .. } => "partly",
            Self::Late { .. } => "late",
            Self::Returned => "returned",
            Self::Excused => "excused",
            Self::Open => "open",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Handled and total, where the state carries them.
    pub fn figures(&self) -> (Option<u64>, Option<u64>) {
        match self {
            Self::Proved { total } => (Some(*total), Some(*total)),
            Self::Partly { handled, total } => (Some(*handled), Some(*total)),
            Self::Claimed { handled, total } | Self::Late { handled, total } => (*handled, *total),
            _ => (None, None),
        }
    }
}

/// A task as the people left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// State of the task.
    pub state: TaskState,
    /// Last instant that is in time, extensions included.
    pub due_at: Timestamp,
    /// Until when an approved "cannot comply" holds.
    pub excused_until: Option<Timestamp>,
    /// Figures of the latest report: handled, total.
    pub claim: (Option<u64>, Option<u64>),
}

impl Standing {
    /// From a task and its latest report.
    pub fn of(task: &Task, latest: Option<&Report>) -> Self {
        let figure = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
        Self {
            state: task.state,
            due_at: task.due_at.0,
            excused_until: task.excused_until.map(Timestamp::from),
            claim: latest.map_or((None, None), |one| (figure(one.handled), figure(one.total))),
        }
    }
}

/// What the board says of a task whose check answered `proof`, at `now`.
///
/// A machine's figures outweigh a claim that goes beyond them. A report that
/// waits for the province is not late: the delay is not the unit's.
pub fn cell(task: &Standing, proof: &Proof, now: Timestamp) -> Cell {
    let excused = task.excused_until.is_some_and(|until| now <= until);
    let late = now > task.due_at;
    match proof {
        Proof::Met { total } => Cell::Proved { total: *total },
        _ if excused => Cell::Excused,
        Proof::Partly { handled, total } => shown(late, *handled, *total),
        Proof::Unmet { total } => shown(late, 0, *total),
        Proof::Unknown { reason } => unproved(task, reason, late),
    }
}

fn shown(late: bool, handled: u64, total: u64) -> Cell {
    if late {
        Cell::Late { handled: Some(handled), total: Some(total) }
    } else {
        Cell::Partly { handled, total }
    }
}

fn unproved(task: &Standing, reason: &str, late: bool) -> Cell {
    let (handled, total) = task.claim;
    match task.state {
        TaskState::Reported | TaskState::Accepted => Cell::Claimed { handled, total },
        _ if late => Cell::Late { handled: None, total: None },
        TaskState::Returned => Cell::Returned,
        TaskState::Open if reason == NO_REPORT => Cell::Open,
        TaskState::Open => Cell::Unknown { reason: reason.to_owned() },
    }
}

/// The check `declared` has no report yet.
pub const NO_REPORT: &str = "no-report";
/// There is a report, and nobody accepted it yet.
pub const NOT_ACCEPTED: &str = "not-accepted";
/// No room of the house has the check.
pub const NO_CHECK: &str = "no-check";
/// The check has nothing to say about the unit.
pub const NO_DATA: &str = "no-data";

/// What the check `declared` makes of the accepted report, if there is one, and
/// of whether another waits.
pub fn declared(accepted: Option<&Claim>, waiting: bool) -> Proof {
    match accepted {
        None if waiting => Proof::Unknown { reason: NOT_ACCEPTED.into() },
        None => Proof::Unknown { reason: NO_REPORT.into() },
        Some(Claim { zero: true, .. }) => Proof::Met { total: 0 },
        Some(Claim { handled, total: Some(total), .. }) => match handled.unwrap_or(0) {
            handled if handled >= *total => Proof::Met { total: *total },
            0 => Proof::Unmet { total: *total },
            handled => Proof::Partly { handled, total: *total },
        },
        Some(_) => Proof::Met { total: 1 },
    }
}

/// What a report says in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// "Nothing to report."
    pub zero: bool,
    /// Things done.
    pub handled: Option<u64>,
    /// Of how many.
    pub total: Option<u64>,
}

/// Why a report cannot be taken, as a field and the code of a diagnostic.
pub fn report_fault(
    claim: &Claim,
    counted: bool,
    zero_allowed: bool,
    says_something: bool,
) -> Option<(&'static str, &'static str)> {
    match claim {
        Claim { zero: true, .. } if !zero_allowed => Some(("directives.zero-not-allowed", "zero")),
        Claim { zero: true, handled, total }
            if handled.unwrap_or(0) > 0 || total.unwrap_or(0) > 0 =>
        {
            Some(("directives.zero-with-figures", "zero"))
        }
        Claim { zero: true, .. } => None,
        Claim { handled, total, .. } if counted && (handled.is_none() || total.is_none()) => {
            Some(("directives.figures-missing", "handled"))
        }
        Claim { handled: Some(handled), total: Some(total), .. } if handled > total => {
            Some(("directives.handled-over-total", "handled"))
        }
        _ if !says_something => Some(("directives.report-empty", "text")),
        _ => None,
    }
}

/// Why something should be done next, the most pressing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The province returned the report and said why.
    Returned,
    /// Past due.
    Late,
    /// Due within three days.
    DueSoon,
    /// Machines show that a part is missing.
    PartMissing,
    /// Nothing is known.
    NotKnown,
    /// It is the next to fall due.
    NextDue,
}

impl Why {
    /// Its name after `directives.why.` in the locales.
    pub fn name(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::Late => "late",
            Self::DueSoon => "due-soon",
            Self::PartMissing => "part-missing",
            Self::NotKnown => "not-known",
            Self::NextDue => "next-due",
        }
    }
}

/// What stands nearer than this counts as soon.
pub const SOON: SignedDuration = SignedDuration::from_hours(72);

/// Why a task with this cell asks for the unit's hand now; `None` when it does
/// not: it is done, or others have to move.
pub fn why(cell: &Cell, state: TaskState, due_at: Timestamp, now: Timestamp) -> Option<Why> {
    let soon = due_at.duration_since(now) <= SOON;
    match cell {
        Cell::Proved { .. } | Cell::Claimed { .. } | Cell::Excused => None,
        _ if state == TaskState::Returned => Some(Why::Returned),
        Cell::Late { .. } => Some(Why::Late),
        _ if soon => Some(Why::DueSoon),
        Cell::Partly { .. } => Some(Why::PartMissing),
        Cell::Unknown { .. } => Some(Why::NotKnown),
        Cell::Open | Cell::Returned => Some(Why::NextDue),
    }
}

/// The three things to do next: the most pressing reason first, then the
/// earliest due.
pub fn next_three<T>(mut tasks: Vec<(Why, Timestamp, T)>) -> Vec<(Why, T)> {
    tasks.sort_by_key(|(why, due_at, _)| (*why, *due_at));
    tasks.into_iter().take(3).map(|(why, _, task)| (why, task)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STATES_OF_TASKS: [TaskState; 4] =
        [TaskState::Open, TaskState::Reported, TaskState::Accepted, TaskState::Returned];

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn task(state: TaskState) -> Standing {
        Standing { state, due_at: at(100), excused_until: None, claim: (Some(4), Some(5)) }
    }

    fn unknown(reason: &str) -> Proof {
        Proof::Unknown { reason: reason.into() }
    }

    #[test]
    fn the_table_of_cells() {
        use TaskState::{Accepted, Open, Reported, Returned};
        let met = Proof::Met { total: 5 };
        let partly = Proof::Partly { handled: 3, total: 5 };
        let unmet = Proof::Unmet { total: 5 };
        let none = unknown(NO_REPORT);
        let silent = unknown(NO_DATA);
        let claimed = Cell::Claimed { handled: Some(4), total: Some(5) };
        let late = |handled, total| Cell::Late { handled, total };
        let part = |handled| Cell::Partly { handled, total: 5 };
        let why = |reason: &str| Cell::Unknown { reason: reason.into() };
        // state, proof, in time, past due
        let rows = [
            (Open, &met, Cell::Proved { total: 5 }, Cell::Proved { total: 5 }),
            (Returned, &met, Cell::Proved { total: 5 }, Cell::Proved { total: 5 }),
            (Open, &partly, part(3), late(Some(3), Some(5))),
            (Reported, &partly, part(3), late(Some(3), Some(5))),
            (Accepted, &partly, part(3), late(Some(3), Some(5))),
            (Reported, &unmet, part(0), late(Some(0), Some(5))),
            (Open, &none, Cell::Open, late(None, None)),
            (Open, &silent, why(NO_DATA), late(None, None)),
            (Reported, &unknown(NOT_ACCEPTED), claimed.clone(), claimed.clone()),
            (Reported, &silent, claimed.clone(), claimed.clone()),
            (Accepted, &silent, claimed.clone(), claimed.clone()),
            (Returned, &none, Cell::Returned, late(None, None)),
            (Open, &unknown(NO_CHECK), why(NO_CHECK), late(None, None)),
        ];
        for (state, proof, in_time, past) in rows {
            assert_eq!(cell(&task(state), proof, at(100)), in_time, "{state:?} {proof:?} in time");
            assert_eq!(cell(&task(state), proof, at(101)), past, "{state:?} {proof:?} past due");
        }
    }

    #[test]
    fn an_approved_cannot_comply_excuses_until_its_day_and_no_longer() {
        let excused = Standing { excused_until: Some(at(200)), ..task(TaskState::Open) };
        assert_eq!(cell(&excused, &unknown(NO_REPORT), at(200)), Cell::Excused);
        assert_eq!(cell(&excused, &Proof::Unmet { total: 2 }, at(150)), Cell::Excused);
        assert_eq!(cell(&excused, &unknown(NO_REPORT), at(201)).name(), "late");
        assert_eq!(cell(&excused, &Proof::Met { total: 2 }, at(150)).name(), "proved");
    }

    #[test]
    fn the_table_of_declared_proofs() {
        let claim = |handled, total| Claim { zero: false, handled, total };
        let rows = [
            (None, false, unknown(NO_REPORT)),
            (None, true, unknown(NOT_ACCEPTED)),
            (Some(Claim { zero: true, ..Claim::default() }), false, Proof::Met { total: 0 }),
            (Some(claim(None, None)), false, Proof::Met { total: 1 }),
            (Some(claim(Some(5), Some(5))), false, Proof::Met { total: 5 }),
            (Some(claim(Some(3), Some(5))), true, Proof::Partly { handled: 3, total: 5 }),
            (Some(claim(Some(0), Some(5))), false, Proof::Unmet { total: 5 }),
            (Some(claim(None, Some(5))), false, Proof::Unmet { total: 5 }),
            (Some(claim(Some(0), Some(0))), false, Proof::Met { total: 0 }),
        ];
        for (accepted, waiting, expected) in rows {
            assert_eq!(declared(accepted.as_ref(), waiting), expected, "{accepted:?} {waiting}");
        }
    }

    #[test]
    fn the_table_of_faulty_reports() {
        let zero = Claim { zero: true, ..Claim::default() };
        let figures = |handled, total| Claim { zero: false, handled, total };
        // claim, counted, zero allowed, says something, fault
        let rows = [
            (zero, true, true, false, None),
            (zero, true, false, true, Some("directives.zero-not-allowed")),
            (
                Claim { total: Some(2), ..zero },
                true,
                true,
                true,
                Some("directives.zero-with-figures"),
            ),
            (figures(None, Some(2)), true, true, true, Some("directives.figures-missing")),
            (figures(Some(3), Some(2)), true, true, true, Some("directives.handled-over-total")),
            (figures(Some(2), Some(2)), true, true, false, Some("directives.report-empty")),
            (figures(Some(2), Some(2)), true, true, true, None),
            (figures(None, None), false, false, true, None),
            (figures(None, None), false, false, false, Some("directives.report-empty")),
        ];
        for (claim, counted, zero_allowed, says, fault) in rows {
            let found = report_fault(&claim, counted, zero_allowed, says).map(|(code, _)| code);
            assert_eq!(found, fault, "{claim:?} {counted} {zero_allowed} {says}");
        }
    }

    #[test]
    fn what_to_do_next_is_three_things_the_most_pressing_first() {
        let tasks = vec![
            (Why::NextDue, at(1), "later"),
            (Why::Late, at(9), "late"),
            (Why::Returned, at(50), "returned"),
            (Why::Late, at(3), "later still"),
            (Why::DueSoon, at(2), "soon"),
        ];
        let names: Vec<_> = next_three(tasks).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["returned", "later still", "late"]);
    }

    #[test]
    fn the_table_of_reasons() {
        let open = |cell: &Cell, now| why(cell, TaskState::Open, at(100), now);
        let late = Cell::Late { handled: None, total: None };
        assert_eq!(why(&late, TaskState::Returned, at(100), at(101)), Some(Why::Returned));
        assert_eq!(open(&late, at(101)), Some(Why::Late));
        assert_eq!(open(&Cell::Open, at(30)), Some(Why::DueSoon));
        assert_eq!(open(&Cell::Open, at(27)), Some(Why::NextDue));
        assert_eq!(open(&Cell::Partly { handled: 1, total: 2 }, at(0)), Some(Why::PartMissing));
        assert_eq!(open(&Cell::Unknown { reason: "x".into() }, at(0)), Some(Why::NotKnown));
        assert_eq!(open(&Cell::Excused, at(99)), None);
        let claimed = Cell::Claimed { handled: None, total: None };
        assert_eq!(why(&claimed, TaskState::Reported, at(100), at(101)), None);
    }

    fn any_proof() -> impl Strategy<Value = Proof> {
        prop_oneof![
            (0..9_u64).prop_map(|total| Proof::Met { total }),
            (1..9_u64).prop_map(|handled| Proof::Partly { handled, total: 9 }),
            (1..9_u64).prop_map(|total| Proof::Unmet { total }),
            "[a-z-]{1,12}".prop_map(|reason| Proof::Unknown { reason }),
        ]
    }

    proptest! {
        #[test]
        fn only_a_met_check_proves(
            proof in any_proof(), state in 0..4_usize, now in 0..300_i64,
            due in 0..300_i64, excused in proptest::option::of(0..300_i64),
        ) {
            let task = Standing {
                state: STATES_OF_TASKS[state], due_at: at(due),
                excused_until: excused.map(at), claim: (Some(9), Some(9)),
            };
            let proved = matches!(cell(&task, &proof, at(now)), Cell::Proved { .. });
            prop_assert_eq!(proved, matches!(proof, Proof::Met { .. }));
        }
    }
}
