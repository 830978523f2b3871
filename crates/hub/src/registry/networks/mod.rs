//! Networks (*dải mạng*): which unit held which addresses from when to when.
//!
//! A unit claims, the province approves; only approved ranges attribute. Two
//! approved owners of one address at one time are not refused here (both may
//! have papers): attribution shows the conflict and a person decides.

pub mod bounds;
mod decide;
pub mod entry;
mod read;

use serde::Serialize;

pub use bounds::Range;
pub use decide::{approve, reject};
pub use entry::NetworkEntry;
pub use read::{Holding, get, of_unit, owners_at, ownership, select, waiting};

use super::NetworkId;
use crate::{
    ids::UnitId,
    store::{At, Day, vocabulary},
};

vocabulary! {
    /// Where a range is.
    Kind in "registry.network-kind" {
        /// Reachable from the Internet.
        Public = "public",
        /// Inside, perhaps behind NAT.
        Inside = "inside",
    }
}

vocabulary! {
    /// Where a claim stands.
    Status in "registry.claim" {
        /// The unit says so.
        Claimed = "claimed",
        /// The province agrees.
        Approved = "approved",
        /// The province does not.
        Rejected = "rejected",
    }
}

/// A range as held by a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Network {
    /// Identifier.
    pub id: NetworkId,
    /// Who holds it.
    pub unit_id: UnitId,
    /// Code of that unit.
    pub unit_code: String,
    /// Its name.
    pub unit_name: String,
    /// The range: `192.0.2.0/29` or `192.0.2.3-192.0.2.9`.
    pub range_text: String,
    /// Public or inside.
    pub kind: Kind,
    /// First day; missing when it always was.
    pub valid_from: Option<Day>,
    /// Last day, included; missing while it lasts.
    pub valid_to: Option<Day>,
    /// For an inside range: the public address it leaves through.
    pub nat_address: Option<String>,
    /// Who provides the line.
    pub provider: Option<String>,
    /// Anything else.
    pub note: Option<String>,
    /// Where this comes from: a file's name, or `form`.
    pub source: String,
    /// Where the claim stands.
    pub status: Status,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<At>,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// When the register last changed.
    pub changed_at: At,
}
