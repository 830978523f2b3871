//! Taking in files: upload → preview → confirm.
//!
//! A file is kept by its content before anything is read of it. The preview
//! changes nothing and can be drawn again with another mapping. The confirm
//! plans once more, inside the one transaction that writes: either every good
//! row is taken in or none, and what became of each row stays with the import.

mod apply;
mod file;
mod plan;
mod read;
mod upload;

use serde::Serialize;

pub use apply::{Report, apply, start, take_in};
pub use file::File;
pub use plan::{Plan, Planned, plan};
pub use read::{Import, RowResult, get, recent, rows};
pub use upload::{drop_draft, foresee, map, preview, upload};

use crate::store::vocabulary;

vocabulary! {
    /// What becomes of a row.
    Outcome in "registry.outcome" {
        /// Something new.
        Created = "created",
        /// Something there was changed.
        Updated = "updated",
        /// Nothing differs.
        Unchanged = "unchanged",
        /// It cannot be used; it stays with the import.
        Rejected = "rejected",
    }
}

vocabulary! {
    /// Where an import stands.
    State in "registry.import-state" {
        /// Uploaded; nothing is taken in.
        Drafted = "drafted",
        /// Taken in.
        Done = "done",
        /// Given up before it was taken in.
        Dropped = "dropped",
    }
}

/// How many rows became what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = RowCounts)]
pub struct Counts {
    /// New things.
    pub created: i64,
    /// Changed things.
    pub updated: i64,
    /// Rows that say what is known already.
    pub unchanged: i64,
    /// Rows that could not be used.
    pub rejected: i64,
}

impl Counts {
    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Rejected => self.rejected += 1,
        }
    }

    /// Of an outcome.
    pub fn of(&self, outcome: Outcome) -> i64 {
        match outcome {
            Outcome::Created => self.created,
            Outcome::Updated => self.updated,
            Outcome::Unchanged => self.unchanged,
            Outcome::Rejected => self.rejected,
        }
    }
}
