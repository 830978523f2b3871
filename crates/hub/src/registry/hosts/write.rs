//! Keeping what was said about hosts: every collection, and the latest of them
//! as the host itself.

use sqlx::AnyConnection;

use super::{Facts, HostEntry};
use crate::{
    Result, ids,
    registry::{Entry, Stamp, SystemId, networks::bounds},
    store::{Json, Select, bulk},
};

pub(super) async fn insert(
    conn: &mut AnyConnection,
    rows: &[(String, &HostEntry)],
    stamp: &Stamp,
) -> Result<()> {
    let columns = [
        "id",
        "unit_id",
        "system_id",
        "name",
        "name_key",
        "fold",
        "kind",
        "addresses",
        "mac",
        "os",
        "location",
        "collected_at",
        "collector",
        "created_at",
        "changed_at",
    ];
    let hosts: Vec<_> = rows
        .iter()
        .map(|(id, host)| {
            [
                id.as_str().into(),
                host.unit_id.to_string().into(),
                host.system_id.as_ref().map(ToString::to_string).into(),
                host.name.as_str().into(),
                host.key().1.into(),
                host.folded().into(),
                host.kind.name().into(),
                host.joined().into(),
                host.mac.clone().into(),
                host.os.clone().into(),
                host.location.clone().into(),
                host.collected_at.into(),
                host.collector.clone().into(),
                stamp.at.into(),
                stamp.at.into(),
            ]
        })
        .collect();
    bulk::insert(conn, "hosts", columns, hosts).await?;
    insert_addresses(conn, rows).await?;
    insert_facts(conn, rows, stamp).await
}

async fn insert_addresses(conn: &mut AnyConnection, rows: &[(String, &HostEntry)]) -> Result<()> {
    let mut addresses = Vec::new();
    for (id, host) in rows {
        for address in &host.addresses {
            addresses.push([
                id.as_str().into(),
                address.to_string().into(),
                bounds::key(*address).into(),
            ]);
        }
    }
    bulk::insert(conn, "host_addresses", ["host_id", "address", "address_key"], addresses).await
}

async fn insert_facts(
    conn: &mut AnyConnection,
    rows: &[(String, &HostEntry)],
    stamp: &Stamp,
) -> Result<()> {
    let columns = ["id", "host_id", "collected_at", "collector", "facts", "recorded_at"];
    let facts: Vec<_> = rows
        .iter()
        .map(|(id, host)| {
            [
                ids::ulid(stamp.at).into(),
                id.as_str().into(),
                host.collected_at.into(),
                host.collector.clone().into(),
                serde_json::to_string(&Json(host.facts())).unwrap_or_default().into(),
                stamp.at.into(),
            ]
        })
        .collect();
    bulk::insert(conn, "host_facts", columns, facts).await
}

/// Takes in another collection. One that is older than what the host shows is
/// kept among its facts and changes nothing else.
pub(super) async fn update(
    conn: &mut AnyConnection,
    id: &str,
    before: &HostEntry,
    after: &HostEntry,
    stamp: &Stamp,
) -> Result<()> {
    if after.is_older_than(before) && is_kept(conn, id, after).await? {
        return Ok(());
    }
    insert_facts(conn, &[(id.to_owned(), after)], stamp).await?;
    if after.is_older_than(before) {
        return Ok(());
    }
    sqlx::query(
        "UPDATE hosts SET unit_id = $2, system_id = $3, name = $4, name_key = $5, fold = $6, kind = $7,
         addresses = $8, mac = $9, os = $10, location = $11, collected_at = $12, collector = $13,
         changed_at = $14 WHERE id = $1",
    )
    .bind(id)
    .bind(after.unit_id.as_str())
    .bind(after.system_id.as_ref().map(SystemId::as_str))
    .bind(&after.name)
    .bind(after.key().1)
    .bind(after.folded())
    .bind(after.kind.name())
    .bind(after.joined())
    .bind(&after.mac)
    .bind(&after.os)
    .bind(&after.location)
    .bind(after.collected_at.map(jiff::Timestamp::as_microsecond))
    .bind(&after.collector)
    .bind(stamp.at.as_microsecond())
    .execute(&mut *conn)
    .await?;
    if after.addresses == before.addresses {
        return Ok(());
    }
    sqlx::query("DELETE FROM host_addresses WHERE host_id = $1")
        .bind(id)
        .execute(&mut *conn)
        .await?;
    insert_addresses(conn, &[(id.to_owned(), after)]).await
}

/// Whether this very collection is among the host's facts.
async fn is_kept(conn: &mut AnyConnection, id: &str, host: &HostEntry) -> Result<bool> {
    let kept: Vec<(Option<String>, Json<Facts>)> = Select::new("collector, facts", "host_facts")
        .and("host_id = {}", [id])
        .and_if("collected_at = {}", host.collected_at)
        .fetch(conn)
        .await?;
    let facts = host.facts();
    Ok(kept.iter().any(|(collector, kept)| *collector == host.collector && kept.0 == facts))
}
