//! Which units' rows somebody may see.

use std::collections::BTreeSet;

use crate::ids::UnitId;

/// A set of units, or the whole province. Made from an account and the tree of
/// units at the instant of the request; never from what a request says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope(Reach);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reach {
    Province,
    Units(BTreeSet<UnitId>),
}

impl Scope {
    /// Every unit, and what belongs to none.
    pub fn province() -> Self {
        Self(Reach::Province)
    }

    /// Only these units.
    pub fn of(units: impl IntoIterator<Item = UnitId>) -> Self {
        Self(Reach::Units(units.into_iter().collect()))
    }

    /// Whether the unit is inside.
    pub fn contains(&self, unit: &UnitId) -> bool {
        match &self.0 {
            Reach::Province => true,
            Reach::Units(units) => units.contains(unit),
        }
    }

    /// Whether rows that belong to no unit, or to several, are inside.
    pub fn is_province(&self) -> bool {
        self.0 == Reach::Province
    }

    /// The units, or `None` for the whole province.
    pub fn units(&self) -> Option<&BTreeSet<UnitId>> {
        match &self.0 {
            Reach::Province => None,
            Reach::Units(units) => Some(units),
        }
    }
}
