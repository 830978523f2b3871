//! Directives (*văn bản chỉ đạo*): letters that ask something of units, and the
//! board that says what came of it.
//!
//! A letter is drafted by hand ([`draft`]) or from a pack, issued ([`issue`]),
//! and closed ([`close`]). Issuing makes a task for every unit that a demand
//! covers. A unit reports ([`report`]) or asks ([`ask`]); the province accepts
//! or returns ([`review`]) and grants or refuses ([`answer`]).
//!
//! How a demand is proved is a [`crate::checks::Check`]; this room has one of
//! its own, `declared` ([`checks`]), and asks the floors below for the others.
//! [`rules`] puts task and proof together into a cell of the [`board`].

pub mod answer;
pub mod api;
pub mod ask;
pub mod board;
pub mod bundle;
pub mod checks;
pub mod close;
pub mod draft;
mod home;
pub mod issue;
pub mod pages;
pub mod read;
pub mod report;
pub mod review;
pub mod rules;
pub mod snapshot;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use words::Lang;

use crate::{
    Error,
    ids::{UnitId, id},
    nouns::{Entry, Noun, Section},
    store::{At, Day, Flag, Json, vocabulary},
};

id! {
    /// A letter.
    DirectiveId
}
id! {
    /// One thing a letter asks.
    DemandId
}
id! {
    /// A demand at a unit.
    TaskId
}

/// A text of a letter: Vietnamese, and English where somebody wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Text {
    /// Vietnamese.
    pub vi: String,
    /// English; empty when nobody wrote it.
    #[serde(default)]
    pub en: String,
}

impl Text {
    /// The text for a reader of this language, or else the other one.
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::En if !self.en.is_empty() => &self.en,
            _ => &self.vi,
        }
    }
}

impl From<packs::Text> for Text {
    fn from(text: packs::Text) -> Self {
        Self { vi: text.vi, en: text.en }
    }
}

vocabulary! {
    /// Life of a letter.
    State in "directives.state" {
        /// Being written; nobody else is concerned.
        Draft = "draft",
        /// Out; units answer.
        Issued = "issued",
        /// Over; nothing changes any more.
        Closed = "closed",
    }
}
vocabulary! {
    /// Life of a task.
    TaskState in "directives.task-state" {
        /// Nothing reported.
        Open = "open",
        /// The latest report waits for the province.
        Reported = "reported",
        /// The latest report was accepted.
        Accepted = "accepted",
        /// The latest report was returned with a reason.
        Returned = "returned",
    }
}
vocabulary! {
    /// What became of a report or a request.
    Outcome in "directives.outcome" {
        /// Not decided.
        Waiting = "waiting",
        /// Accepted, granted, approved.
        Accepted = "accepted",
        /// Returned, refused.
        Returned = "returned",
        /// A newer one took its place before anybody decided.
        Overtaken = "overtaken",
    }
}
vocabulary! {
    /// What a unit asks for about a task.
    Asked in "directives.asked" {
        /// More time.
        Extension = "extension",
        /// To be excused until a day: it cannot comply.
        Cannot = "cannot",
    }
}

/// Which units a demand is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Covers {
    /// Every unit.
    All,
    /// Units of these kinds.
    Kinds(Vec<String>),
    /// These units, by code.
    Units(Vec<String>),
}

impl Covers {
    /// Whether a unit with this code and kind has to answer.
    pub fn covers(&self, code: &str, kind: &str) -> bool {
        match self {
            Self::All => true,
            Self::Kinds(kinds) => kinds.iter().any(|each| each == kind),
            Self::Units(codes) => codes.iter().any(|each| words::fold(each) == words::fold(code)),
        }
    }
}

impl From<packs::Scope> for Covers {
    fn from(scope: packs::Scope) -> Self {
        match scope {
            packs::Scope::All => Self::All,
            packs::Scope::Kinds(kinds) => Self::Kinds(kinds),
            packs::Scope::Units(codes) => Self::Units(codes),
        }
    }
}

/// Another document: what a letter is founded on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Reference {
    /// Its number.
    pub number: String,
    /// Its day, where known.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub date: Option<Date>,
    /// Who issued it.
    #[serde(default)]
    pub issuer: String,
    /// What it is about.
    #[serde(default)]
    pub title: Text,
}

/// The two numbers of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Counts {
    /// What the smaller number counts.
    pub handled: Text,
    /// What the larger number counts.
    pub total: Text,
}

/// A letter.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Directive {
    /// Identifier.
    pub id: DirectiveId,
    /// Number as printed.
    pub number: String,
    /// Who signed it.
    pub issuer: String,
    /// Its day.
    pub date: Day,
    /// What it is about.
    pub title: Json<Text>,
    /// First day it speaks of.
    pub period_from: Option<Day>,
    /// Last day it speaks of.
    pub period_to: Option<Day>,
    /// What it is founded on.
    pub legal_base: Json<Vec<Reference>>,
    /// Numbers of letters it speaks of.
    pub refers_to: Json<Vec<String>>,
    /// Numbers of letters whose place it takes.
    pub supersedes: Json<Vec<String>>,
    /// The pack it was made from.
    pub pack: Option<String>,
    /// Where it is in its life.
    pub state: State,
    /// When the draft was made.
    pub made_at: At,
    /// When it was issued.
    pub issued_at: Option<At>,
    /// Who issued it.
    pub issued_by: Option<String>,
    /// When it was closed.
    pub closed_at: Option<At>,
    /// Why it was closed.
    pub close_reason: Option<String>,
}

