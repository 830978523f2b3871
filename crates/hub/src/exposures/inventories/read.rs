//! Asking about deliveries and the machines in them.

use std::collections::BTreeMap;

use patches::inventory::Host;

use super::{Inventory, Machine, Part};
use crate::{
    Error, Result,
    access::Scope,
    exposures::{InventoryId, MachineId},
    ids::UnitId,
    registry::HostId,
    store::{Db, Direction, Json, Select},
};

const INVENTORY: &str = "i.id, i.unit_id, u.name AS unit_name, i.title, i.through, i.said_on, \
    i.received_at, i.by_name, i.files, i.unread, i.machines, i.unplaced";

const MACHINE: &str = "m.id, m.inventory_id, m.unit_id, u.name AS unit_name, m.name, m.os, \
    m.host_id, m.place, m.collected_at, m.dated, m.received_at, m.reason";

/// The deliveries of the scope, to be filtered further: `i` is the delivery,
/// `u` its unit. A mixture of several units' machines is the province's.
pub fn select(scope: &Scope) -> Select {
    Select::new(INVENTORY, "inventories i LEFT JOIN units u ON u.id = i.unit_id")
        .scoped(scope, "i.unit_id")
}

/// A delivery. Outside the scope it is not found.
pub async fn get(db: &Db, scope: &Scope, id: &InventoryId) -> Result<Inventory> {
    let found = select(scope).and("i.id = {}", [id.as_str()]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// The very files of a delivery of the scope.
pub async fn parts(db: &Db, scope: &Scope, id: &InventoryId) -> Result<Vec<Part>> {
    get(db, scope, id).await?;
    Select::new("name, sha256, size", "inventory_parts")
        .and("inventory_id = {}", [id.as_str()])
        .order("seq", Direction::Up)
        .fetch(db.reader())
        .await
}

/// Every file of the deliveries of the scope with what became of it, to be
/// filtered further: `f` is the file, `i` its delivery.
pub fn files(scope: &Scope) -> Select {
    Select::new(
        "f.name, f.sha256, f.outcome, f.collector, f.machines, f.diagnostics",
        "inventory_files f JOIN inventories i ON i.id = f.inventory_id",
    )
    .scoped(scope, "i.unit_id")
}

/// The machines of the scope, to be filtered further: `m` is the machine, `u`
/// its unit.
pub fn machines(scope: &Scope) -> Select {
    Select::new(MACHINE, "machines m LEFT JOIN units u ON u.id = m.unit_id")
        .scoped(scope, "m.unit_id")
}

/// A machine. Outside the scope it is not found.
pub async fn machine(db: &Db, scope: &Scope, id: &MachineId) -> Result<Machine> {
    let found = machines(scope).and("m.id = {}", [id.as_str()]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// What was read of a machine of the scope.
pub async fn machine_facts(db: &Db, scope: &Scope, id: &MachineId) -> Result<Host> {
    let found: Option<(Json<Host>,)> = Select::new("m.facts", "machines m")
        .scoped(scope, "m.unit_id")
        .and("m.id = {}", [id.as_str()])
        .fetch_first(db.reader())
        .await?;
    found.map(|(facts,)| facts.0).ok_or(Error::NotFound)
}

/// Every delivery of a host of the scope, the one collected last first.
pub async fn of_host(db: &Db, scope: &Scope, host: &HostId) -> Result<Vec<Machine>> {
    machines(scope)
        .and("m.host_id = {}", [host.as_str()])
        .order("m.collected_at", Direction::Down)
        .order("m.id", Direction::Down)
        .fetch(db.reader())
        .await
}

/// How many machines of each unit of the scope wait to be placed.
pub async fn unplaced_by_unit(db: &Db, scope: &Scope) -> Result<BTreeMap<UnitId, u64>> {
    let rows: Vec<(UnitId, i64)> = Select::new("m.unit_id, COUNT(DISTINCT m.fold)", "machines m")
        .scoped(scope, "m.unit_id")
        .and::<&str>("m.unit_id IS NOT NULL AND m.place IN ('new', 'several')", [])
        .group_by("m.unit_id")
        .fetch(db.reader())
        .await?;
    Ok(rows.into_iter().map(|(unit, n)| (unit, n.unsigned_abs())).collect())
}
