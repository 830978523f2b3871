//! Alerts (*cảnh báo*): what a rule found on a machine, until somebody has
//! answered for it.
//!
//! A detection is posted as the line that `thapcanh hunt` writes ([`posted`]),
//! and kept as it was posted. Detections of one rule on one machine for one
//! case make one alert ([`raise`], [`rules`]); the same detection twice adds
//! nothing. Somebody of the watch acknowledges and closes it ([`acknowledge`],
//! [`close`]), whoever sees it may add a note ([`note`]). A closed alert stays
//! closed: what comes after begins another one that names it.
//!
//! The machine is looked for in the register inside a unit only: the one that
//! the caller's account or the call itself names. Where none is named the alert
//! is the province's until somebody says whose machine it is ([`place`]); a
//! name alone shows no agency another one's log.
//!
//! A *case* is a reference in words here, a number on a file: cases themselves
//! are not built yet.
//!
//! *What this room must not know:* logs, rules and how they are matched; the
//! crate `detect` does.
//!
//! *To add a state or an event:* a value in [`State`], its row in the table of
//! [`rules`], its words in the locales.

pub mod acknowledge;
mod api;
pub mod bundle;
pub mod close;
mod home;
mod machine;
pub mod note;
mod pages;
pub mod place;
pub mod posted;
pub mod raise;
pub mod read;
pub mod rules;
mod store;

pub use read::Shown;
pub use store::Alert;

use crate::{
    nouns::{Entry, Noun, Section},
    store::vocabulary,
};

crate::ids::id! {
    /// A rule that matched on a machine.
    AlertId
}

vocabulary! {
    /// Where an alert stands.
    State in "alerts.state" {
        /// Nobody has looked yet.
        New = "new",
        /// Somebody has taken it on.
        Acknowledged = "acknowledged",
        /// It is answered for.
        Closed = "closed",
    }
}

vocabulary! {
    /// What an alert turned out to be.
    Outcome in "alerts.outcome" {
        /// What the rule says did happen, and was not wanted.
        TruePositive = "true_positive",
        /// It did not happen: the rule was wrong.
        FalsePositive = "false_positive",
        /// It happened, and was meant to.
        Benign = "benign",
        /// Another alert speaks of the same.
        Duplicate = "duplicate",
        /// Nobody can say any more.
        Undetermined = "undetermined",
    }
}

vocabulary! {
    /// How much a rule's match matters, by Sigma's scale.
    Level in "alerts.level" {
        /// Nothing by itself.
        Informational = "informational",
        /// Worth a look among others.
        Low = "low",
        /// Worth a look.
        Medium = "medium",
        /// Likely an attack.
        High = "high",
        /// An attack.
        Critical = "critical",
    }
}

vocabulary! {
    /// Why the register's machine is not known.
    Question in "alerts.question" {
        /// The log names no machine.
        Unnamed = "unnamed",
        /// Nobody said whose machine it is.
        NoUnit = "no_unit",
        /// The unit has no such machine.
        Unknown = "unknown",
        /// The unit has several with this address.
        Several = "several",
    }
}

/// The room's card.
pub const NOUN: Noun = Noun {
    section: Section::Sensing,
    schema: &[include_str!("schema.sql")],
    pages: Some(pages::routes),
    api: Some(api::routes),
    menu: &[Entry { path: "/alerts", text: "alerts.menu", shown: |_| true }],
    home: Some(home::greet),
    host: Some(pages::on_host),
    ..Noun::named("alerts")
};

/// Everything that can be found wrong here.
pub const CODES: &[&str] = &[
    "alerts.batch-long",
    "alerts.case-long",
    "alerts.host-not-yours",
    "alerts.level-unknown",
    "alerts.line-long",
    "alerts.line-unreadable",
    "alerts.machine-missing",
    "alerts.machine-known",
    "alerts.not-closed",
    "alerts.outcome-missing",
    "alerts.reason-empty",
    "alerts.rule-missing",
    "alerts.source-missing",
    "alerts.state-forbids",
    "alerts.text-empty",
    "alerts.unit-unknown",
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_code_is_explained_in_both_languages() {
        assert_eq!(words::check_codes("alerts", super::CODES), Ok(()));
    }
}
