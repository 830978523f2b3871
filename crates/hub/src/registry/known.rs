//! What the register knows already, as far as a keeper may refer to it.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use sqlx::AnyConnection;

use super::{Cells, Keeper, SystemId};
use crate::{Result, ids::UnitId, store::Select};

/// Codes to refer by. Codes are compared without case and marks.
#[derive(Clone, Debug)]
pub struct Known {
    /// Units whose part the keeper may change.
    units: HashMap<String, UnitId>,
    /// Units that may be named as operator: those, and whoever shares a system with them.
    operators: HashMap<String, UnitId>,
    systems: HashMap<String, SystemId>,
    /// Units that the file itself brings.
    pub(super) coming: HashMap<String, UnitId>,
    /// Whether the keeper is the province.
    pub province: bool,
    /// The province's zone.
    pub zone: TimeZone,
}

impl Known {
    /// Loads what the keeper may refer to.
    pub async fn load(conn: &mut AnyConnection, by: &Keeper, zone: &TimeZone) -> Result<Self> {
        let scope = by.scope();
        let units = Select::new("code_key, id", "units").scoped(&scope, "id");
        let units: HashMap<String, UnitId> = units.fetch(&mut *conn).await?.into_iter().collect();
        let systems: Vec<(String, SystemId)> = Select::new("code_key, id", "systems")
            .scoped_by_any(&scope, &["owner_id", "operator_id"])
            .fetch(&mut *conn)
            .await?;
        let mut operators = units.clone();
        if !by.is_province() {
            let shared: Vec<(String, UnitId)> = Select::new(
                "u.code_key, u.id",
                "units u JOIN systems s ON u.id = s.owner_id OR u.id = s.operator_id",
            )
            .scoped_by_any(&scope, &["s.owner_id", "s.operator_id"])
            .fetch(conn)
            .await?;
            operators.extend(shared);
        }
        Ok(Self {
            units,
            operators,
            systems: systems.into_iter().collect(),
            coming: HashMap::new(),
            province: by.is_province(),
            zone: zone.clone(),
        })
    }

    /// The unit that a field names by its code; the keeper's only unit when the
    /// field is empty.
    pub fn unit(&self, cells: &mut Cells, field: &str) -> Option<UnitId> {
        let Some(code) = cells.text(field) else {
            let only =
                (!self.province && self.units.len() == 1).then(|| self.units.values().next());
            if only.is_none() {
                cells.error("registry.unit-missing", field, "");
            }
            return only.flatten().cloned();
        };
        let found = find(&self.units, &code);
        if found.is_none() {
            cells.error("registry.unit-unknown", field, &code);
        }
        found
    }

    /// A unit that a field may name without being the keeper's own.
    pub fn operator(&self, cells: &mut Cells, field: &str) -> Option<UnitId> {
        let code = cells.text(field)?;
        let found = find(&self.operators, &code).or_else(|| find(&self.coming, &code));
        if found.is_none() {
            cells.error("registry.unit-unknown", field, &code);
        }
        found
    }

    /// The system that a field names. One that is not there is left out with a
    /// warning: the machine itself is there all the same.
    pub fn system(&self, cells: &mut Cells, field: &str) -> Option<SystemId> {
        let code = cells.text(field)?;
        let found = self.systems.get(&words::fold(&code)).cloned();
        if found.is_none() {
            cells.warn("registry.system-unknown", field, &code);
        }
        found
    }
}

/// By code, or by `CODE - name` and `name (CODE)` as people copy it from a list.
fn find(units: &HashMap<String, UnitId>, code: &str) -> Option<UnitId> {
    let whole = words::fold(code);
    let inner = whole.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    let first = whole.split_once(" - ").map(|(code, _)| code.trim());
    let by = |key: &str| units.get(key.trim()).cloned();
    by(&whole).or_else(|| inner.and_then(by)).or_else(|| first.and_then(by))
}
