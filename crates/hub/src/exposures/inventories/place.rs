//! Machines that found no place: put them on a host, make them a host of the
//! register, or say that they do not count.

use jiff::Timestamp;
use patches::inventory::Host;
use serde_json::json;

use super::{Machine, machine, take_in::judge_now};
use crate::{
    App, Error, Result,
    access::{Decide, Scope},
    exposures::{MachineId, judge::Subject},
    registry::{HostId, Keeper, enter, hosts, hosts::HostEntry},
    store::{At, Change, Direction, Json, Record, Select},
};

/// Puts a machine on a host of the register. The host is one of the keeper's.
pub async fn on_host(
    app: &App,
    by: &Keeper,
    at: Timestamp,
    id: &MachineId,
    host: &HostId,
) -> Result<()> {
    let machine = waiting(app, by, id).await?;
    let host = hosts::get(&app.db, &by.scope(), host).await?;
    if machine.unit_id.as_ref().is_some_and(|unit| *unit != host.unit_id) && !by.is_province() {
        return Err(Error::NotFound);
    }
    let mut change = app.db.change(by.actor(), at).await?;
    let mut subjects = Vec::new();
    for (machine_id, collected_at, facts) in namesakes(&mut change, &machine).await? {
        sqlx::query(
            "UPDATE machines SET place = 'placed', host_id = $1, unit_id = $2 WHERE id = $3",
        )
        .bind(host.id.as_str())
        .bind(host.unit_id.as_str())
        .bind(machine_id.as_str())
        .execute(change.conn())
        .await?;
        subjects.push(Subject { host_id: host.id.clone(), machine_id, collected_at, facts });
    }
    judge_now(app, &mut change, subjects).await?;
    let data = json!({ "machine": machine.name, "host": host.id });
    change.record(Record::new("exposures.place_machine", id).of_unit(&host.unit_id).with(data));
    change.commit().await
}

/// Places machines that wait and whose host the register knows by now.
pub async fn again(app: &App, at: Timestamp) -> Result<()> {
    let waiting: Vec<Machine> = super::machines(&Scope::province())
        .and::<&str>("m.place = 'new' AND m.unit_id IS NOT NULL", [])
        .order("m.unit_id", Direction::Up)
        .fetch(app.db.reader())
        .await?;
    let by = Keeper::from(Decide::of_system("exposures.place"));
    for machine in waiting {
        let Some(unit) = &machine.unit_id else { continue };
        let known = hosts::by_name(&app.db, unit, &machine.name).await?;
        // Another of the same name may have taken it along.
        let there = super::machine(&app.db, &Scope::province(), &machine.id).await?;
        if let (Some(host), true) = (known, there.place.waits()) {
            on_host(app, &by, at, &machine.id, &host.id).await?;
        }
    }
    Ok(())
}

/// Makes a machine a host of the register, and puts it there.
pub async fn as_new_host(
    app: &App,
    by: &Keeper,
    at: Timestamp,
    id: &MachineId,
    kind: hosts::Kind,
) -> Result<HostId> {
    let machine = waiting(app, by, id).await?;
    let unit = machine.unit_id.clone().ok_or_else(|| Error::conflict("exposures.state-forbids"))?;
    let there = hosts::by_name(&app.db, &unit, &machine.name).await?;
    let host = match there {
        Some(there) => there.id,
        None => enter::add(&app.db, by, at, &entry(&machine, unit, kind)).await?.parse()?,
    };
    on_host(app, by, at, id, &host).await?;
    Ok(host)
}

/// The machine, and those of the same name in other deliveries of its unit that
/// wait as well.
async fn namesakes(
    change: &mut Change,
    machine: &Machine,
) -> Result<Vec<(MachineId, At, Json<Host>)>> {
    let unit = machine.unit_id.as_ref().map_or("", |unit| unit.as_str());
    Select::new("id, collected_at, facts", "machines")
        .and(
            "COALESCE(unit_id, '') = {} AND fold = {}",
            [unit, words::fold(&machine.name).as_str()],
        )
        .and::<&str>("place IN ('new', 'several')", [])
        .fetch(change.conn())
        .await
}

fn entry(machine: &Machine, unit: crate::ids::UnitId, kind: hosts::Kind) -> HostEntry {
    HostEntry {
        name: machine.name.clone(),
        unit_id: unit,
        system_id: None,
        kind,
        addresses: Vec::new(),
        mac: None,
        os: Some(machine.os.clone()).filter(|os| !os.is_empty()),
        location: None,
        collected_at: Some(machine.collected_at.0),
        collector: None,
    }
}

/// Says that a machine does not count, and why.
pub async fn set_aside(
    app: &App,
    by: &Keeper,
    at: Timestamp,
    id: &MachineId,
    reason: &str,
) -> Result<()> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::field("exposures.reason-missing", "reason"));
    }
    let machine = waiting(app, by, id).await?;
    let mut change = app.db.change(by.actor(), at).await?;
    for (id, ..) in namesakes(&mut change, &machine).await? {
        mark(&mut change, &id, reason).await?;
    }
    let record = Record::new("exposures.set_machine_aside", id)
        .with(json!({ "machine": machine.name, "reason": reason }));
    change.record(match &machine.unit_id {
        Some(unit) => record.of_unit(unit),
        None => record,
    });
    change.commit().await
}

async fn mark(change: &mut Change, id: &MachineId, reason: &str) -> Result<()> {
    sqlx::query("UPDATE machines SET place = 'set_aside', reason = $1 WHERE id = $2")
        .bind(reason)
        .bind(id.as_str())
        .execute(change.conn())
        .await?;
    Ok(())
}

/// A machine of the keeper's that waits to be placed.
async fn waiting(app: &App, by: &Keeper, id: &MachineId) -> Result<Machine> {
    let machine = machine(&app.db, &by.scope(), id).await?;
    if machine.place.waits() {
        Ok(machine)
    } else {
        Err(Error::conflict("exposures.machine-placed"))
    }
}
