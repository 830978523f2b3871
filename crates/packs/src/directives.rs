//! A letter taken apart into what it asks, of whom, until when, and how each
//! answer is checked.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{Meta, Pack, Text};

/// One letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directive {
    /// What the file says about itself.
    pub pack: Meta,
    /// Its number as printed, even when the printed number is incomplete.
    pub number: String,
    /// Who signed it.
    pub issuer: String,
    /// Code of the issuer among the units of the place.
    pub issuer_unit: String,
    /// The day it was issued.
    pub date: Date,
    /// What it is about.
    pub title: Text,
    /// The days it speaks of.
    pub period: Period,
    /// Documents it is founded on.
    #[serde(default)]
    pub legal_base: Vec<Reference>,
    /// Numbers of other directives it speaks of.
    #[serde(default)]
    pub refers_to: Vec<String>,
    /// Numbers of directives it takes the place of.
    #[serde(default)]
    pub supersedes: Vec<String>,
    /// What it asks, in the order of the letter.
    pub demands: Vec<Demand>,
}

impl Pack for Directive {
    const FOLDER: &'static str = "directives/";

    fn meta(&self) -> &Meta {
        &self.pack
    }
}

/// First and last day, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// Another document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Its number.
    pub number: String,
    /// Its day.
    pub date: Date,
    /// Who issued it.
    pub issuer: String,
    /// What it is about.
    pub title: Text,
}

/// One thing asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// Short name within the letter, for example `1c-botnet`.
    pub code: String,
    /// The place in the letter, as one would cite it.
    pub clause: String,
    /// What is asked, in one line.
    pub title: Text,
    /// What is asked, whole.
    pub text: Text,
    /// Who has to answer.
    pub scope: Scope,
    /// Until when.
    pub due: Due,
    /// How an answer is checked.
    pub check: Check,
    /// Whether "nothing to report" is an answer.
    pub zero_report_allowed: bool,
    /// What is counted, when something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
}

/// Which units a demand is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Every unit below the issuer: `scope = "all"`.
    All,
    /// Units of these kinds: `scope = { kinds = ["department"] }`.
    Kinds(Vec<String>),
    /// These units by code: `scope = { units = ["TTCDS"] }`.
    Units(Vec<String>),
}

impl Scope {
    /// Whether a unit with this code and kind has to answer.
    pub fn covers(&self, code: &str, kind: &str) -> bool {
        match self {
            Self::All => true,
            Self::Kinds(kinds) => kinds.iter().any(|each| each == kind),
            Self::Units(codes) => codes.iter().any(|each| each == code),
        }
    }
}

/// Until when, at the end of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// A day: `due = { on = "2024-02-05" }`.
    On(Date),
    /// So many days after the day of issue: `due = { days_after_issue = 14 }`.
    DaysAfterIssue(u16),
}

impl Due {
    /// The last day for a letter of this date.
    pub fn date(self, issued: Date) -> Date {
        match self {
            Self::On(date) => date,
            Self::DaysAfterIssue(days) => issued.saturating_add(i32::from(days).days()),
        }
    }
}

/// How an answer is checked: a kind that the server knows, and its parameters:
/// `check = { kind = "botnet-clean", absent_lists = 2 }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// `declared`: a person's report with evidence, accepted by the issuer.
    /// Others prove by machine, for example `botnet-clean`.
    pub kind: String,
    /// What the kind needs to know.
    #[serde(flatten)]
    pub parameters: BTreeMap<String, serde_json::Value>,
}

/// The two numbers of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// What the smaller number counts.
    pub handled: Text,
    /// What the larger number counts.
    pub total: Text,
}
