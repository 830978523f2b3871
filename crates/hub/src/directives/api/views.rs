//! What the API shows of letters, tasks and what was said of them.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::{
    Asked, Demand, DemandId, Directive, DirectiveId, Evidence, Outcome, Report, Request, State,
    Task, TaskId, TaskState,
    draft::{Asking, Letter},
    read::Attachment,
    rules::Cell,
};
use crate::{
    checks::{Fact, Proof},
    ids::UnitId,
    store::{At, Day},
};

/// A letter.
#[derive(Serialize, ToSchema)]
pub(super) struct DirectiveView {
    /// Identifier.
    pub(super) id: DirectiveId,
    /// Where it is in its life.
    state: State,
    /// What is written in it.
    letter: Letter,
    /// The pack it was made from.
    pack: Option<String>,
    /// When it was issued.
    issued_at: Option<At>,
    /// When it was closed.
    closed_at: Option<At>,
    /// Why it was closed.
    close_reason: Option<String>,
}

impl From<Directive> for DirectiveView {
    fn from(of: Directive) -> Self {
        Self {
            letter: Letter::from(&of),
            id: of.id,
            state: of.state,
            pack: of.pack,
            issued_at: of.issued_at,
            closed_at: of.closed_at,
            close_reason: of.close_reason,
        }
    }
}

/// A letter with what it asks.
#[derive(Serialize, ToSchema)]
pub(super) struct WholeDirective {
    /// The letter.
    #[serde(flatten)]
    pub(super) directive: DirectiveView,
    /// What it asks, in its order.
    pub(super) demands: Vec<DemandView>,
    /// Files that came with it.
    pub(super) files: Vec<FileView>,
}

/// A demand.
#[derive(Serialize, ToSchema)]
pub(super) struct DemandView {
    /// Identifier.
    id: DemandId,
    /// What is asked.
    #[serde(flatten)]
    asking: Asking,
}

impl From<&Demand> for DemandView {
    fn from(of: &Demand) -> Self {
        Self { id: of.id.clone(), asking: Asking::from(of) }
    }
}

/// A kept file.
#[derive(Serialize, ToSchema)]
pub(super) struct FileView {
    /// Digest of the bytes, 64 hex characters.
    sha256: String,
    /// Name that the person gave.
    name: String,
    /// Bytes.
    size: i64,
    /// The day of which it speaks; for evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_on: Option<Day>,
    /// When it was uploaded.
    uploaded_at: At,
}

impl From<Attachment> for FileView {
    fn from(of: Attachment) -> Self {
        let Attachment { sha256, name, size, uploaded_at } = of;
        Self { sha256, name, size, effective_on: None, uploaded_at }
    }
}

impl From<&Evidence> for FileView {
    fn from(of: &Evidence) -> Self {
        Self {
            sha256: of.sha256.clone(),
            name: of.name.clone(),
            size: of.size,
            effective_on: Some(of.effective_on),
            uploaded_at: of.uploaded_at,
        }
    }
}

/// A task.
#[derive(Serialize, ToSchema)]
pub(super) struct TaskView {
    /// Identifier.
    pub(super) id: TaskId,
    /// The letter.
    directive_id: DirectiveId,
    /// The demand.
    demand_id: DemandId,
    /// The unit.
    unit_id: UnitId,
    /// Where it is in its life.
    state: TaskState,
    /// The last instant that is in time, extensions included.
    due_at: At,
    /// Until when an approved "cannot comply" holds.
    excused_until: Option<At>,
    /// The latest report.
    report_id: Option<String>,
    /// When it last changed.
    changed_at: At,
}

impl From<Task> for TaskView {
    fn from(of: Task) -> Self {
        Self {
            id: of.id,
            directive_id: of.directive_id,
            demand_id: of.demand_id,
            unit_id: of.unit_id,
            state: of.state,
            due_at: of.due_at,
            excused_until: of.excused_until,
            report_id: of.report_id,
            changed_at: of.changed_at,
        }
    }
}

/// A task with everything behind its cell of the board.
#[derive(Serialize, ToSchema)]
pub(super) struct WholeTask {
    /// The task.
    #[serde(flatten)]
    pub(super) task: TaskView,
    /// The demand.
    pub(super) demand: DemandView,
    /// As of when.
    #[schema(value_type = String, format = DateTime)]
    pub(super) as_of: Timestamp,
    /// What the board says.
    pub(super) cell: Cell,
    /// What the check says.
    pub(super) proof: Proof,
    /// The rows that the proof rests on.
    pub(super) facts: Vec<Fact>,
    /// Everything the unit said, the latest first.
    pub(super) reports: Vec<ReportView>,
    /// What the unit asked for, the latest first.
    pub(super) requests: Vec<RequestView>,
}

/// A report.
#[derive(Serialize, ToSchema)]
pub(super) struct ReportView {
    /// Identifier.
    id: String,
    /// Counts from 1.
    revision: i64,
    /// When.
    reported_at: At,
    /// Who, by name.
    reported_by: String,
    /// Whether the unit's head said it.
    as_head: bool,
    /// "Nothing to report."
    zero: bool,
    /// Things said to be done.
    handled: Option<i64>,
    /// Of how many.
    total: Option<i64>,
    /// In words.
    text: String,
    /// What the check said at that moment.
    machine: Proof,
    /// What became of it.
    outcome: Outcome,
    /// Why it was returned.
    reason: Option<String>,
    /// Evidence.
    files: Vec<FileView>,
}

impl ReportView {
    pub(super) fn new(of: Report, evidence: &[Evidence]) -> Self {
        let own = evidence.iter().filter(|file| file.report_id == of.id);
        Self {
            files: own.map(FileView::from).collect(),
            id: of.id,
            revision: of.revision,
            reported_at: of.reported_at,
            reported_by: of.reported_by,
            as_head: of.as_head.0,
            zero: of.zero.0,
            handled: of.handled,
            total: of.total,
            text: of.text,
            machine: of.machine.0,
            outcome: of.outcome,
            reason: of.reason,
        }
    }
}

/// More time asked for, or the word that it cannot be done.
#[derive(Serialize, ToSchema)]
pub(super) struct RequestView {
    /// Identifier.
    id: String,
    /// Which of the two.
    kind: Asked,
    /// Why.
    reason: String,
    /// What is done meanwhile.
    measure: String,
    /// The new last instant.
    until: At,
    /// When it was asked.
    asked_at: At,
    /// By whom, by name.
    asked_by: String,
    /// What became of it.
    outcome: Outcome,
    /// What was said with the decision.
    decision: Option<String>,
}

impl From<Request> for RequestView {
    fn from(of: Request) -> Self {
        Self {
            id: of.id,
            kind: of.kind,
            reason: of.reason,
            measure: of.measure,
            until: of.until_at,
            asked_at: of.asked_at,
            asked_by: of.asked_by,
            outcome: of.outcome,
            decision: of.decision,
        }
    }
}
