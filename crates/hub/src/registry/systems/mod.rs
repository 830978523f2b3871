//! Information systems (*hệ thống thông tin*): owner, operator, level, and how
//! far the level's dossier and measures have come (Decree 85/2016; Circular
//! 12/2022/TT-BTTTT names the stages).

pub mod entry;
mod read;

use serde::Serialize;

pub use entry::SystemEntry;
pub use read::{all, by_code, get, of_unit, select};

use super::SystemId;
use crate::{
    ids::UnitId,
    store::{At, Day, vocabulary},
};

vocabulary! {
    /// Where the dossier of the proposed level stands.
    Dossier in "registry.dossier" {
        /// Đang dự thảo.
        Drafting = "drafting",
        /// Đã gửi thẩm định.
        Submitted = "submitted",
        /// Đã thẩm định.
        Appraised = "appraised",
        /// Đã được phê duyệt.
        Approved = "approved",
    }
}

vocabulary! {
    /// How far the measures of the approved level are in place.
    Measures in "registry.measures" {
        /// Chưa triển khai.
        Nothing = "none",
        /// Đã triển khai một số hạng mục.
        Some = "some",
        /// Đã triển khai đầy đủ.
        Full = "full",
    }
}

/// A system. What is missing is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct System {
    /// Identifier.
    pub id: SystemId,
    /// Short code, as people write it.
    pub code: String,
    /// Name in full.
    pub name: String,
    /// The unit that answers for it (chủ quản).
    pub owner_id: UnitId,
    /// Code of that unit.
    pub owner_code: String,
    /// Its name.
    pub owner_name: String,
    /// The unit that runs it.
    pub operator_id: Option<UnitId>,
    /// Code of that unit.
    pub operator_code: Option<String>,
    /// Its name.
    pub operator_name: Option<String>,
    /// 1 to 5.
    pub level: Option<i64>,
    /// Where the dossier stands.
    pub dossier: Option<Dossier>,
    /// How far the measures are.
    pub measures: Option<Measures>,
    /// Number of the decision that approved the level.
    pub decision_number: Option<String>,
    /// Its day.
    pub decided_on: Option<Day>,
    /// Anything else.
    pub note: Option<String>,
    /// When the register last changed.
    pub changed_at: At,
}
