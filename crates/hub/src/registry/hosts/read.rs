//! Asking about hosts.

use std::net::IpAddr;

use super::{Collection, Host};
use crate::{
    Error, Result,
    access::Scope,
    ids::UnitId,
    registry::{HostId, networks::bounds},
    store::{Db, Direction, Select},
};

const COLUMNS: &str = "h.id, h.unit_id, u.code AS unit_code, u.name AS unit_name, h.system_id, \
    s.code AS system_code, h.name, h.kind, h.addresses, h.mac, h.os, h.location, h.collected_at, \
    h.collector, h.changed_at";
const FROM: &str =
    "hosts h JOIN units u ON u.id = h.unit_id LEFT JOIN systems s ON s.id = h.system_id";

/// The hosts of the scope, to be filtered further: `h` is the host, `u` its
/// unit, `s` its system.
pub fn select(scope: &Scope) -> Select {
    Select::new(COLUMNS, FROM).scoped(scope, "h.unit_id")
}

/// A host. Outside the scope it is not found.
pub async fn get(db: &Db, scope: &Scope, id: &HostId) -> Result<Host> {
    let found = select(scope).and("h.id = {}", [id.as_str()]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// The host of a name within a unit, in any case.
pub async fn by_name(db: &Db, unit: &UnitId, name: &str) -> Result<Option<Host>> {
    select(&Scope::province())
        .and("h.unit_id = {}", [unit.as_str()])
        .and("h.name_key = {}", [words::fold(name.trim())])
        .fetch_first(db.reader())
        .await
}

/// The hosts of a unit by name.
pub async fn of_unit(db: &Db, scope: &Scope, unit: &UnitId) -> Result<Vec<Host>> {
    select(scope)
        .and("h.unit_id = {}", [unit.as_str()])
        .order("h.name_key", Direction::Up)
        .fetch(db.reader())
        .await
}

/// The hosts of the scope that have this address. Inside addresses repeat from
/// unit to unit, so there may be several.
pub async fn at_address(db: &Db, scope: &Scope, address: IpAddr) -> Result<Vec<Host>> {
    select(scope)
        .and(
            "h.id IN (SELECT host_id FROM host_addresses WHERE address_key = {})",
            [bounds::key(address)],
        )
        .order("h.name_key", Direction::Up)
        .fetch(db.reader())
        .await
}

/// The addresses of a host, one by one.
pub async fn addresses(db: &Db, host: &HostId) -> Result<Vec<IpAddr>> {
    let rows: Vec<(String,)> = Select::new("address", "host_addresses")
        .and("host_id = {}", [host.as_str()])
        .order("address_key", Direction::Up)
        .fetch(db.reader())
        .await?;
    Ok(rows.iter().filter_map(|(address,)| address.parse().ok()).collect())
}

/// Everything that was ever said about a host of the scope, the latest first.
pub async fn facts(db: &Db, scope: &Scope, host: &HostId) -> Result<Vec<Collection>> {
    Select::new(
        "f.collected_at, f.collector, f.facts, f.recorded_at",
        "host_facts f JOIN hosts h ON h.id = f.host_id",
    )
    .scoped(scope, "h.unit_id")
    .and("f.host_id = {}", [host.as_str()])
    .order("COALESCE(f.collected_at, f.recorded_at)", Direction::Down)
    .order("f.id", Direction::Down)
    .fetch(db.reader())
    .await
}
