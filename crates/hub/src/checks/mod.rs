//! The shape of a proof (*minh chứng*): what a demand's check says of a unit, now.
//!
//! A demand names a check by its kind. The room that has the facts implements
//! [`Check`] in its `checks.rs` and puts it on its card; the board asks through
//! here and never looks into the room.
//!
//! *To add a kind:* one file in the room, one entry on its card.

use std::{collections::BTreeMap, pin::Pin};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Result, access::Scope, ids::UnitId, store::Db};

/// What is known about a demand at a unit. *Unknown* is never *met*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Proof {
    /// Everything asked is there, as shown by facts.
    Met {
        /// Of how many things (machines, sightings); 0 where nothing was asked of the unit.
        total: u64,
    },
    /// A part is.
    Partly {
        /// Things shown to be done.
        handled: u64,
        /// Things asked.
        total: u64,
    },
    /// Nothing is.
    Unmet {
        /// Things asked.
        total: u64,
    },
    /// It cannot be said, and why: the name of a reason in the locale (`reason.<name>`).
    Unknown {
        /// Why.
        reason: String,
    },
}

/// A row that a proof rests on, for whoever drills down.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Fact {
    /// What it is about, as shown.
    pub title: String,
    /// Locale key of its state.
    pub state: String,
    /// Whether it counts as handled.
    pub handled: bool,
    /// When it was last known to be so.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Page with the very rows and files.
    pub path: String,
}

/// What a check is asked about.
#[derive(Clone, Debug)]
pub struct Question {
    /// The demand's parameters, as its pack or its author gave them.
    pub parameters: serde_json::Value,
    /// When the directive was issued.
    pub issued_at: Timestamp,
    /// The instant of the answer.
    pub now: Timestamp,
}

/// An answer still being worked out.
pub type Answering<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// A way to prove a demand.
pub trait Check: Sync {
    /// The name by which a demand asks for it, as `botnet-clean`.
    fn kind(&self) -> &'static str;

    /// Whether a demand may carry these parameters: asked when it is written
    /// down, so that no board is asked what nobody can answer.
    fn accepts(&self, parameters: &serde_json::Value) -> Result<()>;

    /// The proof for every unit of the scope about which there is something to
    /// say. A unit that is not in the answer is `Unknown("no-data")`.
    fn proofs<'a>(
        &'a self,
        db: &'a Db,
        scope: &'a Scope,
        question: &'a Question,
    ) -> Answering<'a, BTreeMap<UnitId, Proof>>;

    /// The rows behind the proof of one unit.
    fn facts<'a>(
        &'a self,
        db: &'a Db,
        unit: &'a UnitId,
        question: &'a Question,
    ) -> Answering<'a, Vec<Fact>>;
}

/// The check of a kind, if a room of the house has it.
pub fn of_kind(kind: &str) -> Option<&'static dyn Check> {
    crate::nouns::ALL
        .iter()
        .flat_map(|noun| noun.checks)
        .find(|check| check.kind() == kind)
        .copied()
}
