//! Keeping what was said about hosts: every collection, and the latest of them
//! as the host itself.

use sqlx::AnyConnection;

use super::{Facts, HostEntry};
use crate::{
    Result, ids,
    registry::{Entry, Stamp, networks::bounds},
    store::{Json, Select, bulk},
};

pub(super) async fn insert(
    conn: &mut AnyConnection,
    rows: &[(String, &HostEntry)],
    stamp: &Stamp,
) -> Result<()> {
    let hosts = rows.iter().map(|(id, host)| stored(host, id, stamp)).collect();
    bulk::insert_named(conn, "hosts", hosts).await?;
    insert_addresses(conn, rows).await?;
    insert_facts(conn, rows, stamp).await
}

/// Its columns, for entering and for changing alike.
fn stored(host: &HostEntry, id: &str, stamp: &Stamp) -> bulk::Named<15> {
    [
        ("id", id.into()),
        ("unit_id", host.unit_id.to_string().into()),
        ("system_id", host.system_id.as_ref().map(ToString::to_string).into()),
        ("name", host.name.as_str().into()),
        ("name_key", host.key().1.into()),
        ("fold", host.folded().into()),
        ("kind", host.kind.name().into()),
        ("addresses", host.joined().into()),
        ("mac", host.mac.clone().into()),
        ("os", host.os.clone().into()),
        ("location", host.location.clone().into()),
        ("collected_at", host.collected_at.into()),
        ("collector", host.collector.clone().into()),
        ("created_at", stamp.at.into()),
        ("changed_at", stamp.at.into()),
    ]
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
    let row = stored(after, id, stamp);
    bulk::update_named(&mut *conn, "hosts", id, row, &["id", "created_at"]).await?;
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