/// One thing a letter asks.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Demand {
    /// Identifier.
    pub id: DemandId,
    /// Its letter.
    pub directive_id: DirectiveId,
    /// Place in the letter, from 1.
    pub place: i64,
    /// Short name within the letter.
    pub code: String,
    /// The clause, as one would cite it.
    pub clause: String,
    /// What is asked, in one line.
    pub title: Json<Text>,
    /// What is asked, whole.
    pub text: Json<Text>,
    /// Who has to answer.
    pub covers: Json<Covers>,
    /// The last instant that is in time.
    pub due_at: At,
    /// How it is proved: the kind of a check.
    pub check_kind: String,
    /// What the check needs to know.
    pub check_parameters: Json<serde_json::Value>,
    /// Whether "nothing to report" is an answer.
    pub zero_allowed: Flag,
    /// What is counted, when something is.
    pub counts: Option<Json<Counts>>,
}

/// A demand at a unit.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Task {
    /// Identifier.
    pub id: TaskId,
    /// The letter.
    pub directive_id: DirectiveId,
    /// The demand.
    pub demand_id: DemandId,
    /// The unit.
    pub unit_id: UnitId,
    /// Where it is in its life.
    pub state: TaskState,
    /// The last instant that is in time, extensions included.
    pub due_at: At,
    /// Until when an approved "cannot comply" holds.
    pub excused_until: Option<At>,
    /// The latest report.
    pub report_id: Option<String>,
    /// The latest accepted report.
    pub accepted_report_id: Option<String>,
    /// When it last changed.
    pub changed_at: At,
}

/// What a unit said of a task.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Report {
    /// Identifier.
    pub id: String,
    /// The task.
    pub task_id: TaskId,
    /// Counts from 1.
    pub revision: i64,
    /// When.
    pub reported_at: At,
    /// Who, by name.
    pub reported_by: String,
    /// Whether the unit's head said it.
    pub as_head: Flag,
    /// "Nothing to report."
    pub zero: Flag,
    /// Things said to be done.
    pub handled: Option<i64>,
    /// Of how many.
    pub total: Option<i64>,
    /// In words.
    pub text: String,
    /// What the check said at that moment.
    pub machine: Json<crate::checks::Proof>,
    /// What became of it.
    pub outcome: Outcome,
    /// When it was decided.
    pub decided_at: Option<At>,
    /// By whom, by name.
    pub decided_by: Option<String>,
    /// Why it was returned.
    pub reason: Option<String>,
}

/// A file of a report or of a letter.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Evidence {
    /// The report.
    pub report_id: String,
    /// Digest of the bytes.
    pub sha256: String,
    /// Name that the person gave: to be shown, never opened.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// The day of which it speaks; not the day of its upload.
    pub effective_on: Day,
    /// When it was uploaded.
    pub uploaded_at: At,
}

/// More time asked for, or the word that it cannot be done.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct Request {
    /// Identifier.
    pub id: String,
    /// The task.
    pub task_id: TaskId,
    /// Which of the two.
    pub kind: Asked,
    /// Why.
    pub reason: String,
    /// What is done meanwhile; empty for an extension.
    pub measure: String,
    /// The new last instant.
    pub until_at: At,
    /// When it was asked.
    pub asked_at: At,
    /// By whom, by name.
    pub asked_by: String,
    /// What became of it.
    pub outcome: Outcome,
    /// When it was decided.
    pub decided_at: Option<At>,
    /// By whom, by name.
    pub decided_by: Option<String>,
    /// What was said with the decision.
    pub decision: Option<String>,
}

/// The diagnostics this room can give.
pub const CODES: &[&str] = &[
    "directives.not-finished",
    "directives.not-closed",
    "directives.zero-not-allowed",
    "directives.zero-with-figures",
    "directives.figures-missing",
    "directives.handled-over-total",
    "directives.report-empty",
    "directives.number-empty",
    "directives.issuer-empty",
    "directives.title-empty",
    "directives.date-unreadable",
    "directives.period-backwards",
    "directives.code-empty",
    "directives.code-taken",
    "directives.covers-nobody",
    "directives.unit-unknown",
    "directives.parameters-unreadable",
    "directives.not-a-draft",
    "directives.not-issued",
    "directives.no-demands",
    "directives.nothing-to-decide",
    "directives.already-asked",
    "directives.reason-empty",
    "directives.measure-empty",
    "directives.until-not-later",
    "directives.changed-meanwhile",
    "directives.file-unreadable",
    "directives.too-many-files",
    "directives.nothing-ticked",
];

/// The room's card.
pub const NOUN: Noun = Noun {
    section: Section::Goal,
    schema: &[include_str!("schema.sql")],
    pages: Some(pages::routes),
    api: Some(api::routes),
    menu: &[
        Entry { path: "/board", text: "directives.menu.board", shown: |_| true },
        Entry {
            path: "/tasks",
            text: "directives.menu.tasks",
            shown: |viewer| !viewer.role.is_province(),
        },
        Entry {
            path: "/reviews",
            text: "directives.menu.reviews",
            shown: |viewer| viewer.role.is_province(),
        },
        Entry { path: "/directives", text: "directives.menu.directives", shown: |_| true },
    ],
    jobs: &[snapshot::JOB],
    checks: &[&checks::Declared],
    home: Some(home::greet),
    ..Noun::named("directives")
};

/// The last instant of a day in a zone, to the second.
pub fn end_of_day(day: Date, zone: &jiff::tz::TimeZone) -> crate::Result<jiff::Timestamp> {
    let end = day.at(23, 59, 59, 0).to_zoned(zone.clone()).map_err(Error::internal)?;
    Ok(end.timestamp())
}
