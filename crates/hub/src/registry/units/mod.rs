//! Units (*đơn vị*): organisations in a tree, each with the days on which it is one.

mod end;
pub mod entry;
mod read;
mod rename;
mod tree;

use serde::Serialize;

pub use end::{End, end};
pub use entry::UnitEntry;
pub use read::{all, all_ever, by_code, former_names, get, names, options, select, successor};
pub use rename::{NewName, rename};
pub use tree::{Node, subtree_ids, tree};

use crate::{
    ids::UnitId,
    store::{At, Day, vocabulary},
};

vocabulary! {
    /// What kind of body a unit is.
    Kind in "registry.unit-kind" {
        /// The province itself.
        Province = "province",
        /// A department of the province (sở, ban, ngành).
        Department = "department",
        /// Another agency at province level.
        Agency = "agency",
        /// A district, town or city of the province.
        District = "district",
        /// A commune, ward or township.
        Commune = "commune",
        /// A service or centre (đơn vị sự nghiệp).
        Centre = "centre",
        /// Anything else.
        Other = "other",
    }
}

vocabulary! {
    /// How a unit came to its end.
    Ending in "registry.ending" {
        /// It became part of its successor.
        Merged = "merged",
        /// It goes on as its successor.
        Renamed = "renamed",
        /// Nothing of it goes on, unless a successor takes over its things.
        Dissolved = "dissolved",
    }
}

/// A unit as the register has it today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Unit {
    /// Identifier.
    pub id: UnitId,
    /// Short code, as people write it.
    pub code: String,
    /// Official name.
    pub name: String,
    /// What it is called for short.
    pub short_name: Option<String>,
    /// What kind of body.
    pub kind: Kind,
    /// The unit above.
    pub parent_id: Option<UnitId>,
    /// First day; missing when it always was.
    pub valid_from: Option<Day>,
    /// Last day; missing while it lasts.
    pub valid_to: Option<Day>,
    /// How it came to its end.
    pub ended_as: Option<Ending>,
    /// Who took over.
    pub successor_id: Option<UnitId>,
    /// Anything else.
    pub note: Option<String>,
    /// When the register last changed.
    pub changed_at: At,
}

/// A name a unit had before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct FormerName {
    /// The name.
    pub name: String,
    /// The short name.
    pub short_name: Option<String>,
    /// Its last day.
    pub valid_to: Day,
}

impl Unit {
    /// Whether it exists on that day.
    pub fn is_on(&self, day: jiff::civil::Date) -> bool {
        self.valid_from.is_none_or(|from| from.0 <= day)
            && self.valid_to.is_none_or(|to| day <= to.0)
    }

    /// The short name, or the name.
    pub fn short(&self) -> &str {
        self.short_name.as_deref().unwrap_or(&self.name)
    }
}
