//! The register: whom to call, and whose addresses are.

use std::collections::BTreeSet;

use hub::{
    Result,
    access::Scope,
    ids::UnitId,
    registry::{contacts, networks, units},
    store::Db,
};

use super::{Line, Patient, few};

/// Contacts that nobody has confirmed lately enough.
pub(super) async fn contacts(patient: &Patient<'_>, db: &Db) -> Result<Vec<Line>> {
    let all = contacts::all(db, &Scope::province()).await?;
    let stale = all.iter().filter(|one| one.is_stale(patient.now)).count();
    let bouncing = all.iter().filter(|one| one.is_bouncing()).count();
    let total = patient.number(all.len());
    let mut lines = Vec::new();
    if stale > 0 {
        let line = Line::warning("contacts-stale").with("n", patient.number(stale));
        lines.push(line.with("total", &total));
    }
    if bouncing > 0 {
        lines.push(Line::warning("contacts-bouncing").with("n", patient.number(bouncing)));
    }
    if lines.is_empty() && !all.is_empty() {
        lines.push(Line::ok("contacts").with("total", total));
    }
    Ok(lines)
}

/// Units that no list can be placed at, and units that nobody can be told about.
pub(super) async fn units(patient: &Patient<'_>, db: &Db) -> Result<Vec<Line>> {
    let scope = Scope::province();
    let all = units::all(db, &scope, patient.today()).await?;
    if all.is_empty() {
        return Ok(vec![Line::warning("units-none")]);
    }
    let held = networks::select(&scope).fetch::<networks::Network>(db.reader()).await?;
    let owners: BTreeSet<UnitId> = held
        .into_iter()
        .filter(|range| range.status == networks::Status::Approved)
        .map(|range| range.unit_id)
        .collect();
    let people: BTreeSet<UnitId> =
        contacts::all(db, &scope).await?.into_iter().map(|one| one.unit_id).collect();
    let without = |known: &BTreeSet<UnitId>| -> Vec<String> {
        all.iter().filter(|unit| !known.contains(&unit.id)).map(|unit| unit.code.clone()).collect()
    };
    let warn = |name, units: Vec<String>| {
        let line = Line::warning(name).with("n", patient.number(units.len()));
        (!units.is_empty()).then(|| line.with("units", few(&units)))
    };
    let mut lines: Vec<Line> = [
        warn("units-without-network", without(&owners)),
        warn("units-without-contact", without(&people)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if lines.is_empty() {
        lines.push(Line::ok("units").with("n", patient.number(all.len())));
    }
    Ok(lines)
}
